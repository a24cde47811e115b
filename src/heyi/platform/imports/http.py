"""Import over HTTP, step by step."""

from dataclasses import asdict
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from ninja import File, Router, Schema, UploadedFile

from heyi.kernel.errors import BusinessError
from heyi.platform.access import Actor
from heyi.platform.idempotency import KeyMissing, answer, once, write
from heyi.platform.identity.api import auth
from heyi.platform.imports import batches, loading
from heyi.platform.imports.checking import Row
from heyi.platform.imports.errors import FileTooLarge
from heyi.platform.imports.fields import layout
from heyi.platform.imports.models import Batch, StageEdit, StageRow
from heyi.platform.imports.reading import MEGABYTE, MOST_PACKED
from heyi.platform.imports.template import note, template
from heyi.platform.messages import resolve

router = Router(tags=["import"], auth=auth)
_LARGEST_PAGE, _SAMPLES = 200, 5


class ImportColumnOut(Schema):
    """A column of the file: its head, the path it is taken for, a few of its cells."""

    head: str
    path: str | None
    samples: list[str]


class ImportFieldOut(Schema):
    """A column the screen takes."""

    path: str
    label: str
    required: bool
    note: str


class ImportBatchOut(Schema):
    """A file on its way in. `can` says which steps are open; `missing` the columns it lacks."""

    id: int
    screen: str
    state: str
    version: int
    file_name: str
    sha256: str
    size: int
    format: str
    encoding: str
    delimiter: str
    sheet: str
    columns: list[ImportColumnOut]
    fields: list[ImportFieldOut]
    missing: list[str]
    counts: dict[str, int]
    can: list[str]
    run: int | None
    created_at: str


class StagedIssueOut(Schema):
    path: str
    code: str
    kind: str
    message: str
    remedy: str | None


class StagedRowOut(Schema):
    """A row of the file. `cells` are by path, as they count now; `fixed` names the repaired."""

    no: int
    record: int
    key: str
    state: str
    cells: dict[str, str]
    fixed: list[str]
    issues: list[StagedIssueOut]
    action: str
    target: int | None


class StagedRowsOut(Schema):
    rows: list[StagedRowOut]
    next: int | None


class StagedEditOut(Schema):
    path: str
    before: str
    after: str
    actor: str
    at: str


class MappingIn(Schema):
    """For each column of the file a path, or null."""

    version: int
    columns: list[str | None]


class RepairIn(Schema):
    path: str
    value: str


class AsideIn(Schema):
    rows: list[int]


class ImportVersionIn(Schema):
    version: int


@router.get("/{screen}/import/template.xlsx")
def read_template(request: HttpRequest, screen: str) -> FileResponse:
    """The workbook to fill in, in the language of the person."""
    made = template(screen, actor=_actor(request))
    answer_ = FileResponse(made, content_type=_XLSX)
    answer_["Content-Disposition"] = f'attachment; filename="{screen}-template.xlsx"'
    return answer_


_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.post("/{screen}/import", response={201: ImportBatchOut})
def upload(request: HttpRequest, screen: str, file: UploadedFile = File(...)) -> HttpResponse:
    """Stage a file (xlsx, csv, tsv) and check it as far as its columns are recognised."""
    actor = _actor(request)
    if (file.size or 0) > MOST_PACKED:
        raise FileTooLarge((file.size or 0) // MEGABYTE, MOST_PACKED // MEGABYTE)
    content, name = file.read(), file.name or ""
    key = request.headers.get("Idempotency-Key", "")
    if not 0 < len(key) <= 80 or not key.isprintable():
        raise KeyMissing
    asked = f"{actor.id} import {screen} {name}\n".encode() + content

    def work() -> dict[str, Any]:
        return _batch(batches.upload(screen, content, name, actor=actor), actor)

    return answer(201, once(actor.company, key, asked, work))


@router.get("/{screen}/import", response=list[ImportBatchOut])
def list_batches(request: HttpRequest, screen: str) -> HttpResponse:
    """The last batches of a screen, the newest first."""
    actor = _actor(request)
    found = batches.seen(screen, actor).order_by("-id")[:20]
    return answer(200, [_batch(batch, actor) for batch in found])


@router.get("/{screen}/import/{int:batch}", response=ImportBatchOut)
def read_batch(request: HttpRequest, screen: str, batch: int) -> HttpResponse:
    """Where a batch stands."""
    actor = _actor(request)
    return answer(200, _batch(batches.find(screen, batch, actor), actor))


@router.put("/{screen}/import/{int:batch}/mapping", response=ImportBatchOut)
def map_columns(request: HttpRequest, screen: str, batch: int, body: MappingIn) -> HttpResponse:
    """Say which column is which; all rows are checked again."""
    actor = _actor(request)
    return _write(request, lambda: batches.map_columns(
        screen, batch, body.version, body.columns, actor=actor))  # fmt: skip


@router.get("/{screen}/import/{int:batch}/rows", response=StagedRowsOut)
def read_rows(
    request: HttpRequest, screen: str, batch: int, state: str = "", after: int = 0, limit: int = 50
) -> HttpResponse:
    """Rows with what stands in their way, in the order of the file."""
    actor = _actor(request)
    held = batches.find(screen, batch, actor)
    rows = StageRow.objects.filter(batch=held, no__gt=after).order_by("no")
    if state:
        rows = rows.filter(state=state)
    limit = max(1, min(limit, _LARGEST_PAGE))
    found = list(rows[: limit + 1])
    shown = [_row(held, row, actor.language) for row in found[:limit]]
    return answer(200, {"rows": shown, "next": found[limit - 1].no if len(found) > limit else None})


@router.put("/{screen}/import/{int:batch}/rows/{int:no}", response=StagedRowsOut)
def repair(request: HttpRequest, screen: str, batch: int, no: int, body: RepairIn) -> HttpResponse:
    """Put something else in a cell; the record is checked again at once."""
    actor = _actor(request)

    def work() -> tuple[int, Any]:
        rows = batches.repair(screen, batch, no, body.path, body.value, actor=actor)
        held = batches.find(screen, batch, actor)
        return 200, {"rows": [_row(held, row, actor.language) for row in rows], "next": None}

    return write(request, work)


@router.get("/{screen}/import/{int:batch}/rows/{int:no}/history", response=list[StagedEditOut])
def read_history(request: HttpRequest, screen: str, batch: int, no: int) -> HttpResponse:
    """What was put in the cells of a row, by whom and when; the oldest first."""
    held = batches.find(screen, batch, _actor(request))
    edits = StageEdit.objects.filter(batch=held, no=no).order_by("pk")
    names = ("path", "before", "after", "actor", "at")
    return answer(200, list(edits.values(*names)))


@router.post("/{screen}/import/{int:batch}/aside", response=ImportBatchOut)
def set_aside(request: HttpRequest, screen: str, batch: int, body: AsideIn) -> HttpResponse:
    """Leave the records of these rows out."""
    actor = _actor(request)
    return _write(request, lambda: batches.set_aside(screen, batch, body.rows, actor=actor))


@router.post("/{screen}/import/{int:batch}/approve", response=ImportBatchOut)
def approve(request: HttpRequest, screen: str, batch: int, body: ImportVersionIn) -> HttpResponse:
    """Let it be loaded, with the rights of the one who approves."""
    actor = _actor(request)
    return _write(request, lambda: batches.approve(screen, batch, body.version, actor=actor))


@router.post("/{screen}/import/{int:batch}/load", response={202: ImportBatchOut})
def load(request: HttpRequest, screen: str, batch: int) -> HttpResponse:
    """Load in the background; `run` is the job to follow. Again after it was cut off."""
    actor = _actor(request)
    return _write(request, lambda: loading.start(screen, batch, actor=actor), 202)


@router.post("/{screen}/import/{int:batch}/withdraw", response=ImportBatchOut)
def withdraw(request: HttpRequest, screen: str, batch: int) -> HttpResponse:
    """Give the batch up."""
    actor = _actor(request)
    return _write(request, lambda: batches.withdraw(screen, batch, actor=actor))


# ---------------------------------------------------------------- small parts


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined]


def _write(request: HttpRequest, work: Any, status: int = 200) -> HttpResponse:
    return write(request, lambda: (status, _batch(work(), _actor(request))))


def _batch(batch: Batch, actor: Actor) -> dict[str, Any]:
    form = layout(batch.screen, actor)
    samples = list(
        StageRow.objects.filter(batch=batch)
        .order_by("no")
        .values_list("cells", flat=True)[:_SAMPLES]
    )
    batch.refresh_from_db(fields=["version", "state", "run", "created_at"])
    return {
        "id": batch.pk, "screen": batch.screen, "state": batch.state, "version": batch.version,
        "file_name": batch.file_name, "sha256": batch.digest, "size": batch.size,
        "format": batch.format, "encoding": batch.encoding, "delimiter": batch.delimiter,
        "sheet": batch.sheet,
        "columns": [
            {"head": head, "path": path, "samples": [s[n] for s in samples if n < len(s)]}
            for n, (head, path) in enumerate(zip(batch.head, batch.mapping, strict=False))
        ],
        "fields": [
            {"path": c.path, "label": c.labels[actor.language], "required": c.required,
             "note": note(c, actor.language)}
            for c in form.columns.values()
        ],
        "missing": batches.missing(form, batch.mapping),
        "counts": asdict(batches.counts(batch)),
        "can": batches.can(batch),
        "run": batch.run,
        "created_at": batch.created_at.isoformat(),
    }  # fmt: skip


def _row(batch: Batch, row: StageRow | Row, language: str) -> dict[str, Any]:
    cells = {p: c for p, c in zip(batch.mapping, row.cells, strict=False) if p}
    return {
        "no": row.no, "record": row.record, "key": row.key, "state": row.state,
        "cells": {**cells, **row.fixed}, "fixed": sorted(row.fixed),
        "issues": [_issue(one, language) for one in row.issues],
        "action": getattr(row, "action", ""), "target": getattr(row, "target", None),
    }  # fmt: skip


def _issue(said: dict[str, Any], language: str) -> dict[str, Any]:
    error = BusinessError.registry.get(said["code"])
    remedy = error.remedy if error else None
    return {
        "path": said["path"], "code": said["code"], "kind": said["kind"],
        "message": resolve(said["code"], said["params"], language),
        "remedy": resolve(remedy.action, said["params"], language) if remedy else None,
    }  # fmt: skip
