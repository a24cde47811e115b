"""Keeping the jobs' own tables small."""

from datetime import timedelta

from heyi.platform import clock
from heyi.platform.jobs.runs import Run, job
from heyi.platform.rows import fetch


@job("platform.tidy_jobs", every="17 3 * * *")
def tidy(run: Run) -> dict[str, int]:
    """Forget notes of events handled 60 days ago, and runs that ended well 30 days ago.

    Periodic runs that ended well are kept for a day; failed entries of the queue for 30 days, as
    their runs and cases say more.
    """
    handled = fetch(
        "WITH old AS (DELETE FROM jobs_handledevent "
        "WHERE at < platform_now() - interval '60 days' RETURNING 1) SELECT count(*) FROM old"
    )
    runs = fetch(
        "WITH old AS (DELETE FROM jobs_jobrun WHERE state IN ('done', 'cancelled') AND "
        "finished_at < platform_now() - CASE WHEN actor_id = 0 AND company_id IS NULL "
        "THEN interval '1 day' ELSE interval '30 days' END RETURNING 1) SELECT count(*) FROM old"
    )
    fetch(
        "DELETE FROM procrastinate_jobs j WHERE j.status IN ('failed', 'aborted', 'cancelled')"
        " AND NOT EXISTS (SELECT 1 FROM procrastinate_events e WHERE e.job_id = j.id"
        " AND e.at > %s)",
        [clock.world() - timedelta(days=30)],  # the queue lives in the world's time
    )
    return {"handled": handled[0][0], "runs": runs[0][0]}
