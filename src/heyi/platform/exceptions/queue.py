"""The queue of cases: who sees what, in the order in which it falls due."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from heyi.platform import clock
from heyi.platform.access import Actor, NotAllowed, NotFound
from heyi.platform.exceptions.access import ADMINISTRATOR, CASE
from heyi.platform.exceptions.kinds import kinds
from heyi.platform.exceptions.models import Case, CaseLog
from heyi.platform.lists import PageUnknown

OPEN = (Case.State.OPEN, Case.State.ASSIGNED)
PAGE = 50
MOST_COUNTED = 99


def visible(actor: Actor) -> QuerySet[Case]:
    """The cases a person may read: of their roles, given to them, reported by them."""
    return CASE.visible(actor, Case.objects.all())


def waiting(actor: Actor) -> int:
    """How many open cases are this person's to deal with, counted no further than 99."""
    mine = Q(owner__in=actor.roles, assignee_id=None) | Q(assignee_id=actor.id)
    return len(visible(actor).filter(mine, state__in=OPEN).values_list("pk")[:MOST_COUNTED])


def take(actor: Actor, case: int) -> Case:
    """A case the person wants to change.

    Raises:
        NotFound: There is none they may see.
        NotAllowed: They see it but it is not theirs to deal with.
    """
    found = visible(actor).filter(pk=case).first()
    if found is None:
        raise NotFound(CASE.type, [case])
    if not ({found.owner, ADMINISTRATOR} & actor.roles or found.assignee_id == actor.id):
        raise NotAllowed("edit", CASE.type, [found.owner])
    return found


def page(
    actor: Actor,
    *,
    state: str = "open",
    mine: bool = False,
    code: str = "",
    after: str = "",
    limit: int = PAGE,
) -> dict[str, Any]:
    """One page of the queue: open cases by due time, ended ones by when they ended.

    Args:
        state: "open" (also assigned), "ended", or one state.
        mine: Only those given to this person.
        after: The `next` of the page before.
    """
    states = {"open": OPEN, "ended": (Case.State.RESOLVED, Case.State.DISMISSED)}.get(
        state, (state,)
    )
    cases = visible(actor).filter(state__in=states)
    if mine:
        cases = cases.filter(assignee_id=actor.id)
    if code:
        cases = cases.filter(code=code)
    if after:
        due, last = _opened(after)
        cases = cases.filter(Q(due_at__gt=due) | Q(due_at=due, pk__gt=last))
    limit = max(1, min(limit, 200))
    rows = list(cases.order_by("due_at", "pk")[: limit + 1])
    more = rows[limit - 1] if len(rows) > limit else None
    now = clock.now()
    return {
        "rows": [shown(case, now) for case in rows[:limit]],
        "next": f"{more.due_at.isoformat()}_{more.pk}" if more else None,
    }


def _opened(after: str) -> tuple[datetime, int]:
    due, _, last = after.rpartition("_")
    try:
        at, key = datetime.fromisoformat(due), int(last)
    except ValueError:
        raise PageUnknown(after[:40]) from None
    if at.tzinfo is None or not 0 <= key < 2**63:
        raise PageUnknown(after[:40])
    return at, key


def shown(case: Case, now: datetime) -> dict[str, Any]:
    """A case as the screen gets it. Its words are the message `code` with `params`."""
    kind = kinds().get(case.code)
    return {
        "id": case.pk, "version": case.version, "code": case.code, "kind": case.kind,
        "severity": case.severity, "state": case.state, "params": case.params,
        "refs": [{"type": type_, "id": id_} for type_, id_ in case.refs], "count": case.count,
        "owner": case.owner, "assignee": case.assignee_id, "opened_by": case.opened_by,
        "opened_at": case.opened_at, "last_at": case.last_at, "due_at": case.due_at,
        "overdue": case.state in OPEN and case.due_at < now, "ended_at": case.ended_at,
        "cause": case.cause, "remedy": case.remedy, "trace": case.trace,
        "screens": list(kind.screens) if kind else [],
    }  # fmt: skip


def history(case: Case) -> list[dict[str, Any]]:
    """All that happened to a case, oldest first."""
    return [
        {"action": x.action, "actor": x.actor, "at": x.at, "text": x.text, "details": x.details}
        for x in CaseLog.objects.filter(case=case).order_by("pk")
    ]
