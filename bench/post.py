"""Posting deliveries: 1,000 of ten lines, in batches, through the sales module and both ledgers."""

import datetime as dt
import time
from collections.abc import Iterator, Sequence
from decimal import Decimal as D
from typing import Any

from bench.setup import DAY, YEAR, Bench, database, measured, option, proved, result, settle


def run(args: Sequence[str]) -> Iterator[dict[str, Any]]:
    deliveries, batch = option(args, "deliveries", 1000), option(args, "batch", 100)
    with database("post"):
        from heyi.platform.access import SYSTEM
        from heyi.platform.rows import fetch
        from heyi.platform.transactions import unit_of_work
        from heyi.sales.delivery import post_deliveries
        from heyi.sales.models import Delivery

        c = Bench(products=500)
        _open_stock(c)
        _approve(c, 100 + deliveries)
        settle()
        ids = list(Delivery.objects.order_by("pk").values_list("pk", flat=True))

        def ship(chosen: Sequence[int]) -> None:
            def work() -> None:
                found = list(Delivery.objects.filter(pk__in=chosen).order_by("pk"))
                post_deliveries(found, actor=SYSTEM)

            unit_of_work(work)

        for first in range(0, 100, 50):
            ship(ids[first : first + 50])
        at = time.perf_counter()
        with measured() as spent:
            for first in range(100, 100 + deliveries, batch):
                ship(ids[first : first + batch])
        wall = time.perf_counter() - at
        lines = deliveries * 10
        [(posted,)] = fetch(
            "SELECT count(*) FROM ledger_stockmove WHERE purpose = 'sales.delivery'"
        )
        assert posted == lines + 1000
        yield result(
            "post", (spent.python + spent.server) / lines, "CPU-ms per line", 0.5, lines=lines,
            batch=batch, python=round(spent.python / lines, 4), server=round(spent.server / lines, 4),
            lines_per_second=round(lines / wall), **proved(),
        )  # fmt: skip


def _open_stock(c: Bench) -> None:
    from heyi.ledger.api import Movement, Posting, Ref, World, post
    from heyi.platform.transactions import unit_of_work

    moves = tuple(
        Movement("stock.open", p, D(1_000_000), World.LOST_AND_FOUND, c.bins[0], Ref("open", p), D(5_000_000))
        for p in c.products
    )  # fmt: skip
    unit_of_work(lambda: post([Posting(c.id, Ref("open", 1), dt.date(YEAR, 1, 1), moves)]))


def _approve(c: Bench, count: int) -> None:
    """Deliveries ready to post: line j of delivery i is product 7i + 37j, 1 + (i + j) mod 5 pieces."""
    from heyi.sales.models import Delivery, DeliveryLine

    made = Delivery.objects.bulk_create(
        Delivery(
            company=c.model, number=f"SD-{i:06}", on=DAY, customer_id=c.parties[i % 200],
            warehouse_id=c.bins[0], state="approved",
        )
        for i in range(count)
    )  # fmt: skip
    DeliveryLine.objects.bulk_create(
        (
            DeliveryLine(
                delivery=d, no=j + 1, product_id=c.products[(7 * i + 37 * j) % 500], unit_id=c.unit,
                quantity_unit=D(1 + (i + j) % 5), quantity=D(1 + (i + j) % 5),
            )
            for i, d in enumerate(made) for j in range(10)
        ),
        batch_size=2000,
    )  # fmt: skip
