"""Periods open and close; a voucher can only be begun in an open one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from heyi.ledger.errors import PeriodClosed
from heyi.ledger.reference import Book, book
from heyi.ledger.types import Posting, Ref
from heyi.platform.rows import fetch


@dataclass(slots=True)
class Header:
    """A voucher being written: it has an id and a period, and gets its number last."""

    company: int
    voucher: int
    period: int
    word: str
    on: date
    document: Ref
    reverses: int | None = None
    numbered: bool = False
    entries: int = 0


def modules(posting: Posting) -> tuple[str, ...]:
    """Which doors must be open: goods need the stock's and the ledger's, money the ledger's."""
    return ("stock", "ledger") if posting.movements else ("ledger",)


def open_vouchers(postings: Sequence[Posting]) -> tuple[Book, list[Header]]:
    """Check periods, refresh reference data, take voucher ids: one statement.

    The period rows are locked FOR SHARE until the transaction ends: postings do
    not wait for each other, and closing waits for the postings in flight.

    Raises:
        PeriodClosed: A date lies in no period, or its period is closed for a module.
    """
    companies = {p.company for p in postings}
    assert len(companies) == 1, "one company per batch"
    [company] = companies
    days = [p.on for p in postings]
    rows = fetch(
        """
        WITH held AS MATERIALIZED (
            SELECT p.id, p.start, p."end", p.closed FROM ledger_period p
            WHERE p.company_id = %s AND p.start <= %s AND p."end" >= %s
            ORDER BY p.id FOR SHARE OF p
        )
        SELECT held.*, r.version, ids.ids
        FROM (SELECT array_agg(nextval('ledger_voucher_id_seq')) AS ids
              FROM generate_series(1, %s)) AS ids
        CROSS JOIN (SELECT version FROM ledger_reference) AS r
        LEFT JOIN held ON true
        """,
        [company, max(days), min(days), len(postings)],
    )
    books, ids = book(company, rows[0][4]), rows[0][5]
    periods = [(start, end, pk, closed) for pk, start, end, closed, *_ in rows if pk is not None]
    return books, [
        Header(company, voucher, _period(periods, p), p.word, p.on, p.document)
        for voucher, p in zip(ids, postings, strict=True)
    ]


def _period(periods: list[tuple], posting: Posting) -> int:
    for start, end, pk, closed in periods:
        if start <= posting.on <= end:
            for module in modules(posting):
                if module in closed:
                    raise PeriodClosed(posting.on, module)
            return pk
    raise PeriodClosed(posting.on, "calendar")


def close(company: int, on: date, module: str) -> None:
    """Close the period for a module. Waits for postings in flight; later ones are refused."""
    _change(company, on, "array_append(array_remove(closed, %s::varchar), %s::varchar)", module)


def reopen(company: int, on: date, module: str) -> None:
    _change(company, on, "array_remove(array_remove(closed, %s::varchar), %s::varchar)", module)


def _change(company: int, on: date, closed: str, module: str) -> None:
    assert not transaction.get_autocommit()
    found = fetch(
        f'UPDATE ledger_period SET closed = {closed} WHERE company_id = %s AND %s BETWEEN start AND "end" '
        "RETURNING id",
        [module, module, company, on],
    )
    if not found:
        raise PeriodClosed(on, "calendar")
