"""Approvals over HTTP: tasks, policies, delegations."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Router, Schema
from pydantic import Field

from heyi.platform.access import Access, NotFound
from heyi.platform.approvals import api as approvals
from heyi.platform.approvals import policies, tasks
from heyi.platform.approvals.models import Delegation, Policy
from heyi.platform.approvals.rules import Facts
from heyi.platform.idempotency import write
from heyi.platform.modules import document_model
from heyi.platform.requests import Key, Request, Words
from heyi.platform.subjects import require_readable

router = Router(tags=["approvals"])


class TaskOut(Schema):
    """A document that waits for this person. `on_behalf_of`: for whom they stand in."""

    id: int
    document_type: str
    document_id: int
    number: str
    submitter_id: int
    submitter: str
    amount: Decimal | None
    step: str
    step_name: str
    source: str
    required: bool
    user: int
    on_behalf_of: int | None
    opened_at: datetime
    due_at: datetime | None
    overdue: bool


class TaskPageOut(Schema):
    rows: list[TaskOut]
    next: int | None


class DecidedDocumentOut(Schema):
    type: str
    id: int
    number: str
    state: str
    version: int


class DecidedOut(Schema):
    documents: list[DecidedDocumentOut]


class ApprovalTaskOut(Schema):
    id: int
    user: int
    source: str
    state: str
    required: bool
    due_at: datetime | None
    decided_by: int | None
    decided_at: datetime | None


class ApprovalStepOut(Schema):
    step: str
    name: str
    mode: str
    state: str
    started_at: datetime
    ended_at: datetime | None
    tasks: list[ApprovalTaskOut]


class DecisionOut(Schema):
    verb: str
    actor: str
    on_behalf_of: int | None
    to: int | None
    step: str
    reason: str
    at: datetime


class ApprovalOut(Schema):
    """One submission of a document on its way through a policy."""

    id: int
    state: str
    policy: str
    policy_name: str
    policy_version: int
    submitter: str
    amount: Decimal | None
    started_at: datetime
    ended_at: datetime | None
    steps: list[ApprovalStepOut]
    decisions: list[DecisionOut]


class PolicyOut(Schema):
    id: int
    document_type: str
    code: str
    version: int
    name: str
    rank: int
    state: str
    flow: dict[str, Any]
    published_at: datetime | None


class SimulatedStepOut(Schema):
    """`otherwise`: nobody the step names could decide; the last resort is asked."""

    id: str
    name: str
    mode: str
    hours: int | None
    applies: bool
    users: list[int]
    otherwise: bool


class SimulationOut(Schema):
    applies: bool
    steps: list[SimulatedStepOut]


class DelegationOut(Schema):
    id: int
    from_user: int
    to_user: int
    starts: date
    ends: date
    types: list[str]
    reason: str


class EndedOut(Schema):
    id: int


class DecideTask(Schema):
    """`to`: the person, for add_signer and delegate. `step`: where to return to; none is the
    submitter."""

    verb: Literal["approve", "reject", "return", "add_signer", "delegate"]
    reason: Words = ""
    to: Key | None = None
    step: Words | None = None
    acknowledge: list[Words] = []


class DecideTasks(Schema):
    tasks: Annotated[list[Key], Field(min_length=1, max_length=200)]
    verb: Literal["approve", "reject", "return"]
    reason: Words = ""
    acknowledge: list[Words] = []


class PolicyIn(Schema):
    document_type: str
    code: Annotated[Words, Field(min_length=1, max_length=40)]
    name: Annotated[Words, Field(max_length=100)] = ""
    rank: Annotated[int, Field(ge=0, le=10_000)] = 10
    flow: dict[str, Any]


class PolicyTrial(Schema):
    """A document, or facts made up."""

    document: Key | None = None
    amount: str | None = None
    department: Key | None = None
    warehouse: Key | None = None


class DelegationIn(Schema):
    to: Key
    starts: date
    ends: date
    types: list[Words] = []
    reason: Words = ""
    absent: Key | None = None


@router.get("/tasks", response=TaskPageOut)
def mine(request: Request, after: Key = 0, limit: int = tasks.PAGE) -> dict[str, Any]:
    """What waits for this person's decision, also as somebody's deputy."""
    return tasks.inbox(request.actor, after=after, limit=limit)


@router.post("/tasks/decide", response=DecidedOut)
def decide_many(request: Request, body: DecideTasks) -> HttpResponse:
    """Decide several tasks alike, all or none."""

    def work() -> tuple[int, Any]:
        done = [
            approvals.decide(
                task,
                body.verb,
                actor=request.actor,
                reason=body.reason,
                acknowledge=body.acknowledge,
            )
            for task in sorted(set(body.tasks))
        ]
        return 200, {"documents": [_document(d) for d in done]}

    return write(request, work)


@router.post("/tasks/{task}/decide", response=DecidedOut)
def decide(request: Request, task: Key, body: DecideTask) -> HttpResponse:
    """Approve, reject, return, ask one more person, or pass a task on."""

    def work() -> tuple[int, Any]:
        document = approvals.decide(
            task,
            body.verb,
            actor=request.actor,
            reason=body.reason,
            to=body.to,
            step=body.step,
            acknowledge=body.acknowledge,
        )
        return 200, {"documents": [_document(document)]}

    return write(request, work)


@router.get("/history/{document_type}/{document}", response=list[ApprovalOut])
def history(request: Request, document_type: str, document: Key) -> list[dict[str, Any]]:
    """The approvals of a document, for whoever may read it or is asked about it."""
    asked = any(
        (d["document_type"], d["document_id"]) == (document_type, document)
        for d in tasks.inbox(request.actor, limit=200)["rows"]
    )
    if not asked:
        require_readable(request.actor, document_type, document)
    return tasks.history(document_type, document)


@router.get("/policies", response=list[PolicyOut])
def all_policies(request: Request, document_type: str = "") -> list[dict[str, Any]]:
    """Every policy of the company that is in force or a draft."""
    policies.may(request.actor)
    rows = Policy.objects.filter(company_id=request.actor.company).exclude(state="retired")
    if document_type:
        rows = rows.filter(document_type=document_type)
    return [_policy(p) for p in rows.order_by("document_type", "rank", "code", "version")]


@router.post("/policies", response={201: PolicyOut})
def draft(request: Request, body: PolicyIn) -> HttpResponse:
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


@router.post("/policies/{policy}/publish", response=PolicyOut)
def publish(request: Request, policy: Key) -> HttpResponse:
    """Put a draft in force for new submissions."""
    return write(request, lambda: (200, _policy(approvals.publish_policy(request.actor, policy))))


@router.post("/policies/{policy}/retire", response=PolicyOut)
def retire(request: Request, policy: Key) -> HttpResponse:
    """Take a policy out of force."""
    return write(request, lambda: (200, _policy(approvals.retire_policy(request.actor, policy))))


@router.post("/policies/{policy}/simulate", response=SimulationOut)
def simulate(request: Request, policy: Key, body: PolicyTrial) -> dict[str, Any]:
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


@router.get("/delegations", response=list[DelegationOut])
def delegations(request: Request) -> list[dict[str, Any]]:
    """Who stands in for this person, and for whom they do."""
    me = request.actor.id
    rows = Delegation.objects.filter(company_id=request.actor.company, withdrawn_at=None)
    return [
        _delegation(d)
        for d in (rows.filter(from_user=me) | rows.filter(to_user=me)).order_by("-ends", "-pk")[:50]
    ]


@router.post("/delegations", response={201: DelegationOut})
def delegate(request: Request, body: DelegationIn) -> HttpResponse:
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


@router.delete("/delegations/{delegation}", response=EndedOut)
def end_delegation(request: Request, delegation: Key) -> HttpResponse:
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
        "id": d.pk, "from_user": d.from_user, "to_user": d.to_user, "starts": d.starts, "ends": d.ends,
        "types": d.types, "reason": d.reason,
    }  # fmt: skip
