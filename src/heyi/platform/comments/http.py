"""Comments over HTTP."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from ninja import Router, Schema

from heyi.platform.comments import talk
from heyi.platform.idempotency import write
from heyi.platform.requests import Key, Request

router = Router(tags=["comments"])


class CommentAuthorOut(Schema):
    id: int
    login: str
    name: str


class CommentOut(Schema):
    """What somebody said. Plain text; empty once withdrawn. `unreached`: people who were mentioned
    but may not see the record."""

    id: int
    author: CommentAuthorOut
    at: datetime
    text: str
    mentions: list[int]
    withdrawn: bool
    withdrawn_by: str | None
    unreached: list[str] | None = None


class CommentPageOut(Schema):
    rows: list[CommentOut]
    next: int | None


class CommentIn(Schema):
    text: str


@router.get("/records/{screen}/{int:id}/comments", response=CommentPageOut)
def comments(
    request: Request, screen: str, id: Key, after: Key = 0, limit: int = talk.PAGE
) -> dict[str, Any]:
    """What was said about a record, newest first."""
    return talk.comments(request.actor, screen, id, after=after, limit=limit)


@router.post("/records/{screen}/{int:id}/comments", response={201: CommentOut})
def say(request: Request, screen: str, id: Key, body: CommentIn) -> HttpResponse:
    """Comment on a record; @login or @name tells people who may see it."""
    return write(request, lambda: (201, talk.say(request.actor, screen, id, body.text)))


@router.post("/comments/{int:comment}/withdraw", response=CommentOut)
def withdraw(request: Request, comment: Key) -> HttpResponse:
    """Take a comment back. It leaves a mark."""
    return write(request, lambda: (200, talk.withdraw(request.actor, comment)))
