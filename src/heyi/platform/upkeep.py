"""What the worker throws away for the platform: answers nobody will ask for again."""

from datetime import timedelta

from heyi.platform import clock
from heyi.platform.jobs.api import Run, job
from heyi.platform.rows import fetch

KEPT = timedelta(days=30)
_PIECE = 20_000


@job("platform.forget_requests", every="41 3 * * *", alone=True)
def forget_requests(run: Run) -> dict[str, int]:
    """Forget the idempotency keys of a month ago, piece by piece.

    A client that repeats a request does so within minutes; one that was offline within days.
    """
    forgotten = 0
    while gone := _forget(_PIECE):
        forgotten += gone
        run.progress(forgotten)
    return {"forgotten": forgotten}


def _forget(most: int) -> int:
    rows = fetch(
        """
        DELETE FROM platform_idempotentrequest WHERE ctid = ANY(ARRAY(
            SELECT ctid FROM platform_idempotentrequest WHERE at < %s LIMIT %s
        )) RETURNING 1
        """,
        [clock.now() - KEPT, most],
    )
    return len(rows)
