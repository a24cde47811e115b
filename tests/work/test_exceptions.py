"""Cases of business exceptions: opened once, owned, ended with an outcome."""

import pytest
from django.db import transaction
from django.db.utils import IntegrityError

from heyi.platform import clock, exceptions
from heyi.platform.access import MEMBER, Actor, NotAllowed, NotFound
from heyi.platform.exceptions import Finding, queue
from heyi.platform.exceptions.cases import CaseEnded, CaseMoved, OutcomeMissing
from heyi.platform.exceptions.models import Case, CaseLog
from heyi.platform.models import Company

CODE = "platform.job_failed"  # owner system.administrator, due in 8 working hours


@pytest.fixture
def company(db):
    return Company.objects.create(code="EX", currency="CNY")


def person(company, *roles, id=7, name="li"):
    return Actor(id, name, company.pk, frozenset({*roles, MEMBER}))


def open_one(company, ref=1, **more):
    return exceptions.open(
        CODE, [("jobs.run", ref)], {"job": "x", "error": str(ref)},
        company=company.pk, **more,
    )  # fmt: skip


def test_a_case_is_opened_with_its_owner_and_due_time(company):
    case = Case.objects.get(pk=open_one(company, actor=person(company), trace="t-1"))
    assert (case.code, case.kind, case.severity, case.owner, case.state, case.count) == (
        CODE, "system", "major", "system.administrator", "open", 1,
    )  # fmt: skip
    assert (case.refs, case.opened_by, case.trace) == ([["jobs.run", 1]], 7, "t-1")
    assert case.due_at > clock.now()
    assert [(x.action, x.actor) for x in case.log.all()] == [("opened", "li")]


def test_equal_open_cases_are_one_with_a_count(company):
    first = open_one(company)
    assert open_one(company) == first
    assert open_one(company, 2) != first
    case = Case.objects.get(pk=first)
    assert (case.count, case.refs, case.log.count()) == (2, [["jobs.run", 1]], 1)


def test_an_ended_case_is_not_joined(company):
    first = open_one(company)
    exceptions.settle(first, remedy="retried")
    assert open_one(company) != first


def test_many_findings_cost_as_much_as_one(company, django_assert_num_queries):
    found = [Finding(CODE, [("x.y", n % 5)], {"job": "x", "error": str(n)}) for n in range(40)]
    clock.now()
    with django_assert_num_queries(3):  # the calendar, the cases, the log
        ids = exceptions.open_all(found, company=company.pk)
    assert len(ids) == 40
    assert len(set(ids)) == 5
    assert set(Case.objects.values_list("count", flat=True)) == {8}


def test_a_case_is_gone_when_its_transaction_is(company):
    with transaction.atomic():
        open_one(company)
        transaction.set_rollback(True)
    assert Case.objects.count() == 0


def test_assign_and_resolve_with_cause_and_remedy(company):
    boss = person(company, "system.administrator")
    case = open_one(company)
    exceptions.assign(case, 9, version=1, actor=boss)
    with pytest.raises(CaseMoved):
        exceptions.assign(case, 8, version=1, actor=boss)
    exceptions.comment(case, "on it", actor=boss)
    with pytest.raises(OutcomeMissing):
        exceptions.resolve(case, version=2, actor=boss, cause="data", remedy="  ")
    exceptions.resolve(case, version=2, actor=boss, cause="data", remedy="corrected the unit")
    row = Case.objects.get(pk=case)
    assert (row.state, row.assignee_id, row.cause, row.remedy) == (
        "resolved", 9, "data", "corrected the unit",
    )  # fmt: skip
    assert row.ended_at is not None
    assert [x["action"] for x in queue.history(row)] == [
        "opened", "assigned", "comment", "resolved",
    ]  # fmt: skip
    with pytest.raises(CaseEnded):
        exceptions.dismiss(case, version=3, actor=boss, reason="twice")


def test_the_log_is_append_only(company):
    open_one(company)
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseLog.objects.update(text="rewritten")
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseLog.objects.all().delete()


def test_people_see_what_is_theirs(company):
    other = Company.objects.create(code="EX2", currency="CNY")
    mine, theirs = open_one(company), open_one(other)
    reported = open_one(company, 3, actor=person(company, "sales.clerk", id=11))
    admin = person(company, "system.administrator")
    clerk = person(company, "sales.clerk", id=11)
    assert set(queue.visible(admin).values_list("pk", flat=True)) == {mine, reported}
    assert set(queue.visible(clerk).values_list("pk", flat=True)) == {reported}
    with pytest.raises(NotFound):
        queue.take(admin, theirs)
    with pytest.raises(NotAllowed):
        queue.take(clerk, reported)


def test_the_queue_is_paged_by_due_time(company):
    ids = [open_one(company, n) for n in range(5)]
    admin = person(company, "system.administrator")
    first = queue.page(admin, limit=2)
    second = queue.page(admin, limit=2, after=first["next"])
    third = queue.page(admin, limit=2, after=second["next"])
    assert [r["id"] for p in (first, second, third) for r in p["rows"]] == ids
    assert third["next"] is None
    exceptions.dismiss(ids[0], version=1, actor=admin, reason="test")
    assert [r["id"] for r in queue.page(admin, state="ended")["rows"]] == [ids[0]]
    assert queue.page(admin, mine=True)["rows"] == []
