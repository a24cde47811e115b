"""The one door into both ledgers.

`post` takes what documents ask for and, in one transaction, writes the moves,
the value entries, the journal lines that follow from them, and the balances of
all three. Nothing else in the product writes to either ledger.

Order of locks, everywhere: documents, period (shared), reservations, quantity
balances, pools, voucher series. Each kind in key order, the series last.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from types import ModuleType

from django.db import transaction

from heyi.kernel.money import ZERO, allocate
from heyi.ledger import journal, pools, quantities, shortage
from heyi.ledger.errors import AmountTooFine, JournalUnbalanced, ReceiptUnknown
from heyi.ledger.periods import Header, open_vouchers
from heyi.ledger.quantities import Delta, Place
from heyi.ledger.reference import Book, Rule
from heyi.ledger.types import Broken, LateCost, Movement, Posted, Posting, Ref
from heyi.ledger.valuation import METHODS, Change, Day, Pool, Receipt, Terms, backdated
from heyi.platform.rows import columns, fetch, insert
from heyi.platform.transactions import last, working

FINEST = Decimal("0.000001")  # quantities are kept to six decimals
LINES = 10_000  # a value entry's arrival key is voucher * LINES + its place in the voucher


@dataclass(frozen=True, slots=True)
class Earlier:
    """A receipt a late cost belongs to, as it was entered."""

    pool: pools.Key
    value: Decimal
    receipt: Receipt
    origin: Ref


@dataclass(slots=True)
class Batch:
    """Everything one call writes, collected before the first row is written."""

    books: Book
    held: dict[pools.Key, pools.Held] = field(default_factory=dict)
    later: dict[pools.Key, list[tuple[date, Day]]] = field(default_factory=dict)
    moves: list[tuple] = field(default_factory=list)
    entries: list[tuple] = field(default_factory=list)


def post(postings: Sequence[Posting]) -> list[Posted]:
    """Record a batch of documents of one company in both ledgers, all or nothing.

    Locks are taken in key order, so concurrent batches queue instead of
    deadlocking. Cost: 3 statements for money alone, 8 with goods, whatever the
    size of the batch; more only for first uses, late costs and back-dates. The
    last of them, which takes the voucher numbers, is left to the end of the
    unit of work; `Posted.number` is filled then.

    Args:
        postings: At most 1,000 documents; larger runs are split by the caller.

    Raises:
        AlreadyPosted: One of the documents is in the ledger already (said at the end).
        AmountTooFine: An amount is finer than the currency.
        JournalUnbalanced: A document's own journal does not sum to zero.
        PeriodClosed: A date lies in no open period.
        PurposeUnmapped: A purpose has no accounts yet.
        ReceiptUnknown: A late cost names goods that never came.
        ReferenceUnknown: A product, place or account is not the company's.
        StockShort: A shelf would go below what it holds or owes.
        StockShortLater: A later day would.
        LotRequired, LotUnknown, LotExpired, SerialInUse: See `quantities`.
    """
    assert working(), "post() joins the document's unit of work"
    headers, posted = _record(postings)
    last(journal.number, (headers, posted))
    return posted


def preview(postings: Sequence[Posting]) -> list[Posted]:
    """What `post` would write, without writing it. Takes no voucher number."""
    with transaction.atomic():
        _, posted = _record(postings)
        transaction.set_rollback(True)
    return posted


def _record(postings: Sequence[Posting]) -> tuple[list[Header], list[Posted]]:
    assert 0 < len(postings) <= 1000
    for p in postings:
        if difference := sum((a.value for a in p.journal), ZERO):
            raise JournalUnbalanced(p.document.type, difference)
    books, headers = open_vouchers(postings)
    for p in postings:
        _check(books, p)
    batch = Batch(books)
    earlier = _earlier(batch, postings)
    books.know({m.product for p in postings for m in p.movements})
    broken = quantities.change(books, _quantities(batch, postings))
    batch.held = pools.lock(
        books, [*_pools(batch, postings), *(e.pool for x in earlier.values() for e in x)]
    )
    if earlier:  # again, now that nobody can reverse those receipts any more
        earlier = _earlier(batch, postings)
    batch.later = _later_days(batch, postings)
    posted = [_value(batch, h, p, earlier) for h, p in zip(headers, postings, strict=True)]
    _tell_broken(broken, postings, posted)
    write(batch, headers, posted)
    return headers, posted


def _check(books: Book, posting: Posting) -> None:
    """Amounts are whole units of the currency; quantities positive and in six decimals."""
    assert posting.day <= posting.on, "goods are entered after they moved, not before"
    for m in posting.movements:
        assert m.quantity > 0 and not m.quantity % FINEST, m
        assert m.value is None or m.value >= 0, m
    said = (m.value for m in posting.movements if m.value)
    for amount in (*said, *(a.value for a in posting.journal), *(x.value for x in posting.late)):
        if amount % books.unit:
            raise AmountTooFine(amount, books.currency)


def write(batch: Batch, headers: Sequence[Header], posted: Sequence[Posted]) -> None:
    """Store the batch: pools, moves, entries, lines. The number comes after this."""
    pools.store(batch.books, batch.held)
    insert("ledger_stockmove", _MOVE, batch.moves)
    insert("ledger_valueentry", _ENTRY, batch.entries)
    journal.insert_lines(headers, posted)


_MOVE = (
    "voucher_id:bigint, no:int, company_id:bigint, on:date, purpose:text, product_id:bigint, "
    "lot_id:bigint, source_id:bigint, source_owner_id:bigint, source_status:smallint, "
    "target_id:bigint, target_owner_id:bigint, target_status:smallint, quantity:numeric, "
    "origin_type:text, origin_id:bigint"
)
_ENTRY = (
    "voucher_id:bigint, no:int, company_id:bigint, product_id:bigint, area_id:bigint, "
    "lot_id:bigint, on:date, purpose:text, quantity:numeric, value:numeric, cost:numeric, "
    "stamp:numeric, origin_type:text, origin_id:bigint"
)


# --- quantities ------------------------------------------------------------------------------


def _quantities(batch: Batch, postings: Sequence[Posting]) -> dict[Place, Delta]:
    kept: dict[Ref, Decimal] = defaultdict(Decimal)
    for p in postings:
        for m in p.movements:
            if m.reserved_by:
                kept[m.reserved_by] += m.quantity
    freed = quantities.taken(batch.books.company, sorted(kept.items(), key=lambda k: k[0].id))
    batch.books.know(place[0] for place in freed)
    deltas = quantities.moved(batch.books, ((p.day, m) for p in postings for m in p.movements))
    for place, delta in freed.items():
        deltas[place].join(delta)
    return deltas


def _tell_broken(
    broken: Sequence[tuple[Place, Broken]], postings: Sequence[Posting], posted: Sequence[Posted]
) -> None:
    """Each broken promise goes to the first document that counted a loss there."""
    for (product, location, *_), promise in broken:
        for p, done in zip(postings, posted, strict=True):
            losses = ((m.product, m.source) for m in p.movements if m.breaks_promises)
            if (product, location) in losses:
                done.broken.append(promise)
                break


# --- values ----------------------------------------------------------------------------------


def pool_of(books: Book, product: int, location: int, owner: int, lot: int) -> pools.Key | None:
    """The pool that carries goods lying there; None for the world and for others' goods."""
    area = books.area(location)
    if area is None or owner:
        return None
    return product, area, lot if books.goods[product].by_lot else 0


def _ends(books: Book, m: Movement) -> tuple[pools.Key | None, pools.Key | None]:
    source = pool_of(books, m.product, m.source, m.source_owner, m.lot)
    target = pool_of(books, m.product, m.target, m.target_owner, m.lot)
    return (None, None) if source == target and m.value is None else (source, target)


def _pools(batch: Batch, postings: Sequence[Posting]) -> Iterable[pools.Key]:
    for p in postings:
        for m in p.movements:
            yield from (key for key in _ends(batch.books, m) if key)


def _value(
    batch: Batch, header: Header, posting: Posting, earlier: dict[LateCost, list[Earlier]]
) -> Posted:
    """Value one document: its moves in order, then its late costs, then its own journal."""
    posted = Posted(posting.document, header.voucher)
    totals = journal.Totals(batch.books, posting.on)
    for no, m in enumerate(posting.movements, 1):
        batch.moves.append(_move(header, posting, no, m))
        _value_move(batch, header, posting, m, totals, posted)
    for late in posting.late:
        _value_late(batch, header, posting, late, earlier[late], totals)
    posted.lines = [*totals.lines(), *journal.own_lines(batch.books, posting)]
    header.numbered = bool(posted.lines)
    return posted


def _value_move(
    batch: Batch,
    header: Header,
    posting: Posting,
    m: Movement,
    totals: journal.Totals,
    posted: Posted,
) -> None:
    source, target = _ends(batch.books, m)
    if source is None and target is None and m.value is None:
        return  # within one area, or somebody else's goods: no money moves
    category, shelf = batch.books.goods[m.product].category, m.source if source else m.target
    rule = batch.books.rule(m.purpose, category, posting.on, shelf)
    cost = m.value
    if source:
        change = _leave(batch, source, m)
        cost = change.stock + change.variance
        paper = m.value is not None
        _enter(batch, header, posting, source, m, -m.quantity, -change.stock, -cost, paper=paper)
        totals.add(rule, m, stock=-change.stock, variance=-change.variance, counterpart=cost)
    assert cost is not None, "goods entering from outside must say what they cost"
    if target:
        before = batch.held[target].pool
        change = _arrive(batch, header, target, m, cost)
        _enter(batch, header, posting, target, m, m.quantity, change.stock, cost)
        totals.add(rule, m, stock=change.stock, variance=change.variance, counterpart=-cost)
        _correct_later(batch, header, posting, target, m, before, rule, totals, cost)
    if not source and not target:  # the world on both sides: the rule names both accounts
        totals.add(rule, m, stock=cost, variance=ZERO, counterpart=-cost)
    posted.costs[m.origin] = posted.costs.get(m.origin, ZERO) + cost


def _terms(batch: Batch, product: int, key: int = 0) -> Terms:
    return Terms(batch.books.unit, batch.books.goods[product].standard, key)


def _method(batch: Batch, product: int) -> ModuleType:
    return METHODS[batch.books.goods[product].costing]


def _leave(batch: Batch, key: pools.Key, m: Movement) -> Change:
    held, method, terms = batch.held[key], _method(batch, m.product), _terms(batch, m.product)
    short = held.pool.quantity < m.quantity
    if short and (m.value is not None or method is METHODS["fifo"]):
        place = quantities.source_of(m)
        raise shortage.short(batch.books.company, place, m.quantity, held.pool.quantity)
    if m.value is None:
        change = method.issue(held.pool, m.quantity, terms)
    else:
        change = method.take_back(held.pool, m.quantity, m.value, terms)
    held.pool = change.pool
    return change


def _arrive(batch: Batch, header: Header, key: pools.Key, m: Movement, cost: Decimal) -> Change:
    held, arrival = batch.held[key], header.voucher * LINES + header.entries + 1
    change = _method(batch, m.product).receive(
        held.pool, m.quantity, cost, _terms(batch, m.product, arrival)
    )
    held.pool = change.pool
    return change


def _correct_later(
    batch: Batch,
    header: Header,
    posting: Posting,
    key: pools.Key,
    m: Movement,
    before: Pool,
    rule: Rule,
    totals: journal.Totals,
    cost: Decimal,
) -> None:
    """A receipt dated before issues already posted: book once what they should have cost more."""
    held = batch.held[key]
    dated_before = held.last_on is not None and posting.day < held.last_on
    if (
        not dated_before
        or batch.books.goods[m.product].costing != "average"
        or held.pool.quantity <= 0
    ):
        return
    since = _days(batch, key, held, posting)
    consumed = backdated(before.quantity, before.value, since, m.quantity, cost, batch.books.unit)
    consumed = min(consumed, held.pool.value)
    if consumed:
        held.pool = replace(held.pool, value=held.pool.value - consumed)
        _enter(batch, header, posting, key, m, ZERO, -consumed, -consumed, on=posting.on)
        totals.add(rule, m, stock=-consumed, variance=consumed, counterpart=ZERO)


def _later_days(
    batch: Batch, postings: Sequence[Posting]
) -> dict[pools.Key, list[tuple[date, Day]]]:
    """The stored days after receipts dated before something that moved: one statement or none."""
    since: dict[pools.Key, date] = {}
    for p in postings:
        for m in p.movements:
            _, key = _ends(batch.books, m)
            if key and batch.books.goods[m.product].costing == "average":
                last_on = batch.held[key].last_on
                if last_on is not None and p.day < last_on:
                    since[key] = min(p.day, since.get(key, p.day))
    return pools.days_since(batch.books, since)


def _days(batch: Batch, key: pools.Key, held: pools.Held, posting: Posting) -> list[Day]:
    """The pool's later days, stored and still in this batch."""
    stored = [day for on, day in batch.later.get(key, ()) if on > posting.day]
    return [*stored, *(Day(*day) for on, day in sorted(held.days.items()) if on > posting.day)]


def _value_late(
    batch: Batch,
    header: Header,
    posting: Posting,
    late: LateCost,
    receipts: list[Earlier],
    totals: journal.Totals,
) -> None:
    """Divide a late cost over its receipts, each part between what is here and what has gone."""
    by_value = late.by == "value" and any(e.value for e in receipts)
    weights = [e.value if by_value else e.receipt.quantity for e in receipts]
    for e, part in zip(receipts, allocate(late.value, weights, batch.books.unit), strict=True):
        product, held = e.pool[0], batch.held[e.pool]
        goods = batch.books.goods[product]
        change = METHODS[goods.costing].absorb(held.pool, e.receipt, part, _terms(batch, product))
        held.pool = change.pool
        m = Movement(late.purpose, product, ZERO, 0, 0, e.origin)
        _enter(batch, header, posting, e.pool, m, ZERO, change.stock, part, on=posting.on)
        totals.add(
            batch.books.rule(late.purpose, goods.category, posting.on),
            m,
            stock=change.stock,
            variance=change.variance,
            counterpart=-part,
        )


def _earlier(batch: Batch, postings: Sequence[Posting]) -> dict[LateCost, list[Earlier]]:
    """The receipts late costs belong to, as entered: one statement, none without late costs."""
    wanted = {ref for p in postings for late in p.late for ref in late.receipts}
    if not wanted:
        return {}
    found: dict[Ref, list[Earlier]] = defaultdict(list)
    for type_, id_, product, area, lot, quantity, value, stamp, voucher, no in fetch(
        """
        SELECT e.origin_type, e.origin_id, e.product_id, e.area_id, e.lot_id,
               e.quantity, e.cost, e.stamp, e.voucher_id, e.no
        FROM unnest(%s::text[], %s::bigint[]) AS w(type, id)
        JOIN ledger_valueentry e ON e.origin_id = w.id AND e.origin_type = w.type
        WHERE e.company_id = %s AND e.quantity > 0
          AND NOT EXISTS (SELECT 1 FROM ledger_voucher v WHERE v.reverses_id = e.voucher_id)
        ORDER BY e.voucher_id, e.no
        """,
        [*columns([(r.type, r.id) for r in wanted]), batch.books.company],
    ):
        receipt, ref = Receipt(quantity, stamp, voucher * LINES + no), Ref(type_, id_)
        found[ref].append(Earlier((product, area, lot), value, receipt, ref))
    if missing := [str(r.id) for r in sorted(wanted - set(found), key=lambda r: r.id)]:
        raise ReceiptUnknown(missing)
    batch.books.know(e.pool[0] for x in found.values() for e in x)
    return {
        late: [e for ref in late.receipts for e in found[ref]] for p in postings for late in p.late
    }


def _enter(
    batch: Batch,
    header: Header,
    posting: Posting,
    key: pools.Key,
    m: Movement,
    quantity: Decimal,
    value: Decimal,
    cost: Decimal,
    *,
    paper: bool = True,
    on: date | None = None,
) -> None:
    """Record a change of a pool. `paper` is false where the ledger itself set the value."""
    held, header.entries = batch.held[key], header.entries + 1
    costing = batch.books.goods[key[0]].costing
    on = posting.on if costing == "periodic" else on or posting.day
    held.moved(on, *pools.flows(costing, quantity, value, cost, paper=paper))
    batch.entries.append(
        (
            header.voucher,
            header.entries,
            batch.books.company,
            *key,
            on,
            m.purpose,
            quantity,
            value,
            cost,
            held.pool.received,
            m.origin.type,
            m.origin.id,
        )
    )


def _move(header: Header, posting: Posting, no: int, m: Movement) -> tuple:
    return (
        header.voucher,
        no,
        posting.company,
        posting.day,
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
