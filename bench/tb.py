"""Trial balance of a year over a million lines (`--lines 10000000` for ten), nine columns."""

import datetime as dt
import time
from collections.abc import Iterator, Sequence
from typing import Any

from bench.setup import (
    YEAR,
    Bench,
    cpu_ms,
    database,
    option,
    proved,
    result,
    settle,
    tell,
    timed_ms,
)


def run(args: Sequence[str]) -> Iterator[dict[str, Any]]:
    lines = option(args, "lines", 1_000_000)
    with database("tb"):
        from bench.lines import fill
        from heyi.ledger.api import account_ledger, fold, trial_balance
        from heyi.platform.rows import fetch

        c = Bench()
        at = time.perf_counter()
        fill(c, lines)
        tell(f"tb: {lines:,} lines written in {time.perf_counter() - at:.0f} s")
        fold()
        settle()
        year = dt.date(YEAR, 1, 1), dt.date(YEAR, 12, 31)
        second = dt.date(YEAR, 7, 1), dt.date(YEAR, 12, 31)
        spent, middle = timed_ms(lambda: trial_balance(c.id, *year))
        half, _ = timed_ms(lambda: trial_balance(c.id, *second))
        cpu = cpu_ms(lambda: trial_balance(c.id, *year))
        page, _ = timed_ms(lambda: account_ledger(c.id, c.leaves[0], *year, limit=1000))
        found = trial_balance(c.id, *second)
        assert len([r for r in found.rows if r.leaf]) == 99
        assert found.total[0] == found.total[1] and found.total[6] == found.total[7] > 0
        plain = "SELECT account_id, sum(debit), sum(credit) FROM ledger_journalline GROUP BY 1"
        at = time.perf_counter()
        fetch(plain)
        grouped = 1000 * (time.perf_counter() - at)
        [(kept,)] = fetch("SELECT count(*) FROM ledger_periodbalance")
        tell("tb: proving")
        yield result(
            "tb", max(spent, half), "ms", 50, lines=lines, balances=kept,
            median_ms=round(middle, 1), cpu_ms=round(cpu, 1),
            ledger_page_ms=round(page, 1), group_by_lines_ms=round(grouped), **proved(),
        )  # fmt: skip
