"""Who may do what to which rows. Declared per document, enforced in one place.

Default deny. Rows a person may not see are not found; rows they see but may
not touch are not allowed. Every list, lookup, export and report goes through
`visible`, every write through `take`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import ClassVar

from django.db.models import Model, Q, QuerySet

from heyi.kernel.errors import BusinessError, Remedy

MEMBER = "system.member"  # everybody who has a seat in the company has this role
AUDITOR = "audit.auditor"  # reads everything but secret fields, changes nothing


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: a person in one company, an API token, or the system itself.

    Args:
        id: User id; 0 is the system.
        name: Login, as the log shows it ("li", "token:scale-3", "system").
        company: The company they work in now; every row they read or write belongs to it.
        companies: All companies they may switch to.
        roles: "<module>.<job>", in this company.
        reach: What their roles are narrowed to: {"warehouse": {3, 4}, "department": {1}}.
        scopes: For tokens: the verbs granted ("sales.delivery:read"); None is no limit.
        stamp: The version of the company's row, by which what it declared is kept; 0: not known.
    """

    id: int
    name: str
    company: int
    roles: frozenset[str]
    companies: frozenset[int] = frozenset()
    reach: dict[str, frozenset[int]] = field(default_factory=dict, hash=False)
    scopes: frozenset[str] | None = None
    language: str = "en"
    stamp: int = 0


SYSTEM = Actor(id=0, name="system", company=0, roles=frozenset())


@dataclass(eq=False)
class NotSignedIn(BusinessError):
    """Neither a living session nor a valid token came with the request."""

    code = "access.not_signed_in"
    remedy = Remedy("access.remedy.sign_in")


@dataclass(eq=False)
class OriginUnproven(BusinessError):
    """A write came with somebody's cookie but without the token only our own pages know."""

    code = "access.origin_unproven"
    remedy = Remedy("access.remedy.reload_page")


@dataclass(eq=False)
class NotAllowed(BusinessError):
    """The person sees the rows but lacks the right. Names the roles that would have it."""

    code = "platform.not_allowed"
    remedy = Remedy("platform.remedy.ask_for_role")
    verb: str
    document_type: str
    roles: list[str] = field(default_factory=list)


@dataclass(eq=False)
class NotFound(BusinessError):
    """Also raised for rows the actor may not know exist."""

    code = "platform.not_found"
    remedy = Remedy("platform.remedy.check_list")
    document_type: str
    ids: list[int]


@dataclass(eq=False)
class SamePerson(BusinessError):
    """Two steps that need two people were about to be done by one."""

    code = "platform.same_person"
    remedy = Remedy("platform.remedy.ask_colleague")
    verb: str
    earlier: str
    numbers: list[str]


@dataclass(frozen=True)
class Access:
    """Verbs × roles of one document or master type.

    Args:
        verbs: "read", "edit", and every transition -> roles that may. Auditors may always read.
        rows: Role -> what it reaches; a role without an entry reaches all rows of the company.
        fields: Secret field -> roles that may see it; left out everywhere for the others.
        never_same_person: Pairs of transitions that must be done by different people.
        shared: Rows without a company belong to every company (masters).
        company: The path to whose rows these are.
    """

    type: str
    verbs: dict[str, set[str]]
    rows: dict[str, Callable[[Actor], Q]] = field(default_factory=dict)
    fields: dict[str, set[str]] = field(default_factory=dict)
    never_same_person: tuple[tuple[str, str], ...] = ()
    shared: bool = False
    company: str = "company"
    registry: ClassVar[dict[str, "Access"]] = {}

    def __post_init__(self) -> None:
        assert self.type not in Access.registry, f"two access declarations for {self.type}"
        self.verbs["read"] = self.verbs.get("read", set()) | {AUDITOR}
        Access.registry[self.type] = self

    def allows(self, actor: Actor, verb: str) -> bool:
        """Whether some role of the actor has the verb, and their token (if any) its scope."""
        return self.in_scope(actor, verb) and bool(self.verbs.get(verb, set()) & actor.roles)

    def in_scope(self, actor: Actor, verb: str) -> bool:
        """Whether the actor's token, if any, was made for this verb."""
        return actor.scopes is None or f"{self.type}:{verb}" in actor.scopes

    def require(self, actor: Actor, verb: str) -> None:
        """Refuse with the roles that would be needed."""
        if not self.allows(actor, verb):
            raise NotAllowed(verb, self.type, sorted(self.verbs.get(verb, set())))

    def hidden(self, actor: Actor) -> frozenset[str]:
        """The secret fields this actor may not see."""
        return frozenset(f for f, roles in self.fields.items() if not roles & actor.roles)

    def own(self, actor: Actor) -> Q:
        """The rows of the actor's company, and those that are everybody's."""
        own = Q(**{self.company: actor.company})
        return own | Q(**{self.company: None}) if self.shared else own

    def visible(self, actor: Actor, rows: QuerySet) -> QuerySet:
        """Narrow a queryset to what the actor may see: their company, the union over their roles."""
        if not self.allows(actor, "read"):
            return rows.none()
        rows = rows.filter(self.own(actor))
        reach = Q(pk__in=[])
        for role in self.verbs["read"] & actor.roles:
            reached = self.rows[role](actor) if role in self.rows else Q()
            if not reached:  # an empty Q narrows nothing
                return rows
            reach |= reached
        return rows.filter(reach)

    def take(self, actor: Actor, verb: str, rows: QuerySet, ids: Iterable[int]) -> list[Model]:
        """Fetch the rows an actor wants to act on, or refuse. The only way to load for a write."""
        wanted = set(ids)
        found = list(self.visible(actor, rows.filter(pk__in=wanted)).order_by("pk"))
        if missing := wanted - {row.pk for row in found}:
            raise NotFound(self.type, sorted(missing))
        self.require(actor, verb)
        return found


def within(reach: str, path: str) -> Callable[[Actor], Q]:
    """A row reach: only rows whose `path` is among the actor's `reach` of that name ("warehouse").
    Whoever was given no such reach is not narrowed."""
    return lambda actor: Q(**{f"{path}__in": actor.reach[reach]}) if reach in actor.reach else Q()


def access_matrix() -> str:
    """Every right of every role, as a text to review; a test compares it with docs/access.txt."""
    return "\n".join(_matrix_of(access) for _, access in sorted(Access.registry.items()))


def _matrix_of(access: Access) -> str:
    verbs = ["read", *sorted(access.verbs.keys() - {"read", "edit"}, key=list(access.verbs).index)]
    if "edit" in access.verbs:
        verbs.insert(1, "edit")
    roles = sorted({role for holders in access.verbs.values() for role in holders})
    wide = max(len(name) for name in (*roles, access.type)) + 2
    cell = max(8, *(len(verb) for verb in verbs)) + 2
    lines = [access.type.ljust(wide) + "".join(verb.rjust(cell) for verb in verbs)]
    for role in roles:
        held = ("yes" if role in access.verbs[verb] else "-" for verb in verbs)
        row = f"  {role}".ljust(wide) + "".join(mark.rjust(cell) for mark in held)
        lines.append(row + ("  (only within reach)" if role in access.rows else ""))
    for name, holders in sorted(access.fields.items()):
        lines.append(f"  secret {name}: {', '.join(sorted(holders))}")
    for first, second in access.never_same_person:
        lines.append(f"  never by the same person: {first}, {second}")
    if access.shared:
        lines.append("  rows without a company are everybody's")
    return "\n".join(lines) + "\n"
