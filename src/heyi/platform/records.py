"""Records of any declared screen: read, begin, preview, save. Documents and masters alike.

A save costs the same few statements however many lines there are: what was stored is read once
and locked, what is referred to is read once, and what changed is written once per table.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.postgres.fields import ArrayField
from django.db import IntegrityError, connection, models

from heyi.kernel.errors import BusinessError, Remedy
from heyi.platform import clock
from heyi.platform.access import Actor, NotFound
from heyi.platform.audit.api import Entry, record
from heyi.platform.columns import columns as columns_of
from heyi.platform.columns import work_out
from heyi.platform.documents import can
from heyi.platform.drafts import (
    Draft,
    DraftLine,
    blank,
    complete,
    own_fields,
    put,
    read,
    referred,
    shown_values,
)
from heyi.platform.merging import merge
from heyi.platform.models import Company, Document
from heyi.platform.numbering import fast
from heyi.platform.references import Targets, targets
from heyi.platform.refusals import Refusals, refused_by_database, said
from heyi.platform.rows import among, array, columns, fetch, insert
from heyi.platform.screens import Compiled, Spec, seen_by
from heyi.platform.values import parse, render

_KEPT_BY_US = frozenset({"company", "number", "state", "version", "created_by", "changed_by"})


@dataclass(eq=False)
class StaleVersion(BusinessError):
    """Someone else saved first. Both values of every field that differs, and who it was."""

    code = "platform.stale_version"
    kind = "conflict"
    remedy = Remedy("platform.remedy.compare")
    by: str
    version: int
    fields: list[dict[str, Any]]


@dataclass(eq=False)
class OutsideReach(BusinessError):
    """The person could no longer see what they are about to save: another's warehouse."""

    code = "platform.outside_reach"
    remedy = Remedy("platform.remedy.choose_within_reach")
    document_type: str


@dataclass(eq=False)
class NumberTaken(BusinessError):
    """The numbering pattern keeps giving numbers that are in use."""

    code = "platform.number_taken"
    remedy = Remedy("platform.remedy.check_number_rule")
    number: str


# ---------------------------------------------------------------- reading


def get(screen_id: str, actor: Actor, id_: int) -> dict[str, Any]:
    """One record with its lines and what may be done with it. Two statements.

    Raises:
        NotFound: It does not exist, or this actor may not know it does.
    """
    return load(screen_id, actor, [id_])[0]


def load(
    screen_id: str, actor: Actor, ids: Sequence[int], *, typed: bool = False
) -> list[dict[str, Any]]:
    """Records with their lines, in the order asked for. Two statements for all of them.

    Args:
        typed: Figures and dates as Python values, for print and export.

    Raises:
        NotFound: One of them is not there for this actor.
    """
    screen = seen_by(screen_id, actor)
    screen.access.require(actor, "read")
    head = [name for name in ("version", "number", "state") if _has(screen.model, name)]
    wanted = columns_of(screen.model, screen.fields.values(), ("pk", *head), typed=typed)
    rows = screen.access.visible(actor, among(screen.model._default_manager.all(), "id", ids))
    found = {row[0]: row for row in rows.order_by().values_list(*wanted.orm)}
    if missing := [id_ for id_ in ids if id_ not in found]:
        raise NotFound(screen.id, missing)
    lines = _lines_of(screen, actor, ids, typed=typed)
    values = {id_: wanted.values(row, actor.language) for id_, row in found.items()}
    work_out(screen.fields.values(), list(values.items()), actor, typed=typed)
    return [
        _as_record(
            screen,
            id_,
            dict(zip(head, found[id_][1 : 1 + len(head)], strict=True)),
            values[id_],
            lines.get(id_, []),
            [],
        )
        for id_ in ids
    ]


def _lines_of(
    screen: Compiled, actor: Actor, ids: Iterable[int], *, typed: bool
) -> dict[int, list[dict[str, Any]]]:
    if screen.line_model is None or screen.line_fields is None:
        return {}
    wanted = columns_of(
        screen.line_model,
        screen.line_fields.values(),
        (f"{screen.pointer}_id", "pk"),
        typed=typed,
    )
    by_place = ("no", "pk") if _has(screen.line_model, "no") else ("pk",)
    rows = among(screen.line_model._default_manager.all(), f"{screen.pointer}_id", ids)
    lines: dict[int, list[dict[str, Any]]] = {}
    for row in rows.order_by(*by_place).values_list(*wanted.orm):
        own = lines.setdefault(row[0], [])
        own.append(
            {
                "id": row[1],
                "no": len(own) + 1,
                "key": str(row[1]),
                "values": wanted.values(row, actor.language),
            }
        )
    every = [(line["id"], line["values"]) for own in lines.values() for line in own]
    work_out(screen.line_fields.values(), every, actor, typed=typed)
    return lines


def _has(model: type[models.Model], name: str) -> bool:
    return name in {f.name for f in model._meta.concrete_fields}


def _as_record(
    screen: Compiled,
    id_: int | None,
    head: Mapping[str, Any],
    values: dict[str, Any],
    lines: list[dict[str, Any]],
    problems: list[dict[str, Any]],
) -> dict[str, Any]:
    state = str(head["state"]) if "state" in head else ""
    return {
        "id": id_,
        "version": head.get("version", 1),
        "number": head.get("number") or None,
        "state": state or None,
        "values": values,
        "lines": lines,
        "can": can(screen, state) if id_ is not None or screen.can_create else [],
        "problems": problems,
    }


# ---------------------------------------------------------------- drafts


def new(screen_id: str, actor: Actor) -> dict[str, Any]:
    """An empty form: the columns' defaults, today, and what the module fills in."""
    screen = seen_by(screen_id, actor)
    screen.access.require(actor, "edit")
    draft = _begun(screen, actor)
    _date(draft)
    draft.defaults = True
    complete(draft, actor)
    draft.problems.clear()
    return _shown(draft, actor)


def preview(
    screen_id: str, actor: Actor, body: Mapping[str, Any], id_: int | None = None
) -> dict[str, Any]:
    """What a save would make of the draft, with everything that stands in its way. Writes nothing.

    Args:
        id_: The record being changed; None for a new one.
    """
    screen = seen_by(screen_id, actor)
    screen.access.require(actor, "edit")
    draft = _begun(screen, actor) if id_ is None else _held(screen, actor, id_, lock=False)
    read(draft, body)
    if "on" not in (body.get("values") or {}):
        _date(draft)
    complete(draft, actor)
    return _shown(draft, actor)


def save(
    screen_id: str, actor: Actor, body: Mapping[str, Any], id_: int | None = None
) -> dict[str, Any]:
    """Create or change a record, in the caller's transaction.

    Args:
        body: {values, lines, version, base, merge}. Fields not sent stay as they are; lines not
            sent are removed, unless `lines` is left out altogether.
        id_: The record to change; None creates one.

    Returns:
        The record as stored; `problems` holds the warnings.

    Raises:
        Refusals: Everything that stands in the way, by cell. Nothing is written.
        StaleVersion: Someone saved since `version` was read, and it cannot be merged.
    """
    screen = seen_by(screen_id, actor)
    screen.access.require(actor, "edit")
    if not screen.can_create:
        raise NotFound(screen_id, [])
    if id_ is None:
        draft = _begun(screen, actor)
    else:
        draft = _held(screen, actor, id_, lock=True)
        if body.get("version") != draft.version:
            body = _reconciled(draft, actor, body)
    read(draft, body)
    if "on" not in (body.get("values") or {}):
        _date(draft)
    complete(draft, actor)
    if draft.refused:
        raise Refusals(draft.problems)
    try:
        _write(draft, actor)
    except IntegrityError as error:
        raise Refusals([refused_by_database(error, screen.model, screen.line_model)]) from error
    return _shown(draft, actor)


def _begun(screen: Compiled, actor: Actor) -> Draft:
    values = blank(screen.model)
    if "company" in values:
        values["company"] = actor.company
    return Draft(screen, actor.company, values)


def _date(draft: Draft) -> None:
    """A document nobody has dated yet is of today, where the company is."""
    if draft.screen.is_document and draft.values.get("on") is None:
        company = Company.objects.only("timezone").get(pk=draft.company)
        draft.values["on"] = clock.today(company.timezone)


def _held(screen: Compiled, actor: Actor, id_: int, *, lock: bool) -> Draft:
    """A stored record as a draft, its row locked for a write. Two statements."""
    return _held_all(screen, actor, [id_], lock=lock)[id_]


def _held_all(
    screen: Compiled, actor: Actor, ids: Sequence[int], *, lock: bool
) -> dict[int, Draft]:
    """Stored records as drafts, by id, locked in the order of their ids. Two statements."""
    if not ids:
        return {}
    rows = screen.access.visible(actor, among(screen.model._default_manager.all(), "id", ids))
    rows = rows.order_by("pk")
    if lock:
        rows = rows.select_for_update(of=("self",))
    fields = own_fields(screen.model)
    found = {row[0]: row[1:] for row in rows.values_list("pk", *(f.attname for f in fields))}
    if missing := [id_ for id_ in ids if id_ not in found]:
        raise NotFound(screen.id, missing)
    lines = _stored_lines(screen, ids)
    held = {}
    for id_, row in found.items():
        stored = {f.name: value for f, value in zip(fields, row, strict=True)}
        own = lines.get(id_, {})
        draft = Draft(
            screen,
            actor.company,
            dict(stored),
            id=id_,
            version=stored.get("version", 1),
            stored=stored,
            stored_lines=own,
        )
        read(draft, {"lines": [{"id": line} for line in own]})
        held[id_] = draft
    return held


def _stored_lines(screen: Compiled, ids: Iterable[int]) -> dict[int, dict[int, dict[str, Any]]]:
    """Record id -> line id -> values, in the order of the paper. One statement."""
    if screen.line_model is None:
        return {}
    fields = own_fields(screen.line_model)
    by_place = ("no", "pk") if _has(screen.line_model, "no") else ("pk",)
    rows = among(screen.line_model._default_manager.all(), f"{screen.pointer}_id", ids)
    wanted = (f"{screen.pointer}_id", "pk", *(f.attname for f in fields))
    lines: dict[int, dict[int, dict[str, Any]]] = {}
    for head, id_, *row in rows.order_by(*by_place).values_list(*wanted):
        values = {f.name: value for f, value in zip(fields, row, strict=True)}
        lines.setdefault(head, {})[id_] = values
    return lines


def _shown(draft: Draft, actor: Actor) -> dict[str, Any]:
    screen, language = draft.screen, actor.language
    lines: list[dict[str, Any]] = [
        {
            "id": line.id,
            "no": line.no,
            "key": line.key,
            "values": shown_values(draft, screen.line_fields or {}, line.values, language),
        }
        for line in draft.lines
    ]
    values = shown_values(draft, screen.fields, draft.values, language)
    kept = [(line["id"], line["values"]) for line in lines if line["id"] is not None]
    work_out((screen.line_fields or {}).values(), kept, actor, typed=False)
    if draft.id is not None:
        work_out(screen.fields.values(), [(draft.id, values)], actor, typed=False)
    head = {"version": draft.version, "number": draft.values.get("number")}
    if screen.is_document:
        head["state"] = draft.state
    return _as_record(screen, draft.id, head, values, lines, said(draft.problems, language))


# ---------------------------------------------------------------- two people at once


def _reconciled(draft: Draft, actor: Actor, body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The request merged with what someone else saved, or a conflict that shows both."""
    screen = draft.screen
    lines = screen.line_fields or {}
    merged = merge(
        _typed(screen, body["base"]) if isinstance(body.get("base"), Mapping) else None,
        {
            "values": {path: (draft.stored or {}).get(path) for path in screen.fields},
            "lines": [
                {"id": id_, "values": {path: values.get(path) for path in lines}}
                for id_, values in draft.stored_lines.items()
            ],
        },
        _typed(screen, body),
    )
    if merged.conflicts or not body.get("merge"):
        fields = _shown_conflicts(screen, merged.conflicts, actor)
        raise StaleVersion(_changed_by(draft), draft.version, fields)
    return {**body, "values": merged.values, "lines": merged.lines}


def _typed(screen: Compiled, body: Mapping[str, Any]) -> dict[str, Any]:
    """The writable fields of a request as Python values; what cannot be read stays as sent."""
    lines = body.get("lines")
    return {
        "values": _typed_values({s.path: s for s in screen.entered}, body.get("values") or {}),
        "lines": None
        if lines is None
        else [
            {
                **line,
                "values": _typed_values(
                    {s.path: s for s in screen.line_entered}, line.get("values") or {}
                ),
            }
            for line in lines
        ],
    }


def _typed_values(specs: Mapping[str, Spec], values: Mapping[str, Any]) -> dict[str, Any]:
    typed = {}
    for path, raw in values.items():
        if path in specs:
            try:
                typed[path] = parse(specs[path], raw)
            except BusinessError:
                typed[path] = raw
    return typed


def _shown_conflicts(
    screen: Compiled, conflicts: Sequence[Mapping[str, Any]], actor: Actor
) -> list[dict[str, Any]]:
    """Conflicts as answers have them: figures as text, references with code and name."""
    sides = ("base", "mine", "theirs")

    def spec_of(conflict: Mapping[str, Any]) -> Spec | None:
        specs = screen.fields if conflict["line"] is None else screen.line_fields or {}
        return specs.get(conflict["field"])

    wanted: dict[str, set[int]] = {}
    for conflict in conflicts:
        spec = spec_of(conflict)
        if spec and spec.target:
            ids = {conflict[side] for side in sides if type(conflict[side]) is int}
            wanted.setdefault(spec.target, set()).update(ids)
    found = targets(screen.id, actor.company, wanted)

    def shown(spec: Spec | None, value: Any) -> Any:
        if spec is None:
            return value
        if spec.target and type(value) is int:
            target = found.get((spec.target, value))
            known = target is not None and target.belongs_to(actor.company)
            return target.value(actor.language) if target and known else {"id": value}
        return render(spec, value) if isinstance(value, Decimal) else value

    return [
        {**conflict, **{side: shown(spec_of(conflict), conflict[side]) for side in sides}}
        for conflict in conflicts
    ]


def _changed_by(draft: Draft) -> str:
    """Who changed or moved the record last, by name."""
    stored = draft.stored or {}
    moved = fetch(
        """
        SELECT actor, at FROM platform_documentlog
        WHERE document_type = %s AND document_id = %s ORDER BY id DESC LIMIT 1
        """,
        [draft.screen.id, draft.id],
    )
    changed_at = (
        draft.screen.model._default_manager.filter(pk=draft.id)
        .values_list("changed_at", flat=True)
        .first()
        if _has(draft.screen.model, "changed_at")
        else None
    )
    if moved and (changed_at is None or moved[0][1] > changed_at):
        return moved[0][0]
    people = get_user_model()._default_manager.filter(pk=stored.get("changed_by") or 0)
    return next((str(name) for name in people.values_list("name", flat=True)), "–")


# ---------------------------------------------------------------- writing


def _write(draft: Draft, actor: Actor) -> None:
    screen = draft.screen
    if "initials" in draft.values and draft.values.get("name") is not None:
        draft.values["initials"] = initials(str(draft.values["name"]))
    gone = sorted(set(draft.stored_lines) - {line.id for line in draft.lines})
    changed = [x for x in draft.lines if x.stored is not None and x.values != x.stored]
    added = [line for line in draft.lines if line.stored is None]
    if draft.stored is not None and not (gone or changed or added) and draft.values == draft.stored:
        return
    differences = _differences(draft, gone, changed, added)
    if draft.id is None:
        _create(draft, actor)
    else:
        _update(draft, actor)
    if screen.line_model is not None:
        _write_lines(draft, gone, changed, added)
    _check_reach(draft, actor)
    action = "create" if draft.stored is None else "edit"
    assert draft.id is not None
    record([Entry(action, screen.id, draft.id, differences)], actor=actor)


def _create(draft: Draft, actor: Actor) -> None:
    model, values = draft.screen.model, draft.values
    for name in ("created_by", "changed_by"):
        if name in values:
            values[name] = actor.id
    numbered = draft.screen.is_document
    for _ in range(20):
        if numbered:
            [values["number"]] = fast(draft.company, draft.screen.id, values["on"])
        params = _bound(model, values, own_fields(model))
        if numbered:
            params += [draft.screen.id, actor.id, actor.name]
        rows = fetch(_insert_head(model), params)
        if rows:
            draft.id = rows[0][0]
            return
    raise NumberTaken(values["number"])


@cache
def _insert_head(model: type[models.Model]) -> str:
    """A document's first line in its log is written by the same statement."""
    names = [f.column for f in own_fields(model)]
    quoted = ", ".join(f'"{n}"' for n in names)
    holes = ", ".join(["%s"] * len(names))
    insert_ = f"INSERT INTO {model._meta.db_table} ({quoted}) VALUES ({holes})"
    if not issubclass(model, Document):
        return f"{insert_} RETURNING id"
    return f"""
        WITH made AS ({insert_} ON CONFLICT (company_id, number) DO NOTHING RETURNING id),
        logged AS (
            INSERT INTO platform_documentlog
                (document_type, document_id, transition, actor_id, actor, reason, acknowledged)
            SELECT %s::text, id, 'create', %s::bigint, %s::text, '', '[]'::jsonb FROM made
        )
        SELECT id FROM made
    """


def _bound(
    model: type[models.Model], values: Mapping[str, Any], fields: Iterable[models.Field]
) -> list[Any]:
    return [f.get_db_prep_save(values[f.name], connection) for f in fields]


def _update(draft: Draft, actor: Actor) -> None:
    model = draft.screen.model
    params = _bound(model, draft.values, _written(model))
    if _has(model, "changed_by"):
        params.append(actor.id)
    [row] = fetch(_update_head(model), [*params, draft.id])
    if _has(model, "version"):
        draft.version = draft.values["version"] = row[0]


@cache
def _written(model: type[models.Model]) -> tuple[models.Field, ...]:
    return tuple(f for f in own_fields(model) if f.name not in _KEPT_BY_US)


@cache
def _update_head(model: type[models.Model]) -> str:
    sets = [f'"{f.column}" = %s' for f in _written(model)]
    if _has(model, "changed_by"):
        sets.append("changed_by = %s")
    if _has(model, "changed_at"):
        sets.append("changed_at = platform_now()")
    returned = "id"
    if _has(model, "version"):
        sets.append("version = version + 1")
        returned = "version"
    return f"UPDATE {model._meta.db_table} SET {', '.join(sets)} WHERE id = %s RETURNING {returned}"


def _write_lines(draft: Draft, gone: list[int], changed: list[Any], added: list[Any]) -> None:
    model = draft.screen.line_model
    assert model is not None
    table, pointer = model._meta.db_table, draft.screen.pointer
    fields = own_fields(model)
    if gone:
        fetch(
            f"DELETE FROM {table} WHERE id = ANY(%s::bigint[]) AND {pointer}_id = %s",
            [array(gone), draft.id],
        )
    for line in added:
        line.values[pointer] = draft.id
    if changed:
        rows = [[line.id, *_cells(fields, line.values)] for line in changed]
        fetch(_update_lines(model), columns(rows))
    if added:
        rows = [_cells(fields, line.values) for line in added]
        names = ", ".join(f"{f.column}:{_type(f)}" for f in fields)
        for line, (id_,) in zip(added, insert(table, names, rows, returning="id"), strict=True):
            line.id = id_


@cache
def _update_lines(model: type[models.Model]) -> str:
    fields = own_fields(model)
    sets = ", ".join(f'"{f.column}" = u."{f.column}"' for f in fields)
    names = ", ".join(f'"{f.column}"' for f in fields)
    arrays = ", ".join(f"%s::{_type(f)}[]" for f in fields)
    return f"""
        UPDATE {model._meta.db_table} t SET {sets}
        FROM unnest(%s::bigint[], {arrays}) AS u(id, {names}) WHERE t.id = u.id
    """


def _type(field: models.Field) -> str:
    """The column's type without its size, for casting arrays."""
    type_ = field.rel_db_type(connection) if field.is_relation else field.db_type(connection)
    return (type_ or "").partition("(")[0]


def _cells(fields: Iterable[models.Field], values: Mapping[str, Any]) -> list[Any]:
    return [
        json.dumps(values[f.name], ensure_ascii=False)
        if isinstance(f, models.JSONField)
        else values[f.name]
        for f in fields
    ]


def _check_reach(draft: Draft, actor: Actor) -> None:
    """Nobody writes what they could not read afterwards. Free for those who read everything."""
    access = draft.screen.access
    if not (access.verbs["read"] & actor.roles) <= set(access.rows):
        return
    rows = draft.screen.model._default_manager.filter(pk=draft.id)
    if not access.visible(actor, rows).exists():
        raise OutsideReach(draft.screen.id)


def _differences(
    draft: Draft, gone: list[int], changed: list[Any], added: list[Any]
) -> dict[str, tuple[Any, Any]]:
    """What a save changed, by field; lines by their number. A new record has none: it is all new."""
    if draft.stored is None:
        return {}
    skipped = {"version", "changed_by", "no", draft.screen.pointer}
    found = {
        name: (draft.stored.get(name), value)
        for name, value in draft.values.items()
        if name not in skipped and value != draft.stored.get(name)
    }
    for line in changed:
        for name, value in line.values.items():
            if name not in skipped and value != line.stored.get(name):
                found[f"lines.{line.no}.{name}"] = (line.stored.get(name), value)
    for id_ in gone:
        found[f"lines.#{id_}"] = (_said(draft.stored_lines[id_], skipped), None)
    for line in added:
        found[f"lines.{line.no}"] = (None, _said(line.values, skipped))
    return found


def _said(values: Mapping[str, Any], skipped: set[str]) -> dict[str, Any]:
    return {n: v for n, v in values.items() if n not in skipped and v not in (None, "", {})}


def initials(name: str) -> str:
    """Pinyin initials of a name, for search: 華東鋼材 → hdgc; latin letters stay."""
    from pypinyin import Style, lazy_pinyin

    letters = "".join(lazy_pinyin(name, style=Style.FIRST_LETTER))
    return "".join(c for c in letters.lower() if c.isalnum())[:200]


# ---------------------------------------------------------------- many at once


def drafted(
    screen_id: str,
    actor: Actor,
    wanted: Sequence[tuple[int | None, Mapping[str, Any]]],
    *,
    lock: bool = False,
) -> list[Draft]:
    """Many records as `save` would make them, with everything that stands in their way.

    Writes nothing. What is stored and what is referred to is read for all of them together; only a
    module's `prepare` may ask for more.

    Args:
        wanted: (id of the record to change, or None for a new one; values and lines as typed).

    Raises:
        NotFound: One of the records is not there for this actor.
    """
    screen = seen_by(screen_id, actor)
    screen.access.require(actor, "edit")
    if not screen.can_create:
        raise NotFound(screen_id, [])
    ids = [id_ for id_, _ in wanted if id_ is not None]
    held = _held_all(screen, actor, ids, lock=lock)
    drafts: list[Draft] = []
    known: Targets = {}
    day = None
    for id_, body in wanted:
        draft = _begun(screen, actor) if id_ is None else held[id_]
        draft.found = known
        read(draft, body)
        if screen.is_document and draft.values.get("on") is None and "on" not in body["values"]:
            if day is None:
                _date(draft)
                day = draft.values["on"]
            draft.values["on"] = day
        drafts.append(draft)
    known.update(targets(screen.id, actor.company, referred(drafts)))
    for draft in drafts:
        complete(draft, actor)
    return drafts


def unchanged(draft: Draft) -> bool:
    """Whether saving the draft would write nothing."""
    if draft.stored is None or draft.values != draft.stored:
        return False
    kept = {line.id for line in draft.lines}
    return kept == set(draft.stored_lines) and all(x.values == x.stored for x in draft.lines)


def write_all(drafts: Sequence[Draft], actor: Actor) -> None:
    """Write drafts nothing stands in the way of, in the caller's transaction.

    New records go in together, whatever their number; changed ones one by one.

    Raises:
        Refusals: The database forbids one of them. The transaction is broken then.
    """
    if not drafts:
        return
    screen = drafts[0].screen
    fresh: list[Draft] = []
    if not any(isinstance(f, ArrayField) for f in own_fields(screen.model)):
        fresh = [d for d in drafts if d.id is None]
    rest = [d for d in drafts if d.id is not None] if fresh else drafts
    try:
        if fresh:
            _create_all(screen, fresh, actor)
        for draft in rest:
            _write(draft, actor)
    except IntegrityError as error:
        raise Refusals([refused_by_database(error, screen.model, screen.line_model)]) from error


def _create_all(screen: Compiled, drafts: list[Draft], actor: Actor) -> None:
    model, fields = screen.model, own_fields(screen.model)
    for draft in drafts:
        values = draft.values
        if "initials" in values and values.get("name") is not None:
            values["initials"] = initials(str(values["name"]))
        for name in ("created_by", "changed_by"):
            if name in values:
                values[name] = actor.id
    if screen.is_document:
        for day in {d.values["on"] for d in drafts}:
            same = [d for d in drafts if d.values["on"] == day]
            numbers = fast(same[0].company, screen.id, day, count=len(same))
            for draft, number in zip(same, numbers, strict=True):
                draft.values["number"] = number
    names = ", ".join(f"{f.column}:{_type(f)}" for f in fields)
    rows = [_cells(fields, d.values) for d in drafts]
    made = insert(model._meta.db_table, names, rows, returning="id")
    for draft, (id_,) in zip(drafts, made, strict=True):
        draft.id = id_
    if screen.is_document:
        insert(
            "platform_documentlog",
            "document_type:text, document_id:bigint, transition:text, actor_id:bigint, actor:text,"
            " reason:text, acknowledged:jsonb",
            [(screen.id, d.id, "create", actor.id, actor.name, "", "[]") for d in drafts],
        )
    if screen.line_model is not None:
        _insert_lines(screen.line_model, [(d, x) for d in drafts for x in d.lines])
    ids = [d.id or 0 for d in drafts]
    made_now = model._default_manager.filter(pk__range=(min(ids), max(ids)))
    if screen.access.visible(actor, among(made_now, "id", ids)).count() != len(ids):
        raise OutsideReach(screen.id)
    record([Entry("create", screen.id, d.id or 0, {}) for d in drafts], actor=actor)


def _insert_lines(model: type[models.Model], added: Sequence[tuple[Draft, DraftLine]]) -> None:
    if not added:
        return
    fields = own_fields(model)
    for draft, line in added:
        line.values[draft.screen.pointer] = draft.id
    names = ", ".join(f"{f.column}:{_type(f)}" for f in fields)
    rows = [_cells(fields, line.values) for _, line in added]
    made = insert(model._meta.db_table, names, rows, returning="id")
    for (_, line), (id_,) in zip(added, made, strict=True):
        line.id = id_


__all__ = [
    "drafted", "get", "initials", "load", "new", "preview", "put", "save", "unchanged", "write_all",
]  # fmt: skip
