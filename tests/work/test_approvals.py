"""Approvals: who is asked, what their answers do, and that nothing is ever stuck."""

import datetime as dt
import threading
from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heyi.kernel.errors import BusinessError, Refusals
from heyi.platform import clock
from heyi.platform.approvals import api as approvals
from heyi.platform.approvals import watch
from heyi.platform.approvals.errors import (
    ApproverMissing,
    DelegationDatesWrong,
    NotYourTurn,
    OwnDocument,
    PersonUnsuitable,
    PolicyMalformed,
    PolicyMoved,
    StepUnreachable,
    TaskClosed,
    WhyMissing,
)
from heyi.platform.approvals.models import Decision, Policy, Request, Task
from heyi.platform.approvals.proof import waiting as waiting_proof
from heyi.platform.approvals.rules import Facts, FlowMalformed, Vote, complete, parse
from heyi.platform.approvals.tasks import history, waiting
from heyi.platform.documents import WrongState, advance
from heyi.platform.exceptions.models import Case
from heyi.platform.identity.models import User
from heyi.platform.inbox.models import Notice
from heyi.platform.models import DocumentLog
from heyi.platform.people.models import Department, Employee
from tests.work.approving import ACCOUNTANT, MANAGER, Firm, sound, step


@pytest.fixture
def firm(db):
    return Firm()


def log_of(receipt):
    return list(
        DocumentLog.objects.filter(document_type="purchase.receipt", document_id=receipt.pk)
        .order_by("id")
        .values_list("transition", "actor")
    )


# ------------------------------------------------------------------------------ rules


@pytest.mark.parametrize(
    ("mode", "votes", "done"),
    [
        ("any", ["open", "open"], False),
        ("any", ["approved", "open"], True),
        ("all", ["approved", "open"], False),
        ("all", ["approved", "approved"], True),
        ("all", ["approved", "transferred"], True),
        ("all", ["transferred"], False),
        ("any", [], False),
    ],
)
def test_when_a_node_is_done(mode, votes, done):
    assert complete(mode, [Vote(v) for v in votes]) is done


def test_an_added_signer_is_needed_in_either_mode():
    for mode in ("any", "all"):
        assert not complete(mode, [Vote("approved"), Vote("open", required=True)])
        assert complete(mode, [Vote("approved"), Vote("approved", required=True)])
    assert not complete("any", [Vote("open"), Vote("approved", required=True)])


@pytest.mark.parametrize(
    ("flow", "place"),
    [
        ({}, "steps"),
        ({"steps": [{"id": "a"}]}, "steps.0.who"),
        ({"steps": [{"id": "", "who": [MANAGER]}]}, "steps.0.id"),
        ({"steps": [{"id": "a", "who": []}]}, "steps.0.who"),
        ({"steps": [{"id": "a", "who": [{"role": "x", "user": 3}]}]}, "steps.0.who.0"),
        ({"steps": [{"id": "a", "who": [{"user": "3"}]}]}, "steps.0.who.0"),
        ({"steps": [step("a", MANAGER), step("a", MANAGER)]}, "steps.id"),
        ({"steps": [step("a", MANAGER, mode="most")]}, "steps.0.mode"),
        ({"steps": [step("a", MANAGER, hours=-1)]}, "steps.0.hours"),
        ({"steps": [step("a", MANAGER)], "when": {"amount_from": "NaN"}}, "when"),
        ({"steps": [step("a", MANAGER)], "whne": {}}, "flow"),
    ],
)
def test_a_malformed_flow_names_the_place(flow, place):
    with pytest.raises(FlowMalformed, match=f"^{place}$"):
        parse(flow)


def test_conditions():
    flow = parse({"steps": [
        step("small", MANAGER, when={"amount_below": "1000"}),
        step("large", MANAGER, when={"amount_from": "1000"}),
        step("place", MANAGER, when={"warehouses": [3], "departments": [7]}),
        step("clerk", MANAGER, when={"roles": ["purchase.buyer"]}),
    ]})  # fmt: skip
    assert flow.path(Facts()) == [0]
    assert flow.path(Facts(Decimal("999.99"))) == [0]
    assert flow.path(Facts(Decimal(1000))) == [1]
    assert flow.path(Facts(Decimal(1000), warehouse=3)) == [1]
    assert flow.path(Facts(Decimal(1000), 7, 3, frozenset({"purchase.buyer"}))) == [1, 2, 3]


# ------------------------------------------------------------------------------ submitting


def test_without_a_policy_approvals_do_nothing(firm):
    receipt = firm.receipt()
    assert firm.submits(receipt) is False
    assert firm.state(receipt) == "submitted"  # the platform approves it then


def test_a_policy_that_asks_nobody_approves_at_once(firm):
    firm.policy(step("boss", MANAGER, when={"amount_from": "1000"}), code="big")
    receipt = firm.submitted("999.99")
    assert receipt.state == "approved"
    assert log_of(receipt) == [("submit", "li"), ("approve", "policy:big")]


def test_any_of_the_asked_is_enough(firm):
    firm.policy(step("boss", MANAGER))
    receipt = firm.submitted()
    assert (receipt.state, firm.asked(receipt)) == ("submitted", {"wang", "zhou"})
    assert firm.decides("zhou", receipt).state == "approved"
    assert log_of(receipt) == [("submit", "li"), ("approve", "zhou")]
    assert firm.asked(receipt) == set()
    sound(firm)


def test_all_must_sign_where_the_step_says_so(firm):
    firm.policy(step("boss", MANAGER, mode="all"))
    receipt = firm.submitted()
    assert firm.decides("wang", receipt).state == "submitted"
    assert firm.asked(receipt) == {"zhou"}
    assert firm.decides("zhou", receipt).state == "approved"


def test_amounts_choose_the_steps(firm):
    firm.policy(
        step("boss", MANAGER), step("books", ACCOUNTANT, when={"amount_from": "5000"}),
    )  # fmt: skip
    small, large = firm.submitted("4999.99"), firm.submitted("5000")
    assert firm.decides("wang", small).state == "approved"
    assert firm.decides("wang", large).state == "submitted"
    assert firm.asked(large) == {"chen"}
    assert firm.decides("chen", large).state == "approved"


def test_the_first_policy_that_applies_is_taken(firm):
    firm.policy(step("books", ACCOUNTANT), code="b", rank=2, when={"warehouses": [9]})
    firm.policy(step("boss", MANAGER), code="a", rank=3)
    assert firm.asked(firm.submitted(warehouse=9)) == {"chen"}
    assert firm.asked(firm.submitted()) == {"wang", "zhou"}


def test_a_batch_is_submitted_with_constant_statements(firm, django_assert_max_num_queries):
    firm.policy(step("boss", MANAGER, when={"amount_from": "100"}, hours=8), code="usual")
    receipts = [firm.receipt("100" if n % 2 else "1") for n in range(40)]
    clock.now()
    with transaction.atomic():
        advance(receipts, "submit", actor=firm["li"])
        with django_assert_max_num_queries(15):
            approvals.submit(receipts, actor=firm["li"])
    assert [firm.state(r) for r in receipts] == ["approved", "submitted"] * 20
    assert len(firm.inbox("wang")) == 20
    sound(firm)


def test_the_submitter_is_never_asked(firm):
    firm.policy(step("boss", MANAGER))
    receipt = firm.receipt()
    firm.submits(receipt, by="wang")
    assert firm.asked(receipt) == {"zhou"}


def test_a_step_nobody_can_take_goes_to_the_administrator_with_a_case(firm):
    firm.policy(step("wang", {"user": firm["wang"].id}))
    receipt = firm.receipt()
    firm.submits(receipt, by="wang")
    assert firm.asked(receipt) == {"admin"}
    [case] = Case.objects.all()
    assert (case.code, case.refs) == (
        "approvals.step_unowned", [["purchase.receipt", receipt.pk]],
    )  # fmt: skip
    sound(firm)


def department(firm, code, head, parent=None):
    employees = {
        who: Employee.objects.get_or_create(
            company=firm.company, user_id=firm[who].id, defaults={"code": who, "name": who}
        )[0]
        for who in {head}
    }
    return Department.objects.create(
        company=firm.company, code=code, name=code, head=employees[head], parent=parent
    )


def test_heads_and_managers_are_asked(firm):
    company = department(firm, "ALL", "zhou")
    buying = department(firm, "BUY", "wang", company)
    Employee.objects.create(
        company=firm.company, code="li", name="li", user_id=firm["li"].id, department=buying
    )
    firm.policy(step("own", {"head": True}), step("above", {"manager": 2}))
    receipt = firm.submitted()
    assert firm.asked(receipt) == {"wang"}  # the head of the submitter's department
    firm.decides("wang", receipt)
    assert firm.asked(receipt) == {"zhou"}  # the manager two levels up
    assert firm.decides("zhou", receipt).state == "approved"


def test_a_department_without_a_head_refuses_the_policy(firm):
    Department.objects.create(company=firm.company, code="LOST", name="Lost")
    with pytest.raises(Refusals) as refused:
        firm.policy(step("own", {"head": True}))
    assert [p.error.who for p in refused.value.problems] == ["Lost"]


def test_without_anybody_the_document_stays_a_draft(firm):
    firm.policy(step("wang", {"user": firm["wang"].id}))
    User.objects.filter(name__in=["wang", "admin"]).update(active=False)
    receipt = firm.receipt()
    with pytest.raises(ApproverMissing):
        firm.submits(receipt)
    assert firm.state(receipt) == "draft"


# ------------------------------------------------------------------------------ deciding


def test_a_rejection_needs_a_reason_and_returns_the_draft(firm):
    firm.policy(step("boss", MANAGER, mode="all"))
    receipt = firm.submitted()
    with pytest.raises(WhyMissing):
        firm.decides("wang", receipt, "reject", reason="  ")
    assert firm.decides("wang", receipt, "reject", reason="too dear").state == "draft"
    assert log_of(receipt)[-1] == ("reject", "wang")
    assert Request.objects.get().state == "rejected"
    assert firm.asked(receipt) == set()
    told = Notice.objects.get(user_id=firm["li"].id)
    assert (told.kind, told.params["reason"]) == ("approvals.rejected", "too dear")
    sound(firm)


def test_a_stranger_has_no_such_task(firm):
    firm.policy(step("boss", MANAGER))
    receipt = firm.submitted()
    with pytest.raises(BusinessError, match=r"platform\.not_found"):
        firm.decides("sun", receipt, whose="wang")
    other = Firm("AP2")
    with pytest.raises(BusinessError, match=r"platform\.not_found"), transaction.atomic():
        approvals.decide(firm.task(receipt, "wang"), "approve", actor=other["wang"])


def test_a_decided_task_is_closed(firm):
    firm.policy(step("boss", MANAGER))
    receipt = firm.submitted()
    late = firm.task(receipt, "zhou")
    firm.decides("wang", receipt)
    with pytest.raises(TaskClosed):
        approvals.decide(late, "approve", actor=firm["zhou"])


def test_returning_to_an_earlier_step(firm):
    firm.policy(step("boss", MANAGER), step("books", ACCOUNTANT))
    receipt = firm.submitted()
    firm.decides("wang", receipt)
    with pytest.raises(StepUnreachable):
        firm.decides("chen", receipt, "return", reason="look again", step="books")
    assert firm.decides("chen", receipt, "return", reason="why?", step="boss").state == "submitted"
    assert firm.asked(receipt) == {"wang", "zhou"}
    firm.decides("zhou", receipt)
    assert firm.decides("chen", receipt).state == "approved"
    [request] = history("purchase.receipt", receipt.pk)
    assert [(s["step"], s["state"]) for s in request["steps"]] == [
        ("boss", "done"), ("books", "returned"), ("boss", "done"), ("books", "done"),
    ]  # fmt: skip
    assert [(d["verb"], d["actor"]) for d in request["decisions"]] == [
        ("approve", "wang"), ("return", "chen"), ("approve", "zhou"), ("approve", "chen"),
    ]  # fmt: skip


def test_a_returned_document_goes_straight_back_to_who_returned_it(firm):
    firm.policy(step("boss", MANAGER), step("books", ACCOUNTANT))
    receipt = firm.submitted()
    firm.decides("wang", receipt)
    assert firm.decides("chen", receipt, "return", reason="no paper").state == "draft"
    receipt.refresh_from_db()
    firm.submits(receipt)
    assert firm.asked(receipt) == {"chen"}


def test_a_returned_document_that_changed_starts_again(firm):
    firm.policy(step("boss", MANAGER), step("books", ACCOUNTANT))
    receipt = firm.submitted()
    firm.decides("wang", receipt)
    firm.decides("chen", receipt, "return", reason="no paper")
    receipt.refresh_from_db()
    receipt.value = Decimal("101")
    receipt.save()
    firm.submits(receipt)
    assert firm.asked(receipt) == {"wang", "zhou"}


def test_an_added_signer_must_agree_too(firm):
    firm.policy(step("boss", MANAGER))
    receipt = firm.submitted()
    firm.decides("wang", receipt, "add_signer", to=firm["chen"].id)
    with pytest.raises(PersonUnsuitable):
        firm.decides("zhou", receipt, "add_signer", to=firm["chen"].id)  # asked already
    with pytest.raises(PersonUnsuitable):
        firm.decides("zhou", receipt, "add_signer", to=firm["li"].id)  # submitted it
    assert firm.decides("wang", receipt).state == "submitted"
    assert "chen" in firm.asked(receipt)
    assert firm.decides("chen", receipt).state == "approved"


def test_passing_a_task_on(firm):
    firm.policy(step("boss", MANAGER, mode="all"))
    receipt = firm.submitted()
    firm.decides("wang", receipt, "delegate", to=firm["chen"].id, reason="she knows")
    assert firm.asked(receipt) == {"chen", "zhou"}
    firm.decides("zhou", receipt)
    assert firm.decides("chen", receipt).state == "approved"
    assert Decision.objects.get(verb="delegate").to == firm["chen"].id


def test_an_administrator_may_pass_on_anybodys_task(firm):
    firm.policy(step("boss", {"user": firm["wang"].id}))
    receipt = firm.submitted()
    firm.decides("admin", receipt, "delegate", whose="wang", to=firm["chen"].id)
    assert firm.asked(receipt) == {"chen"}
    with pytest.raises(BusinessError, match=r"platform\.not_found"):
        firm.decides("admin", receipt, "approve", whose="chen")


def test_withdrawing_cancels_the_tasks(firm):
    firm.policy(step("boss", MANAGER))
    receipt = firm.submitted()
    with transaction.atomic():
        assert approvals.act([receipt], "withdraw", actor=firm["li"], reason="typo") is False
        advance([receipt], "withdraw", actor=firm["li"])
    assert firm.asked(receipt) == set()
    assert Request.objects.get().state == "withdrawn"
    firm.submits(receipt)
    assert firm.asked(receipt) == {"wang", "zhou"}
    sound(firm)


@dataclass(eq=False)
class Dear(BusinessError):
    code = "stage.dear"
    kind = "warning"
    number: str


def test_the_modules_guards_are_heard_at_the_last_agreement(firm, monkeypatch):
    guards = {
        "purchase.receipt": {"approve": lambda docs, *, actor: [Dear(d.number) for d in docs]}
    }
    monkeypatch.setitem(apps.get_app_config("purchase").declared, "guards", guards)
    firm.policy(step("boss", MANAGER), step("books", ACCOUNTANT))
    receipt = firm.submitted()
    firm.decides("wang", receipt)  # not the last: nothing is decided about the document yet
    with pytest.raises(Refusals) as refused:
        firm.decides("chen", receipt)
    assert [p.error.code for p in refused.value.problems] == ["stage.dear"]
    assert (firm.state(receipt), firm.asked(receipt)) == ("submitted", {"chen"})
    assert firm.decides("chen", receipt, acknowledge=["stage.dear"]).state == "approved"
    assert list(Decision.objects.order_by("id").values_list("acknowledged", flat=True)) == [
        [], ["stage.dear"],
    ]  # fmt: skip


def test_the_lifecycles_approve_decides_the_task(firm):
    firm.policy(step("boss", MANAGER, mode="all"))
    one, two = firm.submitted(), firm.submitted()
    with pytest.raises(NotYourTurn):
        act(firm, "chen", "approve", one)
    act(firm, "wang", "approve", one, two)
    assert (firm.state(one), firm.asked(two)) == ("submitted", {"zhou"})
    one.refresh_from_db()
    stale = type(one).objects.get(pk=two.pk)
    stale.version -= 1
    with pytest.raises(WrongState):
        act(firm, "zhou", "approve", one, stale)
    act(firm, "zhou", "approve", one, two)
    assert (firm.state(one), firm.state(two), one.state) == ("approved",) * 3


def act(firm, who, verb, *receipts, reason=""):
    with transaction.atomic():
        return approvals.act(receipts, verb, actor=firm[who], reason=reason)


# ------------------------------------------------------------------------------ standing in


def away(firm, who, deputy, days=3, **more):
    today = clock.today("Asia/Shanghai")
    return approvals.delegate_to(
        firm[who], firm[deputy].id, today, today + dt.timedelta(days=days), **more
    )


def test_a_deputy_sees_and_decides(firm):
    firm.policy(step("boss", {"user": firm["wang"].id}))
    away(firm, "wang", "sun")
    receipt = firm.submitted()
    assert firm.inbox("sun") == [receipt.number]
    assert waiting(firm["sun"]) == 1
    assert Notice.objects.filter(user_id=firm["sun"].id, kind="approvals.asked").count() == 1
    assert firm.decides("sun", receipt, whose="wang").state == "approved"
    decision = Decision.objects.get()
    assert (decision.actor, decision.on_behalf_of) == ("sun", firm["wang"].id)


def test_a_delegation_is_for_its_days_types_and_until_withdrawn(firm):
    firm.policy(step("boss", {"user": firm["wang"].id}))
    firm.submitted()
    given = away(firm, "wang", "sun", types=["sales.delivery"])
    assert firm.inbox("sun") == []
    given = away(firm, "wang", "sun", types=["purchase.receipt"])
    assert len(firm.inbox("sun")) == 1
    approvals.end_delegation(firm["wang"], given.pk)
    assert firm.inbox("sun") == []
    today = clock.today("Asia/Shanghai")
    approvals.delegate_to(
        firm["wang"], firm["sun"].id, today + dt.timedelta(days=1), today + dt.timedelta(days=2)
    )
    assert firm.inbox("sun") == []


def test_nobody_approves_their_own_document_as_a_deputy(firm):
    firm.policy(step("boss", {"user": firm["wang"].id}))
    away(firm, "wang", "li")
    receipt = firm.submitted()
    assert firm.inbox("li") == []
    with pytest.raises(OwnDocument):
        firm.decides("li", receipt, whose="wang")


def test_delegations_are_checked(firm):
    today = clock.today("Asia/Shanghai")
    with pytest.raises(DelegationDatesWrong):
        approvals.delegate_to(firm["wang"], firm["sun"].id, today, today - dt.timedelta(days=1))
    for unsuitable in (firm["wang"].id, 999_999):
        with pytest.raises(PersonUnsuitable):
            approvals.delegate_to(firm["wang"], unsuitable, today, today)
    with pytest.raises(BusinessError, match=r"platform\.not_allowed"):
        approvals.delegate_to(firm["sun"], firm["zhou"].id, today, today, absent=firm["wang"].id)
    approvals.delegate_to(firm["admin"], firm["zhou"].id, today, today, absent=firm["wang"].id)


# ------------------------------------------------------------------------------ time and people


def test_overdue_tasks_are_escalated_once(firm):
    firm.policy(step("boss", MANAGER, hours=8, escalate=[ACCOUNTANT]))
    receipt = firm.submitted()
    assert watch.look() == {"escalated": 0, "replaced": 0}
    Task.objects.update(due_at=clock.now() - dt.timedelta(minutes=1))
    assert watch.look()["escalated"] == 1
    assert firm.asked(receipt) == {"chen"}
    assert Task.objects.get(state="open").due_at > clock.now()
    assert Notice.objects.filter(kind="approvals.overdue").count() == 2
    Task.objects.filter(state="open").update(due_at=clock.now() - dt.timedelta(minutes=1))
    watch.look()  # chen was late too: the administrator takes the rest
    assert firm.asked(receipt) == {"admin"}
    Task.objects.filter(state="open").update(due_at=clock.now() - dt.timedelta(minutes=1))
    watch.look()
    assert firm.asked(receipt) == {"admin"}
    assert Case.objects.get().code == "approvals.task_stuck"
    assert watch.look()["escalated"] == 0
    assert firm.decides("admin", receipt).state == "approved"
    sound(firm)


def test_who_leaves_is_replaced(firm):
    firm.policy(step("boss", {"user": firm["wang"].id}))
    receipt = firm.submitted()
    User.objects.filter(pk=firm["wang"].id).update(active=False)
    assert watch.look()["replaced"] == 1
    assert firm.asked(receipt) == {"admin"}
    sound(firm)


def test_due_times_are_working_hours(firm):
    firm.policy(step("boss", MANAGER, hours=4))
    receipt = firm.submitted()
    due = Task.objects.filter(request__document_id=receipt.pk).first().due_at
    assert due > clock.now()
    local = due.astimezone(dt.timezone(dt.timedelta(hours=8)))
    assert dt.time(8, 30) <= local.time() <= dt.time(17, 30)


# ------------------------------------------------------------------------------ policies


def test_publishing_refuses_steps_without_an_owner_all_at_once(firm):
    with pytest.raises(Refusals) as refused:
        firm.policy(
            step("a", {"role": "hr.clerk"}), step("b", {"user": 999_999}), step("c", MANAGER),
            otherwise="office.nobody",
        )  # fmt: skip
    assert [(p.error.step, p.error.who) for p in refused.value.problems] == [
        ("*", "office.nobody"), ("a", "hr.clerk"), ("b", "#999999"),
    ]  # fmt: skip
    assert Policy.objects.count() == 0


def test_a_step_asks_nobody_who_may_not_read(firm):
    with pytest.raises(Refusals) as refused:
        firm.policy(step("a", {"role": "sales.clerk"}), step("b", {"user": firm["sun"].id}))
    assert [(p.error.code, p.error.step) for p in refused.value.problems] == [
        ("approvals.step_blind", "a"), ("approvals.step_blind", "b"),
    ]  # fmt: skip


def test_the_proof_finds_a_document_that_waits_for_nobody(firm):
    firm.policy(step("boss", MANAGER))
    receipt = firm.submitted()
    assert (waiting_proof(firm.company.pk, None).checked, waiting_proof(None, None).ok) == (1, True)
    with transaction.atomic():
        Task.objects.update(state="cancelled")
        bad = waiting_proof(firm.company.pk, None).first_bad
        assert (bad["number"], bad["found"]) == (receipt.number, "nobody is asked")
        transaction.set_rollback(True)
    type(receipt).objects.update(state="draft")
    assert waiting_proof(None, None).first_bad["found"] == "the document is not submitted"


def test_running_requests_stay_on_their_version(firm):
    first = firm.policy(step("boss", MANAGER), step("books", ACCOUNTANT))
    receipt = firm.submitted()
    second = firm.policy(step("boss", MANAGER))
    assert (first.version, second.version) == (1, 2)
    assert Policy.objects.get(pk=first.pk).state == "retired"
    assert firm.decides("wang", receipt).state == "submitted"
    assert firm.decides("chen", receipt).state == "approved"
    assert firm.decides("wang", firm.submitted()).state == "approved"


def test_a_published_policy_is_frozen(firm):
    policy = firm.policy(step("boss", MANAGER))
    with pytest.raises(PolicyMoved):
        approvals.publish_policy(firm["admin"], policy.pk)
    for change in (
        lambda: Policy.objects.update(flow={}),
        lambda: Policy.objects.update(state="draft"),
        lambda: Policy.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_decisions_are_append_only(firm):
    firm.policy(step("boss", MANAGER))
    firm.decides("wang", firm.submitted())
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.update(reason="rewritten")


def test_a_draft_is_changed_until_published(firm):
    draft = approvals.draft_policy(
        firm["admin"], "purchase.receipt", "x", {"steps": [step("a", MANAGER)]}
    )
    again = approvals.draft_policy(
        firm["admin"], "purchase.receipt", "x", {"steps": [step("b", MANAGER)]}
    )
    assert (draft.pk, again.version, again.flow["steps"][0]["id"]) == (again.pk, 1, "b")
    with pytest.raises(PolicyMalformed):
        approvals.draft_policy(firm["admin"], "purchase.receipt", "x", {"steps": [{}]})
    with pytest.raises(BusinessError, match=r"platform\.not_allowed"):
        approvals.draft_policy(firm["wang"], "purchase.receipt", "x", {"steps": []})
    with pytest.raises(BusinessError, match=r"platform\.not_found"):
        approvals.draft_policy(firm["admin"], "no.such", "x", {"steps": []})


def test_simulation_shows_the_path_without_asking_anybody(firm):
    draft = approvals.draft_policy(
        firm["admin"], "purchase.receipt", "x",
        {"steps": [
            step("boss", MANAGER), step("books", ACCOUNTANT, when={"amount_from": "5000"}),
            step("own", {"user": firm["li"].id}),
        ]},
    )  # fmt: skip
    path = approvals.simulate(draft, firm["li"], document=firm.receipt("4000"))
    assert path["applies"] is True
    assert [(s["id"], s["applies"], firm.names(s["users"]), s["otherwise"]) for s in path[
        "steps"]] == [
        ("boss", True, {"wang", "zhou"}, False),
        ("books", False, {"chen"}, False),
        ("own", True, {"admin"}, True),
    ]  # fmt: skip
    assert Task.objects.count() == 0


# ------------------------------------------------------------------------------ races


def test_two_approvers_at_once_decide_once(transactional_db):
    """One of two simultaneous decisions wins; the other is told that it was too late."""
    firm = Firm("RACE")
    firm.policy(step("boss", MANAGER))
    for round_ in range(4):
        receipt = firm.submitted(str(100 + round_))
        barrier, outcomes = threading.Barrier(2), []

        def go(name, receipt=receipt, barrier=barrier, outcomes=outcomes):
            task = firm.task(receipt, name)
            barrier.wait()
            try:
                with transaction.atomic():
                    approvals.decide(task, "approve", actor=firm[name])
                outcomes.append("approved")
            except TaskClosed:
                outcomes.append("late")
            finally:
                connection.close()

        threads = [threading.Thread(target=go, args=(name,)) for name in ("wang", "zhou")]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        assert sorted(outcomes) == ["approved", "late"]
        assert log_of(receipt)[1:] and len(log_of(receipt)) == 2
    sound(firm)


def test_an_approval_and_a_withdrawal_at_once(transactional_db):
    firm = Firm("RACE2")
    firm.policy(step("boss", MANAGER))
    for _ in range(4):
        receipt = firm.submitted()
        barrier, outcomes = threading.Barrier(2), []

        def approve(receipt=receipt, barrier=barrier, outcomes=outcomes):
            task = firm.task(receipt, "wang")
            barrier.wait()
            attempt(outcomes, "approved", lambda: approvals.decide(
                task, "approve", actor=firm["wang"]))  # fmt: skip

        def withdraw(receipt=receipt, barrier=barrier, outcomes=outcomes):
            def work():
                approvals.act([receipt], "withdraw", actor=firm["li"])
                advance([receipt], "withdraw", actor=firm["li"])

            barrier.wait()
            attempt(outcomes, "withdrawn", work)

        threads = [threading.Thread(target=t) for t in (approve, withdraw)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        assert sorted(outcomes) in (["approved", "late"], ["late", "withdrawn"])
        assert firm.state(receipt) == ("approved" if "approved" in outcomes else "draft")
    sound(firm)


def attempt(outcomes, name, work):
    try:
        with transaction.atomic():
            work()
        outcomes.append(name)
    except (TaskClosed, WrongState):
        outcomes.append("late")
    finally:
        connection.close()


# ------------------------------------------------------------------------------ any walk

PEOPLE = st.sampled_from(["li", "wang", "zhou", "chen", "admin", "sun"])
MOVES = st.one_of(
    st.tuples(st.just("submit"), st.sampled_from(["li", "wang"]), st.none()),
    st.tuples(st.just("withdraw"), st.just("li"), st.none()),
    st.tuples(st.sampled_from(["approve", "reject", "return"]), PEOPLE, st.none()),
    st.tuples(st.sampled_from(["add_signer", "delegate"]), PEOPLE, PEOPLE),
    st.tuples(st.just("return"), PEOPLE, st.sampled_from(["one", "two", "three"])),
    st.tuples(st.just("stand_in"), PEOPLE, PEOPLE),
    st.tuples(st.sampled_from(["late", "leave"]), PEOPLE, st.none()),
)
FLOWS = st.lists(
    st.tuples(
        st.sampled_from(["any", "all"]),
        st.lists(st.sampled_from(["manager", "accountant", "wang"]), min_size=1, max_size=2),
        st.sampled_from([None, {"amount_from": "50"}, {"amount_from": "500"}]),
    ),
    min_size=1,
    max_size=3,
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(flow=FLOWS, moves=st.lists(MOVES, min_size=1, max_size=14))
def test_whatever_people_do_no_document_waits_without_somebody_to_ask(db, flow, moves):
    with transaction.atomic():
        firm = Firm("WALK")
        asks = {"manager": MANAGER, "accountant": ACCOUNTANT, "wang": {"user": firm["wang"].id}}
        firm.policy(*(
            step(name, *(asks[w] for w in who), mode=mode, hours=8, **({"when": when} if when else {}))
            for name, (mode, who, when) in zip(("one", "two", "three"), flow, strict=False)
        ))  # fmt: skip
        receipt = firm.receipt("100")
        for move in moves:
            try:
                with transaction.atomic():
                    make(firm, receipt, *move)
            except BusinessError:
                pass
            receipt.refresh_from_db()
            sound(firm)
        transaction.set_rollback(True)


def make(firm, receipt, verb, who, what):
    receipt = type(receipt).objects.get(pk=receipt.pk)
    match verb:
        case "submit":
            firm.submits(receipt, by=who)
        case "withdraw":
            approvals.act([receipt], "withdraw", actor=firm[who])
            advance([receipt], "withdraw", actor=firm[who])
        case "stand_in":
            away(firm, who, what)
        case "late":
            Task.objects.filter(user_id=firm[who].id, state="open").update(
                due_at=clock.now() - dt.timedelta(minutes=1)
            )
            watch.look()
        case "leave":
            if who != "admin":
                User.objects.filter(pk=firm[who].id).update(active=False)
            watch.look()
        case _:
            mine = approvals.inbox(firm[who])["rows"]
            if mine:
                step_ = {"step": what} if verb == "return" else {}
                to = {"to": firm[what].id} if verb in ("add_signer", "delegate") else {}
                approvals.decide(
                    mine[0]["id"], verb, actor=firm[who], reason="because", **step_, **to
                )
