"""Journal lines, their dimensions, the balances they add to, and the voucher's number."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction

from heyi.kernel.money import ZERO
from heyi.ledger.errors import AlreadyPosted, AlreadyReversed
from heyi.ledger.periods import Header
from heyi.ledger.reference import Book, Rule
from heyi.ledger.types import Dimensions, Line, Movement, Posted, Posting
from heyi.platform.rows import columns, fetch

_NONE = frozenset[str]()
_sets: set[int] = {0}  # dimension sets this process has seen committed
_kept: dict[tuple[Dimensions, frozenset[str]], Dimensions] = {}
_names = Dimensions.__slots__


def forget() -> None:
    _sets.clear()
    _sets.add(0)


def kept(books: Book, account: int, said: Dimensions) -> Dimensions:
    """Of what a document says, what the account keeps."""
    wanted = books.dimensions(account)
    if not wanted:
        return Dimensions()
    return Dimensions(**{n: getattr(said, n) for n in _names if n in wanted})


class Totals:
    """What goods do to accounts in one voucher, summed per account, dimensions and purpose."""

    def __init__(self, books: Book, on: date) -> None:
        self.books, self.on = books, on
        self.sums: dict[tuple, list[Decimal]] = {}
        self.sets: dict[int, Dimensions] = {}

    def add(
        self, rule: Rule, m: Movement, *, stock: Decimal, variance: Decimal, counterpart: Decimal
    ) -> None:
        assert stock + variance + counterpart == 0
        quantity = m.quantity if stock > 0 else -m.quantity
        self._add(rule.stock, rule.stock_rule, m, stock, quantity)
        self._add(rule.variance, rule.variance_rule, m, variance, ZERO)
        self._add(rule.counterpart, rule.counterpart_rule, m, counterpart, ZERO)

    def _add(self, account: int, rule: int, m: Movement, value: Decimal, quantity: Decimal) -> None:
        if not value:
            return
        said = kept(self.books, account, m.dimensions)
        key = account, said, m.purpose, rule
        at = self.sums.setdefault(key, [ZERO, ZERO])
        at[0] += value
        at[1] += quantity

    def lines(self) -> Iterable[Line]:
        for (account, said, purpose, rule), (value, quantity) in self.sums.items():
            if value:
                yield line(account, value, said, purpose, rule=rule, quantity=quantity)


def own_lines(books: Book, posting: Posting) -> Iterable[Line]:
    for a in posting.journal:
        if a.value or a.foreign:
            yield line(
                a.account,
                a.value,
                kept(books, a.account, a.dimensions),
                a.purpose,
                currency=a.currency,
                foreign=a.foreign,
                quantity=a.quantity,
                red=a.red,
            )


def line(
    account: int,
    value: Decimal,
    said: Dimensions,
    purpose: str,
    *,
    rule: int | None = None,
    currency: str = "",
    foreign: Decimal = ZERO,
    quantity: Decimal = ZERO,
    red: bool = False,
) -> Line:
    """A signed amount on its side of the account; red keeps the side and turns the sign."""
    on_debit = (value > 0) != red
    debit, credit = (value, ZERO) if on_debit else (ZERO, -value)
    return Line(account, debit, credit, currency, foreign, quantity, remember(said), purpose, rule)


_said: dict[int, Dimensions] = {}


def remember(said: Dimensions) -> int:
    id_ = said.id
    if id_ not in _sets:
        _said[id_] = said
    return id_


def _store_sets(posted: Sequence[Posted]) -> None:
    """Keep the combinations not seen before: one statement, or none."""
    new = sorted({x.dimensions for p in posted for x in p.lines} - _sets)
    if not new:
        return
    fetch(
        """
        INSERT INTO ledger_dimensionset (id, party, product, department, cost_centre, project, employee, "order")
        SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[],
                             %s::bigint[], %s::bigint[], %s::bigint[]) ON CONFLICT DO NOTHING
        """,
        columns([(id_, *_said[id_].values()) for id_ in new]),
    )
    transaction.on_commit(lambda: _sets.update(new))


def insert_lines(headers: Sequence[Header], posted: Sequence[Posted]) -> None:
    """Write lines and add them to the balances: one statement."""
    rows = [
        (
            h.voucher,
            no,
            h.company,
            h.period,
            h.on,
            x.account,
            x.debit,
            x.credit,
            x.currency,
            x.foreign,
            x.quantity,
            x.dimensions,
            x.purpose,
            x.rule,
            h.document.type,
            h.document.id,
        )
        for h, p in zip(headers, posted, strict=True)
        for no, x in enumerate(p.lines, 1)
    ]
    assert sum((r[6] - r[7] for r in rows), ZERO) == 0
    if rows:
        _store_sets(posted)
        fetch(_LINES, columns(rows))


_LINES = """
    WITH added AS (
        INSERT INTO ledger_journalline (voucher_id, no, company_id, period_id, "on", account_id,
            debit, credit, currency, "foreign", quantity, dimension_set_id, purpose, rule_id,
            origin_type, origin_id)
        SELECT * FROM unnest(%s::bigint[], %s::int[], %s::bigint[], %s::bigint[], %s::date[],
            %s::bigint[], %s::numeric[], %s::numeric[], %s::text[], %s::numeric[], %s::numeric[],
            %s::bigint[], %s::text[], %s::bigint[], %s::text[], %s::bigint[])
        RETURNING company_id, period_id, account_id, dimension_set_id, currency, debit, credit,
                  "foreign", quantity
    )
    INSERT INTO ledger_balancedelta
    SELECT company_id, period_id, account_id, dimension_set_id, currency,
           sum(debit), sum(credit), sum("foreign"), sum(quantity)
    FROM added GROUP BY 1, 2, 3, 4, 5
"""


def number(batches: Sequence[tuple[Sequence[Header], Sequence[Posted]]]) -> None:
    """Take the vouchers' numbers and write them: the last statement of a unit of work.

    The series rows stay locked only from here to the commit. A transaction that
    fails gives its numbers back, so there is no gap. Forgotten, the commit is
    refused: moves and lines point at vouchers that are not there.

    Raises:
        AlreadyPosted, AlreadyReversed: The document is in the ledger already.
    """
    headers = [h for some, _ in batches for h in some]
    try:
        rows = fetch(
            _NUMBER,
            columns(
                [
                    (
                        h.voucher,
                        h.company,
                        h.period,
                        h.word,
                        h.on,
                        h.document.type,
                        h.document.id,
                        h.reverses,
                        h.numbered,
                    )
                    for h in headers
                ]
            ),
        )
    except IntegrityError as clash:
        if "posts_once" in str(clash):
            raise AlreadyPosted(_clashing(clash, headers)) from clash
        if "reverses_id" in str(clash):
            raise AlreadyReversed(_clashing(clash, headers)) from clash
        raise
    numbers = dict(rows)
    for _, posted in batches:
        for p in posted:
            p.number = numbers[p.voucher]


def _clashing(clash: IntegrityError, headers: Sequence[Header]) -> str:
    """Which of the documents the database refused, from its own words."""
    diagnosis = getattr(clash.__cause__, "diag", None)
    said = (diagnosis and diagnosis.message_detail) or ""
    for h in headers:
        if f"({h.document.type}, {h.document.id})" in said or f"=({h.reverses})" in said:
            return f"{h.document.type} {h.document.id}"
    return headers[0].document.type


_NUMBER = """
    WITH v AS MATERIALIZED (
        SELECT *, row_number() OVER (PARTITION BY company, period, word, numbered ORDER BY n) AS at,
               count(*) OVER (PARTITION BY company, period, word, numbered) AS many
        FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::date[], %s::text[],
                    %s::bigint[], %s::bigint[], %s::boolean[]) WITH ORDINALITY
             AS v(id, company, period, word, "on", type, document, reverses, numbered, n)
    ), bumped AS (
        INSERT INTO ledger_series AS s (company_id, period_id, word, last)
        SELECT DISTINCT company, period, word, many FROM v WHERE numbered ORDER BY 1, 2, 3
        ON CONFLICT (company_id, period_id, word) DO UPDATE SET last = s.last + EXCLUDED.last
        RETURNING company_id, period_id, word, last
    )
    INSERT INTO ledger_voucher (id, company_id, period_id, word, number, "on", document_type,
                                document_id, reverses_id)
    SELECT v.id, company, period, v.word, b.last - many + at, "on", type, document, reverses
    FROM v LEFT JOIN bumped b ON v.numbered
      AND (b.company_id, b.period_id, b.word) = (v.company, v.period, v.word)
    ORDER BY n RETURNING id, number
"""
