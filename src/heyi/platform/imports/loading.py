"""Loading an approved batch: in chunks, each a transaction of its own, each whole or not at all.

What a chunk loaded is marked in the same transaction, so a load that was cut off goes on with the
next chunk, and a file that comes again changes nothing.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.db import transaction

from heyi.kernel.errors import Refusals
from heyi.platform.access import Actor, NotFound
from heyi.platform.audit.api import Entry, record
from heyi.platform.identity.api import actors
from heyi.platform.imports.batches import counts, find, step
from heyi.platform.imports.checking import (
    Record,
    compose,
    keep_rows,
    note,
    place,
    plan,
    read_rows,
)
from heyi.platform.imports.errors import BatchState
from heyi.platform.imports.fields import KEY, Layout, layout
from heyi.platform.imports.models import Batch, StageRow
from heyi.platform.jobs.api import Run, job
from heyi.platform.records import drafted, unchanged, write_all
from heyi.platform.rows import columns, fetch
from heyi.platform.transactions import unit_of_work

CHUNK = 250  # records in one transaction
Progress = Callable[[int, int], None]


def start(screen_id: str, id: int, *, actor: Actor) -> Batch:
    """Queue the load; again after it was cut off. In the caller's transaction.

    Raises:
        BatchState: Not approved, or loaded already.
        NotFound
    """
    batch = find(screen_id, id, actor)
    step(batch, "load", actor)
    batch.run = LOAD.start(actor, batch=id)
    Batch.objects.filter(pk=id).update(run=batch.run)
    return batch


def load(id: int, actor: Actor, progress: Progress | None = None) -> Batch:
    """Load what is left of a batch that is approved or was cut off.

    A record that is refused after all (somebody changed what it refers to) goes back with its
    reason; the others are not held up by it. Returns the batch: loaded, or validated again.
    """
    batch = Batch.objects.get(pk=id)
    if batch.state == "approved":
        unit_of_work(lambda: step(batch, "load", actor))
    form = layout(batch.screen, actor)
    total = StageRow.objects.filter(batch=batch).exclude(state="aside").count()
    while loaded := unit_of_work(lambda: _load_chunk(id, form, actor)):
        del loaded
        if progress is not None:
            done = StageRow.objects.filter(batch=batch, state="loaded").count()
            progress(done, total)
    return unit_of_work(lambda: _finish(id, actor))


def _finish(id: int, actor: Actor) -> Batch:
    batch = Batch.objects.select_for_update().get(pk=id)
    if batch.state == "loading":
        left = StageRow.objects.filter(batch=batch, state="invalid").exists()
        step(batch, "return" if left else "finish", actor)
        done = counts(batch)
        changes = {n: (None, getattr(done, n)) for n in ("created", "changed", "unchanged")}
        record([Entry("load", batch.screen, id, changes)], actor=actor)
    return batch


def _load_chunk(id: int, form: Layout, actor: Actor) -> int:
    """The next records, in one transaction; how many there were."""
    batch = Batch.objects.select_for_update().get(pk=id)
    if batch.state != "loading":
        raise BatchState("load", batch.state)
    records = _next_records(batch, form)
    if not records:
        return 0
    plan(form, records, actor)
    _work(batch, form, records, actor)
    return len(records)


def _next_records(batch: Batch, form: Layout) -> list[Record]:
    waiting = StageRow.objects.filter(batch=batch, state="valid")
    numbers = list(waiting.order_by("record").values_list("record", flat=True).distinct()[:CHUNK])
    if not numbers:
        return []
    has_lines = any(p in form.columns and form.columns[p].on_lines for p in batch.mapping if p)
    records: dict[int, Record] = {}
    for row in read_rows(batch.pk, state="valid", record__lte=numbers[-1]):
        records.setdefault(row.record, Record(row.key, [])).rows.append(row)
    for one in records.values():
        compose(form, one, has_lines=has_lines)
    return list(records.values())


def _work(batch: Batch, form: Layout, records: list[Record], actor: Actor) -> None:
    """Write what nothing stands in the way of; whatever does goes back with its reason."""
    same = [r for r in records if r.same]
    back = [r for r in records if not r.same and any(row.refused for row in r.rows)]
    fresh = [r for r in records if r not in same and r not in back]
    wanted = [(r.id, r.body) for r in fresh]
    drafts = drafted(form.screen.id, actor, wanted, lock=True)
    ready = []
    for one, draft in zip(fresh, drafts, strict=True):
        if draft.refused:
            note(form, one, draft)
            back.append(one)
        elif unchanged(draft):
            same.append(one)
        else:
            ready.append((one, draft))
    done: list[tuple[Record, str]] = [(r, "unchanged") for r in same]
    try:
        with transaction.atomic():
            write_all([draft for _, draft in ready], actor)
    except Refusals:
        written = _one_by_one(form, [one for one, _ in ready], actor)
        back += [one for one, _ in ready if one not in written]
        done += [(one, "created" if new else "changed") for one, new in written.items()]
    else:
        for one, draft in ready:
            done.append((one, "created" if one.id is None else "changed"))
            one.id = draft.id
    _mark(batch, form, done, back)


def _one_by_one(form: Layout, records: list[Record], actor: Actor) -> dict[Record, bool]:
    """Find the culprit: each record in a savepoint of its own. Record -> whether it is new."""
    written: dict[Record, bool] = {}
    for one in records:
        try:
            with transaction.atomic():
                [draft] = drafted(form.screen.id, actor, [(one.id, one.body)], lock=True)
                write_all([draft], actor)
        except Refusals as refused:
            by_no = {str(row.no): row for row in one.rows}
            for problem in refused.problems:
                place(one, by_no, problem)
        else:
            written[one] = one.id is None
            one.id = draft.id
    return written


def _mark(batch: Batch, form: Layout, done: list[tuple[Record, str]], back: list[Record]) -> None:
    for one in back:
        for row in one.rows:
            row.state = "invalid"
    keep_rows(batch.pk, [row for one in back for row in one.rows])
    marks = [(row.no, action, one.id) for one, action in done for row in one.rows]
    if marks:
        fetch(_MARK, [*columns(marks), batch.pk])
    links = [(one.key, one.id, one.digest) for one, _ in done if one.id is not None]
    if form.key == KEY and links:
        fetch(_LINK, [batch.company.pk, batch.screen, batch.pk, *columns(links)])


_MARK = """
    UPDATE imports_stagerow s SET state = 'loaded', action = u.action, target = u.target
    FROM unnest(%s::int[], %s::text[], %s::bigint[]) AS u(no, action, target)
    WHERE s.batch_id = %s AND s.no = u.no
"""
_LINK = """
    INSERT INTO imports_loadlink (company_id, screen, batch_id, key, target, digest)
    SELECT %s, %s, %s, u.* FROM unnest(%s::text[], %s::bigint[], %s::text[]) AS u
    ON CONFLICT (company_id, screen, key)
    DO UPDATE SET target = excluded.target, digest = excluded.digest, batch_id = excluded.batch_id
"""


@job("imports.load", retries=3)
def LOAD(run: Run, batch: int) -> dict[str, Any]:
    """Load in the name of the one who approved."""
    held = Batch.objects.get(pk=batch)
    approver = held.approved_by or 0
    actor = actors(held.company.pk, [approver]).get(approver)
    if actor is None:
        raise NotFound("identity.user", [approver])
    done = counts(load(batch, replace(actor, language=run.language), run.progress))
    return {
        "created": done.created,
        "changed": done.changed,
        "unchanged": done.unchanged,
        "invalid": done.invalid,
    }
