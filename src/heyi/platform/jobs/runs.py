"""Jobs: declared functions that run in the worker, seen and stopped by people.

    @job("ledger.fold", every="*/5 * * * *")
    def fold(run: Run) -> None: ...

    @job("imports.commit")
    def commit(run: Run, batch: int) -> dict: ...
    commit.start(actor, batch=7)

A job manages its own transactions and must be repeatable: after a crash it is run again.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.db import connection, transaction

from heyi.kernel.errors import BusinessError, Remedy
from heyi.platform import exceptions
from heyi.platform.access import Actor
from heyi.platform.audit.origin import trace
from heyi.platform.exceptions import ExceptionKind
from heyi.platform.jobs.queue import defer
from heyi.platform.rows import fetch

RUN = "heyi.run"
JOB_FAILED = ExceptionKind(
    "platform.job_failed", kind="system", owner="system.administrator", due_hours=8,
    severity="major", screens=("jobs.run",),
)  # fmt: skip


class Cancelled(Exception):
    """Someone asked the run to stop, and it did."""


@dataclass(eq=False)
class RunOver(BusinessError):
    """The run had ended before it was asked to stop."""

    code = "platform.run_over"
    kind = "conflict"
    remedy = Remedy("platform.remedy.reload")
    run: int


@dataclass(slots=True)
class Run:
    """What a job function holds of its own run."""

    id: int
    company: int | None
    actor_id: int
    actor: str
    language: str
    stopping: Callable[[], bool] = field(default=lambda: False)

    def progress(self, done: int, total: int | None = None) -> None:
        """Show how far the run is; a good place to stop.

        Raises:
            Cancelled: Someone asked for it.
            InterruptedError: The worker is stopping; the job is queued again.
        """
        [(cancel,)] = fetch(
            "UPDATE jobs_jobrun SET done = %s, total = coalesce(%s, total) WHERE id = %s "
            "RETURNING cancel",
            [done, total, self.id],
        )
        if cancel:
            raise Cancelled
        if self.stopping():
            raise InterruptedError


@dataclass(frozen=True)
class Job:
    """A declared job.

    Args:
        every: Cron expression in UTC; a periodic job takes no arguments.
        retries: How often a failed run is tried again before it is failed.
        alone: Runs of this job wait for each other.
    """

    name: str
    function: Callable[..., Any]
    every: str | None = None
    retries: int = 0
    alone: bool = False
    registry: ClassVar[dict[str, "Job"]] = {}

    def start(self, actor: Actor | None = None, *, company: int | None = None, **args: Any) -> int:
        """Queue a run in the current transaction; its id, to follow it by.

        Args:
            args: JSON values, ids rather than data.
        """
        assert connection.in_atomic_block, f"start {self.name} in a transaction"
        company = company or (actor.company if actor else None)
        id_, name, language = (
            (actor.id, actor.name, actor.language) if actor else (0, "system", "en")
        )
        [(run,)] = fetch(
            "INSERT INTO jobs_jobrun (name, company_id, actor_id, actor, language, args, state,"
            " done, cancel, error, trace)"
            " VALUES (%s, %s, %s, %s, %s, %s, 'queued', 0, false, '', %s) RETURNING id",
            [self.name, company, id_, name, language, json.dumps(args), trace()],
        )
        lock = f"job|{self.name}" if self.alone or self.every else None
        defer(
            [
                (
                    RUN,
                    lock,
                    json.dumps({"name": self.name, "run": run, "args": args, "trace": trace()}),
                )
            ]
        )
        return run


def job(
    name: str, *, every: str | None = None, retries: int = 0, alone: bool = False
) -> Callable[[Callable[..., Any]], Job]:
    """Declare a job. List it under `jobs` in the module's manifest, so that it is known."""

    def declare(function: Callable[..., Any]) -> Job:
        assert name not in Job.registry, f"two jobs are called {name}"
        Job.registry[name] = Job(name, function, every, retries, alone)
        return Job.registry[name]

    return declare


def cancel(run: int) -> None:
    """Ask a run to stop. A queued one never starts; a running one stops at its next step.

    Raises:
        RunOver: It has ended.
    """
    asked = fetch(
        "UPDATE jobs_jobrun SET cancel = true "
        "WHERE id = %s AND state IN ('queued', 'running') RETURNING 1",
        [run],
    )
    if not asked:
        raise RunOver(run)


def perform(
    name: str, run: int | None, args: dict[str, Any], *, last: bool, stopping: Callable[[], bool]
) -> None:
    """Run a job and record how it went.

    Args:
        run: Its row; None for a periodic job, which gets one now.
        last: A failure now is final and opens a case.
        stopping: Whether the worker is going down.
    """
    declared = Job.registry.get(name)
    row = _begin(name, run)
    if row is None:
        return
    id_, company, actor_id, actor, language = row
    this = Run(id_, company, actor_id, actor, language, stopping)
    try:
        if declared is None:
            raise LookupError(f"no job {name}")
        result = declared.function(this, **args)
    except Cancelled:
        _end(id_, "cancelled")
    except InterruptedError:
        _end(id_, "queued")
        raise
    except Exception as fault:
        if last:
            fail(id_, name, company, f"{type(fault).__name__}: {fault}")
        else:
            _end(id_, "queued", error=str(fault))
        raise
    else:
        _end(id_, "done", result=result)


def fail(run: int, name: str, company: int | None, error: str) -> None:
    """A run has failed for good: record it and open or join the job's case."""
    with transaction.atomic():
        _end(run, "failed", error=error)
        exceptions.open(
            JOB_FAILED.code,
            refs=[("jobs.run", run)],
            params={"job": name, "error": error[:300]},
            company=company,
            same=name,
        )


def _begin(name: str, run: int | None) -> tuple[Any, ...] | None:
    if run is None:
        return fetch(
            "INSERT INTO jobs_jobrun (name, actor_id, actor, language, args, state, done, cancel,"
            " error, trace, started_at)"
            " VALUES (%s, 0, 'system', 'en', '{}', 'running', 0, false, '', '', platform_now())"
            " RETURNING id, company_id, actor_id, actor, language",
            [name],
        )[0]
    rows = fetch(
        "UPDATE jobs_jobrun SET started_at = platform_now(), done = 0,"
        " state = CASE WHEN cancel THEN 'cancelled' ELSE 'running' END,"
        " finished_at = CASE WHEN cancel THEN platform_now() END"
        " WHERE id = %s AND state IN ('queued', 'running')"
        " RETURNING id, company_id, actor_id, actor, language, state",
        [run],
    )
    return rows[0][:5] if rows and rows[0][5] == "running" else None


def _end(run: int, state: str, *, result: Any = None, error: str = "") -> None:
    fetch(
        "UPDATE jobs_jobrun SET state = %s, result = %s, error = %s,"
        " finished_at = CASE WHEN %s = 'queued' THEN NULL ELSE platform_now() END WHERE id = %s",
        [state, None if result is None else json.dumps(result, default=str), error, state, run],
    )
