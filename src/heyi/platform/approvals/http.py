"""Approvals over HTTP: tasks, policies, delegations."""

from datetime import date
from typing import Any, Literal

from django.http import HttpResponse
from ninja import Router, Schema

from heyi.platform.access import Access, NotFound
from heyi.platform.approvals import api as approvals
from heyi.platform.approvals import policies, tasks
from heyi.platform.approvals.models import Delegation, Policy
from heyi.platform.approvals.rules import Facts
from heyi.platform.idempotency import write
from heyi.platform.modules import document_model
from heyi.platform.requests import Request

router = Router(tags=["approvals"])


class Decide(Schema):
    """`to`: the person, for add_signer and delegate. `step`: where to return to; none is the
    submitter."""

    verb: Literal["approve", "reject", "return", "add_signer", "delegate"]
    reason: str = ""
    to: int | None = None
    step: str | None = None


class DecideMany(Schema):
    tasks: list[int]
    verb: Literal["approve", "reject", "return"]
    reason: str = ""


class Draft(Schema):
    document_type: str
    code: str
    name: str = ""
    rank: int = 10
    flow: dict[str, Any]


class Trial(Schema):
    """A document, or facts made up."""

    document: int | None = None
    amount: str | None = None
    department: int | None = None
    warehouse: int | None = None


class Away(Schema):
    to: int
    starts: date
    ends: date
    types: list[str] = []
    reason: str = ""
    absent: int | None = None


@router.get("/tasks")
def mine(request: Request, after: int = 0, limit: int = tasks.PAGE) -> dict[str, Any]:
    """What waits for this person's decision, also as somebody's deputy."""
    return tasks.inbox(request.actor, after=after, limit=limit)


@router.post("/tasks/decide")
def decide_many(request: Request, body: DecideMany) -> HttpResponse:
    """Decide several tasks alike, all or none."""

    def work() -> tuple[int, Any]:
        done = [
            approvals.decide(task, body.verb, actor=request.actor, reason=body.reason)
            for task in sorted(set(body.tasks))
        ]
        return 200, {"documents": [_document(d) for d in done]}

    return write(request, work)


@router.post("/tasks/{task}/decide")
def decide(request: Request, task: int, body: Decide) -> HttpResponse:
    """Approve, reject, return, ask one more person, or pass a task on."""

    def work() -> tuple[int, Any]:
        document = approvals.decide(
            task, body.verb, actor=request.actor, reason=body.reason, to=body.to, step=body.step
        )
        return 200, {"documents": [_document(document)]}

    return write(request, work)


@router.get("/history/{document_type}/{document}")
def history(request: Request, document_type: str, document: int) -> list[dict[str, Any]]:
    """The approvals of a document, for whoever may read it or is asked about it."""
    access = Access.registry.get(document_type)
    asked = any(
        d["document_type"] == document_type and d["document_id"] == document
        for d in tasks.inbox(request.actor, limit=200)["rows"]
    )
    if access is None or not (
        asked
        or access.visible(
            request.actor, document_model(document_type)._default_manager.filter(pk=document)
        ).exists()
    ):
        raise NotFound(document_type, [document])
    return tasks.history(document_type, document)


@router.get("/policies")
def all_policies(request: Request, document_type: str = "") -> list[dict[str, Any]]:
    """Every policy of the company that is in force or a draft."""
    policies.may(request.actor)
    rows = Policy.objects.filter(company_id=request.actor.company).exclude(state="retired")
    if document_type:
        rows = rows.filter(document_type=document_type)
    return [_policy(p) for p in rows.order_by("document_type", "rank", "code", "version")]


@router.post("/policies")
def draft(request: Request, body: Draft) -> HttpResponse:
    """Save the draft of a policy."""
    return write(
        request,
        lambda: (
            201,
            _policy(
                approvals.draft_policy(
                    request.actor, body.document_type, body.code, body.flow,
                    name=body.name, rank=body.rank,
                )
            ),
        ),
    )  # fmt: skip


@router.post("/policies/{policy}/publish")
def publish(request: Request, policy: int) -> HttpResponse:
    """Put a draft in force for new submissions."""
    return write(request, lambda: (200, _policy(approvals.publish_policy(request.actor, policy))))


@router.post("/policies/{policy}/retire")
def retire(request: Request, policy: int) -> HttpResponse:
    """Take a policy out of force."""
    return write(request, lambda: (200, _policy(approvals.retire_policy(request.actor, policy))))


@router.post("/policies/{policy}/simulate")
def simulate(request: Request, policy: int, body: Trial) -> dict[str, Any]:
    """The path a document would take under a policy. Changes nothing."""
    policies.may(request.actor)
    found = Policy.objects.filter(pk=policy, company_id=request.actor.company).first()
    if found is None:
        raise NotFound("approvals.policy", [policy])
    if body.document is None:
        facts = Facts(
            policies.amount(body.amount), body.department, body.warehouse, request.actor.roles
        )
        return approvals.simulate(found, request.actor, facts=facts)
    access, model = Access.registry[found.document_type], document_model(found.document_type)
    document = access.visible(
        request.actor, model._default_manager.filter(pk=body.document)
    ).first()
    if document is None:
        raise NotFound(found.document_type, [body.document])
    return approvals.simulate(found, request.actor, document=document)


@router.get("/delegations")
def delegations(request: Request) -> list[dict[str, Any]]:
    """Who stands in for this person, and for whom they do."""
    me = request.actor.id
    rows = Delegation.objects.filter(company_id=request.actor.company, withdrawn_at=None)
    return [
        _delegation(d)
        for d in (rows.filter(from_user=me) | rows.filter(to_user=me)).order_by("-ends", "-pk")[:50]
    ]


@router.post("/delegations")
def delegate(request: Request, body: Away) -> HttpResponse:
    """Let somebody decide one's tasks for some days."""
    return write(
        request,
        lambda: (
            201,
            _delegation(
                approvals.delegate_to(
                    request.actor, body.to, body.starts, body.ends,
                    types=body.types, reason=body.reason, absent=body.absent,
                )
            ),
        ),
    )  # fmt: skip


@router.delete("/delegations/{delegation}")
def end_delegation(request: Request, delegation: int) -> HttpResponse:
    """Take a delegation back."""

    def work() -> tuple[int, Any]:
        approvals.end_delegation(request.actor, delegation)
        return 200, {"id": delegation}

    return write(request, work)


def _document(document: Any) -> dict[str, Any]:
    return {
        "type": document.type, "id": document.pk, "number": document.number,
        "state": str(document.state), "version": document.version,
    }  # fmt: skip


def _policy(policy: Policy) -> dict[str, Any]:
    return {
        "id": policy.pk, "document_type": policy.document_type, "code": policy.code,
        "version": policy.version, "name": policy.name, "rank": policy.rank,
        "state": str(policy.state), "flow": policy.flow, "published_at": policy.published_at,
    }  # fmt: skip


def _delegation(d: Delegation) -> dict[str, Any]:
    return {
        "id": d.pk, "from": d.from_user, "to": d.to_user, "starts": d.starts, "ends": d.ends,
        "types": d.types, "reason": d.reason,
    }  # fmt: skip
