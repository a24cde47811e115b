"""Declared screens, resolved against the models: what a browser, a list, a save and an export need.

Everything is resolved once, at start-up. A path that leads nowhere fails the boot with the name
that was probably meant. What one person gets of a screen (`seen_by`) lacks the fields and the
buttons their roles do not have.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache, cached_property, lru_cache
from hashlib import blake2b
from typing import Any, Literal

import orjson
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.core import checks
from django.core.exceptions import FieldDoesNotExist
from django.db import connection, models
from django.db.models.fields.related import ForeignKey
from django.db.models.fields.reverse_related import ManyToOneRel

from heyi.kernel.lifecycle import Lifecycle
from heyi.kernel.screens import Computed, Edit, Field, Lookup, Screen, Sign, as_field
from heyi.platform import modules
from heyi.platform.access import Access, Actor, NotFound
from heyi.platform.extras.fields import ExtraField, extra_fields
from heyi.platform.messages import catalogue
from heyi.platform.messages import resolve as text_of
from heyi.platform.models import Company, Document

Kind = Literal[
    "text",
    "longtext",
    "integer",
    "quantity",
    "money",
    "price",
    "rate",
    "date",
    "instant",
    "boolean",
    "choice",
    "reference",
    "state",
    "localized",
    "list",
]
FIGURES = frozenset({"quantity", "money", "price", "rate"})
_UNSORTABLE = frozenset({"localized", "list", "longtext"})
_ALWAYS_OURS = frozenset({"id", "number", "state", "version", "company", "initials"})
_LONG_TEXT = 255
_STEPS = ("submit", "approve", "post", "close")


class ScreenError(Exception):
    """A declaration that names something which does not exist."""


@dataclass(frozen=True, slots=True)
class Spec:
    """One field of a screen, with all that is known about its values.

    Args:
        path: From the model of the head, or of the line ("customer", "product.code").
        target: For references: the model they point at ("party.party").
        through: For "product.unit": the model the first step leads to ("product.product").
        whole: Digits allowed before the point.
        texts: For fields a customer declared: the label in each language, instead of a key.
        choice_texts: The same for their choices, by value.
        computed: How it is worked out, where it is no column.
    """

    path: str
    kind: Kind
    label: str
    required: bool = False
    edit: Edit = "never"
    sign: Sign = "any"
    nullable: bool = False
    max_length: int | None = None
    decimals: int | None = None
    whole: int | None = None
    least: int | None = None
    most: int | None = None
    choices: tuple[tuple[str, str], ...] = ()
    lookup: str | None = None
    target: str | None = None
    through: str | None = None
    currency_path: str | None = None
    unit_path: str | None = None
    sortable: bool = False
    filterable: bool = False
    texts: tuple[tuple[str, str], ...] = ()
    choice_texts: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    computed: Computed | None = None

    @property
    def orm(self) -> str:
        return self.path.replace(".", "__")

    def as_json(self) -> dict[str, Any]:
        """What the browser gets: only what is said."""
        said: dict[str, Any] = {
            "path": self.path,
            "kind": self.kind,
            "label": self.label,
            "required": self.required,
            "edit": self.edit,
            "sortable": self.sortable,
            "filterable": self.filterable,
        }
        for name in ("max_length", "decimals", "lookup", "currency_path", "unit_path"):
            if (value := getattr(self, name)) is not None:
                said[name] = value
        if self.kind in FIGURES:
            said["sign"] = self.sign
        if self.choices:
            said["choices"] = [{"value": v, "label": label} for v, label in self.choices]
        if self.choice_texts:
            own = {value: dict(texts) for value, texts in self.choice_texts}
            said["choices"] = [{"value": v, "label": "", "texts": own[v]} for v, _ in self.choices]
        if self.texts:
            said["texts"] = dict(self.texts)
        return said


@dataclass(frozen=True)
class Compiled:
    """A screen whose every path is known to exist.

    Args:
        fields: The head's fields by path; `line_fields` those of a line.
        pointer: The line's foreign key to its head ("receipt").
        verbs: The buttons there are, after those the lifecycle does not know were refused.
        order: (path, descending) pairs, ending with the primary key.
    """

    declared: Screen
    model: type[models.Model]
    fields: dict[str, Spec]
    columns: tuple[str, ...]
    filters: tuple[str, ...]
    order: tuple[tuple[str, bool], ...]
    sections: tuple[tuple[str, str, tuple[str, ...], str], ...]
    line_model: type[models.Model] | None = None
    pointer: str = ""
    line_fields: dict[str, Spec] | None = None
    verbs: tuple[str, ...] = ()
    can_create: bool = False

    @property
    def id(self) -> str:
        return self.declared.id

    @property
    def lifecycle(self) -> Lifecycle | None:
        return getattr(self.model, "lifecycle", None)

    @property
    def access(self) -> Access:
        return Access.registry[self.id]

    @cached_property
    def is_document(self) -> bool:
        return issubclass(self.model, Document)

    @cached_property
    def has_money(self) -> bool:
        specs = (*self.fields.values(), *(self.line_fields or {}).values())
        return any(spec.kind == "money" for spec in specs)

    @cached_property
    def takes_extras(self) -> bool:
        """Whether a company may add fields: something is entered here, and there is a place."""
        names = {f.name for f in self.model._meta.concrete_fields}
        return self.declared.editable and "extra" in names

    @cached_property
    def entered(self) -> tuple[Spec, ...]:
        """The fields of the head people may write."""
        return tuple(s for s in self.fields.values() if s.edit != "never")

    @cached_property
    def line_entered(self) -> tuple[Spec, ...]:
        return tuple(s for s in (self.line_fields or {}).values() if s.edit != "never")

    @cached_property
    def json(self) -> tuple[bytes, str]:
        """The screen as the browser reads it, and its ETag."""
        declared, lines = self.declared, self.declared.lines
        said: dict[str, Any] = {
            "id": self.id,
            "kind": "document" if self.is_document else "master",
            "module": declared.module,
            "label": self.id,
            "group": declared.group,
            "fields": {path: spec.as_json() for path, spec in self.fields.items()},
            "listing": {
                "columns": self.columns,
                "filters": self.filters,
                "search": bool(declared.listing.search),
                "presets": [
                    {"id": name, "label": preset_label(declared, name), "filter": wanted}
                    for name, wanted in (declared.listing.presets or {}).items()
                ],
                "order": [("-" if down else "") + path for path, down in self.order],
            },
            "sections": [
                {"id": name, "label": label, "fields": paths, "show": show}
                for name, label, paths, show in self.sections
                if paths
            ],
            "lines": None,
            "actions": [
                {
                    "verb": a.verb,
                    "label": verb_label(self.id, a.verb),
                    "key": a.key,
                    "confirm": a.confirm,
                    "reason": a.reason,
                }
                for a in declared.actions
                if a.verb in self.verbs
            ],
            "panels": (*declared.panels, *contributed(self.id)),
            "prints": declared.prints,
            "states": sorted(self.lifecycle.states) if self.lifecycle else [],
            "steps": steps(self.lifecycle) if self.lifecycle else [],
            "can_create": self.can_create,
        }
        if lines and self.line_fields is not None:
            columns = list(self.line_fields)
            said["lines"] = {
                "path": lines.path,
                "columns": columns,
                "fields": {path: spec.as_json() for path, spec in self.line_fields.items()},
                "enter": lines.enter,
                "totals": [t for t in lines.totals if t in self.fields],
            }
        digest = blake2b(orjson.dumps(said), digest_size=12).hexdigest()
        return orjson.dumps({**said, "hash": digest}), f'"{digest}"'


# ---------------------------------------------------------------- asking for a screen


@cache
def compiled(screen_id: str) -> Compiled:
    """A screen in full, as the system itself sees it.

    Raises:
        LookupError: There is no such screen.
        ScreenError: It names something that does not exist.
    """
    return _compile(modules.screens()[screen_id])


def asked_for(screen_id: str, actor: Actor) -> Compiled:
    """The screen an address names, as one person gets it.

    Raises:
        NotFound: There is no such screen.
    """
    if screen_id not in modules.screens():
        raise NotFound("platform.screen", [])
    return seen_by(screen_id, actor)


def seen_by(screen_id: str, actor: Actor) -> Compiled:
    """The screen as one person gets it: secret fields and verbs they lack are not there.

    Raises:
        LookupError: There is no such screen.
    """
    screen = compiled(screen_id)
    hidden = frozenset(_hidden_paths(screen, actor))
    access = Access.registry[screen_id]
    verbs = tuple(v for v in screen.verbs if access.allows(actor, v))
    may_create = screen.declared.editable and access.allows(actor, "edit")
    added = extra_fields(actor.company, screen_id, actor.stamp) if screen.takes_extras else ()
    cents = _cents(actor.company, actor.stamp) if screen.has_money else None
    return _extended(screen_id, hidden, verbs, may_create, cents, added)


def _cents(company: int, stamp: int) -> int:
    """How finely the company counts money (CNY 2, TWD 0), kept by the version of its row."""
    return _cents_kept(company, stamp) if stamp else _cents_asked(company)


def _cents_asked(company: int) -> int:
    found = Company._default_manager.filter(pk=company).values_list("decimals", flat=True)
    return found.first() or 0


@lru_cache(maxsize=1024)
def _cents_kept(company: int, stamp: int) -> int:
    return _cents_asked(company)


@lru_cache(maxsize=1024)
def _extended(
    screen_id: str,
    hidden: frozenset[str],
    verbs: tuple[str, ...],
    can_create: bool,
    cents: int | None,
    added: tuple[ExtraField, ...],
) -> Compiled:
    """The screen with the fields a company added: on the form, in the list, on the lines."""
    seen = _projected(screen_id, hidden, verbs, can_create, cents)
    if not added:
        return seen
    head = {f.path: _extra_spec(f) for f in added if f.on == "header"}
    lines = {f.path: _extra_spec(f) for f in added if f.on == "lines"}
    own = ("extra", "section.extra", tuple(head), "always")
    return replace(
        seen,
        fields={**seen.fields, **head},
        columns=(*seen.columns, *head),
        filters=(*seen.filters, *head),
        sections=(*seen.sections, own) if head else seen.sections,
        line_fields=None if seen.line_fields is None else {**seen.line_fields, **lines},
    )


def _extra_spec(field: ExtraField) -> Spec:
    on_head = field.on == "header"
    return Spec(
        path=field.path,
        kind=_EXTRA_KINDS.get(field.kind, field.kind),  # type: ignore[arg-type]
        label="",
        required=field.required,
        edit="always",
        nullable=True,
        max_length=(field.max_length or _LONG_TEXT) if field.kind == "text" else None,
        decimals=(field.decimals or 0) if field.kind == "decimal" else None,
        whole=18 if field.kind == "decimal" else None,
        least=-(2**63) if field.kind == "integer" else None,
        most=2**63 - 1 if field.kind == "integer" else None,
        choices=tuple((c.value, c.value) for c in field.choices),
        sortable=on_head,
        filterable=on_head,
        texts=field.texts,
        choice_texts=tuple((c.value, c.texts) for c in field.choices),
    )


_EXTRA_KINDS = {"decimal": "rate"}


@cache
def _projected(
    screen_id: str,
    hidden: frozenset[str],
    verbs: tuple[str, ...],
    can_create: bool,
    cents: int | None,
) -> Compiled:
    full = compiled(screen_id)

    def kept(paths: Any) -> tuple[Any, ...]:
        return tuple(p for p in paths if p not in hidden)

    def counted(spec: Spec) -> Spec:
        """Money without a currency of its own is counted as finely as the company's."""
        own = spec.kind == "money" and spec.currency_path is None and cents is not None
        return replace(spec, decimals=min(cents or 0, spec.decimals or 0)) if own else spec

    lines = full.line_fields
    return replace(
        full,
        fields={p: counted(s) for p, s in full.fields.items() if p not in hidden},
        columns=kept(full.columns),
        filters=kept(full.filters),
        order=tuple((p, down) for p, down in full.order if p not in hidden),
        sections=tuple((i, label, kept(paths), show) for i, label, paths, show in full.sections),
        line_fields=lines
        and {p: counted(s) for p, s in lines.items() if f"lines.{p}" not in hidden},
        verbs=verbs,
        can_create=can_create,
    )


def _hidden_paths(screen: Compiled, actor: Actor) -> Iterator[str]:
    """Secret paths of the screen, its own and those of the records it shows parts of."""
    for prefix, model, specs in (
        ("", screen.model, screen.fields),
        ("lines.", screen.line_model, screen.line_fields or {}),
    ):
        own = screen.access.hidden(actor)
        for path in specs:
            secret = bool({path, prefix + path, path.partition(".")[0]} & own)
            if secret or ("." in path and model is not None and _secret_beyond(model, path, actor)):
                yield prefix + path


def _secret_beyond(model: type[models.Model], path: str, actor: Actor) -> bool:
    *hops, last = path.split(".")
    for hop in hops:
        field = model._meta.get_field(hop)
        if not isinstance(field, ForeignKey):
            return False
        model = field.related_model
    access = Access.registry.get(type_of(model))
    return access is not None and last in access.hidden(actor)


def type_of(model: type[models.Model]) -> str:
    """The screen and access id of a model: "product.product"."""
    return _types().get(model._meta.label_lower, model._meta.label_lower)


@cache
def _types() -> dict[str, str]:
    return {s.model.lower(): s.id for s in reversed(modules.screens().values())}


def contributed(screen_id: str) -> tuple[str, ...]:
    """Panels upper modules add to a screen of a lower one, by its id."""
    found: list[str] = []
    for module in modules.modules():
        found += module.declared.get("contributes", {}).get(screen_id, ())
    return tuple(found)


@cache
def steps(lifecycle: Lifecycle) -> list[str]:
    """The states of the straight way through, for the steps a form shows at its head."""
    names = {t.name: t.target.value for t in lifecycle.transitions}
    return [lifecycle.initial.value, *(names[verb] for verb in _STEPS if verb in names)]


# ---------------------------------------------------------------- labels


def _first(*keys: str) -> str:
    return next((key for key in keys if key in catalogue()), keys[-1])


def field_label(screen_id: str, path: str, *, on_lines: bool = False) -> str:
    own = (f"{screen_id}.lines.{path}",) if on_lines else ()
    last = path.rpartition(".")[2]
    return _first(*own, f"{screen_id}.{path}", f"field.{path}", f"field.{last}")


def label_words(spec: Spec, language: str) -> str:
    """The label of a field as people read it, also of one a company added."""
    return dict(spec.texts).get(language) or text_of(spec.label, language=language)


def choice_words(spec: Spec, language: str) -> dict[str, str]:
    """What the values of a choice are called."""
    if spec.choice_texts:
        return {value: dict(texts).get(language, value) for value, texts in spec.choice_texts}
    return {value: text_of(label, language=language) for value, label in spec.choices}


def verb_label(screen_id: str, verb: str) -> str:
    return _first(f"{screen_id}.verb.{verb}", f"verb.{verb}")


def preset_label(screen: Screen, name: str) -> str:
    return _first(f"{screen.id}.preset.{name}", f"preset.{name}")


def labels(screen: Compiled) -> Iterator[str]:
    """Every message key a screen speaks; `tests/contract` asks for the words of all of them."""
    yield from (screen.id, f"{screen.id}.plural", f"module.{screen.declared.module}")
    for spec in (*screen.fields.values(), *(screen.line_fields or {}).values()):
        yield spec.label
        yield from (label for _, label in spec.choices)
    yield from (label for _, label, _, _ in screen.sections)
    yield from (preset_label(screen.declared, p) for p in screen.declared.listing.presets or ())
    yield from (verb_label(screen.id, a.verb) for a in screen.declared.actions)
    yield from (f"panel.{panel}" for panel in screen.declared.panels)
    yield from (f"print.{form}" for form in screen.declared.prints)


# ---------------------------------------------------------------- compiling


@dataclass(frozen=True, slots=True)
class _Resolved:
    """Where a path leads: the last field, whether it may be empty, whether it goes through lines."""

    field: models.Field
    nullable: bool
    many: bool


def resolve(model: type[models.Model], path: str, screen_id: str) -> _Resolved:
    """Follow a path through the models.

    Raises:
        ScreenError: A name on the way is not a field. Says which one was probably meant.
    """
    nullable = many = False
    field: Any = None
    for name in path.split("."):
        if field is not None:
            if not field.is_relation:
                raise ScreenError(f'{screen_id}: "{path}" goes on after {field.name}')
            model = field.related_model
        try:
            field = model._meta.get_field(name)
        except FieldDoesNotExist:
            known = [f.name for f in model._meta.get_fields()]
            close = get_close_matches(name, known, 1)
            meant = f'; did you mean "{close[0]}"?' if close else f" (of {model._meta.label})"
            raise ScreenError(f'{screen_id}: no field "{name}"{meant}') from None
        many = many or isinstance(field, ManyToOneRel)
        nullable = nullable or bool(getattr(field, "null", False))
    return _Resolved(field, nullable, many)


def kind_of(field: models.Field) -> Kind | None:
    """What the values of a column are, or None where nobody has said."""
    match field:
        case ForeignKey():
            return "reference"
        case _ if hasattr(field, "kind"):
            return field.kind
        case models.CharField() if field.name == "state":
            return "state"
        case models.CharField() if field.choices:
            return "choice"
        case models.CharField():
            return "longtext" if (field.max_length or 0) > _LONG_TEXT else "text"
        case models.TextField():
            return "longtext"
        case models.BooleanField():
            return "boolean"
        case models.IntegerField() | models.AutoField():
            return "integer"
        case models.DateTimeField():
            return "instant"
        case models.DateField():
            return "date"
        case models.UUIDField():
            return "text"
        case ArrayField():
            return "list"
        case models.JSONField() if field.name == "name":
            return "localized"
    return None


def _spec(screen: Screen, model: type[models.Model], said: Field, *, on_lines: bool) -> Spec:
    computed = _computed(screen.id, on_lines=on_lines).get(said.path)
    if computed is not None:
        return _computed_spec(screen, computed)
    found = resolve(model, said.path, screen.id)
    field, path = found.field, said.path
    kind = kind_of(field)
    if kind is None or found.many:
        raise ScreenError(f'{screen.id}: "{path}" has no kind a screen can show')
    own = "." not in path and field.editable and field.concrete and path not in _ALWAYS_OURS
    edit: Edit = said.edit if own and screen.editable else "never"
    if edit == "draft" and not issubclass(model, Document) and not on_lines:
        edit = "always"
    required = said.required
    if required is None:
        filled = field.has_default() or field.has_db_default()
        required = not (field.null or field.blank or filled)
    least = most = None
    if kind == "integer":
        least, most = connection.ops.integer_field_range(field.get_internal_type())
    sign = said.sign or ("not_negative" if kind in ("quantity", "price", "rate") else "any")
    decimals = field.decimal_places if isinstance(field, models.DecimalField) else None
    digits = field.max_digits if isinstance(field, models.DecimalField) else None
    target = field.related_model if isinstance(field, ForeignKey) else None
    simple = not found.many and kind not in _UNSORTABLE
    return Spec(
        path=path,
        kind=kind,
        label=field_label(screen.id, path, on_lines=on_lines),
        required=required and edit != "never",
        edit=edit,
        sign=sign,
        nullable=found.nullable,
        max_length=field.max_length if kind in ("text", "longtext") else None,
        decimals=decimals,
        whole=digits - decimals if digits is not None and decimals is not None else None,
        least=least,
        most=most,
        choices=_choices(screen, model, field, path, kind),
        lookup=_lookup(screen, said, field) if isinstance(field, ForeignKey) else None,
        target=target._meta.label_lower if target else None,
        through=_through(model, path),
        sortable=simple and not on_lines,
        filterable=(simple or kind == "longtext") and not on_lines,
    )


@cache
def _computed(screen_id: str, *, on_lines: bool) -> dict[str, Computed]:
    """The fields modules work out for a screen, by path."""
    return {
        one.path: one
        for module in modules.modules()
        for one in module.declared.get("computed", {}).get(screen_id, ())
        if (one.on == "lines") == on_lines
    }


def _computed_spec(screen: Screen, computed: Computed) -> Spec:
    if computed.path in screen.listing.filters:
        raise ScreenError(f'{screen.id}: "{computed.path}" is worked out; no list filters by it')
    return Spec(
        path=computed.path,
        kind=computed.kind,  # type: ignore[arg-type]
        label=field_label(screen.id, computed.path, on_lines=computed.on == "lines"),
        nullable=True,
        decimals=computed.decimals if computed.kind in FIGURES else None,
        computed=computed,
    )


def _through(model: type[models.Model], path: str) -> str | None:
    head, _, rest = path.partition(".")
    field = model._meta.get_field(head)
    return field.related_model._meta.label_lower if rest and isinstance(field, ForeignKey) else None


def _choices(
    screen: Screen, model: type[models.Model], field: models.Field, path: str, kind: Kind
) -> tuple[tuple[str, str], ...]:
    values = [str(value) for value, _ in field.flatchoices] if field.choices else []
    if kind == "state":
        lifecycle: Lifecycle | None = getattr(model, "lifecycle", None)
        return tuple(
            (v, f"state.{v}") for v in values if lifecycle is None or v in lifecycle.states
        )
    name = path.rpartition(".")[2]
    return tuple((v, _first(f"{screen.id}.{path}.{v}", f"choice.{name}.{v}")) for v in values)


def _lookup(screen: Screen, said: Field, field: ForeignKey) -> str | None:
    offers = modules.lookups()
    if said.lookup is not None:
        if said.lookup not in offers:
            close = get_close_matches(said.lookup, offers, 1)
            meant = f'; did you mean "{close[0]}"?' if close else ""
            raise ScreenError(f'{screen.id}: no lookup "{said.lookup}"{meant}')
        return said.lookup
    label = field.related_model._meta.label_lower
    fitting = [x.id for x in offers.values() if x.model.lower() == label]
    return label if label in fitting else next(iter(fitting), None)


def _said(screen: Screen) -> dict[str, Field]:
    """Every field of the head by path; what a section says of it counts most."""
    found: dict[str, Field] = {}
    for group in screen.sections:
        for field in group.fields:
            if field.path in found:
                raise ScreenError(f'{screen.id}: "{field.path}" stands in two places')
            found[field.path] = field
    listing, lines = screen.listing, screen.lines
    for path in (*listing.columns, *listing.filters, *(lines.totals if lines else ())):
        found.setdefault(path, Field(path, edit="never" if "." in path else "draft"))
    for preset in (listing.presets or {}).values():
        for path in preset:
            found.setdefault(path, Field(path, edit="never"))
    return found


def _compile(screen: Screen) -> Compiled:
    try:
        model = apps.get_model(screen.model)
    except LookupError:
        raise ScreenError(f'{screen.id}: no model "{screen.model}"') from None
    if screen.id not in Access.registry:
        raise ScreenError(f"{screen.id}: nobody may see it; declare an Access of that type")
    said = _said(screen)
    added = tuple(p for p in _computed(screen.id, on_lines=False) if p not in said)
    said |= {path: Field(path, edit="never") for path in added}
    on_form = {f.path for group in screen.sections for f in group.fields}
    fields = {}
    for path, field in said.items():
        if path not in on_form:
            field = replace(field, edit="never")
        fields[path] = _spec(screen, model, field, on_lines=False)
    for path in screen.listing.search:
        resolve(model, path, screen.id)
    line_model, pointer, line_fields = _lines(screen, model)
    compiled_ = Compiled(
        declared=screen,
        model=model,
        fields=_related(fields),
        columns=(*screen.listing.columns, *added),
        filters=screen.listing.filters,
        order=_order(screen, model),
        sections=tuple(
            (
                s.id,
                _first(f"{screen.id}.section.{s.id}", f"section.{s.id}"),
                tuple(f.path for f in s.fields),
                s.show,
            )
            for s in screen.sections
        ),
        line_model=line_model,
        pointer=pointer,
        line_fields=line_fields and _related(line_fields),
        verbs=_verbs(screen, model),
        can_create=screen.editable,
    )
    _check_references(compiled_)
    return compiled_


def _lines(
    screen: Screen, model: type[models.Model]
) -> tuple[type[models.Model] | None, str, dict[str, Spec] | None]:
    if screen.lines is None:
        return None, "", None
    relation = resolve(model, screen.lines.path, screen.id).field
    if not isinstance(relation, ManyToOneRel):
        raise ScreenError(f'{screen.id}: "{screen.lines.path}" are not lines')
    line_model = relation.related_model
    columns = [as_field(column) for column in screen.lines.columns]
    if screen.lines.enter not in {c.path for c in columns}:
        raise ScreenError(
            f'{screen.id}: lines are entered at "{screen.lines.enter}", no such column'
        )
    columns += [
        Field(path, edit="never")
        for path in _computed(screen.id, on_lines=True)
        if path not in {c.path for c in columns}
    ]
    specs = {c.path: _spec(screen, line_model, c, on_lines=True) for c in columns}
    return line_model, relation.field.name, specs


def _order(screen: Screen, model: type[models.Model]) -> tuple[tuple[str, bool], ...]:
    order = [(path.lstrip("-"), path.startswith("-")) for path in screen.listing.order]
    for path, _ in order:
        if path != "id" and resolve(model, path, screen.id).many:
            raise ScreenError(f'{screen.id}: cannot sort by "{path}"')
    if all(path != "id" for path, _ in order):
        order.append(("id", order[-1][1] if order else True))
    return tuple(order)


def _verbs(screen: Screen, model: type[models.Model]) -> tuple[str, ...]:
    lifecycle: Lifecycle | None = getattr(model, "lifecycle", None)
    known = {t.name for t in lifecycle.transitions} if lifecycle else set()
    known |= set(modules.function("verbs", screen.id) or ())
    for action in screen.actions:
        if action.verb not in known:
            close = get_close_matches(action.verb, known, 1)
            meant = f'; did you mean "{close[0]}"?' if close else ""
            raise ScreenError(f'{screen.id}: no verb "{action.verb}"{meant}')
    return tuple(a.verb for a in screen.actions)


def _related(fields: dict[str, Spec]) -> dict[str, Spec]:
    """Say beside which unit or currency a figure stands, where the screen shows it."""

    def beside(spec: Spec) -> Spec:
        currency = "currency" if spec.kind in ("money", "price") and "currency" in fields else None
        unit = None
        if spec.kind == "quantity":
            wanted = ("unit",) if spec.path.endswith("_unit") else ("product.unit", "unit")
            unit = next((path for path in wanted if path in fields), None)
        return replace(spec, currency_path=currency, unit_path=unit)

    return {path: beside(spec) for path, spec in fields.items()}


def _check_references(screen: Compiled) -> None:
    for spec in (*screen.entered, *screen.line_entered):
        if spec.kind == "reference" and spec.lookup is None:
            raise ScreenError(f'{screen.id}: "{spec.path}" can be chosen, but from which lookup?')


@cache
def lookup(lookup_id: str) -> Lookup:
    """Raises LookupError when nobody declares it."""
    return modules.lookups()[lookup_id]


def problems() -> Iterator[str]:
    """Everything wrong with what is declared, a sentence each."""
    for screen in modules.screens().values():
        try:
            compiled(screen.id)
        except ScreenError as problem:
            yield str(problem)
    for offer in modules.lookups().values():
        try:
            model = apps.get_model(offer.model)
            for path in (*offer.show, *(p for p in offer.search if p != "initials")):
                resolve(model, path, offer.id)
            for path in offer.filter or {}:
                resolve(model, path.split("__")[0], offer.id)
        except (LookupError, ScreenError) as problem:
            yield str(problem)


@checks.register("heyi")
def check_screens(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """Django's system check: a typo in a declaration fails the boot."""
    return [checks.Error(sentence, id="heyi.E031") for sentence in problems()]


@checks.register("heyi")
def check_messages(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """Words that are missing do not stop the boot; `tests/contract` fails on them."""
    return [checks.Warning(sentence, id="heyi.W041") for sentence in catalogue().problems]
