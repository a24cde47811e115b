"""The exception queue over HTTP."""

from typing import Any, Literal

from django.http import HttpResponse
from ninja import Router, Schema

from heyi.platform import clock, exceptions
from heyi.platform.access import NotFound
from heyi.platform.exceptions import queue
from heyi.platform.exceptions.models import Case
from heyi.platform.idempotency import write
from heyi.platform.requests import Request

router = Router(tags=["exceptions"])


class Assign(Schema):
    version: int
    to: int


class Text(Schema):
    text: str


class Resolve(Schema):
    version: int
    cause: Literal["data", "system", "process", "user", "vendor", "external"]
    remedy: str


class Dismiss(Schema):
    version: int
    reason: str


@router.get("")
def page(
    request: Request, state: str = "open", mine: bool = False, code: str = "",
    after: str = "", limit: int = queue.PAGE,
) -> dict[str, Any]:  # fmt: skip
    """Cases this person deals with or may see, by due time."""
    return queue.page(request.actor, state=state, mine=mine, code=code, after=after, limit=limit)


@router.get("/{case}")
def one(request: Request, case: int) -> dict[str, Any]:
    found = queue.visible(request.actor).filter(pk=case).first()
    if found is None:
        raise NotFound("platform.exception", [case])
    return _whole(found)


@router.post("/{case}/assign")
def assign(request: Request, case: int, body: Assign) -> HttpResponse:
    """Give a case to a person."""
    actor = request.actor
    queue.take(actor, case)
    return _done(
        request, case, lambda: exceptions.assign(case, body.to, version=body.version, actor=actor)
    )


@router.post("/{case}/comment")
def comment(request: Request, case: int, body: Text) -> HttpResponse:
    actor = request.actor
    if not queue.visible(actor).filter(pk=case).exists():
        raise NotFound("platform.exception", [case])
    return _done(request, case, lambda: exceptions.comment(case, body.text, actor=actor))


@router.post("/{case}/resolve")
def resolve(request: Request, case: int, body: Resolve) -> HttpResponse:
    """End a case: cause, and what was done."""
    actor = request.actor
    queue.take(actor, case)
    return _done(
        request, case,
        lambda: exceptions.resolve(
            case, version=body.version, actor=actor, cause=body.cause, remedy=body.remedy
        ),
    )  # fmt: skip


@router.post("/{case}/dismiss")
def dismiss(request: Request, case: int, body: Dismiss) -> HttpResponse:
    """End a case about which nothing has to be done."""
    actor = request.actor
    queue.take(actor, case)
    return _done(
        request, case,
        lambda: exceptions.dismiss(case, version=body.version, actor=actor, reason=body.reason),
    )  # fmt: skip


def _done(request: Request, case: int, work: Any) -> HttpResponse:
    def answer() -> tuple[int, Any]:
        work()
        return 200, _whole(Case.objects.get(pk=case))

    return write(request, answer)


def _whole(case: Case) -> dict[str, Any]:
    return {**queue.shown(case, clock.now()), "log": queue.history(case)}
