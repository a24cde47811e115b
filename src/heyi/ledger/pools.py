"""What goods are worth, locked, loaded and stored. The second of the two balances."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db import transaction

from heyi.kernel.money import ZERO
from heyi.ledger.reference import Book
from heyi.ledger.valuation import Day, Layer, Pool
from heyi.platform.rows import array, columns, fetch

Key = tuple[int, int, int]  # product, area, lot (0 unless the category costs by lot)
_KEY = "product_id, area_id, lot_id"
_SAME = "(p.product_id, p.area_id, p.lot_id) = (w.product_id, w.area_id, w.lot_id)"
_known: set[tuple[int, Key]] = set()  # rows seen committed; they are never deleted

Flow = tuple[Decimal, Decimal]  # quantity, value
NOTHING: Flow = (ZERO, ZERO)


@dataclass(slots=True)
class Held:
    """A locked pool, and what this batch does to it by day: in and out, quantity and value."""

    pool: Pool
    last_on: date | None
    days: dict[date, list[Decimal]] = field(default_factory=dict)
    before: tuple[Layer, ...] = ()

    def moved(self, on: date, came: Flow, left: Flow = NOTHING) -> None:
        """Add to a day what came in and what left, each as quantity and value."""
        day = self.days.setdefault(on, [ZERO, ZERO, ZERO, ZERO])
        for at, figure in enumerate((*came, *left)):
            day[at] += figure
        if (came[0] or left[0]) and (self.last_on is None or on > self.last_on):
            self.last_on = on


def flows(
    costing: str, quantity: Decimal, value: Decimal, cost: Decimal, *, paper: bool
) -> tuple[Flow, Flow]:
    """What an entry counts as in its day: what came in, and what left.

    By sign, but for the period average: there everything whose value a paper
    sets counts as coming in at what the paper says (a return to the supplier
    as less coming in), and everything the ledger values as leaving. So the
    month's price is the papers', whatever provisional price goods left at.
    """
    if costing == "periodic":
        return ((quantity, cost), (ZERO, cost - value)) if paper else (NOTHING, (-quantity, -value))
    if quantity > 0 or (quantity == 0 and value >= 0):
        return (quantity, value), NOTHING
    return NOTHING, (-quantity, -value)


def lock(books: Book, keys: Iterable[Key]) -> dict[Key, Held]:
    """Lock pools in key order, making the missing ones first. One statement when all are known."""
    wanted = sorted(set(keys))
    if not wanted:
        return {}
    _exist(books, wanted)
    rows = fetch(
        f"""
        SELECT p.product_id, p.area_id, p.lot_id, p.quantity, p.value, p.received, p.price, p.last_on
        FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS w({_KEY})
        JOIN ledger_valuepool p ON p.company_id = %s AND p.product_id = w.product_id
          AND p.area_id = w.area_id AND p.lot_id = w.lot_id
        ORDER BY p.product_id, p.area_id, p.lot_id FOR UPDATE OF p
        """,
        [*columns(wanted), books.company],
    )
    layers = _layers(books, [k for k in wanted if books.goods[k[0]].costing == "fifo"])
    held = {}
    for product, area, lot, quantity, value, received, price, last_on in rows:
        key = product, area, lot
        own = layers.get(key, ())
        held[key] = Held(Pool(quantity, value, received, price, own), last_on, before=own)
    assert len(held) == len(wanted)
    return held


def store(books: Book, pools: Mapping[Key, Held]) -> None:
    """Write pools and their days back: one statement, two more when FIFO layers changed."""
    if not pools:
        return
    fetch(
        f"""
        WITH w AS (
            SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::numeric[],
                %s::numeric[], %s::numeric[], %s::numeric[], %s::date[])
                AS w({_KEY}, quantity, value, received, price, last_on)
        ), stored AS (
            UPDATE ledger_valuepool p SET quantity = w.quantity, value = w.value,
                received = w.received, price = w.price, last_on = w.last_on
            FROM w WHERE p.company_id = %s AND p.product_id = w.product_id
              AND p.area_id = w.area_id AND p.lot_id = w.lot_id
        )
        INSERT INTO ledger_poolday AS d
            (company_id, {_KEY}, "on", in_quantity, in_value, out_quantity, out_value)
        SELECT %s, * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::date[],
            %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[])
        ON CONFLICT (company_id, {_KEY}, "on") DO UPDATE SET
            in_quantity = d.in_quantity + EXCLUDED.in_quantity,
            in_value = d.in_value + EXCLUDED.in_value,
            out_quantity = d.out_quantity + EXCLUDED.out_quantity,
            out_value = d.out_value + EXCLUDED.out_value
        """,
        [
            *columns(
                [
                    (*key, h.pool.quantity, h.pool.value, h.pool.received, h.pool.price, h.last_on)
                    for key, h in pools.items()
                ]
            ),
            books.company,
            books.company,
            *_day_columns(pools),
        ],
    )
    _store_layers(books, pools)


def days_since(books: Book, since: Mapping[Key, date]) -> dict[Key, list[tuple[date, Day]]]:
    """Each pool's days after the one given, oldest first, as stored: one statement or none."""
    found: dict[Key, list[tuple[date, Day]]] = {key: [] for key in since}
    if since:
        for product, area, lot, on, *figures in fetch(
            f"""
            SELECT p.product_id, p.area_id, p.lot_id, p."on",
                   p.in_quantity, p.in_value, p.out_quantity, p.out_value
            FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::date[]) AS w({_KEY}, since)
            JOIN ledger_poolday p ON p.company_id = %s AND {_SAME} AND p."on" > w.since
            ORDER BY p."on"
            """,
            [*columns([(*key, on) for key, on in since.items()]), books.company],
        ):
            found[product, area, lot].append((on, Day(*figures)))
    return found


def forget() -> None:
    _known.clear()


def _exist(books: Book, keys: list[Key]) -> None:
    new = [k for k in keys if (books.company, k) not in _known]
    if not new:
        return
    standards = _standards([k[0] for k in new if books.goods[k[0]].costing == "standard"])
    fetch(
        f"""
        INSERT INTO ledger_valuepool (company_id, {_KEY}, quantity, value, received, price)
        SELECT %s, {_KEY}, 0, 0, 0, price
        FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::numeric[]) AS w({_KEY}, price)
        ORDER BY {_KEY} ON CONFLICT DO NOTHING
        """,
        [books.company, *columns([(*k, standards.get(k[0], ZERO)) for k in new])],
    )
    transaction.on_commit(lambda: _known.update((books.company, k) for k in new))


def _standards(products: list[int]) -> dict[int, Decimal]:
    """Standard prices as they are now; a change of standard waits until the pool is there."""
    if not products:
        return {}
    rows = fetch(
        "SELECT id, standard FROM product_product WHERE id = ANY(%s::bigint[]) "
        "ORDER BY id FOR SHARE",
        [array(sorted(set(products)))],
    )
    return dict(rows)


def _day_columns(pools: Mapping[Key, Held]) -> list[str]:
    rows = [(*key, on, *day) for key, h in pools.items() for on, day in h.days.items()]
    return columns(rows) if rows else ["{}"] * 8


def _layers(books: Book, keys: list[Key]) -> dict[Key, tuple[Layer, ...]]:
    if not keys:
        return {}
    found: dict[Key, list[Layer]] = {}
    for product, area, lot, *layer in fetch(
        f"""
        SELECT p.product_id, p.area_id, p.lot_id, p.key, p.quantity, p.value
        FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS w({_KEY})
        JOIN ledger_poollayer p ON p.company_id = %s AND {_SAME} ORDER BY p.key
        """,
        [*columns(keys), books.company],
    ):
        found.setdefault((product, area, lot), []).append(Layer(*layer))
    return {key: tuple(layers) for key, layers in found.items()}


def _store_layers(books: Book, pools: Mapping[Key, Held]) -> None:
    gone, kept = [], []
    for key, h in pools.items():
        now = {layer.key: layer for layer in h.pool.layers}
        was = {layer.key: layer for layer in h.before}
        gone += [(*key, k) for k in was if k not in now]
        kept += [(*key, k, x.quantity, x.value) for k, x in now.items() if was.get(k) != x]
    if gone:
        fetch(
            f"DELETE FROM ledger_poollayer p USING unnest(%s::bigint[], %s::bigint[], "
            f"%s::bigint[], %s::bigint[]) AS w({_KEY}, key) "
            f"WHERE p.company_id = %s AND {_SAME} AND p.key = w.key",
            [*columns(gone), books.company],
        )
    if kept:
        fetch(
            f"""
            INSERT INTO ledger_poollayer (company_id, {_KEY}, key, quantity, value)
            SELECT %s, * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[],
                                     %s::numeric[], %s::numeric[])
            ON CONFLICT (company_id, {_KEY}, key) DO UPDATE
            SET quantity = EXCLUDED.quantity, value = EXCLUDED.value
            """,
            [books.company, *columns(kept)],
        )
