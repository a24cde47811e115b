"""How a worker process dies and stops."""

import asyncio
import signal

from django.db import transaction

from heyi.platform.exceptions.models import Case
from heyi.platform.jobs.models import JobRun, ParkedEvent
from heyi.platform.jobs.worker import Options, Patience, _revive, build
from heyi.platform.rows import fetch
from tests.work.conftest import effects, publish, script, tries, until, waiting, worker
from tests.work.stage import Shipped, count_up


def test_a_worker_killed_in_the_middle_loses_and_doubles_nothing(on_stage):
    script("first:2", 1, "die")
    publish(*(Shipped(n, "a") for n in (1, 2, 3)))
    with worker(concurrency=1) as first:
        assert until(lambda: first.poll()) == -signal.SIGKILL
    assert effects("first") == [1]
    with worker(concurrency=1):
        until(lambda: waiting() == 0)
    assert effects("first") == [1, 2, 3]
    assert sorted(effects("second")) == [1, 2, 3]


def test_a_stopping_worker_finishes_what_it_runs(on_stage):
    script("first:1", 1, "sleep")
    publish(Shipped(1, "a"))
    with worker() as process:
        until(lambda: tries("first", 1) == 1)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    assert effects("first") == [1]


def test_a_long_job_is_queued_again_when_the_worker_stops(on_stage, li):
    with transaction.atomic():
        run = count_up.start(li, to=30, pause=0.05)
    with worker(grace=0.2) as process:
        until(lambda: JobRun.objects.get(pk=run).done > 2)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    assert JobRun.objects.get(pk=run).state == "queued"
    with worker():
        until(lambda: JobRun.objects.get(pk=run).state == "done")


def test_a_job_that_keeps_killing_its_workers_is_parked(on_stage):
    """The workers of two jobs have died: once is bad luck, seven times is the job's fault."""
    publish(Shipped(1, "a"), Shipped(2, "b"))
    fetch(
        "UPDATE procrastinate_jobs SET status = 'doing', attempts = CASE lock"
        " WHEN 'party|stage.thing:a' THEN 6 ELSE 0 END WHERE lock LIKE 'party|%%'"
    )

    async def rescue():
        options = Options()
        app = build(options)
        async with app.open_async():
            for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=30):
                await _revive(app, job, Patience(options.retry))

    asyncio.run(rescue())
    parked = ParkedEvent.objects.get()
    assert (parked.payload["number"], parked.error) == (1, "the worker died")
    assert Case.objects.get().code == "platform.event_parked"
    state = fetch(
        "SELECT lock, status::text, scheduled_at > '9000-01-01' FROM procrastinate_jobs"
        " WHERE lock LIKE 'party|%%' ORDER BY lock"
    )
    assert state[0] == ("party|stage.thing:a", "todo", True)
    assert state[1][:2] == ("party|stage.thing:b", "todo")
