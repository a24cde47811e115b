"""Why somebody can, or cannot, do something. Every answer names the rule it comes from."""

from dataclasses import asdict, dataclass, field
from typing import Any

from django.apps import apps
from django.db.models import Model, Q

from heyi.platform.access import Access, Actor, NotFound
from heyi.platform.identity.access import EXPLANATION
from heyi.platform.identity.actors import presences
from heyi.platform.identity.models import Position, User
from heyi.platform.modules import screens
from heyi.platform.rows import fetch


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule and what it says: words under `code`, for or against."""

    code: str
    holds: bool
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer and the rules that make it. All reasons against are named, not only the first."""

    allowed: bool
    reasons: list[Reason]

    def as_dict(self) -> dict[str, Any]:
        return {"allowed": self.allowed, "reasons": [asdict(reason) for reason in self.reasons]}


def explain(
    who: Actor | User,
    type_: str,
    verb: str,
    id_: int | None = None,
    *,
    asked_by: Actor | None = None,
) -> Explanation:
    """Why a person can or cannot do `verb` with rows of a type, or with one row.

    Args:
        who: An actor; or a person, in the company where they last worked.
        asked_by: Who wants to know. They learn nothing of rows they may not know of themselves:
            those who may explain access know of all rows of their company.

    Raises:
        NotFound: There is no such type or row, or the person has no seat in any company.
    """
    if type_ not in Access.registry:
        raise NotFound(type_, [])
    actor = who if isinstance(who, Actor) else _actor(who)
    access = Access.registry[type_]
    reasons = [*_about_roles(access, actor, verb), *_about_scope(access, actor, verb)]
    if id_ is not None:
        row = _row(access, id_, asked_by)
        reasons += [
            *_about_company(access, actor, row),
            *_about_reach(access, actor, row),
            *_about_state(row, verb),
            *_about_persons(access, actor, row, verb),
        ]
    return Explanation(all(reason.holds for reason in reasons), reasons)


def _actor(user: User) -> Actor:
    found = presences([user.pk])
    if user.pk not in found:
        raise NotFound("identity.user", [user.pk])
    return found[user.pk].actor(found[user.pk].seat(None))


def _about_roles(access: Access, actor: Actor, verb: str) -> list[Reason]:
    needed = access.verbs.get(verb, set())
    held = sorted(needed & actor.roles)
    if not held:
        return [Reason("access.why.role_missing", False, {"verb": verb, "roles": sorted(needed)})]
    positions = _positions_with(held, actor)
    code = "access.why.role_held_by_position" if positions else "access.why.role_held"
    params = {"verb": verb, "roles": held} | ({"positions": positions} if positions else {})
    return [Reason(code, True, params)]


def _positions_with(roles: list[str], actor: Actor) -> list[str]:
    return list(
        Position.objects.filter(
            roles__overlap=roles,
            company=actor.company,
            active=True,
            pk__in=_positions_of(actor),
        ).values_list("name", flat=True)
    )


def _positions_of(actor: Actor) -> list[int]:
    rows = fetch(
        "SELECT unnest(positions) FROM identity_membership WHERE user_id = %s AND company_id = %s",
        [actor.id, actor.company],
    )
    return [pk for (pk,) in rows]


def _about_scope(access: Access, actor: Actor, verb: str) -> list[Reason]:
    if actor.scopes is None:
        return []
    code = "scope_held" if access.in_scope(actor, verb) else "scope_missing"
    scope = f"{access.type}:{verb}"
    return [Reason(f"access.why.{code}", code == "scope_held", {"scope": scope})]


def _row(access: Access, id_: int, asked_by: Actor | None) -> Model:
    screen = screens().get(access.type)
    model = apps.get_model(screen.model if screen else access.type)
    rows = model._default_manager.filter(pk=id_)
    if asked_by is not None:
        if EXPLANATION.allows(asked_by, "read"):
            rows = rows.filter(Q(company=asked_by.company) | Q(company=None))
        else:
            rows = access.visible(asked_by, rows)
    if (row := rows.first()) is None:
        raise NotFound(access.type, [id_])
    return row


def _about_company(access: Access, actor: Actor, row: Model) -> list[Reason]:
    company = row.company_id  # type: ignore[attr-defined]
    if company == actor.company or (company is None and access.shared):
        return []
    return [Reason("access.why.other_company", False)]


def _about_reach(access: Access, actor: Actor, row: Model) -> list[Reason]:
    """Whether one of the roles the person reads with reaches this very row."""
    reading = access.verbs["read"] & actor.roles
    if not reading:
        return [Reason("access.why.cannot_read", False, {"roles": sorted(access.verbs["read"])})]
    if any(role not in access.rows for role in reading):
        return []
    reach = Q(pk__in=[])
    for role in reading:
        reach |= access.rows[role](actor)
    inside = type(row)._default_manager.filter(reach, pk=row.pk).exists()
    code = "within_reach" if inside else "beyond_reach"
    return [Reason(f"access.why.{code}", inside, {"roles": sorted(reading)})]


def _about_state(row: Model, verb: str) -> list[Reason]:
    lifecycle = getattr(row, "lifecycle", None)
    if lifecycle is None:
        return []
    sources = {t.name: t.sources for t in lifecycle.transitions} | {"edit": {lifecycle.initial}}
    if verb not in sources or row.state in sources[verb]:  # type: ignore[attr-defined]
        return []
    return [
        Reason(
            "access.why.state_wrong",
            False,
            {"verb": verb, "state": str(row.state), "states": sorted(map(str, sources[verb]))},  # type: ignore[attr-defined]
        )
    ]


def _about_persons(access: Access, actor: Actor, row: Model, verb: str) -> list[Reason]:
    earlier = [first for first, second in access.never_same_person if second == verb]
    done = fetch(
        """
        SELECT DISTINCT ON (transition) transition, actor_id FROM platform_documentlog
        WHERE document_type = %s AND document_id = %s AND transition = ANY(%s::text[])
        ORDER BY transition, id DESC
        """,
        [access.type, row.pk, earlier],
    )
    return [
        Reason("access.why.same_person", False, {"verb": verb, "earlier": step})
        for step, person in done
        if person == actor.id
    ]
