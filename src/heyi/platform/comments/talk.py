"""Saying, listing and withdrawing comments; telling the people they mention."""

import re
from dataclasses import dataclass
from typing import Any

from heyi.kernel.errors import BusinessError, Remedy
from heyi.platform import clock
from heyi.platform.access import Actor, NotAllowed, NotFound
from heyi.platform.comments.models import Comment
from heyi.platform.identity.models import User
from heyi.platform.inbox.api import MENTION, Tell, notify, unsay
from heyi.platform.rows import array, fetch
from heyi.platform.subjects import name_of, readers, require_readable, require_writable
from heyi.platform.values import text as clean

LONGEST = 4000
MOST_MENTIONS = 20
PAGE = 50
EXCERPT = 120
ADMINISTRATOR = "system.administrator"
# An @ that begins a word, and what follows up to a space; e-mail addresses are not mentions.
_AT = re.compile(r"(?<![A-Za-z0-9._%+-])@([^\s@]{1,64})")
# A place inside a Latin word, where no name may end: "@wang" is not in "@wanger" or "@wang.er".
_INSIDE = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_]|[.-][A-Za-z0-9])")


@dataclass(eq=False)
class CommentEmpty(BusinessError):
    """There is nothing in the comment."""

    code = "comments.comment_empty"
    remedy = Remedy("comments.remedy.write_something")


@dataclass(eq=False)
class CommentTooLong(BusinessError):
    """A comment is for a few sentences."""

    code = "comments.comment_too_long"
    remedy = Remedy("comments.remedy.attach_file")
    length: int
    limit: int


def say(actor: Actor, subject_type: str, subject_id: int, text: str) -> dict[str, Any]:
    """Comment on a record, and tell the people mentioned by @login or @name who may see it.

    Returns:
        The comment; `unreached` names people who were mentioned but may not see the record.

    Raises:
        NotFound, NotAllowed, CommentEmpty, CommentTooLong, TextUnprintable
    """
    require_writable(actor, subject_type, subject_id)
    if len(text) > LONGEST:
        raise CommentTooLong(len(text), LONGEST)
    said = clean("text", text, lines=True)
    if not said:
        raise CommentEmpty
    named = mentioned(actor.company, said)
    reached = readers(actor.company, subject_type, subject_id, named) if named else set()
    comment = Comment.objects.create(
        company_id=actor.company, subject_type=subject_type, subject_id=subject_id,
        author_id=actor.id, author=actor.name, text=said, mentions=sorted(reached),
        at=clock.now(),
    )  # fmt: skip
    if reached:
        params = {
            "document_type": subject_type,
            "number": name_of(subject_type, subject_id),
            "person": actor.name,
            "text": said[:EXCERPT],
            "comment": comment.pk,
        }
        notify(
            actor.company,
            [Tell(user, MENTION, params, (subject_type, subject_id)) for user in sorted(reached)],
            actor=actor,
        )
    unreached = [name for user, name in named.items() if user not in reached]
    return {**_shown(comment, {}), "unreached": unreached}


def mentioned(company: int, text: str) -> dict[int, str]:
    """The people a text mentions, user id -> what was written. One statement.

    Chinese is written without spaces, so after each @ the longest beginning that is somebody's
    login or name counts: "@王小明請看" mentions 王小明.
    """
    runs = [m[1] for m in _AT.finditer(text)][:MOST_MENTIONS]
    beginnings = {run[:n] for run in runs for n in range(1, len(run) + 1)}
    if not beginnings:
        return {}
    known: dict[str, list[int]] = {}
    for user, login, name in fetch(
        "SELECT u.id, u.login, u.name FROM identity_user u JOIN identity_membership m"
        " ON m.user_id = u.id AND m.company_id = %s WHERE u.active"
        " AND (u.login = ANY(%s::text[]) OR u.name = ANY(%s::text[]))",
        [company, array(sorted({b.lower() for b in beginnings})), array(sorted(beginnings))],
    ):
        for word in {login, name}:
            known.setdefault(word, []).append(user)
    found: dict[int, str] = {}
    for run in runs:
        for n in range(len(run), 0, -1):
            users = known.get(run[:n]) or known.get(run[:n].lower())
            if users and not _INSIDE.match(run, n - 1):
                found.update(dict.fromkeys(users, run[:n]))
                break
    return found


def comments(
    actor: Actor, subject_type: str, subject_id: int, *, after: int = 0, limit: int = PAGE
) -> dict[str, Any]:
    """What was said about a record, newest first. Withdrawn comments leave their mark.

    Raises:
        NotFound
    """
    require_readable(actor, subject_type, subject_id)
    rows = Comment.objects.filter(
        company_id=actor.company, subject_type=subject_type, subject_id=subject_id
    )
    if after:
        rows = rows.filter(pk__lt=after)
    limit = max(1, min(limit, 200))
    found = list(rows.order_by("-pk")[: limit + 1])
    names = dict(User.objects.filter(pk__in={c.author_id for c in found}).values_list("pk", "name"))
    return {
        "rows": [_shown(c, names) for c in found[:limit]],
        "next": found[limit - 1].pk if len(found) > limit else None,
    }


def withdraw(actor: Actor, comment: int) -> dict[str, Any]:
    """Take one's own comment back; an administrator may take back anybody's.

    Raises:
        NotFound, NotAllowed
    """
    found = Comment.objects.select_for_update().filter(pk=comment, company_id=actor.company).first()
    if found is None:
        raise NotFound("comments.comment", [comment])
    require_readable(actor, found.subject_type, found.subject_id)
    if found.author_id != actor.id and ADMINISTRATOR not in actor.roles:
        raise NotAllowed("withdraw", "comments.comment", [ADMINISTRATOR])
    if found.withdrawn_at is None:
        found.withdrawn_by, found.withdrawn_at = actor.name, clock.now()
        found.save(update_fields=["withdrawn_by", "withdrawn_at"])
        unsay(MENTION, found.mentions, "comment", found.pk)
    return _shown(found, {})


def _shown(comment: Comment, names: dict[int, str]) -> dict[str, Any]:
    withdrawn = comment.withdrawn_at is not None
    return {
        "id": comment.pk, "author": {"id": comment.author_id, "login": comment.author,
                                     "name": names.get(comment.author_id, comment.author)},
        "at": comment.at, "text": "" if withdrawn else comment.text,
        "mentions": [] if withdrawn else comment.mentions, "withdrawn": withdrawn,
        "withdrawn_by": comment.withdrawn_by,
    }  # fmt: skip
