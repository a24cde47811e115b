"""Where goods lie and who they are promised to. The first of the two balances.

A place is one row: what lies there and what of it is promised. Goods kept by lot have a second
row over all lots of the place, so that "any lot" can be promised too; the lots' promises are
part of it. Both rows refuse to promise or lose what they do not have, whoever comes first.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction

from heyi.kernel.money import ZERO
from heyi.ledger import shortage
from heyi.ledger.errors import (
    AlreadyPromised,
    LotExpired,
    LotRequired,
    LotUnknown,
    SerialInUse,
)
from heyi.ledger.reference import Book, book
from heyi.ledger.types import Broken, Movement, Ref, World
from heyi.platform.rows import array, columns, fetch, insert
from heyi.platform.transactions import working

Place = tuple[int, int, int, int, int]  # product, location, lot, owner, status
LOTS, TOTALS = "ledger_quantitybalance", "ledger_placetotal"
_USED_UP = {World.CUSTOMERS, World.PRODUCTION}  # where expired goods may not go


@dataclass(slots=True)
class Delta:
    """What happens to one place: quantity by day, promises, and whether it may break promises.

    `used_on` is the first day on which goods of it are sold or used; they may not have expired.
    """

    days: dict[date, Decimal] = field(default_factory=dict)
    reserved: Decimal = ZERO
    breaks: bool = False
    used_on: date | None = None

    @property
    def quantity(self) -> Decimal:
        return sum(self.days.values(), ZERO)

    def move(self, on: date, quantity: Decimal) -> None:
        self.days[on] = self.days.get(on, ZERO) + quantity

    def join(self, other: "Delta") -> None:
        for on, quantity in other.days.items():
            self.move(on, quantity)
        self.reserved += other.reserved
        self.breaks |= other.breaks


@dataclass(frozen=True, slots=True)
class Changed:
    """A row after its change: `was_on` is the day it had moved last, `broken` what it owed too much."""

    place: Place
    quantity: Decimal
    was_on: date | None
    expires_on: date | None
    negative: bool
    broken: Decimal


_known: set[tuple[str, int, Place]] = set()  # rows seen committed; they are never deleted


def forget() -> None:
    """Drop what this process knows of existing rows (after a restore, or between tests)."""
    _known.clear()


def moved(books: Book, movements: Iterable[tuple[date, Movement]]) -> defaultdict[Place, Delta]:
    """What movements do to our places.

    Raises:
        LotRequired: Goods that are followed by lot or serial number go without one.
    """
    deltas: defaultdict[Place, Delta] = defaultdict(Delta)
    for on, m in movements:
        ours = books.area(m.source) is not None, books.area(m.target) is not None
        if not m.lot and any(ours) and books.goods[m.product].tracking != "none":
            raise LotRequired(*shortage.product_named(m.product))
        if ours[0]:
            delta = deltas[source_of(m)]
            delta.move(on, -m.quantity)
            delta.breaks |= m.breaks_promises
            if m.target in _USED_UP and (delta.used_on is None or on > delta.used_on):
                delta.used_on = on
        if ours[1]:
            deltas[target_of(m)].move(on, m.quantity)
    return deltas


def change(books: Book, deltas: Mapping[Place, Delta]) -> list[tuple[Place, Broken]]:
    """Move quantities and promises, all or none: one statement, rows locked in key order.

    One more for goods kept by lot (their totals), two for serial numbers, two where promises
    may break, and one for what is dated before something that moved already.

    Returns:
        Promises that a counted loss broke.

    Raises:
        StockShort: A place would hold less than it owes to others.
        StockShortLater: A later day would end below zero.
        LotExpired, LotUnknown, SerialInUse.
    """
    tracked = {p for p in deltas if books.goods[p[0]].tracking != "none"}
    rows = {p: d for p, d in deltas.items() if p[2] or p not in tracked}
    _lock_promises([p for p, d in deltas.items() if d.breaks])
    arriving = _lock_serials(books, rows)
    changed = _apply(books, LOTS, rows)
    totals: defaultdict[Place, Delta] = defaultdict(Delta)
    for place in sorted(tracked):
        product, location, _, owner, status = place
        totals[product, location, 0, owner, status].join(deltas[place])
    for c in changed:
        if c.broken and c.place in tracked:
            product, location, _, owner, status = c.place
            totals[product, location, 0, owner, status].reserved -= c.broken
    changed_totals = _apply(books, TOTALS, totals)
    _refuse_expired(changed, rows)
    _refuse_serials_elsewhere(books, arriving)
    _refuse_later(books, changed, rows)
    return _break([c for c in (*changed, *changed_totals) if c.broken])


_KEY = "product_id, location_id, lot_id, owner_id, status"
_TYPES = "%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::smallint[]"
_SAME = " AND ".join(f"b.{c} = w.{c}" for c in _KEY.split(", "))
_ORDER = ", ".join(f"b.{c}" for c in _KEY.split(", "))
_CHANGE = f"""
    WITH w AS MATERIALIZED (
        SELECT * FROM unnest({_TYPES}, %s::numeric[], %s::numeric[], %s::date[], %s::boolean[])
            AS w({_KEY}, quantity, reserved, day, breaks)
    ), held AS MATERIALIZED (
        SELECT w.*, b.company_id, b.last_on AS was_on, b.reserved AS was_reserved
        FROM w JOIN {{table}} b ON b.company_id = %s AND {_SAME}
        ORDER BY {_ORDER} FOR UPDATE OF b
    )
    UPDATE {{table}} b
    SET quantity = b.quantity + w.quantity,
        reserved = CASE WHEN w.breaks AND NOT b.negative
                        THEN least(b.reserved + w.reserved, greatest(b.quantity + w.quantity, 0))
                        ELSE b.reserved + w.reserved END,
        last_on = greatest(b.last_on, w.day)
    FROM held w
    WHERE b.company_id = w.company_id AND {_SAME}
      AND (b.negative OR (w.quantity >= 0 AND w.reserved <= 0)
           OR b.quantity + w.quantity
              - CASE WHEN w.breaks THEN 0 ELSE b.reserved + w.reserved END >= 0)
      AND (NOT b.serial OR b.quantity + w.quantity IN (0, 1))
    RETURNING {_ORDER}, b.quantity, w.was_on, b.expires_on, b.negative,
              w.was_reserved + w.reserved - b.reserved
"""
_STATEMENTS = {table: _CHANGE.format(table=table) for table in (LOTS, TOTALS)}


def _apply(books: Book, table: str, deltas: Mapping[Place, Delta]) -> list[Changed]:
    if not deltas:
        return []
    _exist(books, table, deltas)
    places = sorted(deltas)
    wanted = [
        (*p, d.quantity, d.reserved, max(d.days, default=None), d.breaks)
        for p, d in ((p, deltas[p]) for p in places)
    ]
    rows = fetch(_STATEMENTS[table], [*columns(wanted), books.company])
    changed = [Changed((a, b, c, d, e), *rest) for a, b, c, d, e, *rest in rows]
    if len(changed) != len(places):
        _refuse(books, table, deltas, {c.place for c in changed})
    return changed


def _exist(books: Book, table: str, places: Iterable[Place]) -> None:
    """Make the rows that may be missing, before any is locked, so the order of locks holds."""
    new = sorted(p for p in places if (table, books.company, p) not in _known)
    if not new:
        return
    made = fetch(
        f"""
        WITH w AS (SELECT * FROM unnest({_TYPES}) AS w({_KEY})), made AS (
            INSERT INTO {table} (company_id, {_KEY}, quantity, reserved, negative, serial, expires_on)
            SELECT %s, {", ".join(f"w.{c}" for c in _KEY.split(", "))}, 0, 0,
                   CASE p.negative WHEN 'allow' THEN true WHEN 'refuse' THEN false
                                   ELSE l.negative END,
                   coalesce(lot.serial, false), lot.expires_on
            FROM w JOIN product_product p ON p.id = w.product_id
            JOIN ledger_location l ON l.id = w.location_id
            LEFT JOIN ledger_lot lot ON lot.id = w.lot_id AND lot.product_id = w.product_id
              AND lot.company_id = %s
            WHERE w.lot_id = 0 OR lot.id IS NOT NULL
            ORDER BY {", ".join(f"w.{c}" for c in _KEY.split(", "))} ON CONFLICT DO NOTHING
        )
        SELECT w.product_id, w.lot_id FROM w
        LEFT JOIN ledger_lot lot ON lot.id = w.lot_id AND lot.product_id = w.product_id
          AND lot.company_id = %s
        WHERE w.lot_id <> 0 AND lot.id IS NULL
        """,
        [*columns(new), books.company, books.company, books.company],
    )
    if made:
        raise LotUnknown(*shortage.product_named(made[0][0]))
    transaction.on_commit(lambda: _known.update((table, books.company, p) for p in new))


def _refuse(books: Book, table: str, deltas: Mapping[Place, Delta], changed: set[Place]) -> None:
    place = min(p for p in deltas if p not in changed)
    [(quantity, reserved, serial)] = fetch(
        f"SELECT quantity, reserved, serial FROM {table} WHERE company_id = %s "
        "AND product_id = %s AND location_id = %s AND lot_id = %s AND owner_id = %s AND status = %s",
        [books.company, *place],
    )
    delta = deltas[place]
    if serial and quantity + delta.quantity > 1:
        raise SerialInUse(*shortage.lot_named(place[2]))
    wanted = delta.reserved - delta.quantity
    available = quantity if delta.breaks else quantity - reserved
    raise shortage.short(books.company, place, wanted, available)


# --- promises --------------------------------------------------------------------------------


def reserve(company: int, movements: Sequence[Movement]) -> None:
    """Promise goods to the lines that are the movements' origins; books nothing.

    Two statements. Whoever locks a place first gets its goods; nobody is
    promised what is not there. Goods kept by lot may be promised without
    naming one: then any lot of the place will do.

    Raises:
        StockShort: A place holds less that is not promised already.
        AlreadyPromised: A line has its promise; release it first.
    """
    assert working(), "reserve() joins the document's unit of work"
    books = book(company)
    books.know(m.product for m in movements)
    deltas: defaultdict[Place, Delta] = defaultdict(Delta)
    for m in movements:
        deltas[source_of(m)].reserved += m.quantity
    change(books, deltas)
    try:
        insert(
            "ledger_reservation",
            "company_id:bigint, product_id:bigint, location_id:bigint, lot_id:bigint, "
            "owner_id:bigint, status:smallint, quantity:numeric, origin_type:text, "
            "origin_id:bigint",
            [(company, *source_of(m), m.quantity, m.origin.type, m.origin.id) for m in movements],
        )
    except IntegrityError as clash:
        if "one_promise_per_line" in str(clash):
            raise AlreadyPromised(movements[0].origin.type) from clash
        raise


def release(company: int, origins: Sequence[Ref]) -> None:
    """Drop what was promised to these lines. Nothing promised is nothing to drop."""
    assert working(), "release() joins the document's unit of work"
    books, freed = book(company), taken(company, [(o, None) for o in origins])
    books.know(p[0] for p in freed)
    change(books, freed)


def taken(company: int, wanted: Sequence[tuple[Ref, Decimal | None]]) -> dict[Place, Delta]:
    """Use up promises, wholly (None) or in part: one statement. What it freed, by place."""
    if not wanted:
        return {}
    rows = fetch(
        """
        WITH held AS MATERIALIZED (
            SELECT r.*, least(r.quantity, coalesce(w.quantity, r.quantity)) AS used
            FROM ledger_reservation r
            JOIN unnest(%s::text[], %s::bigint[], %s::numeric[]) AS w(type, id, quantity)
              ON r.origin_id = w.id AND r.origin_type = w.type
            WHERE r.company_id = %s
            ORDER BY r.id FOR UPDATE OF r
        ), gone AS (
            DELETE FROM ledger_reservation r USING held h WHERE r.id = h.id AND h.used = h.quantity
        ), less AS (
            UPDATE ledger_reservation r SET quantity = r.quantity - h.used
            FROM held h WHERE r.id = h.id AND h.used < h.quantity
        )
        SELECT product_id, location_id, lot_id, owner_id, status, sum(used)
        FROM held GROUP BY 1, 2, 3, 4, 5
        """,
        [*columns([(ref.type, ref.id, quantity) for ref, quantity in wanted]), company],
    )
    return {(a, b, c, d, e): Delta(reserved=-used) for a, b, c, d, e, used in rows}


def _lock_promises(places: Sequence[Place]) -> None:
    """Promises that may break are locked before the quantities, as everywhere."""
    if places:
        fetch(
            """
            SELECT r.id FROM ledger_reservation r
            WHERE (r.product_id, r.location_id) IN (
                SELECT * FROM unnest(%s::bigint[], %s::bigint[]))
            ORDER BY r.id FOR UPDATE
            """,
            columns(sorted({(p[0], p[1]) for p in places})),
        )


def _break(short: Sequence[Changed]) -> list[tuple[Place, Broken]]:
    """Shorten the promises that can no longer be kept, the youngest first."""
    if not short:
        return []
    rows = fetch(
        f"""
        WITH w AS (SELECT * FROM unnest({_TYPES}, %s::numeric[]) AS w({_KEY}, broken)),
        held AS MATERIALIZED (
            SELECT b.*, w.broken FROM ledger_reservation b JOIN w ON {_SAME}
            ORDER BY b.id FOR UPDATE OF b
        ), cut AS (
            SELECT held.*, least(quantity, greatest(0, broken + quantity - sum(quantity)
                OVER (PARTITION BY {_KEY} ORDER BY id DESC))) AS lost
            FROM held
        ), gone AS (
            DELETE FROM ledger_reservation r USING cut c WHERE r.id = c.id AND c.lost = c.quantity
        ), less AS (
            UPDATE ledger_reservation r SET quantity = r.quantity - c.lost
            FROM cut c WHERE r.id = c.id AND c.lost > 0 AND c.lost < c.quantity
        )
        SELECT {_KEY}, origin_type, origin_id, lost FROM cut WHERE lost > 0 ORDER BY id
        """,
        columns([(*c.place, c.broken) for c in short]),
    )
    return [((a, b, c, d, e), Broken(Ref(*ref), lost)) for a, b, c, d, e, *ref, lost in rows]


# --- later days, lots, serial numbers --------------------------------------------------------


def _refuse_later(books: Book, changed: Sequence[Changed], deltas: Mapping[Place, Delta]) -> None:
    """Goods that left before something that moved already must not be missed on a later day.

    Reads nothing unless a place is dated back; then one statement, over that
    product's later moves.
    """
    back: list[tuple[Changed, date]] = []
    for c in changed:
        days = deltas[c.place].days
        falls = [on for on, quantity in days.items() if quantity < 0]
        if falls and not c.negative and min(falls) < max(c.was_on or date.min, *days):
            back.append((c, min(falls)))
    if not back:
        return
    later: defaultdict[Place, dict[date, Decimal]] = defaultdict(dict)
    for *place, on, quantity in fetch(
        f"""
        SELECT w.product_id, w.location_id, w.lot_id, w.owner_id, w.status, m."on",
               sum(CASE WHEN {_INTO} THEN m.quantity ELSE 0 END
                   - CASE WHEN {_OUT_OF} THEN m.quantity ELSE 0 END)
        FROM unnest({_TYPES}, %s::date[]) AS w({_KEY}, since)
        JOIN ledger_stockmove m ON m.company_id = %s AND m.product_id = w.product_id
          AND m."on" > w.since AND m.lot_id = w.lot_id AND ({_INTO} OR {_OUT_OF})
        GROUP BY 1, 2, 3, 4, 5, 6
        """,
        [*columns([(*c.place, since) for c, since in back]), books.company],
    ):
        later[tuple(place)][on] = quantity
    for c, since in back:
        _walk(books, c, since, deltas[c.place].days, later[c.place])


_INTO = "(m.target_id, m.target_owner_id, m.target_status) = (w.location_id, w.owner_id, w.status)"
_OUT_OF = (
    "(m.source_id, m.source_owner_id, m.source_status) = (w.location_id, w.owner_id, w.status)"
)


def _walk(
    books: Book,
    c: Changed,
    since: date,
    own: Mapping[date, Decimal],
    stored: Mapping[date, Decimal],
) -> None:
    """Day ends from `since` on, latest first: none that this change lowers may be below zero."""
    here, lowered = c.quantity, sum(own.values(), ZERO)
    lowest, first = ZERO, None
    for on in sorted({on for on in (*own, *stored) if on >= since}, reverse=True):
        if lowered < 0 and here < 0:
            lowest, first = min(lowest, here), on
        here -= own.get(on, ZERO) + stored.get(on, ZERO)
        lowered -= own.get(on, ZERO)
    if first:
        wanted = -sum((q for q in own.values() if q < 0), ZERO)
        raise shortage.short_later(books.company, c.place, wanted, wanted + lowest, first)


def _refuse_expired(changed: Sequence[Changed], deltas: Mapping[Place, Delta]) -> None:
    for c in changed:
        used = deltas[c.place].used_on
        if used and c.expires_on and c.expires_on < used:
            raise LotExpired(*shortage.lot_named(c.place[2]), c.expires_on)


def _lock_serials(books: Book, deltas: Mapping[Place, Delta]) -> list[int]:
    """Serial numbers that come to lie somewhere, locked: each piece can only be in one place."""
    arriving = sorted(
        {
            p[2]
            for p, d in deltas.items()
            if books.goods[p[0]].tracking == "serial" and d.quantity > 0
        }
    )
    if arriving:
        fetch(
            "SELECT id FROM ledger_lot WHERE id = ANY(%s::bigint[]) ORDER BY id FOR UPDATE",
            [array(arriving)],
        )
    return arriving


def _refuse_serials_elsewhere(books: Book, arriving: Sequence[int]) -> None:
    if arriving and (
        double := fetch(
            "SELECT lot_id FROM ledger_quantitybalance WHERE company_id = %s AND lot_id <> 0 "
            "AND lot_id = ANY(%s::bigint[]) GROUP BY lot_id HAVING sum(quantity) > 1 ORDER BY 1",
            [books.company, array(arriving)],
        )
    ):
        raise SerialInUse(*shortage.lot_named(double[0][0]))


def source_of(m: Movement) -> Place:
    return m.product, m.source, m.lot, m.source_owner, m.source_status


def target_of(m: Movement) -> Place:
    return m.product, m.target, m.lot, m.target_owner, m.target_status
