"""The walk of a document through its policy: submit, decide, withdraw.

Locks are taken in one order everywhere: the document, then its request.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, Literal

from django.db import connection

from heyi.kernel.errors import Problem, Refusals
from heyi.platform import clock, exceptions
from heyi.platform.access import SYSTEM, Access, Actor, NotAllowed, NotFound
from heyi.platform.approvals import policies
from heyi.platform.approvals.delegation import deputies, stands_in
from heyi.platform.approvals.errors import (
    ApproverMissing,
    NotYourTurn,
    OwnDocument,
    PersonUnsuitable,
    StepUnreachable,
    TaskClosed,
    WhyMissing,
)
from heyi.platform.approvals.models import Decision, Node, Policy, Request, Task
from heyi.platform.approvals.owners import Ask, active, owners
from heyi.platform.approvals.rules import ADMINISTRATOR, Facts, Flow, Step, Vote, Who, complete
from heyi.platform.calendar.api import calendar_of
from heyi.platform.documents import WrongState, advance
from heyi.platform.exceptions import ExceptionKind, Finding
from heyi.platform.inbox.api import Tell, notify, settled
from heyi.platform.models import Document
from heyi.platform.modules import document_model, function
from heyi.platform.rows import array, fetch

Verb = Literal["approve", "reject", "return", "add_signer", "delegate"]
ASKED = "approvals.asked"
STEP_UNOWNED = ExceptionKind(
    "approvals.step_unowned", kind="process", owner=ADMINISTRATOR, due_hours=8,
    severity="major", screens=("approvals.policy",),
)  # fmt: skip


@dataclass(slots=True)
class Arrival:
    """A request that comes to a step."""

    request: Request
    flow: Flow
    position: int

    @property
    def step(self) -> Step:
        return self.flow.steps[self.position]


# ------------------------------------------------------------------------------ submitting


def submit(documents: Sequence[Document], *, actor: Actor, reason: str = "") -> bool:
    """Start the approval of submitted documents of one type, in the caller's transaction.

    Documents whose policy asks nobody are approved at once, by `policy:<code>`; a document
    returned by a step goes straight back to it if what the policy looks at has not changed.
    The same number of statements for one document and for a thousand.

    Returns:
        False if the type has no policy, and nothing was done.

    Raises:
        ApproverMissing: Nobody could decide.
    """
    assert connection.in_atomic_block
    company, type_ = documents[0].company_id, documents[0].type
    choices = [(p, policies.read(p.flow)) for p in policies.published(company, type_)]
    if not choices:
        return False
    returned = _returned(type_, documents)
    arrivals: list[Arrival] = []
    at_once: dict[str, list[Document]] = {}
    for document, facts in zip(documents, facts_of(documents, actor), strict=True):
        policy, flow = next(((p, f) for p, f in choices if f.when.holds(facts)), (None, Flow(())))
        path = flow.path(facts)
        if policy is None or not path:
            at_once.setdefault(policy.code if policy else "none", []).append(document)
            continue
        request = _request(policy, document, facts, actor)
        arrivals.append(Arrival(request, flow, _entry(returned.get(document.pk), request, path)))
    for code, approved in at_once.items():
        by = Actor(id=0, name=f"policy:{code}", company=company, roles=frozenset())
        _move(approved, "approve", by)
    if arrivals:
        Request.objects.bulk_create([a.request for a in arrivals])
        _arrive(company, arrivals, actor)
    return True


def facts_of(documents: Sequence[Document], actor: Actor) -> list[Facts]:
    """What policies look at, as the module declares it (`approval_facts`) or by its usual names."""
    declared = function("approval_facts", documents[0].type) or _usual_facts
    return [replace(declared(d), roles=actor.roles) for d in documents]


def _usual_facts(document: Document) -> Facts:
    amount = getattr(document, "amount", None)
    if amount is None:
        amount = getattr(document, "value", None)
    return Facts(
        amount if isinstance(amount, Decimal) else None,
        getattr(document, "department_id", None),
        getattr(document, "warehouse_id", None),
    )


def _request(policy: Policy, document: Document, facts: Facts, actor: Actor) -> Request:
    return Request(
        company_id=document.company_id, policy=policy, document_type=document.type,
        document_id=document.pk, number=document.number, submitter_id=actor.id,
        submitter=actor.name, amount=facts.amount, department=facts.department,
        warehouse=facts.warehouse, roles=sorted(facts.roles), started_at=clock.now(),
    )  # fmt: skip


def _returned(type_: str, documents: Sequence[Document]) -> dict[int, Request]:
    """The last request of each document, where that was sent back to its submitter."""
    last = (
        Request.objects.filter(document_type=type_, document_id__in=[d.pk for d in documents])
        .order_by("document_id", "-pk")
        .distinct("document_id")
    )
    return {r.document_id: r for r in last if r.state == Request.State.RETURNED}


def _entry(before: Request | None, now: Request, path: Sequence[int]) -> int:
    """Where a request begins: at the step that returned it, if the case is still the same."""
    if (
        before is not None
        and before.policy_id == now.policy_id
        and (before.amount, before.department, before.warehouse)
        == (now.amount, now.department, now.warehouse)
        and before.position in path
    ):
        return before.position
    return path[0]


def _arrive(company: int, arrivals: Sequence[Arrival], actor: Actor) -> None:
    """Open the node and the tasks of each arrival, and tell the people."""
    found = _people(company, arrivals)
    calendar = calendar_of(company) if any(a.step.hours for a in arrivals) else None
    now = clock.now()
    nodes = Node.objects.bulk_create(
        Node(request=a.request, position=a.position, mode=a.step.mode, started_at=now)
        for a in arrivals
    )
    tasks, tells, unowned = [], [], []
    for arrival, node, (users, source) in zip(arrivals, nodes, found, strict=True):
        step, request = arrival.step, arrival.request
        due = calendar and step.hours and calendar.add(now, timedelta(hours=step.hours))
        tasks += [
            Task(company_id=company, request=request, node=node, user_id=user, source=source,
                 due_at=due or None, opened_at=now)
            for user in users
        ]  # fmt: skip
        tells += [tell(user, ASKED, request, step=step.name) for user in users]
        if source == "otherwise":
            unowned.append(
                Finding(
                    STEP_UNOWNED.code, [(request.document_type, request.document_id)],
                    {"step": step.name, "number": request.number},
                )
            )  # fmt: skip
    Task.objects.bulk_create(tasks)
    _set_positions(arrivals)
    stand_ins = deputies(company, {t.user_id for t in tasks}, arrivals[0].request.document_type)
    tells += [replace(t, user=other) for t in tells for other in stand_ins.get(t.user, ())]
    notify(company, tells, actor=actor)
    exceptions.open_all(unowned, company=company, actor=actor)


def _people(company: int, arrivals: Sequence[Arrival]) -> list[tuple[list[int], str]]:
    """Whom each step asks; where that is nobody, who takes the rest."""
    asks = [Ask(a.step.who, a.request.department, a.request.submitter_id) for a in arrivals]
    found = [_suitable(a, users) for a, users in zip(arrivals, owners(company, asks), strict=True)]
    if all(found):
        return [(users, "policy") for users in found]
    spare = owners(
        company, [replace(k, who=(Who(role=a.flow.otherwise),)) for k, a in zip(asks, arrivals, strict=True)]
    )  # fmt: skip
    people = []
    for arrival, users, others in zip(arrivals, found, spare, strict=True):
        chosen = users or _suitable(arrival, others)
        if not chosen:
            raise ApproverMissing(arrival.step.name, arrival.flow.otherwise)
        people.append((chosen, "policy" if users else "otherwise"))
    return people


def _suitable(arrival: Arrival, users: Iterable[int]) -> list[int]:
    alone = two_people(arrival.request.document_type, arrival.flow)
    return [u for u in users if not (alone and u == arrival.request.submitter_id)]


def two_people(document_type: str, flow: Flow) -> bool:
    """Whether submitting and deciding must be done by two."""
    access = Access.registry.get(document_type)
    return flow.never_submitter or (
        access is not None and ("submit", "approve") in access.never_same_person
    )


def _set_positions(arrivals: Sequence[Arrival]) -> None:
    fetch(
        "UPDATE approvals_request r SET position = n.position"
        " FROM unnest(%s::bigint[], %s::int[]) AS n(id, position) WHERE r.id = n.id",
        [array(a.request.pk for a in arrivals), array(a.position for a in arrivals)],
    )
    for arrival in arrivals:
        arrival.request.position = arrival.position


# ------------------------------------------------------------------------------ deciding


@dataclass(slots=True)
class Turn:
    """Somebody acts on a task, with everything it needs locked.

    Args:
        accepted: Codes of the warnings they accept; None where the module's guards have been
            heard already.
    """

    request: Request
    flow: Flow
    task: Task
    document: Document
    actor: Actor
    reason: str
    accepted: frozenset[str] | None = None

    @property
    def step(self) -> Step:
        return self.flow.steps[self.request.position]


def decide(
    task: int,
    verb: Verb,
    *,
    actor: Actor,
    reason: str = "",
    to: int | None = None,
    step: str | None = None,
    acknowledge: Iterable[str] = (),
) -> Document:
    """Act on a task, one's own or that of somebody one stands in for.

    Args:
        to: add_signer, delegate: the person.
        step: return: the step to go back to; without it, the submitter.
        acknowledge: Codes of the warnings one has read and accepts; they are logged.

    Returns:
        The document, approved if this was the last agreement, a draft if it was refused.

    Raises:
        NotFound: It is not one's task.
        TaskClosed: Somebody was faster.
        OwnDocument, PersonUnsuitable, WhyMissing, StepUnreachable
        Refusals: What the module's guards found against the last agreement.
    """
    assert connection.in_atomic_block
    found = Task.objects.select_related("request").filter(pk=task, company_id=actor.company).first()
    if found is None:
        raise NotFound("approvals.task", [task])
    request = found.request
    document = _locked(request.document_type, request.document_id)
    request = _lock_requests([request.pk])[0]
    found.refresh_from_db()
    turn = Turn(
        request, policies.read(request.policy.flow), found, document, actor, reason.strip(),
        frozenset(acknowledge),
    )  # fmt: skip
    _check(turn, verb)
    _take_turn(turn, verb, to, step)
    return document


def act(documents: Sequence[Document], verb: str, *, actor: Actor, reason: str = "") -> bool:
    """The lifecycle's own verbs, where approvals have a say.

    Approve and reject decide the actor's open task on each document; withdraw and cancel close
    the requests and let the lifecycle go on.

    Returns:
        Whether the verb was carried out here.

    Raises:
        NotYourTurn: Documents wait for other people.
    """
    if verb not in ("approve", "reject", "withdraw", "cancel"):
        return False
    type_, ids = documents[0].type, [d.pk for d in documents]
    _hold(documents, verb)
    requests = _lock_requests(
        Request.objects.filter(
            document_type=type_, document_id__in=ids, state=Request.State.RUNNING
        ).values_list("pk", flat=True)
    )
    if not requests:
        return False
    if verb in ("withdraw", "cancel"):
        _withdraw(requests, actor, reason)
        return False
    turns = _turns(documents, requests, actor, reason)
    for turn in turns:
        _check(turn, verb)
        _take_turn(turn, verb)
    asked = {r.document_id for r in requests}
    if others := [d for d in documents if d.pk not in asked]:
        _move(others, verb, actor, reason)
    return True


def _turns(
    documents: Sequence[Document], requests: Sequence[Request], actor: Actor, reason: str
) -> list[Turn]:
    mine = stands_in(actor.company, actor.id, documents[0].type) | {actor.id}
    tasks: dict[int, Task] = {}
    for task in Task.objects.filter(request__in=requests, state="open", user_id__in=mine):
        if task.request_id not in tasks or task.user_id == actor.id:
            tasks[task.request_id] = task
    by_id = {d.pk: d for d in documents}
    if waiting := sorted(r.number for r in requests if r.pk not in tasks):
        raise NotYourTurn(waiting)
    return [
        Turn(r, policies.read(r.policy.flow), tasks[r.pk], by_id[r.document_id], actor, reason)
        for r in requests
    ]


def _locked(type_: str, id_: int) -> Document:
    rows = document_model(type_)._default_manager.select_for_update(of=("self",))
    return rows.select_related("company").get(pk=id_)


def _hold(documents: Sequence[Document], verb: str) -> None:
    """Lock the documents, and refuse if somebody else has moved one."""
    table = type(documents[0])._meta.db_table
    held = dict(
        fetch(
            f"SELECT id, version FROM {table} WHERE id = ANY(%s::bigint[]) ORDER BY id FOR UPDATE",
            [array(d.pk for d in documents)],
        )
    )
    if stale := sorted(d.number for d in documents if held.get(d.pk) != d.version):
        raise WrongState(verb, stale)


def _lock_requests(ids: Iterable[int]) -> list[Request]:
    rows = Request.objects.select_for_update(of=("self",)).select_related("policy")
    return list(rows.filter(pk__in=list(ids)).order_by("pk"))


def _check(turn: Turn, verb: str) -> None:
    request, task, actor = turn.request, turn.task, turn.actor
    type_ = request.document_type
    if actor.scopes is not None and f"{type_}:{verb}" not in actor.scopes:
        raise NotAllowed(verb, type_, [])
    administers = verb == "delegate" and ADMINISTRATOR in actor.roles
    if not administers and task.user_id not in {actor.id, *_stood_in_for(turn)}:
        raise NotFound("approvals.task", [task.pk])
    if request.state != Request.State.RUNNING or task.state != "open":
        raise TaskClosed(request.number)
    if actor.id == request.submitter_id and two_people(type_, turn.flow) and not administers:
        raise OwnDocument(request.number)
    if verb in ("reject", "return") and not turn.reason:
        raise WhyMissing(verb)


def _stood_in_for(turn: Turn) -> set[int]:
    if turn.task.user_id == turn.actor.id:
        return set()
    return stands_in(turn.actor.company, turn.actor.id, turn.request.document_type)


def _take_turn(turn: Turn, verb: str, to: int | None = None, step: str | None = None) -> None:
    match verb:
        case "approve":
            _approve(turn)
        case "reject":
            _reject(turn)
        case "return" if step:
            _return_to_step(turn, step)
        case "return":
            _return_to_submitter(turn)
        case "add_signer":
            _pass(turn, to, verb, "added", required=True)
        case "delegate":
            _close([turn.task], "transferred", turn.actor)
            _pass(turn, to, verb, "transferred", required=turn.task.required)
        case _:
            raise ValueError(verb)


def _approve(turn: Turn) -> None:
    _close([turn.task], "approved", turn.actor)
    node = turn.task.node
    tasks = list(Task.objects.filter(node=node))
    done = complete(turn.step.mode, [Vote(t.state, t.required) for t in tasks])
    following = [n for n in turn.flow.path(_facts(turn.request)) if n > node.position]
    note(turn, "approve", accepted=_heard(turn, "approve") if done and not following else ())
    if not done:
        return
    _end_node(turn.request, "done")
    if following:
        _arrive(
            turn.request.company_id, [Arrival(turn.request, turn.flow, following[0])], turn.actor
        )
        return
    _end([turn.request], Request.State.APPROVED)
    _move([turn.document], "approve", turn.actor, turn.reason)
    _tell_submitter(turn, "approvals.approved")


def _heard(turn: Turn, verb: str) -> list[str]:
    """What the module's guards say of the step the document is about to take; the warnings among
    it that were accepted."""
    guard = (function("guards", turn.document.type) or {}).get(verb)
    if guard is None or turn.accepted is None:
        return []
    found = guard([turn.document], actor=turn.actor)
    problems = [p if isinstance(p, Problem) else Problem(p) for p in found]
    warnings = {p.error.code for p in problems if p.error.kind == "warning"}
    if standing := [
        p for p in problems if p.error.kind != "warning" or p.error.code not in turn.accepted
    ]:
        raise Refusals(standing)
    return sorted(warnings)


def _reject(turn: Turn) -> None:
    _close([turn.task], "rejected", turn.actor)
    note(turn, "reject")
    _end([turn.request], Request.State.REJECTED)
    _move([turn.document], "reject", turn.actor, turn.reason)
    _tell_submitter(turn, "approvals.rejected")


def _return_to_submitter(turn: Turn) -> None:
    _close([turn.task], "returned", turn.actor)
    note(turn, "return")
    _end([turn.request], Request.State.RETURNED)
    _move([turn.document], "reject", turn.actor, turn.reason)
    _tell_submitter(turn, "approvals.returned")


def _return_to_step(turn: Turn, step: str) -> None:
    position = turn.flow.position(step)
    if position is None or position >= turn.request.position or not (
        Node.objects.filter(request=turn.request, position=position).exists()
    ):  # fmt: skip
        raise StepUnreachable(step)
    _close([turn.task], "returned", turn.actor)
    note(turn, "return", details=turn.flow.steps[position].name)
    _end_node(turn.request, "returned")
    _arrive(turn.request.company_id, [Arrival(turn.request, turn.flow, position)], turn.actor)


def _pass(turn: Turn, to: int | None, verb: str, source: str, *, required: bool) -> None:
    """Ask one more person in the same node."""
    request, task = turn.request, turn.task
    unsuitable = (
        to is None
        or to not in active(request.company_id, [to])
        or (to == request.submitter_id and two_people(request.document_type, turn.flow))
        or Task.objects.filter(node=task.node, user_id=to, state="open").exists()
    )
    if to is None or unsuitable:
        raise PersonUnsuitable(to or 0)
    note(turn, verb, to=to)
    Task.objects.create(
        company_id=request.company_id, request=request, node=task.node, user_id=to,
        source=source, asked_by=turn.actor.id, required=required, due_at=task.due_at,
        opened_at=clock.now(),
    )  # fmt: skip
    notify(
        request.company_id,
        [tell(to, ASKED, request, step=turn.step.name)],
        actor=turn.actor,
    )


# ------------------------------------------------------------------------------ endings


def _withdraw(requests: Sequence[Request], actor: Actor, reason: str) -> None:
    _end(requests, Request.State.WITHDRAWN)
    Decision.objects.bulk_create(
        Decision(request=r, verb="withdraw", actor_id=actor.id, actor=actor.name, reason=reason)
        for r in requests
    )


def _end(requests: Sequence[Request], state: Request.State) -> None:
    """End requests with everything still open in them."""
    ids, now = [r.pk for r in requests], clock.now()
    Request.objects.filter(pk__in=ids).update(state=state, ended_at=now)
    Node.objects.filter(request__in=ids, state="active").update(state="ended", ended_at=now)
    Task.objects.filter(request__in=ids, state="open").update(state="cancelled", decided_at=now)
    settled(ASKED, [(r.document_type, r.document_id) for r in requests])
    for request in requests:
        request.state = state


def _end_node(request: Request, state: str) -> None:
    now = clock.now()
    Task.objects.filter(request=request, state="open").update(state="cancelled", decided_at=now)
    Node.objects.filter(request=request, state="active").update(state=state, ended_at=now)
    settled(ASKED, [(request.document_type, request.document_id)])


def _close(tasks: Sequence[Task], state: str, actor: Actor) -> None:
    for task in tasks:
        task.state, task.decided_by, task.decided_at = state, actor.id, clock.now()
    Task.objects.bulk_update(tasks, ["state", "decided_by", "decided_at"])


def _move(documents: Sequence[Document], verb: str, actor: Actor, reason: str = "") -> None:
    """The step of the lifecycle, by the module's own function where it has one."""
    own = (function("verbs", documents[0].type) or {}).get(verb)
    if own is not None:
        own(documents, actor=actor, reason=reason)
    else:
        advance(documents, verb, actor=actor, reason=reason)


def note(
    turn: Turn,
    verb: str,
    *,
    to: int | None = None,
    details: str = "",
    accepted: Iterable[str] = (),
) -> None:
    """Append a decision."""
    mine = turn.task.user_id == turn.actor.id
    Decision.objects.create(
        request=turn.request, task=turn.task, verb=verb, actor_id=turn.actor.id,
        actor=turn.actor.name, on_behalf_of=None if mine else turn.task.user_id, to=to,
        step=details or turn.step.name, reason=turn.reason, acknowledged=list(accepted),
    )  # fmt: skip


def tell(user: int, kind: str, request: Request, **more: Any) -> Tell:
    """A notice about a request's document."""
    params: Mapping[str, Any] = {
        "document_type": request.document_type, "number": request.number,
        "submitter": request.submitter, **more,
    }  # fmt: skip
    return Tell(user, kind, dict(params), (request.document_type, request.document_id))


def _tell_submitter(turn: Turn, kind: str) -> None:
    told = tell(
        turn.request.submitter_id, kind, turn.request, person=turn.actor.name, reason=turn.reason
    )
    notify(turn.request.company_id, [told], actor=turn.actor)


def _facts(request: Request) -> Facts:
    return Facts(request.amount, request.department, request.warehouse, frozenset(request.roles))


# ------------------------------------------------------------------------------ watching


def relieve(node: int, users: Iterable[int], why: str) -> bool:
    """Pass the open tasks of people who are late or gone to those the step escalates to.

    Args:
        why: "escalated" or "replaced".

    Returns:
        Whether somebody else was found.
    """
    assert connection.in_atomic_block
    found = Node.objects.select_related("request").get(pk=node)
    _locked(found.request.document_type, found.request.document_id)
    [request] = _lock_requests([found.request_id])
    tasks = list(Task.objects.filter(node=node, state="open"))
    late = [t for t in tasks if t.user_id in set(users)]
    if request.state != Request.State.RUNNING or not late:
        return True
    arrival = Arrival(request, policies.read(request.policy.flow), request.position)
    step = arrival.step
    others = _relief(arrival, found, why)
    due = None
    if step.hours:
        due = calendar_of(request.company_id).add(clock.now(), timedelta(hours=step.hours))
    if not others:
        Task.objects.filter(pk__in=[t.pk for t in late]).update(due_at=None)
        return False
    _close(late, why, SYSTEM)
    required = any(t.required for t in late)
    Task.objects.bulk_create(
        Task(company_id=request.company_id, request=request, node=found, user_id=user,
             source=why, required=required, due_at=due, opened_at=clock.now())
        for user in others
    )  # fmt: skip
    Decision.objects.bulk_create(
        Decision(request=request, task=t, verb=why, actor_id=0, actor="system", step=step.name,
                 on_behalf_of=t.user_id)
        for t in late
    )  # fmt: skip
    asked = [tell(u, ASKED, request, step=step.name) for u in others]
    told = [tell(t.user_id, "approvals.overdue", request, step=step.name) for t in late]
    notify(request.company_id, asked + told)
    return True


def _relief(arrival: Arrival, node: Node, why: str) -> list[int]:
    """Those the step escalates to, else the flow's last resort; nobody who was asked before,
    unless an approver has left and everybody was."""
    request, step = arrival.request, arrival.step
    asked = dict(Task.objects.filter(node=node).order_by("pk").values_list("user_id", "state"))
    wanted = [who for who in (step.escalate, (Who(role=arrival.flow.otherwise),)) if who]
    found = [
        _suitable(arrival, users)
        for users in owners(
            request.company_id,
            [Ask(who, request.department, request.submitter_id) for who in wanted],
        )
    ]
    fresh = [[u for u in users if u not in asked] for users in found]
    again = [[u for u in users if asked.get(u) != "open"] for users in found]
    return next(filter(None, fresh + (again if why == "replaced" else [])), [])
