"""What must always be true, looked at again and again: the part of Heyi that distrusts the rest.

A module declares `Proof`s. Each compares two things that are kept separately and must agree, says
how many pairs it compared, and names the first that differs. `heyi check --full` proves all rows;
the periodic job proves what came since, and everything as long as that takes no time worth saving.
"""

from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from heyi.platform import clock
from heyi.platform.modules import declared
from heyi.platform.rows import fetch

QUICK_SECONDS = 2.0  # a proof that takes less than this in full is always run in full


@dataclass(frozen=True, slots=True)
class Result:
    """`first_bad` is a plain dict that names the row and the document, with what was kept and found."""

    checked: int
    first_bad: dict[str, Any] | None = None

    @property
    def ok(self) -> bool:
        return self.first_bad is None


@dataclass(frozen=True, slots=True)
class Proof:
    """One thing that must hold.

    Args:
        id: `module.what`, also the message key under `proof.`.
        check: Called with a company (None: all of them) and the key after which rows are new
            (None: all rows). It may look at more than it is asked to.
        head: The highest key there is now. Without it the proof always looks at everything.
    """

    id: str
    check: Callable[[int | None, int | None], Result]
    head: Callable[[], int] | None = None


def proofs() -> Sequence[Proof]:
    return list(declared("proofs"))


def run(company: int | None = None, *, full: bool = True) -> dict[str, Any]:
    """Prove everything, or (not `full`) what came since the last time.

    Returns:
        `{"ok", "proofs": [{"id", "ok", "checked", "first_bad", "seconds"}]}`, ready for JSON.
    """
    done = [_prove(proof, company, full) for proof in proofs()]
    return {"ok": all(d["ok"] for d in done), "proofs": done}


def _prove(proof: Proof, company: int | None, full: bool) -> dict[str, Any]:
    began = clock.ticks()
    since, watermark = None, None
    if proof.head and company is None:
        watermark = Watermark.read(proof)
        if not full and watermark.quick_full_run() is False:
            since = watermark.proved
    try:
        with _one_snapshot():
            result = proof.check(company, since)
    except Exception as defect:  # one broken proof must not hide the others
        result = Result(0, {"what": "defect", "error": f"{type(defect).__name__}: {defect}"})
    seconds = clock.ticks() - began
    if watermark and result.ok:
        watermark.advance(None if since is not None else seconds)
    return {
        "id": proof.id,
        "ok": result.ok,
        "checked": result.checked,
        "first_bad": result.first_bad,
        "seconds": int(seconds * 1000) / 1000,
    }


@contextmanager
def _one_snapshot():
    """All statements of a proof see the same instant, and cannot write."""
    if connection.in_atomic_block:  # the caller's transaction decides
        with transaction.atomic():
            yield
        return
    with transaction.atomic():
        fetch("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


class Watermark:
    """Up to which key a proof has looked, without ever skipping a row that was still in flight.

    A key is taken before its row commits, so rows with lower keys may appear later. When a run
    sees the highest key, it notes which transactions are alive; only when all of them have ended
    is everything up to that key visible, and only then does the next run begin after it. The ids
    of transactions here are the server's virtual ones: after a restore or a restart none of the
    noted ones lives, which is right, because none of those transactions does.
    """

    def __init__(
        self,
        proof: Proof,
        proved: int | None,
        pending: int | None,
        waiting: list[str],
        milliseconds: int | None,
    ) -> None:
        assert proof.head
        self.proof, self.proved, self.milliseconds = proof, proved, milliseconds
        self.head = proof.head()
        alive = _alive()
        ended = pending is not None and not set(waiting) & alive
        self.next = pending if ended else proved
        begin = ended or pending is None
        self.pending, self.waiting = (self.head, sorted(alive)) if begin else (pending, waiting)

    @classmethod
    def read(cls, proof: Proof) -> "Watermark":
        rows = fetch(
            "SELECT proved, pending, waiting, milliseconds FROM platform_proofmark "
            "WHERE proof = %s",
            [proof.id],
        )
        return cls(proof, *(rows[0] if rows else (None, None, [], None)))

    def quick_full_run(self) -> bool:
        """Whether there is nothing to go on from, or looking at everything takes no time."""
        if self.proved is None or self.milliseconds is None:
            return True
        return self.milliseconds < QUICK_SECONDS * 1000

    def advance(self, seconds: float | None) -> None:
        """Note what is proved now; `seconds` when this was a look at everything."""
        spent = self.milliseconds if seconds is None else int(seconds * 1000)
        fetch(
            """
            INSERT INTO platform_proofmark AS m (proof, proved, pending, waiting, milliseconds)
            VALUES (%s, %s, %s, %s::text[], %s)
            ON CONFLICT (proof) DO UPDATE SET proved = EXCLUDED.proved,
                pending = EXCLUDED.pending, waiting = EXCLUDED.waiting,
                milliseconds = EXCLUDED.milliseconds, at = platform_now()
            """,
            [self.proof.id, self.next, self.pending, list(self.waiting), spent],
        )


def _alive() -> set[str]:
    """The transactions running in this database, but for this one."""
    return {
        name
        for (name,) in fetch(
            """
            SELECT l.virtualtransaction FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
            WHERE l.locktype = 'virtualxid' AND a.datname = current_database()
              AND l.pid <> pg_backend_pid()
            """
        )
    }
