"""Single vouchers of four lines, 16 clients at once on one number series, without a gap."""

import gc
import multiprocessing
import time
from collections.abc import Iterator, Sequence
from decimal import Decimal as D
from typing import Any

from bench.setup import DAY, Bench, database, measured, option, proved, result


def run(args: Sequence[str]) -> Iterator[dict[str, Any]]:
    clients, each = option(args, "clients", 16), option(args, "each", 400)
    with database("vouchers"):
        from heyi.platform.rows import fetch

        c = Bench()
        _together(c, 4, 30, base=0)  # plans, caches and pages as on a day of work
        python, server, wall = _together(c, clients, each, base=1_000_000)
        [(last, numbers, distinct)] = fetch(
            "SELECT s.last, count(v.number), count(DISTINCT v.number) FROM ledger_series s "
            "JOIN ledger_voucher v USING (company_id, period_id, word) GROUP BY s.last"
        )
        assert last == numbers == distinct == clients * each + 4 * 30
        n = clients * each
        yield result(
            "vouchers", (python + server) / n, "CPU-ms", 2.5, clients=clients, vouchers=n,
            python=round(python / n, 3), server=round(server / n, 3), per_second=round(n / wall),
            **proved(),
        )  # fmt: skip


def _together(c: Bench, clients: int, each: int, base: int) -> tuple[float, float, float]:
    from django.db import connection

    connection.close()
    gc.collect()
    gc.freeze()  # what the clients share by the fork is not walked by each of them again
    context = multiprocessing.get_context("fork")
    gate, answers = context.Barrier(clients + 1), context.Queue()
    workers = [
        context.Process(target=_client, args=(c, each, base + n * each, gate, answers))
        for n in range(clients)
    ]
    for w in workers:
        w.start()
    gate.wait(60)
    at = time.perf_counter()
    spent = [answers.get(timeout=300) for _ in workers]
    wall = time.perf_counter() - at
    for w in workers:
        w.join(60)
        assert w.exitcode == 0
    return sum(p for p, _ in spent), sum(s for _, s in spent), wall


def _client(c: Bench, each: int, base: int, gate: Any, answers: Any) -> None:
    from django.db import connection

    from heyi.ledger.api import Amount, Dimensions, Posting, Ref, post
    from heyi.platform.transactions import unit_of_work

    def voucher(n: int) -> Posting:
        about = Dimensions(party=c.parties[n % 200]) if n % 2 else Dimensions()
        amounts = [D(1 + (n + k) % 97) for k in range(3)]
        return Posting(
            c.id, Ref("bench.voucher", n), DAY,
            journal=tuple(
                Amount(c.leaves[(7 * n + 31 * k) % 99], value, dimensions=about)
                for k, value in enumerate([*amounts, -sum(amounts)])
            ),
        )  # fmt: skip

    def one(n: int) -> None:
        unit_of_work(lambda: post([voucher(n)]))

    for n in range(3):
        one(base + n)
    gate.wait(60)
    with measured() as spent:
        for n in range(3, each):
            one(base + n)
    answers.put((spent.python, spent.server))
    connection.close()
