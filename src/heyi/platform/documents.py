"""Moving documents through their lifecycle. The only code that writes `state`.

`advance` is one step of the lifecycle and nothing else. `transition` is what a person asks for:
rights, segregation of duties, guards and warnings, the module's own verb, approval on submit.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

from heyi.kernel.errors import BusinessError, Problem, Refusals, Remedy
from heyi.kernel.lifecycle import Lifecycle
from heyi.platform import modules
from heyi.platform.access import Actor, NotFound, SamePerson
from heyi.platform.models import Document
from heyi.platform.rows import array, fetch
from heyi.platform.screens import Compiled, compiled, seen_by

LARGEST_BATCH = 1000
_acknowledged: ContextVar[tuple[str, ...]] = ContextVar("acknowledged", default=())


@dataclass(eq=False)
class WrongState(BusinessError):
    code = "platform.document_in_wrong_state"
    kind = "conflict"
    remedy = Remedy("platform.remedy.reload")
    transition: str
    numbers: list[str]


@dataclass(eq=False)
class DocumentEmpty(BusinessError):
    """There is nothing on the paper yet."""

    code = "platform.document_empty"
    remedy = Remedy("platform.remedy.add_line")
    numbers: list[str]


@dataclass(eq=False)
class ReasonMissing(BusinessError):
    """This step is only understood later if it says why."""

    code = "platform.reason_missing"
    remedy = Remedy("platform.remedy.give_reason")
    verb: str


@dataclass(eq=False)
class BatchTooLarge(BusinessError):
    code = "platform.batch_too_large"
    remedy = Remedy("platform.remedy.smaller_batch")
    count: int
    limit: int


@dataclass(eq=False)
class VerbUnknown(BusinessError):
    code = "platform.verb_unknown"
    remedy = Remedy("platform.remedy.reload")
    verb: str
    document_type: str


def advance(documents: Sequence[Document], *names: str, actor: Actor, reason: str = "") -> None:
    """Apply one transition, or several in a row, to a batch of one type, all or none.

    One statement locks in key order, checks state and version, updates, and
    writes the log. A document that has moved since the caller read it makes
    the whole batch fail, so a double click posts once.

    Raises:
        WrongState: At least one document is not in a source state, or is stale.
    """
    assert documents and names and len({type(d) for d in documents}) == 1
    model = type(documents[0])
    first, last = model.lifecycle[names[0]], model.lifecycle[names[-1]]
    for before, after in pairwise(names):
        assert model.lifecycle[before].target in model.lifecycle[after].sources, names
    moved = fetch(
        _advance(model),
        [
            array(d.pk for d in documents),
            array(d.version for d in documents),
            array(sorted(first.sources)),
            last.target.value,
            array(names),
            actor.id,
            actor.name,
            reason,
            array(_acknowledged.get()),
        ],
    )
    if len(moved) != len(documents) * len(names):
        done = {pk for (pk,) in moved}
        raise WrongState(names[0], sorted(d.number for d in documents if d.pk not in done))
    for d in documents:
        d.state, d.version = last.target, d.version + 1


@cache
def _advance(model: type[Document]) -> str:
    table = model._meta.db_table
    return f"""
        WITH held AS (
            SELECT d.id FROM {table} d
            JOIN unnest(%s::bigint[], %s::int[]) AS seen(id, version)
              ON d.id = seen.id AND d.version = seen.version
            WHERE d.state = ANY(%s::text[])
            ORDER BY d.id FOR UPDATE OF d
        ), moved AS (
            UPDATE {table} d SET state = %s, version = d.version + 1
            FROM held WHERE d.id = held.id RETURNING d.id
        )
        INSERT INTO platform_documentlog
            (document_type, document_id, transition, actor_id, actor, reason, acknowledged)
        SELECT '{model.type}', moved.id, step, actor_id, actor, reason, to_jsonb(acknowledged)
        FROM moved
        CROSS JOIN (SELECT %s::text[] AS steps, %s::bigint AS actor_id, %s::text AS actor,
                           %s::text AS reason, %s::text[] AS acknowledged) AS log
        CROSS JOIN unnest(steps) WITH ORDINALITY AS s(step, n)
        ORDER BY moved.id, n
        RETURNING document_id
    """


# ---------------------------------------------------------------- what a person asks for


def transition(
    type_: str,
    verb: str,
    versions: Mapping[int, int],
    *,
    actor: Actor,
    reason: str = "",
    acknowledge: Iterable[str] = (),
) -> list[dict[str, Any]]:
    """Take one step with one or many documents of a type, in the caller's transaction.

    All or none. `submit` goes on to approve at once where no policy wants to be asked.

    Args:
        versions: Document id -> the version the person saw.
        acknowledge: Codes of the warnings the person has read and accepts; they are logged.

    Returns:
        {id, number, state, version, can} for each document, in the order of their ids.

    Raises:
        NotFound, NotAllowed, SamePerson: Access.
        WrongState: A document is stale or in another state.
        Refusals: Everything the guards found, warnings not acknowledged included.
    """
    screen = seen_by(type_, actor)
    documents = _taken(screen, verb, versions, actor)
    _check_request(screen, verb, documents, reason)
    _check_persons(screen, verb, documents, actor)
    accepted = _check_guards(screen, verb, documents, actor, set(acknowledge))
    token = _acknowledged.set(tuple(accepted))
    try:
        _carry_out(screen, verb, documents, actor, reason)
    finally:
        _acknowledged.reset(token)
    return [
        {"id": d.pk, "number": d.number, "state": str(d.state), "version": d.version,
         "can": can(screen, str(d.state))}
        for d in documents
    ]  # fmt: skip


def can(screen: Compiled, state: str) -> list[str]:
    """The verbs this person has for a document in this state; "edit" for changing it."""
    lifecycle: Lifecycle | None = screen.lifecycle
    if lifecycle is None:
        return ["edit", *screen.verbs] if screen.can_create else list(screen.verbs)
    steps = {t.name: t.sources for t in lifecycle.transitions}
    verbs = [v for v in screen.verbs if v not in steps or state in steps[v]]
    return ["edit", *verbs] if screen.can_create and state == lifecycle.initial else verbs


def _taken(
    screen: Compiled, verb: str, versions: Mapping[int, int], actor: Actor
) -> list[Document]:
    if not screen.is_document or verb not in compiled(screen.id).verbs:
        raise VerbUnknown(verb, screen.id)
    if not versions:
        raise NotFound(screen.id, [])
    if len(versions) > LARGEST_BATCH:
        raise BatchTooLarge(len(versions), LARGEST_BATCH)
    rows = screen.model._default_manager.select_related("company")
    documents: list[Document] = screen.access.take(actor, verb, rows, versions)  # type: ignore[assignment]
    for document in documents:
        document.version = versions[document.pk]
    return documents


def _check_request(screen: Compiled, verb: str, documents: Sequence[Document], reason: str) -> None:
    action = next(a for a in screen.declared.actions if a.verb == verb)
    if action.reason and not reason.strip():
        raise ReasonMissing(verb)
    if verb == "submit" and screen.line_model is not None:
        table, pointer = screen.line_model._meta.db_table, screen.pointer
        filled = fetch(
            f"SELECT DISTINCT {pointer}_id FROM {table} WHERE {pointer}_id = ANY(%s::bigint[])",
            [array(d.pk for d in documents)],
        )
        full = {pk for (pk,) in filled}
        if empty := [d.number for d in documents if d.pk not in full]:
            raise DocumentEmpty(sorted(empty))


def _check_persons(
    screen: Compiled, verb: str, documents: Sequence[Document], actor: Actor
) -> None:
    """Two steps that need two people: who took the earlier one last may not take this one."""
    earlier = [first for first, second in screen.access.never_same_person if second == verb]
    if not earlier or not actor.id:
        return
    mine = fetch(
        """
        SELECT document_id, transition FROM (
            SELECT DISTINCT ON (document_id, transition) document_id, transition, actor_id
            FROM platform_documentlog
            WHERE document_type = %s AND document_id = ANY(%s::bigint[])
              AND transition = ANY(%s::text[])
            ORDER BY document_id, transition, id DESC
        ) AS latest WHERE actor_id = %s
        """,
        [screen.id, array(d.pk for d in documents), array(earlier), actor.id],
    )
    if mine:
        numbers = {d.pk: d.number for d in documents}
        raise SamePerson(verb, mine[0][1], sorted({numbers[pk] for pk, _ in mine}))


def _check_guards(
    screen: Compiled,
    verb: str,
    documents: Sequence[Document],
    actor: Actor,
    acknowledge: set[str],
) -> list[str]:
    """Refuse with everything the module's guard found. Returns the warnings that were accepted."""
    guard = (modules.function("guards", screen.id) or {}).get(verb)
    found = guard(documents, actor=actor) if guard else []
    problems = [p if isinstance(p, Problem) else Problem(p) for p in found]
    warnings = {p.error.code for p in problems if p.error.kind == "warning"}
    standing = [p for p in problems if p.error.kind != "warning" or p.error.code not in acknowledge]
    if standing:
        raise Refusals(standing)
    return sorted(warnings)


def _carry_out(
    screen: Compiled, verb: str, documents: Sequence[Document], actor: Actor, reason: str
) -> None:
    if any(
        decide(documents, verb, actor=actor, reason=reason)
        for decide in modules.declared("decisions")
    ):
        return
    own = (modules.function("verbs", screen.id) or {}).get(verb)
    if own is not None:
        own(documents, actor=actor, reason=reason)
    else:
        advance(documents, verb, actor=actor, reason=reason)
    if verb == "submit" and not any(
        policy(documents, actor=actor, reason=reason) for policy in modules.declared("policies")
    ):
        approved = Actor(id=0, name="policy:none", company=actor.company, roles=frozenset())
        advance(documents, "approve", actor=approved)
