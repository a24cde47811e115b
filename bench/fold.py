"""Folding waiting turnover into the period balances, and reading while none of it is folded."""

import datetime as dt
import time
from collections.abc import Iterator, Sequence
from typing import Any

from bench.setup import YEAR, Bench, database, option, proved, result, settle, timed_ms


def run(args: Sequence[str]) -> Iterator[dict[str, Any]]:
    rows = option(args, "rows", 1_000_000)
    with database("fold"):
        from bench.lines import fill
        from heyi.ledger.api import fold, trial_balance

        c = Bench()
        fill(c, rows)
        settle()
        year = dt.date(YEAR, 1, 1), dt.date(YEAR, 12, 31)
        before = trial_balance(c.id, *year)
        waiting, _ = timed_ms(lambda: trial_balance(c.id, *year), times=3)
        at = time.perf_counter()
        folded = fold()
        spent = time.perf_counter() - at
        assert folded == rows and trial_balance(c.id, *year) == before
        yield result(
            "fold", spent * 1e6 / rows, "s per million rows", 5, rows=rows,
            unfolded_trial_balance_ms=round(waiting), **proved(),
        )  # fmt: skip
