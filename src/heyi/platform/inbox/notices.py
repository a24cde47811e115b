"""Notices are written in the transaction of what they tell about, many with one statement."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from heyi.platform.access import SYSTEM, Actor
from heyi.platform.rows import array, columns, fetch, insert

MENTION = "comments.mentioned"
MOST_COUNTED = 99


@dataclass(frozen=True, slots=True)
class Tell:
    """One notice: whom, what (a message key and its params), about which row."""

    user: int
    kind: str
    params: dict[str, Any] = field(default_factory=dict)
    subject: tuple[str, int] | None = None


def notify(company: int, tells: Iterable[Tell], *, actor: Actor = SYSTEM) -> None:
    """Tell people things in the current transaction. Nobody is told what they did themselves."""
    insert(
        "inbox_notice",
        "company_id:bigint, user_id:bigint, kind:text, params:jsonb, subject_type:text,"
        " subject_id:bigint, actor:text",
        [
            (company, t.user, t.kind, json.dumps(t.params, default=str),
             t.subject[0] if t.subject else "", t.subject[1] if t.subject else None, actor.name)
            for t in tells
            if t.user != actor.id
        ],
    )  # fmt: skip


def unread(actor: Actor) -> dict[str, int]:
    """How many notices and mentions wait, counted no further than 99."""
    rows = fetch(
        "SELECT mention, count(*) FROM (SELECT kind = %s AS mention FROM inbox_notice"
        " WHERE user_id = %s AND company_id = %s AND read_at IS NULL LIMIT %s) AS waiting"
        " GROUP BY mention",
        [MENTION, actor.id, actor.company, MOST_COUNTED],
    )
    counted = dict(rows)
    return {"notices": counted.get(False, 0), "mentions": counted.get(True, 0)}


def mark_read(actor: Actor, notices: Iterable[int] | None = None) -> int:
    """Mark the actor's notices as read, or all of them; how many were unread."""
    chosen = "" if notices is None else " AND id = ANY(%s::bigint[])"
    marked = fetch(
        "UPDATE inbox_notice SET read_at = platform_now()"
        f" WHERE user_id = %s AND company_id = %s AND read_at IS NULL{chosen} RETURNING 1",
        [actor.id, actor.company, *([] if notices is None else [array(notices)])],
    )
    return len(marked)


def settled(kind: str, subjects: Iterable[tuple[str, int]], user: int | None = None) -> None:
    """What notices of a kind asked for is done: mark them as read, for everybody or one person."""
    types, ids = columns(list(subjects))
    fetch(
        "UPDATE inbox_notice n SET read_at = platform_now()"
        " FROM unnest(%s::text[], %s::bigint[]) AS s(type, id)"
        " WHERE n.subject_type = s.type AND n.subject_id = s.id AND n.kind = %s"
        " AND n.read_at IS NULL AND coalesce(%s::bigint, n.user_id) = n.user_id",
        [types, ids, kind, user],
    )


def unsay(kind: str, users: Iterable[int], name: str, value: int) -> None:
    """Take the quoted text out of notices whose param `name` has this value."""
    fetch(
        'UPDATE inbox_notice SET params = params || \'{"text": ""}\''
        " WHERE user_id = ANY(%s::bigint[]) AND kind = %s AND params -> %s = to_jsonb(%s::bigint)",
        [array(users), kind, name, value],
    )
