"""Stock list of 610 products with on hand, promised and forecast, after a million moves over 20 bins."""

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
    unguarded,
)

PRODUCTS, BINS, TOGETHER = 610, 20, 10


def run(args: Sequence[str]) -> Iterator[dict[str, Any]]:
    moves = option(args, "moves", 1_000_000)
    with database("stock"):
        from heyi.ledger.api import fold, stock_list
        from heyi.platform.rows import fetch

        c = Bench(products=PRODUCTS, bins=BINS)
        at = time.perf_counter()
        _fill(c, moves)
        _under_way(c)
        fold()
        settle()
        tell(f"stock: {moves:,} moves written in {time.perf_counter() - at:.0f} s")
        spent, middle = timed_ms(lambda: stock_list(c.id))
        cpu = cpu_ms(lambda: stock_list(c.id))
        one_bin, _ = timed_ms(lambda: stock_list(c.id, location=c.bins[3]))
        rows = stock_list(c.id)
        assert len(rows) == PRODUCTS
        [(held, coming, going)] = fetch(
            """
            SELECT (SELECT sum(quantity) FROM ledger_quantitybalance),
                   (SELECT sum(quantity) FROM purchase_receiptline),
                   (SELECT sum(quantity) FROM sales_deliveryline)
            """
        )
        assert sum(r.on_hand for r in rows) == held
        assert sum(r.forecast for r in rows) == held + coming - going
        assert sum(r.reserved for r in rows) == going
        tell("stock: proving")
        yield result(
            "stock", spent, "ms", 50, moves=moves, products=PRODUCTS, bins=BINS,
            median_ms=round(middle, 1),
            cpu_ms=round(cpu, 1),
            one_bin_ms=round(one_bin, 1), **proved(),
        )  # fmt: skip


def _fill(c: Bench, moves: int) -> None:
    """Visit every product and bin in turn: five come, one goes out, one moves to the next bin.

    Ten moves are one voucher. Goods cost 10 each, always.
    """
    from heyi.platform.rows import array, fetch

    vouchers = moves // TOGETHER
    role = c.accounts
    with unguarded():
        fetch(
            """
            CREATE TEMP TABLE made AS
            SELECT i, 1 + i / %s AS voucher, 1 + i %% %s AS no, i / %s %% 3 AS kind,
                   products[1 + i %% %s] AS product, bins[1 + i / %s %% %s] AS bin,
                   bins[1 + (i / %s + 1) %% %s] AS next,
                   make_date(%s, 1, 1) + ((i / %s) * 360 / %s)::int AS "on"
            FROM (SELECT %s::bigint[] AS products, %s::bigint[] AS bins) AS given,
                 generate_series(0, %s - 1) AS i
            """,
            [
                TOGETHER, TOGETHER, PRODUCTS * BINS, PRODUCTS, PRODUCTS, BINS, PRODUCTS, BINS, YEAR,
                TOGETHER, vouchers, array(c.products), array(c.bins), vouchers * TOGETHER,
            ],
        )  # fmt: skip
        for statement in _FROM_MADE:
            fetch(statement.format(
                company=c.id, area=c.area, year=YEAR, goods=role["finished_goods"],
                received=role["goods_received_not_invoiced"], gone=role["goods_dispatched"],
            ))  # fmt: skip


_FROM_MADE = (
    """
    INSERT INTO ledger_voucher (id, company_id, period_id, word, number, "on", document_type, document_id)
    SELECT voucher, {company}, p.id, 'GL',
           CASE WHEN kind < 2 THEN row_number() OVER (PARTITION BY p.id, kind < 2 ORDER BY voucher) END,
           "on", 'bench.paper', voucher
    FROM (SELECT DISTINCT voucher, kind, "on" FROM made) AS v
    JOIN ledger_period p ON p.company_id = {company} AND v."on" BETWEEN p.start AND p."end"
    """,
    """
    INSERT INTO ledger_series (company_id, period_id, word, last)
    SELECT company_id, period_id, word, max(number) FROM ledger_voucher WHERE number IS NOT NULL GROUP BY 1, 2, 3
    """,
    """
    INSERT INTO ledger_stockmove (voucher_id, no, company_id, "on", purpose, product_id, lot_id, source_id,
        source_owner_id, source_status, target_id, target_owner_id, target_status, quantity, origin_type, origin_id)
    SELECT voucher, no, {company}, "on", (ARRAY['purchase.receipt', 'sales.delivery', 'stock.transfer'])[kind + 1],
           product, 0, CASE kind WHEN 0 THEN 1 ELSE bin END, 0, 0,
           CASE kind WHEN 0 THEN bin WHEN 1 THEN 2 ELSE next END, 0, 0, CASE kind WHEN 0 THEN 5 ELSE 1 END,
           'bench.line', i
    FROM made ORDER BY voucher, no
    """,
    """
    INSERT INTO ledger_valueentry (voucher_id, no, company_id, product_id, area_id, lot_id, "on", purpose, quantity,
        value, cost, stamp, origin_type, origin_id)
    SELECT voucher, no, {company}, product, {area}, 0, "on",
           CASE kind WHEN 0 THEN 'purchase.receipt' ELSE 'sales.delivery' END,
           CASE kind WHEN 0 THEN 5 ELSE -1 END, CASE kind WHEN 0 THEN 50 ELSE -10 END,
           CASE kind WHEN 0 THEN 50 ELSE -10 END,
           sum(CASE kind WHEN 0 THEN 5 ELSE 0 END) OVER (PARTITION BY product ORDER BY i), 'bench.line', i
    FROM made WHERE kind < 2 ORDER BY voucher, no
    """,
    """
    WITH added AS (
        INSERT INTO ledger_journalline (voucher_id, no, company_id, period_id, "on", account_id, debit, credit,
            currency, "foreign", quantity, dimension_set_id, purpose, origin_type, origin_id)
        SELECT v.id, side, {company}, v.period_id, v."on",
               CASE WHEN side = 1 THEN {goods} WHEN m.kind = 0 THEN {received} ELSE {gone} END,
               CASE WHEN (side = 1) = (m.kind = 0) THEN m.value ELSE 0 END,
               CASE WHEN (side = 1) = (m.kind = 0) THEN 0 ELSE m.value END,
               '', 0, CASE WHEN side = 1 THEN (CASE m.kind WHEN 0 THEN 5 ELSE -1 END) * m.many ELSE 0 END, 0,
               'bench', 'bench.paper', v.id
        FROM (SELECT voucher, kind, count(*) AS many, count(*) * CASE kind WHEN 0 THEN 50 ELSE 10 END AS value
              FROM made WHERE kind < 2 GROUP BY 1, 2) m
        JOIN ledger_voucher v ON v.id = m.voucher, generate_series(1, 2) AS side
        RETURNING company_id, period_id, account_id, dimension_set_id, currency, debit, credit, "foreign", quantity
    )
    INSERT INTO ledger_balancedelta SELECT * FROM added
    """,
    """
    INSERT INTO ledger_quantitybalance (company_id, product_id, location_id, lot_id, owner_id, status, quantity,
        reserved, negative, last_on, serial)
    SELECT {company}, product, place, 0, 0, 0, sum(quantity), 0, false, max("on"), false FROM (
        SELECT product, bin AS place, CASE kind WHEN 0 THEN 5 ELSE -1 END AS quantity, "on" FROM made
        UNION ALL SELECT product, next, 1, "on" FROM made WHERE kind = 2) AS ends
    GROUP BY product, place
    """,
    """
    INSERT INTO ledger_poolday (company_id, product_id, area_id, lot_id, "on", in_quantity, in_value, out_quantity, out_value)
    SELECT company_id, product_id, area_id, lot_id, "on", coalesce(sum(quantity) FILTER (WHERE quantity > 0), 0),
           coalesce(sum(value) FILTER (WHERE quantity > 0), 0), coalesce(-sum(quantity) FILTER (WHERE quantity < 0), 0),
           coalesce(-sum(value) FILTER (WHERE quantity < 0), 0)
    FROM ledger_valueentry GROUP BY 1, 2, 3, 4, 5
    """,
    """
    INSERT INTO ledger_valuepool (company_id, product_id, area_id, lot_id, quantity, value, received, price, last_on)
    SELECT company_id, product_id, area_id, lot_id, sum(quantity), sum(value), max(stamp), 10, max("on")
    FROM ledger_valueentry GROUP BY 1, 2, 3, 4
    """,
    "SELECT setval('ledger_voucher_id_seq', (SELECT max(id) FROM ledger_voucher))",
    "DROP TABLE made",
)


def _under_way(c: Bench) -> None:
    """Five hundred approved receipts and deliveries of ten lines; the deliveries' goods are promised."""
    from bench.setup import DAY
    from heyi.ledger.api import Movement, Ref, World, reserve
    from heyi.platform.transactions import unit_of_work
    from heyi.purchase.models import Receipt, ReceiptLine
    from heyi.sales.models import Delivery, DeliveryLine

    head = {"company": c.model, "on": DAY, "state": "approved"}
    receipts = Receipt.objects.bulk_create(
        Receipt(
            number=f"GR-{i:05}",
            supplier_id=c.parties[i % 200],
            warehouse_id=c.bins[i % BINS],
            **head,
        )
        for i in range(500)
    )
    deliveries = Delivery.objects.bulk_create(
        Delivery(
            number=f"SD-{i:05}",
            customer_id=c.parties[i % 200],
            warehouse_id=c.bins[i % BINS],
            **head,
        )
        for i in range(500)
    )
    line = [(i, j, c.products[(7 * i + 37 * j) % PRODUCTS]) for i in range(500) for j in range(10)]
    ReceiptLine.objects.bulk_create(
        ReceiptLine(
            receipt=receipts[i],
            no=j + 1,
            product_id=p,
            unit_id=c.unit,
            quantity_unit=2,
            quantity=2,
            price=10,
        )
        for i, j, p in line
    )
    going = DeliveryLine.objects.bulk_create(
        DeliveryLine(
            delivery=deliveries[i],
            no=j + 1,
            product_id=p,
            unit_id=c.unit,
            quantity_unit=1,
            quantity=1,
        )
        for i, j, p in line
    )
    promises = [
        Movement("sales.delivery", x.product_id, x.quantity, x.delivery.warehouse_id, World.CUSTOMERS,
                 Ref("sales.delivery_line", x.pk))
        for x in going
    ]  # fmt: skip
    for first in range(0, len(promises), 1000):
        part = promises[first : first + 1000]
        unit_of_work(lambda part=part: reserve(c.id, part))
