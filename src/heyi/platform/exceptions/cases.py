"""Opening, assigning and ending cases. Equal open cases are one case with a count."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.db import connection

from heyi.kernel.errors import BusinessError, Remedy
from heyi.platform import clock
from heyi.platform.access import Actor
from heyi.platform.audit.origin import trace as current_trace
from heyi.platform.calendar.api import Calendar, calendar_of
from heyi.platform.exceptions.kinds import Cause, ExceptionKind, kinds
from heyi.platform.rows import array, fetch

REFS_KEPT = 50
Ref = tuple[str, Any]  # (type, id), or (type, key) for what is not a row


@dataclass(eq=False)
class CaseMoved(BusinessError):
    """Someone else just changed the case."""

    code = "platform.case_moved"
    kind = "conflict"
    remedy = Remedy("platform.remedy.reload")
    case: int


@dataclass(eq=False)
class CaseEnded(BusinessError):
    """The case is resolved or dismissed; a new occurrence opens a new one."""

    code = "platform.case_ended"
    remedy = Remedy("platform.remedy.see_case")
    case: int
    state: str


@dataclass(eq=False)
class OutcomeMissing(BusinessError):
    """A case was to be ended without saying what was done."""

    code = "platform.case_outcome_missing"
    remedy = Remedy("platform.remedy.say_what_was_done")
    case: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is off.

    Args:
        same: What makes two findings the same case; their refs unless said otherwise.
    """

    code: str
    refs: Sequence[Ref] = ()
    params: dict[str, Any] = field(default_factory=dict)
    same: str | None = None

    @property
    def fingerprint(self) -> str:
        about = self.same if self.same is not None else json.dumps(sorted(map(list, self.refs)))
        return sha256(f"{self.code}|{about}".encode()).hexdigest()


def open(
    code: str,
    refs: Sequence[Ref] = (),
    params: dict[str, Any] | None = None,
    *,
    company: int | None,
    actor: Actor | None = None,
    same: str | None = None,
    trace: str = "",
) -> int:
    """Open a case in the caller's transaction, or count it on the equal case that is open.

    Returns:
        The id of the case.
    """
    finding = Finding(code, refs, params or {}, same)
    return open_all([finding], company=company, actor=actor, trace=trace)[0]


def open_all(
    findings: Iterable[Finding],
    *,
    company: int | None,
    actor: Actor | None = None,
    trace: str = "",
) -> list[int]:
    """Open or join cases for many findings, with the same three statements however many.

    Returns:
        The id of each finding's case.
    """
    findings = list(findings)
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.fingerprint, []).append(finding)
    if not groups:
        return []
    calendar = calendar_of(company)
    rows = [_row(print_, found, calendar) for print_, found in sorted(groups.items())]
    ids = dict(_open(rows, company, actor, trace or current_trace()))
    return [ids[f.fingerprint] for f in findings]


def assign(case: int, to: int, *, version: int, actor: Actor) -> None:
    """Give a case to a person.

    Raises:
        CaseMoved, CaseEnded
    """
    _move(case, version, "assigned", {"assignee_id": to})
    note(case, "assigned", actor=actor, details={"to": to})


def comment(case: int, text: str, *, actor: Actor) -> None:
    """Write into a case's log."""
    note(case, "comment", actor=actor, text=text)


def resolve(case: int, *, version: int, actor: Actor, cause: Cause, remedy: str) -> None:
    """End a case: what the cause was, and what was done.

    Raises:
        CaseMoved, CaseEnded, OutcomeMissing
    """
    if not remedy.strip():
        raise OutcomeMissing(case)
    _move(case, version, "resolved", {"cause": cause, "remedy": remedy.strip()[:500]})
    note(case, "resolved", actor=actor, text=remedy, details={"cause": cause})


def dismiss(case: int, *, version: int, actor: Actor, reason: str) -> None:
    """End a case about which nothing has to be done.

    Raises:
        CaseMoved, CaseEnded, OutcomeMissing
    """
    if not reason.strip():
        raise OutcomeMissing(case)
    _move(case, version, "dismissed", {"remedy": reason.strip()[:500]})
    note(case, "dismissed", actor=actor, text=reason)


def settle(case: int | None, *, remedy: str) -> None:
    """The system saw that the case is over. Nothing happens if a person ended it before."""
    ended = fetch(
        "UPDATE exceptions_case SET state = 'resolved', remedy = %s, cause = kind,"
        " version = version + 1, ended_at = platform_now()"
        " WHERE id = %s AND state IN ('open', 'assigned') RETURNING id",
        [remedy, case],
    )
    for (id_,) in ended:
        note(id_, "resolved", text=remedy)


def note(
    case: int | None,
    action: str,
    *,
    actor: Actor | None = None,
    text: str = "",
    details: dict[str, Any] | None = None,
) -> None:
    """Append to a case's log."""
    if case is None:
        return
    fetch(
        "INSERT INTO exceptions_caselog (case_id, action, actor_id, actor, text, details)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        [case, action, actor.id if actor else 0, actor.name if actor else "system", text,
         json.dumps(details or {}, default=str)],
    )  # fmt: skip


def _row(print_: str, found: list[Finding], calendar: Calendar) -> tuple[Any, ...]:
    kind: ExceptionKind = kinds()[found[0].code]
    refs = [list(ref) for f in found for ref in f.refs][:REFS_KEPT]
    return (
        print_, kind.code, kind.kind, kind.severity, kind.owner, len(found),
        json.dumps(found[-1].params, default=str), json.dumps(refs, default=str),
        calendar.add(clock.now(), timedelta(hours=kind.due_hours)).isoformat(),
    )  # fmt: skip


def _open(
    rows: list[tuple[Any, ...]], company: int | None, actor: Actor | None, trace: str
) -> list[tuple[str, int]]:
    assert connection.in_atomic_block, "a case is opened in the transaction of what it is about"
    cases = fetch(
        f"""
        INSERT INTO exceptions_case AS c
          (company_id, fingerprint, code, kind, severity, owner, count, params, refs, due_at,
           opened_by, trace, state, version, cause, remedy)
        SELECT %s::bigint, f.*, %s::bigint, %s, 'open', 1, '', ''
        FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::int[],
                    %s::jsonb[], %s::jsonb[], %s::timestamptz[]) AS f
        ON CONFLICT (company_id, fingerprint) WHERE state IN ('open', 'assigned') DO UPDATE
        SET count = c.count + excluded.count, last_at = platform_now(), params = excluded.params,
            refs = CASE WHEN c.refs @> excluded.refs OR jsonb_array_length(c.refs) >= {REFS_KEPT}
                        THEN c.refs ELSE c.refs || excluded.refs END
        RETURNING fingerprint, id, xmax = 0
        """,
        [company, actor.id if actor else 0, trace,
         *(array(column) for column in zip(*rows, strict=True))],
    )  # fmt: skip
    fetch(
        "INSERT INTO exceptions_caselog (case_id, action, actor_id, actor, text, details)"
        " SELECT c, 'opened', %s::bigint, %s, '', '{}' FROM unnest(%s::bigint[]) AS c",
        [actor.id if actor else 0, actor.name if actor else "system",
         array(id_ for _, id_, fresh in cases if fresh)],
    )  # fmt: skip
    return [(print_, id_) for print_, id_, _ in cases]


def _move(case: int, version: int, state: str, fields: dict[str, Any]) -> None:
    sets = "".join(f", {name} = %s" for name in fields)
    ended = "" if state == "assigned" else ", ended_at = platform_now()"
    moved = fetch(
        f"UPDATE exceptions_case SET state = %s, version = version + 1{ended}{sets}"
        " WHERE id = %s AND version = %s AND state IN ('open', 'assigned') RETURNING 1",
        [state, *fields.values(), case, version],
    )
    if moved:
        return
    [(now,)] = fetch("SELECT state FROM exceptions_case WHERE id = %s", [case])
    if now in ("resolved", "dismissed"):
        raise CaseEnded(case, now)
    raise CaseMoved(case)
