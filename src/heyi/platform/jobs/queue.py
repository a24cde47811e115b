"""Our side of procrastinate's table: queueing in the caller's transaction, with one statement."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from heyi.platform.rows import array, columns, fetch

FAR = datetime(9999, 1, 1, tzinfo=UTC)  # when a parked job would run


def defer(jobs: Sequence[tuple[str, str | None, str]]) -> list[int]:
    """Queue jobs in the current transaction.

    Args:
        jobs: (task, lock, arguments as JSON) each, in the order they are to run.
    """
    if not jobs:
        return []
    [(ids,)] = fetch(
        """
        SELECT procrastinate_defer_jobs_v1(array_agg(
            ROW('default', task, 0, lock, NULL, args, NULL)::procrastinate_job_to_defer_v1
            ORDER BY n))
        FROM unnest(%s::text[], %s::text[], %s::jsonb[]) WITH ORDINALITY AS j(task, lock, args, n)
        """,
        columns(jobs),
    )
    return ids


def reschedule(jobs: Sequence[int]) -> None:
    """Let waiting jobs run now, each once more before it counts as failed, and wake a worker."""
    if not jobs:
        return
    fetch(
        "UPDATE procrastinate_jobs SET scheduled_at = NULL "
        "WHERE id = ANY(%s::bigint[]) AND status = 'todo'",
        [array(jobs)],
    )
    fetch(
        "SELECT pg_notify('procrastinate_any_queue_v1', %s)",
        [json.dumps({"type": "job_inserted", "job_id": jobs[0]})],
    )
