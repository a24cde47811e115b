"""Value that changes though nothing moves: the month's price is known, a standard is set anew."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from heyi.kernel.money import ZERO
from heyi.ledger import journal, pools
from heyi.ledger.errors import PeriodClosed
from heyi.ledger.periods import Header, open_vouchers
from heyi.ledger.posting import Batch, write
from heyi.ledger.reference import Book
from heyi.ledger.types import Movement, Posted, Posting, Ref
from heyi.ledger.valuation import Pool, Terms
from heyi.ledger.valuation.periodic import Month, month_end
from heyi.ledger.valuation.standard import revalue
from heyi.platform.rows import array, columns, fetch
from heyi.platform.transactions import last, working
from heyi.product.api import set_standards

SETTLEMENT, REVALUATION = "stock.settlement", "stock.revaluation"


def settle(company: int, on: date) -> Posted | None:
    """Give the goods costed at the period's average their price, for the period `on` lies in.

    One voucher on the period's last day moves the difference between the
    provisional price and the period's between stock and variance: once per
    pool, whatever moved. Run again it books only what has changed since, and
    nothing if nothing has; settle later periods again after an earlier one.
    The period must be open for the ledger; for stock it may be closed already.
    A constant number of statements.

    Returns:
        The posting, or None when there was nothing to book.
    """
    assert working(), "settle() joins a unit of work"
    start, end = _period(company, on)
    books, header = _open(company, end, "ledger.settlement")
    keys = [
        tuple(row)
        for row in fetch(
            """
            SELECT DISTINCT d.product_id, d.area_id, d.lot_id FROM ledger_poolday d
            JOIN product_product p ON p.id = d.product_id
            JOIN product_category c ON c.id = p.category_id AND c.costing = 'periodic'
            WHERE d.company_id = %s AND d."on" BETWEEN %s AND %s
            """,
            [company, start, end],
        )
    ]
    batch = _hold(books, keys)
    months, unit = _months(books, batch, start, end), books.unit
    changes = []
    for key, held in batch.held.items():
        month, carried = months[key]
        should, price = month_end(month, unit)
        difference = should - carried
        kept = _fits(held.pool, difference)
        known = held.pool.price if price is None else price
        held.pool = replace(held.pool, value=held.pool.value + kept, price=known)
        if difference:
            held.moved(end, pools.NOTHING, (ZERO, -difference))
            if gone := difference - kept:  # those goods have left in a later month
                held.moved(end + timedelta(days=1), pools.NOTHING, (ZERO, gone))
            changes.append((key, kept, difference))
    return _book(batch, header, SETTLEMENT, changes)


def change_standard(company: int, prices: Mapping[int, Decimal], *, on: date) -> Posted | None:
    """Set products' standard cost and revalue what is on hand: one voucher for all of them.

    The product keeps the new standard; the company's shelves take it at once.
    A posting in flight waits or is waited for, so no shelf keeps the old one.

    Args:
        prices: Product -> new standard cost per base unit.
    """
    assert working(), "change_standard() joins a unit of work"
    set_standards(prices)
    books, header = _open(company, on, "ledger.revaluation")
    keys = [
        tuple(row)
        for row in fetch(
            """
            SELECT v.product_id, v.area_id, v.lot_id FROM ledger_valuepool v
            JOIN product_product p ON p.id = v.product_id
            JOIN product_category c ON c.id = p.category_id AND c.costing = 'standard'
            WHERE v.company_id = %s AND v.product_id = ANY(%s::bigint[])
            """,
            [company, array(sorted(prices))],
        )
    ]
    batch = _hold(books, keys)
    changes = []
    for key, held in batch.held.items():
        change = revalue(held.pool, prices[key[0]], Terms(books.unit))
        held.pool = change.pool
        if change.stock:
            held.moved(on, *pools.flows("standard", ZERO, change.stock, ZERO, paper=True))
            changes.append((key, change.stock, change.stock))
    return _book(batch, header, REVALUATION, changes)


def _period(company: int, on: date) -> tuple[date, date]:
    found = fetch(
        'SELECT start, "end" FROM ledger_period WHERE company_id = %s AND %s BETWEEN start AND "end"',
        [company, on],
    )
    if not found:
        raise PeriodClosed(on, "calendar")
    return found[0]


def _open(company: int, on: date, type_: str) -> tuple[Book, Header]:
    """A voucher of the ledger's own: it is its own document."""
    books, [header] = open_vouchers([Posting(company, Ref(type_, 0), on)])
    header.document = Ref(type_, header.voucher)
    return books, header


def _hold(books: Book, keys: Sequence[tuple]) -> Batch:
    batch = Batch(books)
    books.know(key[0] for key in keys)
    batch.held = pools.lock(books, keys)
    return batch


def _months(
    books: Book, batch: Batch, start: date, end: date
) -> dict[pools.Key, tuple[Month, Decimal]]:
    """Each pool's month, and what its days make it carry at the end of it."""
    keys, found = sorted(batch.held), {}
    for product, area, lot, came, worth, left, cost, after, value_after in fetch(
        """
        SELECT w.product, w.area, w.lot,
               coalesce(sum(d.in_quantity) FILTER (WHERE d."on" <= %s), 0),
               coalesce(sum(d.in_value) FILTER (WHERE d."on" <= %s), 0),
               coalesce(sum(d.out_quantity) FILTER (WHERE d."on" <= %s), 0),
               coalesce(sum(d.out_value) FILTER (WHERE d."on" <= %s), 0),
               coalesce(sum(d.in_quantity - d.out_quantity) FILTER (WHERE d."on" > %s), 0),
               coalesce(sum(d.in_value - d.out_value) FILTER (WHERE d."on" > %s), 0)
        FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS w(product, area, lot)
        JOIN ledger_poolday d ON d.company_id = %s AND d.product_id = w.product
          AND d.area_id = w.area AND d.lot_id = w.lot AND d."on" >= %s
        GROUP BY 1, 2, 3
        """,
        [*([end] * 6), *(columns(keys) if keys else ["{}"] * 3), books.company, start],
    ):
        pool = batch.held[product, area, lot].pool
        carried = pool.value - value_after
        month = Month(
            quantity=pool.quantity - after - came + left,
            value=carried - worth + cost,
            in_quantity=came,
            in_value=worth,
            out_quantity=left,
            out_value=cost,
        )
        found[product, area, lot] = month, carried
    return found


def _fits(pool: Pool, value: Decimal) -> Decimal:
    """How much of a change the shelf can carry: no value without goods, none of the wrong sign."""
    if pool.quantity > 0:
        return max(value, -pool.value)
    if pool.quantity < 0:
        return min(value, -pool.value)
    return ZERO


def _book(
    batch: Batch,
    header: Header,
    purpose: str,
    changes: Sequence[tuple[pools.Key, Decimal, Decimal]],
) -> Posted | None:
    """Write the changes of value (what the shelf takes, what was found) as one voucher."""
    posted, totals = Posted(header.document, header.voucher), journal.Totals(batch.books, header.on)
    for key, kept, found in changes:
        header.entries += 1
        batch.entries.append(
            (
                header.voucher,
                header.entries,
                batch.books.company,
                *key,
                header.on,
                purpose,
                ZERO,
                kept,
                found,
                batch.held[key].pool.received,
                header.document.type,
                header.document.id,
            )
        )
        rule = batch.books.rule(purpose, batch.books.goods[key[0]].category, header.on)
        m = Movement(purpose, key[0], ZERO, 0, 0, header.document)
        totals.add(rule, m, stock=kept, variance=-kept, counterpart=ZERO)
    posted.lines = list(totals.lines())
    header.numbered = bool(posted.lines)
    write(batch, [header], [posted])
    if not changes:
        return None
    last(journal.number, ([header], [posted]))
    return posted
