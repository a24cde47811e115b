"""From "who" to people: active users with a seat in the company, found with a few statements."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from heyi.platform.approvals.rules import Who
from heyi.platform.identity.api import holders
from heyi.platform.people import api as people
from heyi.platform.rows import array, fetch


@dataclass(frozen=True, slots=True)
class Ask:
    """Whom a step asks, about a document of this department and submitter."""

    who: tuple[Who, ...]
    department: int | None
    submitter: int


def owners(company: int, asks: Sequence[Ask]) -> list[list[int]]:
    """The people each ask comes down to, without doubles; none where nobody fits.

    At most four statements and one for each submitter, however many asks.
    """
    wanted = [w for ask in asks for w in ask.who]
    by_role = holders(company, {w.role for w in wanted if w.role})
    present = active(company, {w.user for w in wanted if w.user})
    departments = _departments(company, asks)
    heads = people.heads(company, set(departments.values())) if departments else {}
    chains = {
        submitter: people.managers(company, submitter)
        for submitter in {a.submitter for a in asks if any(w.manager for w in a.who)}
    }

    def find(ask: Ask, who: Who) -> list[int]:
        if who.role:
            return by_role[who.role]
        if who.user:
            return [who.user] if who.user in present else []
        if who.head:
            head = heads.get(departments.get((ask.department, ask.submitter), 0))
            return [head] if head else []
        assert who.manager
        return chains[ask.submitter][who.manager - 1 : who.manager]

    return [list(dict.fromkeys(u for w in ask.who for u in find(ask, w))) for ask in asks]


def _departments(company: int, asks: Sequence[Ask]) -> dict[tuple[int | None, int], int]:
    """The department each ask is about: the document's own, else the submitter's."""
    keys = {(a.department, a.submitter) for a in asks if any(w.head for w in a.who)}
    submitters = {submitter for department, submitter in keys if department is None}
    theirs = {s: people.department_of(company, s) for s in submitters}
    found = {key: key[0] if key[0] is not None else theirs[key[1]] for key in keys}
    return {key: department for key, department in found.items() if department is not None}


def active(company: int, users: Iterable[int]) -> set[int]:
    """Those of the users who can sign in and have a seat in the company. One statement."""
    users = sorted(set(users))
    if not users:
        return set()
    return {
        user
        for (user,) in fetch(
            "SELECT m.user_id FROM identity_membership m"
            " JOIN identity_user u ON u.id = m.user_id AND u.active"
            " WHERE m.company_id = %s AND m.user_id = ANY(%s::bigint[])",
            [company, array(users)],
        )
    }
