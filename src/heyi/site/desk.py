"""Somebody with every role, who works in one company through the functions people use."""

from typing import Any

from django.apps import apps

from heyi.platform import documents, modules, records
from heyi.platform.access import Actor
from heyi.platform.models import Company

_ROLES = frozenset(
    {
        "system.administrator", "finance.accountant", "inventory.keeper", "purchase.buyer",
        "purchase.manager", "sales.clerk", "sales.manager",
    }
)  # fmt: skip


class Desk:
    """A seat in one company, for demo data and replayed stories. The caller brings the unit of work."""

    def __init__(self, company: Company, name: str) -> None:
        self.company = company
        self.actor = Actor(
            0, name, company.pk, _ROLES, frozenset({company.pk}), language=company.language
        )

    def save(
        self, screen: str, values: dict[str, Any], lines: list[dict[str, Any]] | None = None
    ) -> int:
        """A new record; its id."""
        body: dict[str, Any] = {"values": values}
        if lines is not None:
            body["lines"] = [
                {"id": None, "key": str(no), "values": line} for no, line in enumerate(lines, 1)
            ]
        return records.save(screen, self.actor, body)["id"]

    def step(self, type_: str, verb: str, ids: list[int], *, reason: str = "") -> None:
        """Take one step with documents as they are now."""
        rows = modules.document_model(type_).objects.filter(pk__in=ids)
        versions = dict(rows.values_list("pk", "version"))
        documents.transition(type_, verb, versions, actor=self.actor, reason=reason)

    def find(self, model: str) -> dict[str, int]:
        """The company's own masters: code -> id."""
        rows = apps.get_model(model).objects.filter(company=self.company)
        return dict(rows.values_list("code", "pk"))
