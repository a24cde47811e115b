"""The manifest: what a module brings. One AppConfig per module, read by the platform.

`site` imports no module; everything is found through Django's app registry.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from django.apps import AppConfig, apps

from heyi.kernel.screens import Lookup, Screen
from heyi.platform.access import Access

if TYPE_CHECKING:
    from heyi.platform.models import Document


class ModuleConfig(AppConfig):
    """Declare only what the module has; everything is checked at start-up.

    Attributes:
        documents, masters: Model paths ("sales.Delivery"), resolved when asked for.
        screens, lookups, access: The declarations.
        verbs: Document type -> {verb: function(documents, *, actor, reason)}; verbs without a
            function only move the document through its lifecycle.
        prepare: Document type -> function(draft, actor) that fills defaults, prices, taxes and
            totals of a draft and collects refusals and warnings. Used by save and by preview.
        setup: function(company) that gives a new company this module's rows (accounts, purposes,
            number rules, places). Runs in dependency order; must be repeatable.
        proofs: Functions that prove what must always be true; see `heyi check`.
        handlers: Event topic -> function(event). Idempotent; run by the worker.
        roles: Role ids this module defines ("sales.clerk").
        routes: (prefix, "package.http.router"), or several, for endpoints beyond the generic ones.
        named: Params of refusals that are ids -> the model whose code and name people read.
        guards: Document type -> {verb: function(documents, *, actor) -> refusals and warnings}.
        policies: function(documents, *, actor, reason) -> bool, asked after `submit`; True takes
            the documents over, otherwise they are approved at once.
        decisions: function(documents, verb, *, actor, reason) -> bool, asked before every step;
            True has dealt with it.
        panels: Panel id -> function(screen, id, *, actor) -> JSON beside a record.
        computed: Screen id -> fields worked out for it (`kernel.screens.Computed`), also for screens
            of lower modules.
        contributes: Screen id -> panels this module adds to it.
        defects: function(error, *, trace, path, actor), told of everything that broke.
    """

    default = False
    documents: ClassVar[tuple[str, ...]] = ()
    masters: ClassVar[tuple[str, ...]] = ()
    roles: ClassVar[tuple[str, ...]] = ()
    routes: ClassVar[tuple[Any, ...] | None] = None
    named: ClassVar[dict[str, str]] = {}

    def declare(self) -> dict[str, Any]:
        """Names that need imported models: screens, lookups, access, verbs, prepare, setup,
        proofs, handlers. Called once, after all models are loaded."""
        return {}

    def ready(self) -> None:
        self.declared: dict[str, Any] = self.declare()


def modules() -> list[ModuleConfig]:
    """All modules, lowest layer first."""
    return [config for config in apps.get_app_configs() if isinstance(config, ModuleConfig)]


def declared(kind: str) -> Iterator[Any]:
    """Every declaration of one kind ("screens", "proofs", …) over all modules."""
    for module in modules():
        yield from module.declared.get(kind, ())


def screens() -> dict[str, Screen]:
    return {s.id: s for s in declared("screens")}


def lookups() -> dict[str, Lookup]:
    return {s.id: s for s in declared("lookups")}


def access(type_: str) -> Access:
    return Access.registry[type_]


def document_model(type_: str) -> "type[Document]":
    """The model of a document type ("sales.delivery")."""
    for module in modules():
        for path in module.documents:
            model = apps.get_model(path)
            if model.type == type_:
                return model
    raise LookupError(type_)


def function(kind: str, type_: str) -> Any:
    """What a module declares under `kind` ("verbs", "prepare") for one document type, or None."""
    for module in modules():
        found = module.declared.get(kind, {})
        if type_ in found:
            return found[type_]
    return None
