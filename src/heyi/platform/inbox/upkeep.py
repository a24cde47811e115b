"""Keeping the notices few."""

from heyi.platform.jobs.api import Run, job
from heyi.platform.rows import fetch


@job("platform.tidy_inbox", every="37 3 * * *")
def tidy(run: Run) -> dict[str, int]:
    """Forget notices read 90 days ago."""
    [(gone,)] = fetch(
        "WITH old AS (DELETE FROM inbox_notice "
        "WHERE read_at < platform_now() - interval '90 days' RETURNING 1) SELECT count(*) FROM old"
    )
    return {"gone": gone}
