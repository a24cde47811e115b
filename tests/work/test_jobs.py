"""Events and jobs, by a real worker process on a real database."""

import pytest
from django.db import transaction

from heyi.platform import clock
from heyi.platform.exceptions.models import Case
from heyi.platform.jobs import api as jobs
from heyi.platform.jobs.models import HandledEvent, JobRun, ParkedEvent
from heyi.platform.jobs.outbox import NotParked
from heyi.platform.models import Company
from heyi.platform.rows import fetch
from tests.work.conftest import effects, publish, script, tries, until, waiting
from tests.work.stage import Shipped, break_down, count_up


def test_publishing_needs_a_transaction(on_stage):
    with pytest.raises(AssertionError):
        jobs.publish([Shipped(1, "a")])


def test_a_rolled_back_fact_is_never_told(on_stage):
    with transaction.atomic():
        jobs.publish([Shipped(1, "a")])
        transaction.set_rollback(True)
    assert waiting() == 0


def test_events_are_queued_with_one_statement(on_stage, django_assert_num_queries):
    clock.now()
    with transaction.atomic(), django_assert_num_queries(1):
        jobs.publish(Shipped(n, "a") for n in range(100))
    assert waiting() == 200
    with transaction.atomic(), django_assert_num_queries(0):
        jobs.publish([])


def test_ids_sort_by_time(db):
    made = [jobs.uuid7() for _ in range(50)]
    assert {u.version for u in made} == {7}
    assert [u.int >> 80 for u in made] == sorted(u.int >> 80 for u in made)


def test_every_handler_hears_every_event_in_order(on_stage, crew):
    publish(*(Shipped(n, "a") for n in range(20)))
    until(lambda: waiting() == 0)
    assert effects("first") == list(range(20))
    assert effects("second") == list(range(20))
    assert HandledEvent.objects.count() == 40


def test_a_repeated_delivery_is_done_once(on_stage, crew):
    publish(Shipped(1, "a"))
    fetch(  # the queue hands every job out twice
        "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args)"
        " SELECT queue_name, task_name, lock, args FROM procrastinate_jobs"
    )
    assert waiting() == 4
    until(lambda: waiting() == 0)
    assert (effects("first"), effects("second")) == ([1], [1])


def test_a_failing_event_is_retried_and_holds_back_only_its_lane(on_stage, crew):
    script("first:1", 3)
    publish(Shipped(1, "a"), Shipped(2, "a"), Shipped(3, "b"))
    until(lambda: waiting() == 0)
    assert tries("first", 1) == 4
    assert effects("first") == [3, 1, 2]
    assert sorted(effects("second")) == [1, 2, 3]
    assert ParkedEvent.objects.count() == 0


def test_an_event_that_keeps_failing_is_parked_and_opens_one_case(on_stage, crew):
    company = Company.objects.create(code="HY", currency="CNY")
    script("first:1", 6)
    script("first:5", 6)
    publish(Shipped(1, "a", company.pk), Shipped(2, "a"), Shipped(5, "b", company.pk))
    until(lambda: ParkedEvent.objects.filter(state="parked").count() == 2)
    assert tries("first", 1) == 6
    assert effects("first") == []  # 2 waits behind 1; nothing of a failed try stays
    assert sorted(effects("second")) == [1, 2, 5]
    [case] = Case.objects.all()
    assert (case.code, case.state, case.count) == ("platform.event_parked", "open", 2)
    assert (case.company_id, case.owner) == (company.pk, "system.administrator")
    assert case.params["error"] == "RuntimeError: first:1 fails" or case.params[
        "error"] == "RuntimeError: first:5 fails"  # fmt: skip
    assert case.due_at > case.opened_at

    publish(Shipped(3, "a"))
    one, five = ParkedEvent.objects.order_by("payload__number")
    with transaction.atomic():
        jobs.retry([one.pk])
    until(lambda: effects("first") == [1, 2, 3])
    case.refresh_from_db()
    assert case.state == "open"  # 5 is still parked
    with transaction.atomic():
        jobs.retry([five.pk])
    until(lambda: waiting() == 0)
    case.refresh_from_db()
    assert (case.state, case.remedy) == ("resolved", "retried")
    assert set(ParkedEvent.objects.values_list("state", flat=True)) == {"done"}
    assert list(case.log.order_by("id").values_list("action", flat=True)) == ["opened", "resolved"]


def test_what_waits_behind_a_parked_event_is_put_off_and_let_go(on_stage, crew):
    script("first:1", 6)
    publish(Shipped(1, "a"), Shipped(2, "a"))
    [parked] = until(lambda: list(ParkedEvent.objects.filter(state="parked")))
    publish(Shipped(3, "a"), Shipped(4, "b"))
    until(lambda: effects("first") == [4])
    put_off = "SELECT count(*) FROM procrastinate_jobs WHERE scheduled_at > '9000-01-01'"
    until(lambda: fetch(put_off)[0][0] == 3)  # the parked one, and two behind it
    with transaction.atomic():
        jobs.retry([parked.pk])
    until(lambda: waiting() == 0)
    assert effects("first") == [4, 1, 2, 3]


def test_many_faults_lose_and_double_nothing(on_stage, crew):
    """Every seventh event fails for good; after the repair all are retried, each done once."""
    fetch("INSERT INTO stage_script SELECT 'first:' || n, 6, 'fail'"
          " FROM generate_series(0, 69, 7) AS n")  # fmt: skip
    publish(*(Shipped(n, str(n)) for n in range(70)))
    parked = until(
        lambda: (p := ParkedEvent.objects.filter(state="parked")).count() == 10 and p, 60
    )
    assert Case.objects.get().count == 10
    with transaction.atomic():
        jobs.retry(list(parked.values_list("pk", flat=True)))
    until(lambda: waiting() == 0)
    assert sorted(effects("first")) == list(range(70))
    assert sorted(effects("second")) == list(range(70))
    assert Case.objects.get().state == "resolved"


def test_a_retry_that_fails_is_parked_again(on_stage, crew):
    script("first:1", 7)
    publish(Shipped(1, "a"))
    [parked] = until(lambda: list(ParkedEvent.objects.filter(state="parked")))
    with transaction.atomic():
        jobs.retry([parked.pk])
    with pytest.raises(NotParked), transaction.atomic():
        jobs.retry([parked.pk])
    until(lambda: tries("first", 1) == 7)
    until(lambda: ParkedEvent.objects.filter(state="parked").exists())
    assert Case.objects.get().count == 2


def test_a_skipped_event_lets_the_lane_go_on(on_stage, crew, li):
    script("first:1", 99)
    publish(Shipped(1, "a"), Shipped(2, "a"))
    [parked] = until(lambda: list(ParkedEvent.objects.filter(state="parked")))
    with transaction.atomic():
        jobs.skip([parked.pk], actor=li, reason="typed twice")
    until(lambda: waiting() == 0)
    assert effects("first") == [2]
    assert ParkedEvent.objects.get().state == "skipped"
    assert ("skipped", "li", "typed twice") in Case.objects.get().log.values_list(
        "action", "actor", "text"
    )


def test_an_event_of_a_removed_handler_is_parked_not_lost(on_stage, crew):
    with transaction.atomic():
        jobs.publish([Shipped(1, "a")])
        fetch(
            'UPDATE procrastinate_jobs SET args = args || \'{"handler": "gone.handler"}\''
            " WHERE lock LIKE 'party|%%'"
        )
    [parked] = until(lambda: list(ParkedEvent.objects.filter(state="parked")))
    assert parked.handler == "gone.handler"
    assert "no handler gone.handler" in parked.error


def test_a_job_shows_its_progress_and_its_result(on_stage, crew, li):
    with transaction.atomic():
        run = count_up.start(li, to=3)
    until(lambda: JobRun.objects.get(pk=run).state == "done")
    row = JobRun.objects.get(pk=run)
    assert (row.done, row.total, row.result, row.actor, row.company_id) == (
    3, 3, {"counted": 3}, "li", li.company,
    )  # fmt: skip


def test_a_running_job_stops_when_asked(on_stage, crew, li):
    with transaction.atomic():
        run = count_up.start(li, to=1000, pause=0.05)
    until(lambda: JobRun.objects.get(pk=run).done > 2)
    jobs.cancel(run)
    until(lambda: JobRun.objects.get(pk=run).state == "cancelled")
    with pytest.raises(Exception, match=r"platform\.run_over"):
        jobs.cancel(run)
    assert JobRun.objects.get(pk=run).done < 1000


def test_a_cancelled_job_never_starts(on_stage, crew, li):
    with transaction.atomic():
        run = count_up.start(li, to=3)
    jobs.cancel(run)
    until(lambda: JobRun.objects.get(pk=run).state == "cancelled")
    assert JobRun.objects.get(pk=run).done == 0


def test_a_job_that_fails_for_good_opens_a_case(on_stage, crew, li):
    with transaction.atomic():
        run = break_down.start(li)
    until(lambda: JobRun.objects.get(pk=run).state == "failed")
    assert tries("break", 0) == 2
    case = Case.objects.get()
    assert (case.code, case.company_id) == ("platform.job_failed", li.company)
    assert case.params == {"job": "stage.break", "error": "RuntimeError: the machine broke"}


def test_periodic_jobs_run_and_do_not_pile_up(on_stage, crew):
    until(lambda: tries("tick", 0) >= 2)
    assert fetch("SELECT count(*) FROM procrastinate_jobs WHERE queueing_lock = 'every|stage.tick'"
             " AND status = 'todo'")[0][0] <= 1  # fmt: skip
