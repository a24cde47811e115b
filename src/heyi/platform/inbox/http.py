"""The inbox over HTTP: tasks, notices, mentions, and how many of each wait."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpResponse
from ninja import Router, Schema

from heyi.platform.access import Actor
from heyi.platform.idempotency import write
from heyi.platform.inbox.models import Notice
from heyi.platform.inbox.notices import MENTION, mark_read, unread
from heyi.platform.modules import declared
from heyi.platform.requests import Key, Request

router = Router(tags=["inbox"])
PAGE = 50


class NoticeSubjectOut(Schema):
    type: str
    id: int


class NoticeOut(Schema):
    """A notice. Its words are the message `kind` with `params`."""

    id: int
    kind: str
    params: dict[str, Any]
    actor: str
    at: datetime
    read: bool
    subject: NoticeSubjectOut | None


class NoticePageOut(Schema):
    rows: list[NoticeOut]
    next: int | None


class InboxOut(Schema):
    """`tasks` by the module that asks: "approvals" has the rows of GET /approvals/tasks."""

    counts: dict[str, int]
    tasks: dict[str, Any]
    notices: NoticePageOut
    mentions: NoticePageOut


class ReadOut(Schema):
    read: int


class ReadNotices(Schema):
    """`notices` null marks all."""

    notices: list[Key] | None = None


@router.get("", response=InboxOut)
def inbox(request: Request) -> dict[str, Any]:
    """Everything that waits for this person: the first page of each kind, and the counts."""
    actor = request.actor
    return {
        "counts": counts(request),
        "tasks": {name: rows(actor) for name, rows, _ in declared("inboxes")},
        "notices": _page(actor, "notices", 0, PAGE),
        "mentions": _page(actor, "mentions", 0, PAGE),
    }


@router.get("/counts", response=dict[str, int])
def counts(request: Request) -> dict[str, int]:
    """How many of each wait, counted no further than 99."""
    tasks = {name: count(request.actor) for name, _, count in declared("inboxes")}
    return {**tasks, **unread(request.actor)}


@router.get("/notices", response=NoticePageOut)
def notices(
    request: Request,
    kind: Literal["notices", "mentions"] = "notices",
    unread_only: bool = False,
    after: Key = 0,
    limit: int = PAGE,
) -> dict[str, Any]:
    """Notices or mentions, newest first."""
    return _page(request.actor, kind, after, limit, unread_only)


@router.post("/read", response=ReadOut)
def read(request: Request, body: ReadNotices) -> HttpResponse:
    """Mark notices as read."""

    def work() -> tuple[int, Any]:
        return 200, {"read": mark_read(request.actor, body.notices)}

    return write(request, work)


def _page(
    actor: Actor, kind: str, after: int, limit: int, unread_only: bool = False
) -> dict[str, Any]:
    rows = Notice.objects.filter(user_id=actor.id, company_id=actor.company)
    rows = rows.filter(kind=MENTION) if kind == "mentions" else rows.exclude(kind=MENTION)
    if unread_only:
        rows = rows.filter(read_at__isnull=True)
    if after:
        rows = rows.filter(pk__lt=after)
    limit = max(1, min(limit, 200))
    found = list(rows.order_by("-pk")[: limit + 1])
    return {
        "rows": [
            {
                "id": n.pk, "kind": n.kind, "params": n.params, "actor": n.actor, "at": n.at,
                "read": n.read_at is not None,
                "subject": {"type": n.subject_type, "id": n.subject_id} if n.subject_id else None,
            }
            for n in found[:limit]
        ],
        "next": found[limit - 1].pk if len(found) > limit else None,
    }  # fmt: skip
