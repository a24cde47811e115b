"""The steps of a batch, from the file to the approval. Loading is in `loading`."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.db.models import Count, F, QuerySet

from heyi.platform.access import Actor, NotFound
from heyi.platform.audit.api import Entry, record
from heyi.platform.identity.api import actors
from heyi.platform.imports.access import BATCH
from heyi.platform.imports.checking import Row, check, keep_rows, read_rows
from heyi.platform.imports.errors import (
    BatchHasIssues,
    BatchState,
    ColumnsUnmapped,
    HeadDiffers,
    KeyMissing,
    KeyTwice,
    MappingMalformed,
    RowUnknown,
)
from heyi.platform.imports.fields import KEY, Layout, guessed, is_technical, layout
from heyi.platform.imports.models import Batch, BatchFile, StageEdit, StageRow
from heyi.platform.imports.reading import LONGEST_CELL, clean, read_table
from heyi.platform.jobs.api import Run, job
from heyi.platform.records import StaleVersion
from heyi.platform.rows import insert
from heyi.platform.screens import asked_for
from heyi.platform.transactions import unit_of_work

_STEPS: dict[str, tuple[tuple[str, ...], str]] = {
    "map": (("uploaded", "mapped", "staged", "validated"), "mapped"),
    "stage": (("mapped",), "staged"),
    "validate": (("staged", "validated"), "validated"),
    "approve": (("validated",), "approved"),
    "load": (("approved", "loading"), "loading"),
    "finish": (("loading",), "loaded"),
    "return": (("loading",), "validated"),
    "withdraw": (("uploaded", "mapped", "staged", "validated", "approved"), "withdrawn"),
}
CHECKED_AT_ONCE = 20_000  # rows; a longer file is checked by the worker
_BETWEEN_ROWS = (KeyTwice.code, KeyMissing.code, HeadDiffers.code)


@dataclass(frozen=True, slots=True)
class Counts:
    """How far the rows of a batch are. Records are counted by what was done with them."""

    rows: int
    staged: int
    valid: int
    invalid: int
    aside: int
    loaded: int
    records: int
    created: int
    changed: int
    unchanged: int


def upload(screen_id: str, content: bytes, name: str, *, actor: Actor) -> Batch:
    """Stage a file and check it as far as its columns are recognised. In the caller's transaction.

    Raises:
        NotAllowed, NotFound, NotImportable: Not on this screen, or not by this person.
        FileEmpty, FileTooLarge, SheetTooLong, SheetTooWide, FileBroken, FormatUnknown,
        EncodingUnknown: Not this file.
    """
    form = layout(screen_id, actor)
    table = read_table(content, clean(name)[:200])
    rows, numbers = table.rows, table.numbers
    mapping = guessed(form, table.head)
    if rows and is_technical(form, rows[0]):
        mapping = [cell or None for cell in rows[0]]
        rows, numbers = rows[1:], numbers[1:]
    batch = Batch.objects.create(
        company_id=actor.company, screen=screen_id, file_name=clean(name)[:200] or "–",
        digest=sha256(content).hexdigest(), size=len(content), format=table.format,
        encoding=table.encoding, delimiter=table.delimiter, sheet=table.sheet[:100],
        head=list(table.head), mapping=mapping, rows=len(rows), created_by=actor.id,
    )  # fmt: skip
    BatchFile.objects.create(batch=batch, content=content)
    _stage(batch.pk, rows, numbers)
    _log(batch, "upload", actor)
    record([Entry("import", screen_id, batch.pk, {"file": (None, batch.file_name),
            "sha256": (None, batch.digest), "rows": (None, len(rows))})], actor=actor)  # fmt: skip
    if not missing(form, mapping):
        _check_soon(batch, form, actor)
    return batch


def _stage(batch: int, rows: Sequence[Sequence[str]], numbers: Sequence[int]) -> None:
    import orjson

    for at in range(0, len(rows), 5000):
        part = zip(rows[at : at + 5000], numbers[at : at + 5000], strict=True)
        insert(
            "imports_stagerow",
            "batch_id:bigint, no:int, cells:jsonb, fixed:jsonb, typed:jsonb, record:int, key:text,"
            " digest:text, state:text, issues:jsonb, action:text",
            [
                (batch, no, orjson.dumps(row).decode(), "{}", "{}", 0, "", "", "staged", "[]", "")
                for row, no in part
            ],
        )


def missing(form: Layout, mapping: Sequence[str | None]) -> list[str]:
    """Required columns no column of the file stands for. Lines are only asked for where some are."""
    has_lines = any(p in form.columns and form.columns[p].on_lines for p in mapping if p)
    return [
        column.path
        for column in form.columns.values()
        if column.required
        and column.path not in mapping
        and (not column.on_lines or has_lines)
        and (column.path != KEY or has_lines)
    ]


def map_columns(
    screen_id: str, id: int, version: int, mapping: Sequence[str | None], *, actor: Actor
) -> Batch:
    """Say which column is which, then type, gather and check all rows.

    Raises:
        MappingMalformed, ColumnsUnmapped, BatchState, StaleVersion, NotFound
    """
    batch = _held(screen_id, id, actor, version)
    form = layout(screen_id, actor)
    _require(batch, "map")
    if len(mapping) != len(batch.head):
        raise MappingMalformed(str(len(mapping)))
    for path in mapping:
        if path is not None and (path not in form.columns or list(mapping).count(path) > 1):
            raise MappingMalformed(str(path)[:60])
    if unmapped := missing(form, mapping):
        raise ColumnsUnmapped([form.columns[p].labels[actor.language] for p in unmapped])
    batch.mapping = list(mapping)
    Batch.objects.filter(pk=id).update(mapping=batch.mapping)
    _check_soon(batch, form, actor)
    return batch


def _check_soon(batch: Batch, form: Layout, actor: Actor) -> None:
    """Check a short file now and a long one in the background; `run` is the job to follow."""
    step(batch, "map", actor)
    if batch.rows <= CHECKED_AT_ONCE:
        _checked(batch, form, actor)
    else:
        batch.run = CHECK.start(actor, batch=batch.pk)
        Batch.objects.filter(pk=batch.pk).update(run=batch.run)


@job("imports.check", retries=2)
def CHECK(run: Run, batch: int) -> dict[str, Any]:
    """Check a long file in the name of the one who brought it."""
    held = Batch.objects.get(pk=batch)
    actor = actors(held.company.pk, [run.actor_id]).get(run.actor_id)
    if actor is None:
        raise NotFound("identity.user", [run.actor_id])

    def work() -> None:
        locked = Batch.objects.select_for_update().get(pk=batch)
        if locked.state == "mapped":
            _checked(locked, layout(locked.screen, actor), actor)

    unit_of_work(work)
    done = counts(held)
    return {"valid": done.valid, "invalid": done.invalid}


def _checked(batch: Batch, form: Layout, actor: Actor) -> None:
    """From known columns to checked rows."""
    step(batch, "stage", actor)
    rows = read_rows(batch.pk)
    held = {row.no: row.state for row in rows}
    check(form, batch.mapping, rows, actor, batch.digest[:16])
    for row in rows:
        if held[row.no] in ("loaded", "aside"):
            row.state = held[row.no]
    keep_rows(batch.pk, rows)
    step(batch, "validate", actor)


def repair(screen_id: str, id: int, no: int, path: str, text: str, *, actor: Actor) -> list[Row]:
    """Put something else in a cell and check its record again; what stood there is kept.

    Returns:
        The rows of the record.

    Raises:
        RowUnknown, MappingMalformed, BatchState, NotFound
    """
    batch = _held(screen_id, id, actor)
    form = layout(screen_id, actor)
    _require(batch, "validate")
    if path not in form.columns:
        raise MappingMalformed(path[:60])
    here = read_rows(id, no=no)
    if not here or here[0].state == "loaded":
        raise RowUnknown(no)
    alone = path != form.key and not any(x["code"] in _BETWEEN_ROWS for x in here[0].issues)
    rows = read_rows(id, **({"record": here[0].record} if alone else {}))
    row = next(r for r in rows if r.no == no)
    at = {p: n for n, p in enumerate(batch.mapping) if p}
    before = row.fixed.get(path)
    if before is None:
        before = row.cells[at[path]] if path in at and at[path] < len(row.cells) else ""
    after = clean(text[:LONGEST_CELL])
    StageEdit.objects.create(
        batch=batch, no=no, path=path, before=before, after=after, actor_id=actor.id,
        actor=actor.name,
    )  # fmt: skip
    row.fixed = {**row.fixed, path: after}
    touched = [r for r in rows if r.state not in ("loaded", "aside") or r is row]
    for one in touched:
        one.state = "staged"
    check(form, batch.mapping, touched, actor, batch.digest[:16])
    keep_rows(id, touched)
    Batch.objects.filter(pk=id).update(version=F("version") + 1)
    return [r for r in touched if r.record == row.record]


def set_aside(screen_id: str, id: int, numbers: Sequence[int], *, actor: Actor) -> Batch:
    """Leave whole records out of the load; the rest goes on without them."""
    batch = _held(screen_id, id, actor)
    _require(batch, "validate")
    rows = StageRow.objects.filter(batch=batch)
    wanted = rows.filter(no__in=list(numbers)).exclude(state="loaded").values("record")
    rows.filter(record__in=wanted).exclude(state="loaded").update(state="aside")
    Batch.objects.filter(pk=id).update(version=F("version") + 1)
    batch.refresh_from_db()
    return batch


def approve(screen_id: str, id: int, version: int, *, actor: Actor) -> Batch:
    """Let the batch be loaded, in the name and with the rights of the one who approves.

    Raises:
        BatchHasIssues: Rows with refusals are left.
        BatchState, StaleVersion, NotFound
    """
    batch = _held(screen_id, id, actor, version)
    _require(batch, "approve")
    bad = StageRow.objects.filter(batch=batch, state__in=("invalid", "staged")).count()
    if bad:
        raise BatchHasIssues(bad)
    batch.approved_by = actor.id
    Batch.objects.filter(pk=id).update(approved_by=actor.id)
    step(batch, "approve", actor)
    return batch


def withdraw(screen_id: str, id: int, *, actor: Actor) -> Batch:
    """Give the batch up. Nothing of it was loaded."""
    batch = _held(screen_id, id, actor)
    if StageRow.objects.filter(batch=batch, state="loaded").exists():
        raise BatchState("withdraw", "loading")
    step(batch, "withdraw", actor)
    return batch


def counts(batch: Batch) -> Counts:
    """Two statements."""
    rows = StageRow.objects.filter(batch=batch)
    states = dict(rows.values_list("state").annotate(n=Count("no")).order_by())
    heads = rows.filter(record=F("no"))
    actions = dict(heads.values_list("action").annotate(n=Count("no")).order_by())
    return Counts(
        rows=sum(states.values()),
        **{s: states.get(s, 0) for s in StageRow.ROW_STATES},
        records=sum(actions.values()),
        **{a: actions.get(a, 0) for a in ("created", "changed", "unchanged")},
    )


# ---------------------------------------------------------------- small parts


def seen(screen_id: str, actor: Actor) -> QuerySet[Batch]:
    """The batches of a screen a person may see: whoever may enter records there."""
    asked_for(screen_id, actor).access.require(actor, "edit")
    return Batch.objects.filter(company=actor.company, screen=screen_id)


def find(screen_id: str, id: int, actor: Actor) -> Batch:
    """Raises NotFound."""
    batch = seen(screen_id, actor).filter(pk=id).first()
    if batch is None:
        raise NotFound(BATCH.type, [id])
    return batch


def _held(screen_id: str, id: int, actor: Actor, version: int | None = None) -> Batch:
    batch = seen(screen_id, actor).select_for_update().filter(pk=id).first()
    if batch is None:
        raise NotFound(BATCH.type, [id])
    if version is not None and batch.version != version:
        raise StaleVersion("–", batch.version, [])
    return batch


def can(batch: Batch) -> list[str]:
    """What may be done with the batch now."""
    verbs = [v for v in ("approve", "load", "withdraw") if batch.state in _STEPS[v][0]]
    return (
        (["map"] if batch.state in _STEPS["map"][0] else [])
        + (["repair"] if batch.state == "validated" else [])
        + verbs
    )


def _require(batch: Batch, verb: str) -> None:
    if batch.state not in _STEPS[verb][0]:
        raise BatchState(verb, batch.state)


def step(batch: Batch, verb: str, actor: Actor) -> None:
    """The only writer of `state`."""
    _require(batch, verb)
    batch.state = _STEPS[verb][1]
    batch.version += 1
    Batch.objects.filter(pk=batch.pk).update(state=batch.state, version=batch.version)
    _log(batch, verb, actor)


def _log(batch: Batch, verb: str, actor: Actor) -> None:
    insert(
        "platform_documentlog",
        "document_type:text, document_id:bigint, transition:text, actor_id:bigint, actor:text,"
        " reason:text, acknowledged:jsonb",
        [(BATCH.type, batch.pk, verb, actor.id, actor.name, "", "[]")],
    )
