"""Two people changed one record. What differs, and what of it can stand side by side.

Three versions of each field: what both started from (base), what is stored now (theirs), what was
just sent (mine). Pure: dictionaries in, dictionaries out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Values = Mapping[str, Any]


@dataclass(slots=True)
class Merged:
    """Args:
    values: The head after merging; `lines` the lines, those of theirs that are new at the end.
    conflicts: Fields both changed: {line, field, base, mine, theirs}; `line` is an id or None.
    """

    values: dict[str, Any]
    lines: list[dict[str, Any]] | None
    conflicts: list[dict[str, Any]] = field(default_factory=list)


def merge(base: Values | None, theirs: Values, mine: Values) -> Merged:
    """Merge {"values": …, "lines": [{"id", "key", "values"}]} of all three, typed alike.

    Without a base nobody knows who changed what: every difference is a conflict.
    """
    conflicts: list[dict[str, Any]] = []
    values = _fields(
        None,
        base and (base.get("values") or {}),
        theirs["values"],
        mine.get("values") or {},
        conflicts,
    )
    if mine.get("lines") is None:
        return Merged(values, None, conflicts)
    return Merged(values, _lines(base, theirs, mine, conflicts), conflicts)


def _fields(
    line: int | None, base: Values | None, theirs: Values, mine: Values, conflicts: list[Any]
) -> dict[str, Any]:
    merged = {}
    for name, value in mine.items():
        start = None if base is None else base.get(name, value)
        their = theirs.get(name)
        if value == their or (base is not None and their == start):
            merged[name] = value
        elif base is not None and value == start:
            merged[name] = their
        else:
            merged[name] = value
            conflicts.append(
                {"line": line, "field": name, "base": start, "mine": value, "theirs": their}
            )
    return merged


def _lines(
    base: Values | None, theirs: Values, mine: Values, conflicts: list[Any]
) -> list[dict[str, Any]]:
    started = {x["id"]: x.get("values") or {} for x in (base or {}).get("lines") or ()}
    stored = {x["id"]: x["values"] for x in theirs["lines"]}
    merged: list[dict[str, Any]] = []
    kept = set()
    for line in mine["lines"]:
        id_, sent = line.get("id"), line.get("values") or {}
        kept.add(id_)
        if id_ is None:
            merged.append(dict(line))
        elif id_ in stored:
            start = started.get(id_) if base is not None else None
            merged.append({**line, "values": _fields(id_, start, stored[id_], sent, conflicts)})
        elif base is None or _changed(started.get(id_, {}), sent):
            conflicts.append(_whole(id_, started.get(id_), sent, None))
        # else: they removed a line I did not touch; it stays removed
    for id_, values in stored.items():
        if id_ in kept:
            continue
        if id_ not in started:
            if base is None:
                conflicts.append(_whole(id_, None, None, values))
            merged.append({"id": id_, "values": {}})
        elif _changed(started[id_], {n: values.get(n) for n in started[id_]}):
            conflicts.append(_whole(id_, started[id_], None, values))
    return merged


def _changed(before: Values, after: Values) -> bool:
    return any(before.get(name) != value for name, value in after.items())


def _whole(id_: int, base: Any, mine: Any, theirs: Any) -> dict[str, Any]:
    """A conflict over a whole line: one side removed it."""
    return {"line": id_, "field": "lines", "base": base, "mine": mine, "theirs": theirs}
