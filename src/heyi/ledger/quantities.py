"""Where goods lie and who they are promised to. The first of the two balances."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from heyi.kernel.money import ZERO
from heyi.ledger.errors import StockShort
from heyi.ledger.reference import Book, book
from heyi.ledger.types import Movement, Ref
from heyi.platform.rows import columns, fetch, insert

Place = tuple[int, int, int, int, int]  # product, location, lot, owner, status


@dataclass(slots=True)
class Delta:
    quantity: Decimal = ZERO
    reserved: Decimal = ZERO


_known: set[tuple[int, Place]] = set()  # rows seen committed; they are never deleted


def change(books: Book, deltas: Mapping[Place, Delta]) -> None:
    """Move quantities and promises, all or none: one statement, rows locked in key order.

    Raises:
        StockShort: A place would hold less than it owes to others.
    """
    if not deltas:
        return
    _exist(books, deltas)
    keys = sorted(deltas)
    changed = fetch(
        _CHANGE,
        [
            *columns([(*key, deltas[key].quantity, deltas[key].reserved) for key in keys]),
            books.company,
        ],
    )
    if len(changed) != len(keys):
        _refuse(books, deltas, {tuple(row) for row in changed})


_KEY = "product_id, location_id, lot_id, owner_id, status"
_SAME = " AND ".join(f"b.{c} = w.{c}" for c in _KEY.split(", "))
_CHANGE = f"""
    WITH w AS MATERIALIZED (
        SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[],
            %s::smallint[], %s::numeric[], %s::numeric[]) AS w({_KEY}, quantity, reserved)
    ), held AS MATERIALIZED (
        SELECT w.*, b.company_id FROM w JOIN ledger_quantitybalance b ON b.company_id = %s AND {_SAME}
        ORDER BY {", ".join("b." + c for c in _KEY.split(", "))} FOR UPDATE OF b
    )
    UPDATE ledger_quantitybalance b
    SET quantity = b.quantity + w.quantity, reserved = b.reserved + w.reserved
    FROM held w
    WHERE b.company_id = w.company_id AND {_SAME}
      AND (b.negative OR (w.quantity >= 0 AND w.reserved <= 0)
           OR b.quantity + w.quantity - b.reserved - w.reserved >= 0)
    RETURNING {", ".join("b." + c for c in _KEY.split(", "))}
"""


def _exist(books: Book, places: Iterable[Place]) -> None:
    """Make the rows that may be missing, before any is locked, so the order of locks holds."""
    new = sorted(p for p in places if (books.company, p) not in _known)
    if not new:
        return
    fetch(
        f"""
        INSERT INTO ledger_quantitybalance (company_id, {_KEY}, quantity, reserved, negative)
        SELECT %s, {_KEY}, 0, 0, negative
        FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::smallint[],
                    %s::boolean[]) AS w({_KEY}, negative)
        ORDER BY {_KEY} ON CONFLICT DO NOTHING
        """,
        [books.company, *columns([(*p, p[1] in books.negative) for p in new])],
    )
    transaction.on_commit(lambda: _known.update((books.company, p) for p in new))


def forget() -> None:
    """Drop what this process knows of existing rows (after a restore, or between tests)."""
    _known.clear()


def _refuse(books: Book, deltas: Mapping[Place, Delta], changed: set[Place]) -> None:
    place = min(p for p in deltas if p not in changed)
    rows = fetch(
        "SELECT quantity - reserved FROM ledger_quantitybalance WHERE company_id = %s "
        "AND product_id = %s AND location_id = %s AND lot_id = %s AND owner_id = %s AND status = %s",
        [books.company, *place],
    )
    wanted = deltas[place].reserved - deltas[place].quantity
    raise StockShort(place[0], place[1], wanted, rows[0][0] if rows else ZERO)


def reserve(company: int, movements: Sequence[Movement]) -> None:
    """Promise goods to the lines that are the movements' origins; books nothing.

    Two statements. Whoever locks a place first gets its goods; nobody is
    promised what is not there.

    Raises:
        StockShort: A place holds less that is not promised already.
    """
    assert not transaction.get_autocommit()
    books = book(company)
    deltas: dict[Place, Delta] = defaultdict(Delta)
    for m in movements:
        deltas[source_of(m)].reserved += m.quantity
    change(books, deltas)
    insert(
        "ledger_reservation",
        "company_id:bigint, product_id:bigint, location_id:bigint, lot_id:bigint, "
        "owner_id:bigint, status:smallint, quantity:numeric, origin_type:text, origin_id:bigint",
        [(company, *source_of(m), m.quantity, m.origin.type, m.origin.id) for m in movements],
    )


def release(company: int, origins: Sequence[Ref]) -> None:
    """Drop what was promised to these lines. Nothing promised is nothing to drop."""
    assert not transaction.get_autocommit()
    change(book(company), taken([(o, None) for o in origins]))


def taken(wanted: Sequence[tuple[Ref, Decimal | None]]) -> dict[Place, Delta]:
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
        columns([(ref.type, ref.id, quantity) for ref, quantity in wanted]),
    )
    return {tuple(key): Delta(reserved=-used) for *key, used in rows}


def source_of(m: Movement) -> Place:
    return m.product, m.source, m.lot, m.source_owner, m.source_status


def target_of(m: Movement) -> Place:
    return m.product, m.target, m.lot, m.target_owner, m.target_status
