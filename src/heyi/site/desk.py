"""Somebody who works in one company, through the functions the API uses."""

from typing import Any

from django.apps import apps
from django.db.models import QuerySet

from heyi.platform import documents, modules, records
from heyi.platform.access import Actor
from heyi.platform.models import Company

_EVERY_ROLE = frozenset(
    {
        "system.administrator", "finance.accountant", "inventory.keeper", "purchase.buyer",
        "purchase.manager", "sales.clerk", "sales.manager",
    }
)  # fmt: skip


def everybody(company: Company, name: str) -> Actor:
    """One who may do everything, for setting a company up."""
    return Actor(
        0, name, company.pk, _EVERY_ROLE, frozenset({company.pk}), language=company.language
    )


class Desk:
    """A seat in one company, for demo data and replayed stories. The caller brings the unit of work."""

    def __init__(self, company: Company, actor: Actor) -> None:
        self.company, self.actor = company, actor

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
        versions = dict(self._rows(type_, ids).values_list("pk", "version"))
        if versions:
            documents.transition(type_, verb, versions, actor=self.actor, reason=reason)

    def within(self, type_: str, state: str, ids: list[int]) -> list[int]:
        """Which of these documents are in a state."""
        return list(self._rows(type_, ids).filter(state=state).values_list("pk", flat=True))

    def _rows(self, type_: str, ids: list[int]) -> QuerySet:
        return modules.document_model(type_)._default_manager.filter(pk__in=ids)

    def find(self, model: str) -> dict[str, int]:
        """The company's own masters: code -> id."""
        rows = apps.get_model(model).objects.filter(company=self.company)
        return dict(rows.values_list("code", "pk"))
