"""Jobs and parked events over HTTP."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from ninja import Router, Schema

from heyi.platform.access import Actor, NotAllowed, NotFound
from heyi.platform.idempotency import write
from heyi.platform.jobs import api as jobs
from heyi.platform.jobs.access import ADMINISTRATOR, PARKED, RUN
from heyi.platform.jobs.models import JobRun, ParkedEvent
from heyi.platform.requests import Key, Request, Words

router = Router(tags=["jobs"])
PAGE = 50


class RunOut(Schema):
    """A job as a person follows it."""

    id: int
    name: str
    state: str
    done: int
    total: int | None
    cancel: bool
    result: Any
    error: str
    actor: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class RunPageOut(Schema):
    rows: list[RunOut]
    next: int | None


class ParkedOut(Schema):
    """An event that failed for good and holds back its lane."""

    id: int
    topic: str
    key: str
    handler: str
    state: str
    error: str
    case: int | None
    parked_at: datetime


class ParkedPageOut(Schema):
    rows: list[ParkedOut]
    next: int | None


class ParkedStateOut(Schema):
    id: int
    state: str


class EventSkip(Schema):
    reason: Words


@router.get("/runs", response=RunPageOut)
def runs(request: Request, after: Key = 0, limit: int = PAGE) -> dict[str, Any]:
    """The person's own runs, newest first; an administrator sees everybody's."""
    rows = _runs(request.actor)
    if after:
        rows = rows.filter(pk__lt=after)
    limit = max(1, min(limit, 200))
    found = list(rows.order_by("-pk")[: limit + 1])
    return {
        "rows": [_shown(run) for run in found[:limit]],
        "next": found[limit - 1].pk if len(found) > limit else None,
    }


@router.get("/runs/{run}", response=RunOut)
def run(request: Request, run: Key) -> dict[str, Any]:
    return _shown(_run(request.actor, run))


@router.post("/runs/{run}/cancel", response=RunOut)
def cancel(request: Request, run: Key) -> HttpResponse:
    """Ask a run to stop."""
    _run(request.actor, run)

    def work() -> tuple[int, Any]:
        jobs.cancel(run)
        return 200, _shown(JobRun.objects.get(pk=run))

    return write(request, work)


@router.get("/parked", response=ParkedPageOut)
def parked(request: Request, after: Key = 0, limit: int = PAGE) -> dict[str, Any]:
    """Events that failed for good and hold back their lanes."""
    _administer(request.actor)
    rows = _parked(request.actor).filter(state__in=["parked", "retrying"])
    if after:
        rows = rows.filter(pk__lt=after)
    limit = max(1, min(limit, 200))
    found = list(rows.order_by("-pk")[: limit + 1])
    return {
        "rows": [
            {"id": p.pk, "topic": p.topic, "key": p.key, "handler": p.handler, "state": p.state,
             "error": p.error, "case": p.case_id, "parked_at": p.parked_at}
            for p in found[:limit]
        ],
        "next": found[limit - 1].pk if len(found) > limit else None,
    }  # fmt: skip


@router.post("/parked/{event}/retry", response=ParkedStateOut)
def retry(request: Request, event: Key) -> HttpResponse:
    """Try a parked event once more, now."""
    _take(request.actor, event)

    def work() -> tuple[int, Any]:
        jobs.retry([event])
        return 200, {"id": event, "state": "retrying"}

    return write(request, work)


@router.post("/parked/{event}/skip", response=ParkedStateOut)
def skip(request: Request, event: Key, body: EventSkip) -> HttpResponse:
    """Give up a parked event, so that later ones of its lane go on."""
    _take(request.actor, event)

    def work() -> tuple[int, Any]:
        jobs.skip([event], actor=request.actor, reason=body.reason)
        return 200, {"id": event, "state": "skipped"}

    return write(request, work)


def _administer(actor: Actor) -> None:
    if ADMINISTRATOR not in actor.roles:
        raise NotAllowed("read", "jobs.parked", [ADMINISTRATOR])


def _runs(actor: Actor) -> Any:
    return RUN.visible(actor, JobRun.objects.all())


def _run(actor: Actor, run: Key) -> JobRun:
    found = _runs(actor).filter(pk=run).first()
    if found is None:
        raise NotFound("jobs.run", [run])
    return found


def _parked(actor: Actor) -> Any:
    return PARKED.visible(actor, ParkedEvent.objects.all())


def _take(actor: Actor, event: Key) -> None:
    _administer(actor)
    if not _parked(actor).filter(pk=event).exists():
        raise NotFound("jobs.parked", [event])


def _shown(run: JobRun) -> dict[str, Any]:
    return {
        "id": run.pk, "name": run.name, "state": run.state, "done": run.done, "total": run.total,
        "cancel": run.cancel, "result": run.result, "error": run.error, "actor": run.actor,
        "created_at": run.created_at, "started_at": run.started_at,
        "finished_at": run.finished_at,
    }  # fmt: skip
