"""Our side of procrastinate's table: queueing in the caller's transaction, holding parked lanes."""

from collections.abc import Sequence
from datetime import UTC, datetime

from heyi.platform.rows import array, columns, fetch

FAR = datetime(9999, 1, 1, tzinfo=UTC)  # when a parked job would run

_PARKED_LANES = """
    SELECT j.lock FROM jobs_parkedevent p JOIN procrastinate_jobs j ON j.id = p.job_id
    WHERE p.state = 'parked'
"""


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


def release(jobs: Sequence[int]) -> None:
    """Let parked jobs run now, and after each of them what waits behind it in its lane."""
    fetch(
        "UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo' AND lock IN"
        " (SELECT lock FROM procrastinate_jobs WHERE id = ANY(%s::bigint[]))",
        [array(jobs)],
    )


def hold() -> None:
    """Put off what waits behind parked jobs, so that looking for work need not step over it.

    The order within a lane keeps them waiting in any case. Also lets go what was put off by a
    `hold` that crossed a `release`.
    """
    fetch(
        "UPDATE procrastinate_jobs SET scheduled_at = %s WHERE status = 'todo'"
        f" AND scheduled_at IS NULL AND lock IN ({_PARKED_LANES})",
        [FAR],
    )
    fetch(
        "UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'"
        f" AND scheduled_at = %s AND lock NOT IN ({_PARKED_LANES})",
        [FAR],
    )
