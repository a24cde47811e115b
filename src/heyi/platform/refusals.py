"""How a refusal is put to the person it concerns: its words, its remedy, the cell it stands at."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import DatabaseError, models

from heyi.kernel.errors import BusinessError, Problem, Refusals, Remedy
from heyi.platform import modules
from heyi.platform.columns import shown
from heyi.platform.messages import resolve

__all__ = ["Refusals", "refused_by_database", "said"]


@dataclass(eq=False)
class ValueTaken(BusinessError):
    """Another record has it already: a code, a number."""

    code = "platform.value_taken"
    remedy = Remedy("platform.remedy.choose_another")
    field: str


@dataclass(eq=False)
class ValueImpossible(BusinessError):
    """The database forbids it by a rule of its own, which it names."""

    code = "platform.value_impossible"
    remedy = Remedy("platform.remedy.check_figure")
    rule: str


@dataclass(eq=False)
class StillUsed(BusinessError):
    """Other records refer to it."""

    code = "platform.still_used"
    remedy = Remedy("platform.remedy.switch_off")
    rule: str


@dataclass(eq=False)
class DocumentFrozen(BusinessError):
    """It is in the ledgers; it can be reversed, not changed."""

    code = "platform.document_frozen"
    remedy = Remedy("platform.remedy.reverse_instead")


def said(problems: Iterable[Problem], language: str) -> list[dict[str, Any]]:
    """Problems as answers carry them, worded in one language.

    Ids in their params are named by one statement per kind of record, none if there are no ids.
    """
    listed = list(problems)
    named = _names([p.error.params() for p in listed], language) if listed else {}
    return [_one(p, named, language) for p in listed]


def _one(problem: Problem, named: Mapping[tuple[str, Any], Any], language: str) -> dict[str, Any]:
    error = problem.error
    params = error.params()
    words = {name: _worded(name, value, named) for name, value in params.items()}
    cell = None
    if problem.line is not None or problem.field is not None:
        cell = {"line": problem.line, "field": problem.field}
    return {
        "kind": error.kind,
        "code": error.code,
        "params": params,
        "message": resolve(error.code, words, language),
        "remedy": _remedy(error, words, language),
        "override": error.override,
        "cell": cell,
    }


def _worded(name: str, value: Any, named: Mapping[tuple[str, Any], Any]) -> Any:
    if isinstance(value, (list, tuple)):
        return [_worded(name, one, named) for one in value]
    return named.get((name, value), value) if isinstance(value, int) else value


def _remedy(error: BusinessError, words: Mapping[str, Any], language: str) -> dict[str, Any] | None:
    if error.remedy is None:
        return None
    return {
        "label": resolve(error.remedy.action, words, language),
        "action": error.remedy.action,
        "screen": error.remedy.screen,
        "params": getattr(error, "remedy_params", dict)(),
    }


def _names(
    every: Iterable[Mapping[str, Any]], language: str
) -> dict[tuple[str, Any], dict[str, Any]]:
    """Codes and names for the ids that stand in params a module says are records (`named`)."""
    known: dict[str, str] = {}
    for module in modules.modules():
        known.update(getattr(module, "named", {}))
    wanted: dict[str, set[int]] = {}
    for params in every:
        for name, value in params.items():
            if name in known:
                ids = list(value) if isinstance(value, (list, tuple)) else [value]
                wanted.setdefault(name, set()).update(i for i in ids if type(i) is int and i)
    found: dict[tuple[str, Any], dict[str, Any]] = {}
    for name, of_name in wanted.items():
        if not of_name:
            continue
        model = apps.get_model(known[name])
        target = shown(model)
        for row in model._default_manager.filter(pk__in=of_name).values_list("pk", *target.columns):
            found[name, row[0]] = target.value(row[0], row[1:], language) or {}
    return found


def refused_by_database(error: DatabaseError, *at: type[models.Model] | None) -> Problem:
    """What the database's own guards say, as a refusal.

    Args:
        at: The models just written, to find the field a unique key is about.

    Raises:
        The error itself, where it is no refusal but a defect of ours.
    """
    cause = error.__cause__
    diagnosis = getattr(cause, "diag", None)
    rule = getattr(diagnosis, "constraint_name", None) or ""
    match getattr(cause, "sqlstate", None):
        case "23505":
            field = _unique_field(rule, at)
            return Problem(ValueTaken(field), field=field)
        case "23514" | "22003":
            return Problem(ValueImpossible(rule or "numeric range"))
        case "23503":
            return Problem(StillUsed(rule))
        case "23001":
            return Problem(DocumentFrozen())
    raise error


def _unique_field(rule: str, at: Iterable[type[models.Model] | None]) -> str:
    for model in at:
        for constraint in model._meta.constraints if model else ():
            if constraint.name == rule and isinstance(constraint, models.UniqueConstraint):
                return constraint.fields[-1] if constraint.fields else rule
        for field in model._meta.concrete_fields if model else ():
            if field.unique and (field.column or "") in rule:
                return field.name
    return rule
