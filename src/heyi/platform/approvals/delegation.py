"""Standing in for somebody who is away."""

from collections.abc import Iterable, Sequence
from datetime import date

from heyi.platform import clock
from heyi.platform.access import Actor, NotAllowed, NotFound
from heyi.platform.approvals.errors import DelegationDatesWrong, PersonUnsuitable
from heyi.platform.approvals.models import Delegation
from heyi.platform.approvals.owners import active
from heyi.platform.approvals.rules import ADMINISTRATOR
from heyi.platform.inbox.api import Tell, notify
from heyi.platform.models import Company
from heyi.platform.rows import array, fetch

# Delegations in force today where the company is.
IN_FORCE = """
    approvals_delegation d JOIN platform_company dc ON dc.id = d.company_id
     AND (platform_now() AT TIME ZONE dc.timezone)::date BETWEEN d.starts AND d.ends
     AND d.withdrawn_at IS NULL
"""


def delegate_to(
    actor: Actor,
    to: int,
    starts: date,
    ends: date,
    *,
    types: Sequence[str] = (),
    reason: str = "",
    absent: int | None = None,
) -> Delegation:
    """Let somebody decide one's tasks for some days, both included.

    Args:
        types: Document types; all of them if empty.
        absent: Whose tasks; an administrator may say it for somebody who is away.

    Raises:
        DelegationDatesWrong, PersonUnsuitable, NotAllowed
    """
    whose = actor.id if absent is None else absent
    if whose != actor.id and ADMINISTRATOR not in actor.roles:
        raise NotAllowed("edit", "approvals.delegation", [ADMINISTRATOR])
    company = Company.objects.get(pk=actor.company)
    if ends < starts or ends < clock.today(company.timezone):
        raise DelegationDatesWrong(str(starts), str(ends))
    if to == whose or to not in active(actor.company, [to]):
        raise PersonUnsuitable(to)
    made = Delegation.objects.create(
        company_id=actor.company, from_user=whose, to_user=to, starts=starts, ends=ends,
        types=list(types), reason=reason, made_by=actor.id,
    )  # fmt: skip
    notify(
        actor.company,
        [Tell(to, "approvals.delegated", {"person": actor.name, "starts": starts, "ends": ends})],
        actor=actor,
    )
    return made


def end_delegation(actor: Actor, delegation: int) -> None:
    """Take a delegation back. What was decided under it stands.

    Raises:
        NotFound
    """
    rows = Delegation.objects.filter(
        pk=delegation, company_id=actor.company, withdrawn_at__isnull=True
    )
    if ADMINISTRATOR not in actor.roles:
        rows = rows.filter(from_user=actor.id)
    if not rows.update(withdrawn_at=clock.now()):
        raise NotFound("approvals.delegation", [delegation])


def stands_in(company: int, actor: int, document_type: str) -> set[int]:
    """For whom a person may decide today on documents of a type. One statement."""
    return {
        user
        for (user,) in fetch(
            f"SELECT d.from_user FROM {IN_FORCE} WHERE d.company_id = %s AND d.to_user = %s"
            " AND (d.types = '{}' OR %s = ANY(d.types))",
            [company, actor, document_type],
        )
    }


def deputies(company: int, users: Iterable[int], document_type: str) -> dict[int, list[int]]:
    """Who stands in for each of the users today. One statement."""
    found: dict[int, list[int]] = {}
    for absent, deputy in fetch(
        f"SELECT d.from_user, d.to_user FROM {IN_FORCE} WHERE d.company_id = %s"
        " AND d.from_user = ANY(%s::bigint[]) AND (d.types = '{}' OR %s = ANY(d.types))"
        " ORDER BY d.id",
        [company, array(sorted(set(users))), document_type],
    ):
        found.setdefault(absent, []).append(deputy)
    return found
