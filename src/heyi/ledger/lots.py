"""Lots and serial numbers: naming them, and proposing which to take."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from heyi.kernel.money import ZERO
from heyi.ledger import shortage
from heyi.ledger.errors import LotDiffers
from heyi.platform.rows import columns, fetch


@dataclass(frozen=True, slots=True)
class Named:
    """A lot or serial number as the paper names it."""

    product: int
    code: str
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class Want:
    """Goods wanted from one place, of any lot.

    `promised` is how much of them is promised to this very want, whatever the lot.
    """

    product: int
    location: int
    quantity: Decimal
    owner: int = 0
    status: int = 0
    promised: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Pick:
    """How much to take of which lot."""

    lot: int
    quantity: Decimal
    expires_on: date | None


def register(company: int, named: Sequence[Named]) -> list[int]:
    """The lots of these names, made where they are new: one statement, in the order asked.

    Raises:
        LotDiffers: A lot of that name is there with another expiry date.
    """
    if not named:
        return []
    rows = fetch(
        """
        WITH w AS (
            SELECT * FROM unnest(%s::bigint[], %s::text[], %s::date[]) WITH ORDINALITY
                AS w(product, code, expires_on, n)
        ), made AS (
            INSERT INTO ledger_lot AS l (company_id, product_id, code, expires_on, serial)
            SELECT DISTINCT ON (w.product, w.code) %s, w.product, w.code, w.expires_on,
                   p.tracking = 'serial'
            FROM w JOIN product_product p ON p.id = w.product ORDER BY w.product, w.code
            ON CONFLICT (company_id, product_id, code) DO UPDATE SET code = l.code
            RETURNING l.id, l.product_id, l.code, l.expires_on
        )
        SELECT made.id, made.expires_on, w.expires_on
        FROM w JOIN made ON made.product_id = w.product AND made.code = w.code ORDER BY w.n
        """,
        [*columns([(x.product, x.code, x.expires_on) for x in named]), company],
    )
    for (_, kept, said), x in zip(rows, named, strict=True):
        if said is not None and kept != said:
            raise LotDiffers(x.code, kept)
    return [lot for lot, *_ in rows]


def pick(company: int, product: int, location: int, quantity: Decimal, *, on: date) -> list[Pick]:
    """Which lots to take at one place: first expired, first out. See `picks`."""
    return picks(company, [Want(product, location, quantity)], on=on)[0]


def picks(company: int, wants: Sequence[Want], *, on: date) -> list[list[Pick]]:
    """Which lots to take for each want: one statement for all of them.

    Lots that expire first come first, those without a date last; what is
    promised to others and what has expired by `on` is left alone. Wants for
    the same place share what is there, in the order given. A proposal locks
    nothing: posting decides.

    Raises:
        StockShort: A place does not hold enough.
    """
    if not wants:
        return []
    places = sorted({(w.product, w.location, w.owner, w.status) for w in wants})
    free: dict[tuple, list[Pick]] = {p: [] for p in places}
    unpromised: dict[tuple, Decimal] = {}
    for product, location, owner, status, lot, quantity, expires_on, total in fetch(
        """
        SELECT b.product_id, b.location_id, b.owner_id, b.status, b.lot_id,
               b.quantity - b.reserved, b.expires_on, t.quantity - t.reserved
        FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::smallint[])
             AS w(product, location, owner, status)
        JOIN ledger_quantitybalance b ON b.company_id = %s AND b.product_id = w.product
          AND b.location_id = w.location AND b.owner_id = w.owner AND b.status = w.status
        LEFT JOIN ledger_placetotal t ON t.company_id = b.company_id
          AND t.product_id = w.product AND t.location_id = w.location AND t.lot_id = 0
          AND t.owner_id = w.owner AND t.status = w.status
        WHERE b.quantity > b.reserved AND (b.expires_on IS NULL OR b.expires_on >= %s)
        ORDER BY b.expires_on NULLS LAST, b.lot_id
        """,
        [*columns(places), company, on],
    ):
        place = product, location, owner, status
        free[place].append(Pick(lot, quantity, expires_on))
        if total is not None:
            unpromised[place] = total
    proposals = []
    for w in wants:
        place = w.product, w.location, w.owner, w.status
        if place in unpromised:
            unpromised[place] -= w.quantity - w.promised
            if unpromised[place] < 0:
                key = w.product, w.location, 0, w.owner, w.status
                raise shortage.short(company, key, w.quantity, w.quantity + unpromised[place])
        proposals.append(_take(company, w, free[place]))
    return proposals


def _take(company: int, want: Want, free: list[Pick]) -> list[Pick]:
    """Take from the front of what is free; what is left stays for the next want."""
    taken: list[Pick] = []
    missing = want.quantity
    while missing > 0:
        if not free:
            place = want.product, want.location, 0, want.owner, want.status
            raise shortage.short(company, place, want.quantity, want.quantity - missing)
        first = free.pop(0)
        part = min(first.quantity, missing)
        taken.append(Pick(first.lot, part, first.expires_on))
        missing -= part
        if rest := first.quantity - part:
            free.insert(0, Pick(first.lot, rest, first.expires_on))
    return taken
