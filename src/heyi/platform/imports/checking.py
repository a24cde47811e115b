"""From rows to records, and from records to what stands in their way. Set-based throughout: the
number of statements follows the number of chunks, not of rows."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256
from itertools import islice
from typing import Any

import orjson
from django.db.models import CharField

from heyi.kernel.errors import BusinessError, Problem
from heyi.platform import lists
from heyi.platform.access import Actor
from heyi.platform.columns import shown
from heyi.platform.drafts import Draft
from heyi.platform.imports.cells import read, reader
from heyi.platform.imports.errors import (
    AlreadyApplied,
    HeadDiffers,
    KeyMissing,
    KeyTwice,
    ReferenceAmbiguous,
    ReferenceUnknown,
)
from heyi.platform.imports.fields import KEY, Layout
from heyi.platform.imports.models import LoadLink, StageRow
from heyi.platform.records import drafted
from heyi.platform.rows import among, columns, fetch
from heyi.platform.screens import lookup

CHUNK = 500
_LONGEST_KEY = 200


@dataclass(eq=False)
class Row:
    """A row on its way; see `models.StageRow`."""

    no: int
    cells: Sequence[str]
    fixed: Mapping[str, str]
    typed: dict[str, Any] = field(default_factory=dict)
    record: int = 0
    key: str = ""
    digest: str = ""
    state: str = "staged"
    issues: list[dict[str, Any]] = field(default_factory=list)

    def refuse(self, path: str, error: BusinessError) -> None:
        self.issues.append(issue(path, error))

    @property
    def refused(self) -> bool:
        return any(x["kind"] != "warning" for x in self.issues)


@dataclass(eq=False)
class Record:
    """The rows that make one record, as a form would send it.

    Args:
        id: The record to change; None for a new one.
        same: It was loaded before, from the very same values.
    """

    key: str
    rows: list[Row]
    values: dict[str, Any] = field(default_factory=dict)
    lines: list[dict[str, Any]] | None = None
    digest: str = ""
    id: int | None = None
    same: bool = False

    @property
    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = {"values": self.values}
        return body if self.lines is None else {**body, "lines": self.lines}


def issue(path: str, error: BusinessError) -> dict[str, Any]:
    params = orjson.loads(orjson.dumps(error.params(), default=str))
    return {"path": path, "code": error.code, "kind": error.kind, "params": params}


def check(
    layout: Layout, mapping: Sequence[str | None], rows: Sequence[Row], actor: Actor, source: str
) -> None:
    """Type every cell, gather the rows of each record, and let the screen's own checks speak.

    Args:
        source: What names the file, for rows without a key of their own.
    """
    for row in rows:
        row.typed, row.issues, row.record, row.key = {}, [], row.no, ""
    _type(layout, mapping, rows, actor)
    records = gathered(layout, mapping, rows, source)
    for part in chunks(records, CHUNK):
        sound = [r for r in part if not any(row.refused for row in r.rows)]
        broken = [r for r in part if any(row.refused for row in r.rows)]
        plan(layout, part, actor)
        fresh = [r for r in sound if not r.same and not any(row.refused for row in r.rows)]
        wanted = [(r.id, r.body) for r in (*fresh, *broken)]
        drafts = drafted(layout.screen.id, actor, wanted)
        for record, draft in zip((*fresh, *broken), drafts, strict=True):
            note(layout, record, draft)
    for record in records:
        state = "invalid" if any(row.refused for row in record.rows) else "valid"
        for row in record.rows:
            row.state, row.digest = state, record.digest


def chunks(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """The items in lists of at most `size`."""
    rest = iter(items)
    while part := list(islice(rest, size)):
        yield part


# ---------------------------------------------------------------- cells


def _type(layout: Layout, mapping: Sequence[str | None], rows: Sequence[Row], actor: Actor) -> None:
    at = {path: n for n, path in enumerate(mapping) if path}
    asked: dict[str, set[str]] = {}
    readers = {
        path: reader(column.spec)
        for path, column in layout.columns.items()
        if column.spec is not None
    }
    for row in rows:
        for path in {**at, **row.fixed}:
            text = cell(row, at, path)
            if not text or path not in layout.columns:
                continue
            if path == KEY:
                row.typed[KEY] = text[:_LONGEST_KEY]
                continue
            try:
                row.typed[path] = read(text, readers[path])
            except BusinessError as error:
                row.refuse(path, error)
                continue
            spec = layout.columns[path].spec
            if spec is not None and spec.kind == "reference" and spec.lookup:
                asked.setdefault(spec.lookup, set()).add(text)
    known = {offer: Known(offer, texts, actor) for offer, texts in asked.items()}
    references = {
        path: column.spec.lookup
        for path, column in layout.columns.items()
        if column.spec is not None and column.spec.kind == "reference" and column.spec.lookup
    }
    for row in rows:
        for path, offer in references.items():
            if path in row.typed:
                try:
                    row.typed[path] = known[offer].id(row.typed[path])
                except BusinessError as error:
                    del row.typed[path]
                    row.refuse(path, error)


def cell(row: Row, at: Mapping[str, int], path: str) -> str:
    """The text of a cell: what was put in its place, else what stood in the file."""
    if path in row.fixed:
        return row.fixed[path]
    n = at.get(path)
    return row.cells[n] if n is not None and n < len(row.cells) else ""


class Known:
    """Records that cells name: by code first, else by a name only one of them has."""

    def __init__(self, offer: str, texts: Iterable[str], actor: Actor) -> None:
        model, rows = lists.offered(offer, actor)
        target = shown(model)
        by_name = isinstance(model._meta.get_field(target.name) if target.name else None, CharField)
        self.codes: dict[str, set[int]] = {}
        self.names: dict[str, dict[int, str]] = {}
        named = target.name if by_name and target.name else target.code
        wanted = sorted({t for text in texts for t in (text, text.split()[0])})
        for id_, code in among(rows, target.code, wanted, "text").values_list("pk", target.code):
            self.codes.setdefault(str(code), set()).add(id_)
        unknown = [text for text in wanted if text not in self.codes]
        if by_name and unknown:
            narrowed = among(rows.filter(**(lookup(offer).filter or {})), named, unknown, "text")
            for id_, code, name in narrowed.values_list("pk", target.code, named):
                self.names.setdefault(name, {})[id_] = str(code)

    def id(self, text: str) -> int:
        """Raises ReferenceUnknown, ReferenceAmbiguous."""
        for candidate in (text, text.split()[0]):
            if ids := self.codes.get(candidate):
                return max(ids)
        named = self.names.get(text, {})
        if len(named) == 1:
            return next(iter(named))
        if named:
            raise ReferenceAmbiguous(text[:60], sorted(named.values())[:10])
        raise ReferenceUnknown(text[:60])


# ---------------------------------------------------------------- records


def gathered(
    layout: Layout, mapping: Sequence[str | None], rows: Sequence[Row], source: str
) -> list[Record]:
    """The rows of each record, its head and lines. Notes what does not fit together."""
    paths = {path for path in mapping if path}
    has_lines = any(p in layout.columns and layout.columns[p].on_lines for p in paths)
    records: dict[str, Record] = {}
    current: Record | None = None
    for row in rows:
        key = _key(layout, row)
        if not key and layout.key == KEY and KEY not in paths and not has_lines:
            key = f"{source}:{row.no}"
        if not key and has_lines and current is not None:
            key = current.key
        if not key:
            row.refuse(layout.key, KeyMissing())
            key = f"?{row.no}"
        current = records.get(key)
        if current is not None and not has_lines:
            row.refuse(layout.key, KeyTwice(key, current.rows[0].no))
            key, current = f"?{row.no}", None
        if current is None:
            current = records[key] = Record(key, [])
        row.record, row.key = (current.rows[0].no if current.rows else row.no), key
        current.rows.append(row)
    for record in records.values():
        compose(layout, record, has_lines=has_lines)
    return list(records.values())


def _key(layout: Layout, row: Row) -> str:
    value = row.typed.get(layout.key, "")
    return str(value).strip()[:_LONGEST_KEY]


def compose(layout: Layout, record: Record, *, has_lines: bool) -> None:
    """The head from the first row that says it, a line from every row that has one."""
    record.values, first = {}, {}
    record.lines = [] if has_lines else None
    for row in record.rows:
        line: dict[str, Any] = {}
        for path, value in row.typed.items():
            if path == KEY:
                continue
            if layout.columns[path].on_lines:
                line[path.removeprefix("lines.")] = value
            elif path not in record.values:
                record.values[path], first[path] = value, row
            elif record.values[path] != value:
                before = first[path]
                said = HeadDiffers(str(value), str(record.values[path]), before.no)
                row.refuse(path, said)
        if line and record.lines is not None:
            record.lines.append({"key": str(row.no), "values": line})
    said_ = [record.values, [x["values"] for x in record.lines or ()]]
    record.digest = sha256(orjson.dumps(said_, option=orjson.OPT_SORT_KEYS)).hexdigest()


# ---------------------------------------------------------------- what is there already


def plan(layout: Layout, records: Sequence[Record], actor: Actor) -> None:
    """Find the records the keys belong to. At most four statements."""
    screen, keys = layout.screen, [r.key for r in records]
    rows = screen.access.visible(actor, screen.model._default_manager.all())
    if layout.key != KEY:
        known = among(rows, "code", keys, "text").order_by("-company")
        found = dict(known.values_list("code", "pk"))
        for record in records:
            record.id = found.get(record.key)
    else:
        links = LoadLink.objects.filter(company_id=actor.company, screen=screen.id)
        links = among(links, "key", keys, "text")
        held = {x.key: (x.target, x.digest) for x in links}
        _plan_linked(layout, records, held, rows)
    _match_lines(layout, [r for r in records if r.id is not None and r.lines is not None])


def _plan_linked(
    layout: Layout, records: Sequence[Record], held: Mapping[str, tuple[int, str]], rows: Any
) -> None:
    changed = []
    for record in records:
        target, digest = held.get(record.key, (None, ""))
        record.same = target is not None and digest == record.digest
        record.id = target
        if target is not None and not record.same:
            changed.append(record)
    if not changed or not layout.screen.is_document:
        return
    states = {
        id_: (number, state)
        for id_, number, state in among(rows, "id", [r.id for r in changed]).values_list(
            "pk", "number", "state"
        )
    }
    for record in changed:
        number, state = states.get(record.id, ("–", "cancelled"))
        if state != "draft":
            record.rows[0].refuse(KEY, AlreadyApplied(number, state))
            record.id = None


def _match_lines(layout: Layout, records: Sequence[Record]) -> None:
    """Give lines the ids of those that are there: by what they are about, else by their place.
    A master keeps the lines the file does not mention."""
    screen = layout.screen
    if not records or screen.line_model is None or screen.declared.lines is None:
        return
    enter = screen.declared.lines.enter
    attname = screen.line_model._meta.get_field(enter).attname  # type: ignore[union-attr]
    by_place = "no" if "no" in {f.name for f in screen.line_model._meta.concrete_fields} else "pk"
    stored: dict[int, list[tuple[int, Any]]] = {}
    ids = [r.id for r in records]
    for head, id_, about in (
        among(screen.line_model._default_manager.all(), f"{screen.pointer}_id", ids)
        .order_by(by_place, "pk")
        .values_list(f"{screen.pointer}_id", "pk", attname)
    ):
        stored.setdefault(head, []).append((id_, about))
    for record in records:
        free = stored.get(record.id or 0, [])
        for line in record.lines or ():
            about = line["values"].get(enter)
            fit = next((x for x in free if x[1] == about), None)
            if fit is None and screen.is_document:
                fit = free[0] if free else None
            if fit is not None:
                free.remove(fit)
                line["id"] = fit[0]
        if not screen.is_document and record.lines is not None:
            record.lines += [{"id": id_, "key": f"#{id_}", "values": {}} for id_, _ in free]


def note(layout: Layout, record: Record, draft: Draft) -> None:
    """Put what stands in the way of a draft at the rows and cells it comes from."""
    by_no = {str(row.no): row for row in record.rows}
    for problem in draft.problems:
        place(record, by_no, problem)


def place(record: Record, by_no: Mapping[str, Row], problem: Problem) -> None:
    row = by_no.get(str(problem.line), record.rows[0])
    prefix = "lines." if problem.line is not None else ""
    path = f"{prefix}{problem.field}" if problem.field else ""
    if any(x["path"] == path and x["kind"] != "warning" for x in row.issues):
        return  # the cell could not be read; that it is empty now is no news
    row.refuse(path, problem.error)


# ---------------------------------------------------------------- keeping


def read_rows(batch: int, **narrowing: Any) -> list[Row]:
    """Staged rows in the order of the file."""
    return [
        Row(*row)
        for row in StageRow.objects.filter(batch=batch, **narrowing)
        .order_by("no")
        .values_list("no", "cells", "fixed", "typed", "record", "key", "digest", "state", "issues")
    ]


def keep_rows(batch: int, rows: Sequence[Row]) -> None:
    """Write back how rows were understood. One statement per 5,000."""
    for part in chunks(rows, 5000):
        values = [
            (
                row.no, _json(row.fixed), _json(row.typed), row.record, row.key, row.digest,
                row.state, _json(row.issues),
            )
            for row in part
        ]  # fmt: skip
        fetch(_KEEP, [*columns(values), batch])


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> Any:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


_KEEP = """
    UPDATE imports_stagerow s
    SET fixed = u.fixed, typed = u.typed, record = u.record, key = u.key, digest = u.digest,
        state = u.state, issues = u.issues
    FROM unnest(%s::int[], %s::jsonb[], %s::jsonb[], %s::int[], %s::text[], %s::text[],
                %s::text[], %s::jsonb[])
         AS u(no, fixed, typed, record, key, digest, state, issues)
    WHERE s.batch_id = %s AND s.no = u.no
"""
