"""Undoing a posting: the mirror image, in an open period, linked both ways."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from heyi.kernel.money import ZERO
from heyi.ledger import journal, pools, quantities, shortage
from heyi.ledger.errors import AlreadyReversed, NotPosted
from heyi.ledger.periods import Header, open_vouchers
from heyi.ledger.posting import LINES, Batch, write
from heyi.ledger.quantities import Delta, Place
from heyi.ledger.reference import Book
from heyi.ledger.types import Dimensions, Line, Movement, Posted, Posting, Ref
from heyi.ledger.valuation import METHODS, Pool, Terms
from heyi.platform.rows import columns, fetch
from heyi.platform.transactions import last, working


def reverse(company: int, documents: Sequence[Ref], *, on: date) -> list[Posted]:
    """Append the mirror image of what documents posted.

    Goods go back where they came from; an issue comes back at the very value
    that left. A receipt leaves at its own value, and what the shelf no longer
    carries of it goes to variance. Lines are red-letter: same side, other sign.

    Raises:
        NotPosted, AlreadyReversed, PeriodClosed.
        StockShort: The goods have gone on since.
    """
    assert working(), "reverse() joins the document's unit of work"
    old = _vouchers(company, documents)
    moves, entries, lines = _moves(old), _entries(old), _lines(old)
    mirror = [
        Posting(company, ref, on, tuple(m for _, m in moves[voucher]), word=word)
        for ref, (voucher, word) in old.items()
    ]
    books, headers = open_vouchers(mirror)
    books.know(m.product for p in mirror for m in p.movements)
    books.know(e[0][0] for x in entries.values() for e in x)
    quantities.change(books, _quantities(books, mirror))
    batch = Batch(books)
    batch.held = pools.lock(books, {e[0] for x in entries.values() for e in x})
    posted = []
    for header, (ref, (voucher, _)) in zip(headers, old.items(), strict=True):
        header.reverses = voucher
        done = Posted(ref, header.voucher, lines=[_red(x) for x in lines[voucher]])
        for no, (_, m) in enumerate(moves[voucher], 1):
            batch.moves.append(_move(header, no, m))
        for entry in reversed(entries[voucher]):
            _undo(batch, header, entry, done)
        header.numbered = bool(done.lines)
        posted.append(done)
    write(batch, headers, posted)
    last(journal.number, (headers, posted))
    return posted


def _undo(batch: Batch, header: Header, entry: tuple, done: Posted) -> None:
    key, no, voucher, purpose, quantity, value, cost, origin = entry
    held, goods = batch.held[key], batch.books.goods[key[0]]
    method, header.entries = METHODS[goods.costing], header.entries + 1
    if quantity > 0:
        if held.pool.quantity < quantity:
            place = key[0], batch.books.some_place(key[1]), key[2], 0, 0
            raise shortage.short(batch.books.company, place, quantity, held.pool.quantity)
        terms = Terms(batch.books.unit, goods.standard, voucher * LINES + no)
        change = method.take_back(held.pool, quantity, max(value, ZERO), terms)
        held.pool, moved = change.pool, -change.stock
    elif quantity < 0:
        terms = Terms(batch.books.unit, goods.standard, header.voucher * LINES + header.entries)
        change = method.receive(held.pool, -quantity, -value, terms)
        held.pool, moved = change.pool, change.stock
    else:
        moved = _fits(held.pool, -value)
        held.pool = replace(held.pool, value=held.pool.value + moved)
    came, left = pools.flows(goods.costing, -quantity, moved, -cost, paper=quantity >= 0)
    held.moved(header.on, came, left)
    batch.entries.append(
        (
            header.voucher,
            header.entries,
            batch.books.company,
            *key,
            header.on,
            purpose,
            -quantity,
            moved,
            -cost,
            held.pool.received,
            origin.type,
            origin.id,
        )
    )
    if gap := moved + value:  # the mirror lines took -value from stock; the shelf gave `moved`
        rule = batch.books.rule(purpose, goods.category, header.on)
        done.lines.append(
            journal.line(rule.stock, gap, Dimensions(), purpose, rule=rule.stock_rule)
        )
        done.lines.append(
            journal.line(rule.variance, -gap, Dimensions(), purpose, rule=rule.variance_rule)
        )


def _fits(pool: Pool, value: Decimal) -> Decimal:
    """How much of a value change the shelf can take without showing a price below nothing."""
    if pool.quantity <= 0 or pool.layers:
        return ZERO
    return max(value, -pool.value)


def _red(x: Line) -> Line:
    return replace(x, debit=-x.debit, credit=-x.credit, foreign=-x.foreign, quantity=-x.quantity)


def _vouchers(company: int, documents: Sequence[Ref]) -> dict[Ref, tuple[int, str]]:
    rows = fetch(
        """
        SELECT v.document_type, v.document_id, v.id, v.word, r.id
        FROM unnest(%s::text[], %s::bigint[]) AS w(type, id)
        JOIN ledger_voucher v ON v.document_type = w.type AND v.document_id = w.id
                             AND v.reverses_id IS NULL AND v.company_id = %s
        LEFT JOIN ledger_voucher r ON r.reverses_id = v.id ORDER BY v.id
        """,
        [*columns([(d.type, d.id) for d in documents]), company],
    )
    found = {Ref(type_, id_): (voucher, word) for type_, id_, voucher, word, _ in rows}
    for type_, id_, _voucher, _word, reversed_by in rows:
        if reversed_by:
            raise AlreadyReversed(shortage.document_named(type_, id_))
    if missing := [d for d in documents if d not in found]:
        raise NotPosted(shortage.document_named(missing[0].type, missing[0].id))
    return found


def _moves(old: dict[Ref, tuple[int, str]]) -> dict[int, list[tuple[int, Movement]]]:
    found = defaultdict(list)
    for voucher, no, purpose, product, lot, s, so, ss, t, to, ts, quantity, type_, id_ in fetch(
        """
        SELECT voucher_id, no, purpose, product_id, lot_id, source_id, source_owner_id, source_status,
               target_id, target_owner_id, target_status, quantity, origin_type, origin_id
        FROM ledger_stockmove WHERE voucher_id = ANY(%s) ORDER BY voucher_id, no
        """,
        [[v for v, _ in old.values()]],
    ):
        mirrored = Movement(
            purpose, product, quantity, t, s, Ref(type_, id_), None, lot, to, so, ts, ss
        )
        found[voucher].append((no, mirrored))
    return found


def _entries(old: dict[Ref, tuple[int, str]]) -> dict[int, list[tuple]]:
    found = defaultdict(list)
    for voucher, no, product, area, lot, purpose, quantity, value, cost, type_, id_ in fetch(
        """
        SELECT voucher_id, no, product_id, area_id, lot_id, purpose, quantity, value, cost,
               origin_type, origin_id
        FROM ledger_valueentry WHERE voucher_id = ANY(%s) ORDER BY voucher_id, no
        """,
        [[v for v, _ in old.values()]],
    ):
        found[voucher].append(
            ((product, area, lot), no, voucher, purpose, quantity, value, cost, Ref(type_, id_))
        )
    return found


def _lines(old: dict[Ref, tuple[int, str]]) -> dict[int, list[Line]]:
    found = defaultdict(list)
    for voucher, *facts in fetch(
        """
        SELECT voucher_id, account_id, debit, credit, currency, "foreign", quantity,
               dimension_set_id, purpose, rule_id
        FROM ledger_journalline WHERE voucher_id = ANY(%s) ORDER BY voucher_id, no
        """,
        [[v for v, _ in old.values()]],
    ):
        found[voucher].append(Line(*facts))
    return found


def _quantities(books: Book, mirror: Sequence[Posting]) -> dict[Place, Delta]:
    deltas = quantities.moved(books, ((p.on, m) for p in mirror for m in p.movements))
    for delta in deltas.values():
        delta.used_on = None  # what was done is undone, whatever has expired since
    return deltas


def _move(header: Header, no: int, m: Movement) -> tuple:
    return (
        header.voucher,
        no,
        header.company,
        header.on,
        m.purpose,
        m.product,
        m.lot,
        m.source,
        m.source_owner,
        m.source_status,
        m.target,
        m.target_owner,
        m.target_status,
        m.quantity,
        m.origin.type,
        m.origin.id,
    )
