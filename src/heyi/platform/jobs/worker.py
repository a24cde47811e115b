"""The worker process: takes queued jobs and runs them, until told to stop.

`python -m heyi.platform.jobs.worker`, or `main()`. SIGTERM and SIGINT let running jobs finish.
"""

import asyncio
import os
import traceback
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, cast

import django
import procrastinate
import structlog
from asgiref.sync import sync_to_async
from django.db import DatabaseError, close_old_connections
from procrastinate import exceptions as faults
from procrastinate.contrib.django.utils import connector_params
from procrastinate.job_context import JobContext
from procrastinate.jobs import DeleteJobCondition, Status
from procrastinate.jobs import Job as Queued
from procrastinate.retry import BaseRetryStrategy, RetryDecision
from procrastinate.worker import Worker

from heyi.platform.jobs import outbox, runs
from heyi.platform.jobs.outbox import HANDLE
from heyi.platform.jobs.queue import FAR, hold
from heyi.platform.jobs.runs import RUN, Job

RETRY_SECONDS = (10, 60, 300, 900, 3600)


@dataclass(frozen=True)
class Options:
    """How the worker works; each from an environment variable, HEYI_WORKER_<NAME>.

    Args:
        concurrency: Jobs at once; each uses a thread and a database connection.
        retry: Seconds before each retry of a failed event; after the last it is parked.
        poll: Seconds between looks at an empty queue.
        heartbeat, stalled: Seconds between signs of life, and without one until a worker counts
            as dead and its jobs are run again.
        grace: Seconds that running jobs get at a stop before they are interrupted.
    """

    concurrency: int = 4
    retry: tuple[float, ...] = RETRY_SECONDS
    poll: float = 0.5
    heartbeat: float = 5.0
    stalled: float = 30.0
    grace: float = 8.0
    queues: tuple[str, ...] = field(default=())

    @classmethod
    def from_environment(cls) -> "Options":
        def number(name: str, default: float) -> float:
            return float(os.environ.get(f"HEYI_WORKER_{name}", default))

        retry = os.environ.get("HEYI_WORKER_RETRY")
        return cls(
            concurrency=int(number("CONCURRENCY", cls.concurrency)),
            retry=tuple(map(float, retry.split(","))) if retry else cls.retry,
            poll=number("POLL", cls.poll),
            heartbeat=number("HEARTBEAT", cls.heartbeat),
            stalled=number("STALLED", cls.stalled),
            grace=number("GRACE", cls.grace),
        )


class Patience(BaseRetryStrategy):
    """When a failed job runs again: spaced further and further, then parked at the end of time."""

    def __init__(self, waits: tuple[float, ...]) -> None:
        self.waits = waits

    def get_retry_decision(self, *, exception: BaseException, job: Queued) -> RetryDecision | None:
        if isinstance(exception, InterruptedError):
            return RetryDecision(retry_in={"seconds": 0})
        if (wait := self.wait(job)) is not None:
            return RetryDecision(retry_in={"milliseconds": int(wait * 1000)})
        return RetryDecision(retry_at=FAR) if job.task_name == HANDLE else None

    def wait(self, job: Queued) -> float | None:
        """Seconds until the next try, or None after the last."""
        tries = len(self.waits)
        if job.task_name == RUN:
            declared = Job.registry.get(str(job.task_kwargs["name"]))
            tries = declared.retries if declared else 0
        if job.attempts >= tries:
            return None
        return self.waits[min(job.attempts, len(self.waits) - 1)]


class LaneWorker(Worker):
    """Looks for the next job of a lane as soon as the one before is done."""

    freed = False

    async def _process_job(self, context: JobContext) -> None:
        try:
            await super()._process_job(context)
        finally:
            self.freed = True
            self._new_job_event.set()

    async def _fetch_and_process_jobs(self) -> None:
        while True:
            self.freed = False
            await super()._fetch_and_process_jobs()
            if not self.freed or self._stop_event.is_set():
                return


def build(options: Options) -> procrastinate.App:
    """The queue with our two tasks and every periodic job."""
    app = procrastinate.App(
        connector=procrastinate.PsycopgConnector(
            kwargs=connector_params(), min_size=1, max_size=4, name="heyi-worker"
        )
    )
    patience = Patience(options.retry)

    @app.task(name=HANDLE, pass_context=True, retry=patience)
    def handle(context: JobContext, **args: Any) -> None:
        close_old_connections()
        structlog.contextvars.bind_contextvars(trace=args.get("trace", ""))
        try:
            outbox.deliver(args["handler"], args["event"], args["topic"], args["payload"])
        except Exception:
            close_old_connections()
            if patience.wait(context.job) is None:
                assert context.job.id is not None
                outbox.park(context.job.id, args, traceback.format_exc())
            raise

    @app.task(name=RUN, pass_context=True, retry=patience)
    def perform(context: JobContext, **args: Any) -> None:
        close_old_connections()
        structlog.contextvars.bind_contextvars(trace=args.get("trace", ""))
        runs.perform(
            args["name"], args.get("run"), args.get("args") or {},
            last=patience.wait(context.job) is None, stopping=context.should_abort,
        )  # fmt: skip

    for job in Job.registry.values():
        if job.every:
            app.periodic_registry.register_task(
                task=cast(Any, perform), cron=job.every, periodic_id=job.name,
                configure_kwargs={
                    "task_kwargs": {"name": job.name}, "queueing_lock": f"every|{job.name}",
                    "lock": f"job|{job.name}",
                },
            )  # fmt: skip
    return app


async def recover(app: procrastinate.App, options: Options) -> None:
    """Give the jobs of dead workers to living ones, park one that kills its workers, and keep
    parked lanes out of the way."""
    patience = Patience(options.retry)
    while True:
        await sync_to_async(_tend_lanes)()
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=options.stalled):
            try:
                await _revive(app, job, patience)
            except faults.ConnectorException:
                continue  # another worker was faster
        await asyncio.sleep(options.stalled / 3)


def _tend_lanes() -> None:
    close_old_connections()
    with suppress(DatabaseError):
        hold()


async def _revive(app: procrastinate.App, job: Queued, patience: Patience) -> None:
    assert job.id is not None
    # A job whose worker was stopped is not to blame; only repeated deaths are counted as failures.
    if job.attempts <= len(patience.waits):
        await app.job_manager.retry_job(job)
    elif job.task_name == HANDLE:
        await sync_to_async(outbox.park)(job.id, job.task_kwargs, "the worker died")
        await app.job_manager.retry_job(job, retry_at=FAR)
    else:
        args: dict[str, Any] = job.task_kwargs
        if args.get("run"):
            await sync_to_async(runs.fail)(args["run"], args["name"], None, "the worker died")
        await app.job_manager.finish_job(job, status=Status.FAILED, delete_job=False)


async def work(options: Options, *, wait: bool = True, signals: bool = True) -> None:
    """Run jobs until stopped; with `wait` false, until none can run now."""
    app = build(options)
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(options.concurrency + 2, "heyi-job"))
    async with app.open_async():
        worker = LaneWorker(
            app=app,
            concurrency=options.concurrency,
            wait=wait,
            fetch_job_polling_interval=options.poll,
            abort_job_polling_interval=options.poll,
            shutdown_graceful_timeout=options.grace,
            listen_notify=False,
            delete_jobs=DeleteJobCondition.SUCCESSFUL,
            install_signal_handlers=signals,
            update_heartbeat_interval=options.heartbeat,
            stalled_worker_timeout=options.stalled,
        )
        rescue = asyncio.create_task(recover(app, options))
        try:
            await worker.run()
        finally:
            rescue.cancel()


def main() -> None:
    """The worker as a process of its own."""
    django.setup()
    asyncio.run(work(Options.from_environment()))


if __name__ == "__main__":
    main()
