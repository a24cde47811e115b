"""From the fields of a screen to the columns one statement reads, and back to values by path.

A reference is read with the code and the name of what it points at, in the same statement:
{id, code, name}, and `decimals` where it is a unit or a currency.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Expression
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from heyi.platform.access import Actor
from heyi.platform.screens import FIGURES, Spec
from heyi.platform.values import render

Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Shown:
    """The columns that stand for a record when another one refers to it."""

    code: str
    name: str | None
    decimals: bool

    @property
    def columns(self) -> tuple[str, ...]:
        more = (self.name,) if self.name else ()
        return (self.code, *more, *(("decimals",) if self.decimals else ()))

    def value(self, id_: Any, found: Sequence[Any], language: str) -> dict[str, Any] | None:
        """{id, code, name} from the columns, or None where nothing is referred to."""
        if id_ is None:
            return None
        name = found[1] if self.name else ""
        shown = {"id": id_, "code": found[0], "name": localized(name, language)}
        if self.decimals:
            shown["decimals"] = found[-1]
        return shown


def localized(text: Any, language: str) -> str:
    """A text people wrote in several languages, in the one asked for or the next best."""
    if isinstance(text, dict):
        order = (language, "zh_hans" if language == "zh_hant" else "zh_hant", "en", "zh_hans")
        return next((text[one] for one in order if text.get(one)), "")
    return text or ""


def shown(model: type[models.Model]) -> Shown:
    """How records of a model are called: by code, number or login, and by name."""
    return _shown(model._meta.label_lower)


@cache
def _shown(label: str) -> Shown:
    names = {f.name for f in apps.get_model(label)._meta.concrete_fields}
    code = next((n for n in ("code", "number", "login", "username") if n in names), "pk")
    return Shown(code, "name" if "name" in names else None, "decimals" in names)


@dataclass(frozen=True, slots=True)
class Columns:
    """What to ask the database for, and how to read its answer.

    Args:
        orm: The ORM paths of one row, in order.
        pick: One function per field: (row, language) -> rendered value.
    """

    orm: tuple[str, ...]
    pick: tuple[tuple[str, Callable[[Row, str], Any]], ...]

    def values(self, row: Row, language: str) -> dict[str, Any]:
        return {path: read(row, language) for path, read in self.pick}


def columns(
    model: type[models.Model], specs: Iterable[Spec], first: tuple[str, ...], *, typed: bool = False
) -> Columns:
    """The columns of some fields.

    Args:
        first: ORM paths the caller reads by position, before all others ("pk", "version").
        typed: Leave figures and dates as Python values, for exports and print.
    """
    return _columns(model, tuple(specs), first, typed)


@cache
def _columns(
    model: type[models.Model], specs: tuple[Spec, ...], first: tuple[str, ...], typed: bool
) -> Columns:
    orm, pick = list(first), []
    for spec in specs:
        at = len(orm)
        if spec.computed is not None:
            continue
        if is_extra(spec.path):
            orm.append(spec.orm)
            pick.append((spec.path, _extra(at, spec, typed)))
        elif spec.kind == "reference":
            target = shown(apps.get_model(spec.target or ""))
            orm += [f"{spec.orm}_id", *(f"{spec.orm}__{name}" for name in target.columns)]
            pick.append((spec.path, _reference(at, target)))
        else:
            orm.append(spec.orm)
            pick.append((spec.path, _plain(at, spec, typed)))
    return Columns(tuple(orm), tuple(pick))


def _reference(at: int, target: Shown) -> Callable[[Row, str], Any]:
    end = at + 1 + len(target.columns)
    return lambda row, language: target.value(row[at], row[at + 1 : end], language)


def is_extra(path: str) -> bool:
    """Whether the field is one a company added; its value lies in `extra`, as JSON."""
    return path.startswith("extra.")


def extra_column(spec: Spec) -> Expression:
    """The value of an added field in its own type, to narrow and sort by."""
    return Cast(KeyTextTransform(spec.path[6:], "extra"), _EXTRA_COLUMNS[spec.kind])


_EXTRA_COLUMNS: dict[str, models.Field] = {
    "text": models.TextField(),
    "choice": models.TextField(),
    "integer": models.BigIntegerField(),
    "rate": models.DecimalField(max_digits=28, decimal_places=8),
    "date": models.DateField(),
    "boolean": models.BooleanField(),
}


def _extra(at: int, spec: Spec, typed: bool) -> Callable[[Row, str], Any]:
    """JSON keeps figures and days as text, which is how answers have them."""
    read = _EXTRA_TYPES.get(spec.kind) if typed else None
    if read is None:
        return lambda row, language: row[at]
    return lambda row, language: None if row[at] is None else read(row[at])


_EXTRA_TYPES: dict[str, Callable[[str], Any]] = {"rate": Decimal, "date": date.fromisoformat}


def _plain(at: int, spec: Spec, typed: bool) -> Callable[[Row, str], Any]:
    if spec.kind in FIGURES and not typed:
        return lambda row, language: render(spec, row[at])
    return lambda row, language: row[at]


def work_out(
    specs: Iterable[Spec], rows: Sequence[tuple[int, dict[str, Any]]], actor: Actor, *, typed: bool
) -> None:
    """Fill in the computed fields of rows, (id, values) each: one statement a field."""
    wanted = [spec for spec in specs if spec.computed is not None]
    if not wanted or not rows:
        return
    ids = [id_ for id_, _ in rows]
    for spec in wanted:
        assert spec.computed is not None
        found = spec.computed.values(ids, actor)
        for id_, values in rows:
            value = found.get(id_)
            values[spec.path] = value if typed else render(spec, value)
