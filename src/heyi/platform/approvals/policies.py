"""Drafting, publishing and retiring policies. Publishing proves that every step has an owner."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import connection
from django.db.models import Max

from heyi.kernel.errors import BusinessError, Problem, Refusals
from heyi.platform import clock
from heyi.platform.access import Access, Actor, NotAllowed, NotFound
from heyi.platform.approvals.errors import PolicyMalformed, PolicyMoved, StepBlind, StepOwnerless
from heyi.platform.approvals.models import Policy
from heyi.platform.approvals.rules import ADMINISTRATOR, Flow, FlowMalformed, Step, parse
from heyi.platform.identity.api import actors, holders
from heyi.platform.modules import document_model
from heyi.platform.people import api as people
from heyi.platform.rows import fetch


def draft_policy(
    actor: Actor,
    document_type: str,
    code: str,
    flow: Mapping[str, Any],
    *,
    name: str = "",
    rank: int = 10,
) -> Policy:
    """Save the draft of a policy: the one there is, or a new version.

    Raises:
        NotAllowed, NotFound (no such document type), PolicyMalformed
    """
    may(actor)
    try:
        document_model(document_type)
    except LookupError as fault:
        raise NotFound(document_type, []) from fault
    read(flow)
    same = Policy.objects.filter(company_id=actor.company, document_type=document_type, code=code)
    fields = {"name": name or code, "rank": rank, "flow": flow, "changed_by": actor.id}
    draft = same.select_for_update().filter(state=Policy.State.DRAFT).first()
    if draft is None:
        before = same.aggregate(n=Max("version"))["n"] or 0
        return Policy.objects.create(
            company_id=actor.company, document_type=document_type, code=code,
            version=before + 1, **fields,
        )  # fmt: skip
    for field, value in fields.items():
        setattr(draft, field, value)
    draft.save()
    return draft


def publish_policy(actor: Actor, policy: int) -> Policy:
    """Make a draft the version that new submissions follow; running ones stay on theirs.

    Raises:
        NotAllowed, NotFound, PolicyMoved
        Refusals: Every step nobody would own, at once.
    """
    assert connection.in_atomic_block
    draft = take(actor, policy)
    if draft.state != Policy.State.DRAFT:
        raise PolicyMoved(draft.code)
    if found := problems(actor.company, draft.document_type, read(draft.flow)):
        raise Refusals([Problem(p) for p in found])
    Policy.objects.filter(
        company_id=actor.company, document_type=draft.document_type, code=draft.code,
        state=Policy.State.PUBLISHED,
    ).update(state=Policy.State.RETIRED)  # fmt: skip
    draft.state, draft.published_at = Policy.State.PUBLISHED, clock.now()
    draft.save(update_fields=["state", "published_at"])
    return draft


def retire_policy(actor: Actor, policy: int) -> Policy:
    """Stop using a policy for new submissions."""
    found = take(actor, policy)
    if found.state == Policy.State.RETIRED:
        raise PolicyMoved(found.code)
    found.state = Policy.State.RETIRED
    found.save(update_fields=["state"])
    return found


def take(actor: Actor, policy: int) -> Policy:
    """A policy of the actor's company, locked.

    Raises:
        NotAllowed, NotFound
    """
    may(actor)
    found = Policy.objects.select_for_update().filter(pk=policy, company_id=actor.company).first()
    if found is None:
        raise NotFound("approvals.policy", [policy])
    return found


def may(actor: Actor) -> None:
    """Policies are the administrator's."""
    if ADMINISTRATOR not in actor.roles or actor.scopes is not None:
        raise NotAllowed("edit", "approvals.policy", [ADMINISTRATOR])


def read(flow: Mapping[str, Any]) -> Flow:
    """A flow from its JSON.

    Raises:
        PolicyMalformed
    """
    try:
        return parse(flow)
    except FlowMalformed as fault:
        raise PolicyMalformed(str(fault)) from fault


def amount(text: str | None) -> Decimal | None:
    """An amount a person typed.

    Raises:
        PolicyMalformed
    """
    try:
        found = Decimal(text) if text else None
    except InvalidOperation as fault:
        raise PolicyMalformed("amount") from fault
    if found is not None and not found.is_finite():
        raise PolicyMalformed("amount")
    return found


def published(company: int, document_type: str) -> list[Policy]:
    """The policies in force for a type, in the order they are tried. One statement."""
    return list(
        Policy.objects.filter(
            company_id=company, document_type=document_type, state=Policy.State.PUBLISHED
        ).order_by("rank", "pk")
    )


def problems(company: int, document_type: str, flow: Flow) -> list[BusinessError]:
    """Every step that could find nobody, or people who may not read the document."""
    asked = [(step, who) for step in flow.steps for who in (*step.who, *step.escalate)]
    by_role = holders(company, {w.role for _, w in asked if w.role} | {flow.otherwise})
    named = actors(company, {w.user for _, w in asked if w.user})
    reads = Access.registry[document_type].verbs["read"]
    found: list[BusinessError] = []
    if not by_role[flow.otherwise]:
        found.append(StepOwnerless("*", flow.otherwise))
    for step, who in asked:
        if who.role and not by_role[who.role]:
            found.append(StepOwnerless(step.name, who.role))
        elif who.role and who.role not in reads:
            found.append(StepBlind(step.name, who.role, document_type))
        if who.user and who.user not in named:
            found.append(StepOwnerless(step.name, f"#{who.user}"))
        elif who.user and not named[who.user].roles & reads:
            found.append(StepBlind(step.name, named[who.user].name, document_type))
        if who.head:
            found += [StepOwnerless(step.name, name) for name in _headless(company, flow, step)]
    return found


def _headless(company: int, flow: Flow, step: Step) -> Sequence[str]:
    """The departments the step could be about that have no head, nor any above them."""
    rows = fetch(
        "SELECT id, name FROM people_department WHERE active AND company_id = %s ORDER BY id",
        [company],
    )
    chosen = step.when.departments or flow.when.departments
    rows = [(id_, name) for id_, name in rows if not chosen or id_ in chosen]
    heads = people.heads(company, [id_ for id_, _ in rows])
    return [name for id_, name in rows if id_ not in heads]
