"""From roles and ids to people: active users with a seat in a company. Set-based."""

from collections.abc import Iterable

from heyi.platform.access import Actor
from heyi.platform.identity.actors import presences
from heyi.platform.rows import array, fetch


def holders(company: int, roles: Iterable[str]) -> dict[str, list[int]]:
    """Who has each role in the company, by their seat or a position. One statement."""
    found: dict[str, list[int]] = {role: [] for role in sorted(set(roles))}
    for role, user in fetch(_HOLDERS, [company, array(found)]) if found else ():
        found[role].append(user)
    return found


def actors(company: int, users: Iterable[int]) -> dict[int, Actor]:
    """People as they act in a company, to ask what they may do; without those who have no seat
    there or are switched off. One statement."""
    return {
        user: presence.actor(presence.seats[company])
        for user, presence in presences(users).items()
        if company in presence.seats
    }


_HOLDERS = """
    SELECT DISTINCT r.role, m.user_id
    FROM identity_membership m
    JOIN identity_user u ON u.id = m.user_id AND u.active
    CROSS JOIN LATERAL (
        SELECT unnest(m.roles) AS role
        UNION ALL
        SELECT unnest(p.roles) FROM identity_position p
        WHERE p.id = ANY(m.positions) AND p.active AND p.company_id = m.company_id
    ) r
    WHERE m.company_id = %s AND r.role = ANY(%s::text[])
    ORDER BY 1, 2
"""
