"""The exception queue over HTTP."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpResponse
from ninja import Router, Schema

from heyi.platform import clock, exceptions
from heyi.platform.access import NotFound
from heyi.platform.exceptions import queue
from heyi.platform.exceptions.models import Case
from heyi.platform.idempotency import write
from heyi.platform.requests import Key, Request, Words

router = Router(tags=["exceptions"])


class SubjectOut(Schema):
    """A row, by the type of its record and its id; or, for what is no row, a name."""

    type: str
    id: int | str


class CaseOut(Schema):
    """A case. Its words are the message `code` with `params`."""

    id: int
    version: int
    code: str
    kind: str
    severity: str
    state: str
    params: dict[str, Any]
    refs: list[SubjectOut]
    count: int
    owner: str
    assignee: int | None
    opened_by: int
    opened_at: datetime
    last_at: datetime
    due_at: datetime
    overdue: bool
    ended_at: datetime | None
    cause: str
    remedy: str
    trace: str
    screens: list[str]


class CaseLogOut(Schema):
    action: str
    actor: str
    at: datetime
    text: str
    details: dict[str, Any]


class CaseWholeOut(CaseOut):
    log: list[CaseLogOut]


class CasePageOut(Schema):
    rows: list[CaseOut]
    next: str | None


class CaseAssign(Schema):
    version: Key
    to: Key


class CaseComment(Schema):
    text: Words


class CaseResolve(Schema):
    version: Key
    cause: Literal["data", "system", "process", "user", "vendor", "external"]
    remedy: Words


class CaseDismiss(Schema):
    version: Key
    reason: Words


@router.get("", response=CasePageOut)
def page(
    request: Request, state: Words = "open", mine: bool = False, code: Words = "",
    after: str = "", limit: int = queue.PAGE,
) -> dict[str, Any]:  # fmt: skip
    """Cases this person deals with or may see, by due time."""
    return queue.page(request.actor, state=state, mine=mine, code=code, after=after, limit=limit)


@router.get("/{case}", response=CaseWholeOut)
def one(request: Request, case: Key) -> dict[str, Any]:
    found = queue.visible(request.actor).filter(pk=case).first()
    if found is None:
        raise NotFound("exceptions.case", [case])
    return _whole(found)


@router.post("/{case}/assign", response=CaseWholeOut)
def assign(request: Request, case: Key, body: CaseAssign) -> HttpResponse:
    """Give a case to a person."""
    actor = request.actor
    queue.take(actor, case)
    return _done(
        request, case, lambda: exceptions.assign(case, body.to, version=body.version, actor=actor)
    )


@router.post("/{case}/comment", response=CaseWholeOut)
def comment(request: Request, case: Key, body: CaseComment) -> HttpResponse:
    actor = request.actor
    if not queue.visible(actor).filter(pk=case).exists():
        raise NotFound("exceptions.case", [case])
    return _done(request, case, lambda: exceptions.comment(case, body.text, actor=actor))


@router.post("/{case}/resolve", response=CaseWholeOut)
def resolve(request: Request, case: Key, body: CaseResolve) -> HttpResponse:
    """End a case: cause, and what was done."""
    actor = request.actor
    queue.take(actor, case)
    return _done(
        request, case,
        lambda: exceptions.resolve(
            case, version=body.version, actor=actor, cause=body.cause, remedy=body.remedy
        ),
    )  # fmt: skip


@router.post("/{case}/dismiss", response=CaseWholeOut)
def dismiss(request: Request, case: Key, body: CaseDismiss) -> HttpResponse:
    """End a case about which nothing has to be done."""
    actor = request.actor
    queue.take(actor, case)
    return _done(
        request, case,
        lambda: exceptions.dismiss(case, version=body.version, actor=actor, reason=body.reason),
    )  # fmt: skip


def _done(request: Request, case: Key, work: Any) -> HttpResponse:
    def answer() -> tuple[int, Any]:
        work()
        return 200, _whole(Case.objects.get(pk=case))

    return write(request, answer)


def _whole(case: Case) -> dict[str, Any]:
    return {**queue.shown(case, clock.now()), "log": queue.history(case)}
