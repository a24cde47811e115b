"""What a person has typed, read against the screen: typed values, and everything wrong with them.

Preview and save run the same code; only save writes. A module's `prepare` fills what follows from
what was typed (units, amounts, taxes) and says what stands in the way, at the cell where it stands.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any

from django.db import models
from django.db.models import ForeignKey

from heyi.kernel.errors import BusinessError, Problem, Remedy
from heyi.kernel.lifecycle import State
from heyi.platform import modules
from heyi.platform.access import Actor
from heyi.platform.columns import localized
from heyi.platform.references import Targets, targets
from heyi.platform.screens import FIGURES, Compiled, Spec, kind_of
from heyi.platform.values import (
    ValueMissing,
    ValueTooLarge,
    parse,
    printable,
    render,
)

MOST_LINES = 2000
_LONGEST_KEY = 64


@dataclass(eq=False)
class FieldUnknown(BusinessError):
    code = "platform.field_unknown"
    remedy = Remedy("platform.remedy.check_field")
    name: str


@dataclass(eq=False)
class ReferenceUnknown(BusinessError):
    """It does not exist, or belongs to another company: the same answer for both."""

    code = "platform.reference_unknown"
    remedy = Remedy("platform.remedy.choose_from_list")
    field: str


@dataclass(eq=False)
class ReferenceInactive(BusinessError):
    code = "platform.reference_inactive"
    remedy = Remedy("platform.remedy.choose_from_list")
    field: str
    record: str


@dataclass(eq=False)
class ReferenceNotOffered(BusinessError):
    """It exists, but not for this: a customer where a supplier belongs."""

    code = "platform.reference_not_offered"
    remedy = Remedy("platform.remedy.choose_from_list")
    field: str
    record: str


@dataclass(eq=False)
class LinesTooMany(BusinessError):
    code = "platform.lines_too_many"
    remedy = Remedy("platform.remedy.split_document")
    count: int
    limit: int


@dataclass(eq=False)
class LineUnknown(BusinessError):
    """The line does not belong to this document, or stands in the request twice."""

    code = "platform.line_unknown"
    remedy = Remedy("platform.remedy.reload")
    line: str


@dataclass(eq=False)
class NotEditable(BusinessError):
    """The document has left the state in which this field can be changed."""

    code = "platform.document_not_editable"
    remedy = Remedy("platform.remedy.withdraw_first")
    field: str
    state: str


@dataclass(eq=False)
class DraftLine:
    """A line as typed. `stored` are its values in the database, None for a new line.

    Args:
        key: What the client calls it; its id where the client names none.
        values: By model field name: Decimal, date, bool, text; references as ids.
    """

    key: str
    id: int | None
    no: int
    values: dict[str, Any]
    stored: dict[str, Any] | None = None


@dataclass(eq=False)
class Draft:
    """A record as typed, before it is written. See `DraftLine` for the values.

    Args:
        stored: The head's values in the database; None for a new record.
        defaults: Nothing was typed yet; the person opened an empty form.
    """

    screen: Compiled
    company: int
    values: dict[str, Any]
    lines: list[DraftLine] = field(default_factory=list)
    id: int | None = None
    version: int = 1
    stored: dict[str, Any] | None = None
    stored_lines: dict[int, dict[str, Any]] = field(default_factory=dict)
    defaults: bool = False
    problems: list[Problem] = field(default_factory=list)
    found: Targets = field(default_factory=dict)

    @property
    def state(self) -> str:
        return str(self.values.get("state") or State.DRAFT)

    def problem(
        self, error: BusinessError, *, line: DraftLine | None = None, field: str | None = None
    ) -> None:
        """Note what stands in the way, or is to be acknowledged, at a cell."""
        self.problems.append(Problem(error, line.key if line else None, field))

    @property
    def refused(self) -> list[Problem]:
        """What keeps the draft from being written; warnings do not."""
        return [p for p in self.problems if p.error.kind != "warning"]

    def target(self, spec: Spec, values: Mapping[str, Any]) -> Any:
        """What a reference field points at, or None."""
        id_ = values.get(spec.path)
        return self.found.get((spec.target or "", id_)) if id_ is not None else None


# ---------------------------------------------------------------- blank values


@cache
def own_fields(model: type[models.Model]) -> tuple[models.Field, ...]:
    """The columns a save writes: all but the key and what the database fills in itself."""
    return tuple(
        f for f in model._meta.concrete_fields if not f.primary_key and not f.has_db_default()
    )


def blank(model: type[models.Model]) -> dict[str, Any]:
    """A record nobody has typed anything into: the columns' own defaults."""
    return {f.name: f.get_default() if f.has_default() else None for f in own_fields(model)}


# ---------------------------------------------------------------- reading


def read(draft: Draft, body: Mapping[str, Any]) -> None:
    """Take over what was typed. Everything unreadable is noted at its cell; the rest is kept."""
    screen = draft.screen
    _read_values(draft, screen.fields, draft.values, body.get("values") or {}, None)
    if screen.line_model is not None and body.get("lines") is not None:
        _read_lines(draft, body["lines"])


def _read_lines(draft: Draft, lines: Sequence[Mapping[str, Any]]) -> None:
    screen = draft.screen
    assert screen.line_model is not None
    assert screen.line_fields is not None
    if len(lines) > MOST_LINES:
        draft.problem(LinesTooMany(len(lines), MOST_LINES))
        return
    draft.lines, seen = [], set()
    for at, typed in enumerate(lines, 1):
        id_ = typed.get("id")
        key = str(typed.get("key") or id_ or f"line-{at}")[:_LONGEST_KEY]
        stored = draft.stored_lines.get(id_) if id_ is not None else None
        line = DraftLine(key, id_, at, dict(stored or blank(screen.line_model)), stored)
        if id_ is not None and (stored is None or id_ in seen):
            draft.problem(LineUnknown(printable(str(id_))), line=line)
            continue
        values = typed.get("values") or {}
        if id_ is None and not any(v not in (None, "") for v in values.values()):
            continue
        seen.add(id_)
        draft.lines.append(line)
        _read_values(draft, screen.line_fields, line.values, values, line)
    for no, line in enumerate(draft.lines, 1):
        line.no = no
        if "no" in line.values:
            line.values["no"] = no


def _read_values(
    draft: Draft,
    specs: Mapping[str, Spec],
    into: dict[str, Any],
    typed: Mapping[str, Any],
    line: DraftLine | None,
) -> None:
    for path, raw in typed.items():
        spec = specs.get(path)
        if spec is None:
            draft.problem(FieldUnknown(printable(str(path))[:60]), line=line)
            continue
        if spec.edit == "never":
            continue
        try:
            put(into, path, parse(spec, raw))
        except BusinessError as problem:
            draft.problem(problem, line=line, field=path)
            put(into, path, None)


def put(values: dict[str, Any], path: str, value: Any) -> None:
    """Set a value by path. Customers' own fields live together in `extra`, as JSON."""
    if path.startswith("extra."):
        kept = dict(values.get("extra") or {})
        if value is None:
            kept.pop(path[6:], None)
        else:
            kept[path[6:]] = value if isinstance(value, (bool, int, str)) else str(value)
        values["extra"] = kept
    else:
        values[path] = value


def take(values: Mapping[str, Any], path: str) -> Any:
    """The value at a path."""
    if path.startswith("extra."):
        return (values.get("extra") or {}).get(path[6:])
    return values.get(path)


# ---------------------------------------------------------------- filling in


def complete(draft: Draft, actor: Actor) -> None:
    """Look up what is referred to, let the module fill in the rest, check what came out."""
    look_up(draft)
    for line, spec, values, stored in _cells(draft):
        if spec.kind == "reference" and "." not in spec.path:
            _check_reference(draft, line, spec, values, stored)
    prepare = modules.function("prepare", draft.screen.id)
    if prepare is not None:
        prepare(draft, actor)
    look_up(draft)
    _check_present(draft)
    _check_computed(draft)
    if draft.stored is not None:
        _check_editable(draft)
    draft.problems.sort(key=_place(draft))


def _place(draft: Draft) -> Callable[[Problem], tuple[int, int]]:
    """Where a problem stands on the paper: the head first, then line by line, left to right."""
    rows = {line.key: no for no, line in enumerate(draft.lines)}
    heads = {path: at for at, path in enumerate(draft.screen.fields)}
    cells = {path: at for at, path in enumerate(draft.screen.line_fields or ())}

    def place(problem: Problem) -> tuple[int, int]:
        if problem.line is None:
            return -1, heads.get(problem.field or "", -1)
        return rows.get(problem.line, len(rows)), cells.get(problem.field or "", -1)

    return place


def _cells(
    draft: Draft,
) -> Iterable[tuple[DraftLine | None, Spec, dict[str, Any], dict[str, Any] | None]]:
    """Every cell people may write: its line (None: the head), field, values and stored values."""
    for spec in draft.screen.entered:
        yield None, spec, draft.values, draft.stored
    for line in draft.lines:
        for spec in draft.screen.line_entered:
            yield line, spec, line.values, line.stored


def look_up(draft: Draft) -> None:
    """Find what references point at; those already found are not asked for again."""
    if wanted := referred([draft]):
        draft.found.update(targets(draft.screen.id, draft.company, wanted))


def referred(drafts: Iterable[Draft]) -> dict[str, set[int]]:
    """What drafts refer to and nobody has looked up yet: model label -> ids."""
    wanted: dict[str, set[int]] = {}
    for draft in drafts:
        for model, values in _records(draft):
            for name, label in _references(model):
                id_ = values.get(name)
                if id_ is not None and (label, id_) not in draft.found:
                    wanted.setdefault(label, set()).add(id_)
    return wanted


def _records(draft: Draft) -> Iterable[tuple[type[models.Model], dict[str, Any]]]:
    yield draft.screen.model, draft.values
    if draft.screen.line_model is not None:
        for line in draft.lines:
            yield draft.screen.line_model, line.values


@cache
def _references(model: type[models.Model]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (f.name, f.related_model._meta.label_lower)
        for f in own_fields(model)
        if isinstance(f, ForeignKey) and f.name != "company"
    )


def _check_reference(
    draft: Draft,
    line: DraftLine | None,
    spec: Spec,
    values: dict[str, Any],
    stored: dict[str, Any] | None,
) -> None:
    id_ = values.get(spec.path)
    if id_ is None:
        return
    target = draft.target(spec, values)
    if target is None or not target.belongs_to(draft.company):
        draft.problem(ReferenceUnknown(spec.path), line=line, field=spec.path)
        values[spec.path] = None
        return
    if stored is not None and stored.get(spec.path) == id_:
        return
    record = f"{target.code} {target.name if isinstance(target.name, str) else ''}".strip()
    if not target.active:
        draft.problem(ReferenceInactive(spec.path, record), line=line, field=spec.path)
    elif not target.offered.get(spec.lookup or "", True):
        draft.problem(ReferenceNotOffered(spec.path, record), line=line, field=spec.path)


def _check_present(draft: Draft) -> None:
    """Required fields are filled, and no column the database insists on is empty."""
    noted = {(p.line, p.field) for p in draft.problems}
    for line, spec, values, _ in _cells(draft):
        cell = (line.key if line else None, spec.path)
        if spec.required and take(values, spec.path) in (None, "") and cell not in noted:
            draft.problem(ValueMissing(spec.path), line=line, field=spec.path)
            noted.add(cell)
    if draft.refused:
        return
    skipped = {"company", "number", draft.screen.pointer}
    for line, model, values in [
        (None, draft.screen.model, draft.values),
        *((line, draft.screen.line_model, line.values) for line in draft.lines),
    ]:
        for column in own_fields(model):
            if values.get(column.name) is None and not column.null and column.name not in skipped:
                draft.problem(ValueMissing(column.name), line=line, field=column.name)


def _check_computed(draft: Draft) -> None:
    """A product of two figures may be larger than its column."""
    for line, model, values in [
        (None, draft.screen.model, draft.values),
        *((line, draft.screen.line_model, line.values) for line in draft.lines),
    ]:
        for name, limit in _limits(model):
            value = values.get(name)
            if isinstance(value, Decimal) and abs(value) >= limit:
                draft.problem(ValueTooLarge(name, value, limit), line=line, field=name)


@cache
def _limits(model: type[models.Model]) -> tuple[tuple[str, Decimal], ...]:
    return tuple(
        (f.name, Decimal(10) ** (f.max_digits - f.decimal_places))
        for f in own_fields(model)
        if isinstance(f, models.DecimalField) and kind_of(f) in FIGURES
    )


def _check_editable(draft: Draft) -> None:
    """Outside the draft state only fields meant to be open may change."""
    if not draft.screen.is_document or draft.state == State.DRAFT:
        return
    state = draft.state
    closed = state not in (State.SUBMITTED, State.APPROVED)
    for line, spec, values, stored in _cells(draft):
        changed = take(values, spec.path) != take(stored or {}, spec.path)
        free = spec.path.startswith("extra.") or (spec.edit == "always" and not closed)
        if changed and not free:
            draft.problem(NotEditable(spec.path, state), line=line, field=spec.path)
    if len(draft.lines) != len(draft.stored_lines):
        draft.problem(NotEditable("lines", state))


# ---------------------------------------------------------------- showing


def shown_values(
    draft: Draft, specs: Mapping[str, Spec], values: Mapping[str, Any], language: str
) -> dict[str, Any]:
    """The values of a head or a line as answers have them, by path."""
    return {path: _shown(draft, spec, values, language) for path, spec in specs.items()}


def _shown(draft: Draft, spec: Spec, values: Mapping[str, Any], language: str) -> Any:
    head, _, rest = spec.path.partition(".")
    if rest and head != "extra":
        target = draft.found.get((spec.through or "", values.get(head) or 0))
        return _beyond(spec, target.beyond.get(rest), language) if target else None
    value = take(values, spec.path)
    if spec.kind != "reference":
        return render(spec, value)
    target = draft.found.get((spec.target or "", value)) if value is not None else None
    return target.value(language) if target else None


def _beyond(spec: Spec, value: Any, language: str) -> Any:
    if spec.kind == "reference":
        known = isinstance(value, dict) and value.get("id") is not None
        return {**value, "name": localized(value.get("name"), language)} if known else None
    return render(spec, value)
