"""The rates that hold on a day, and what a document copies to keep its cents.

A document takes `method_of(company)` and the rates of its lines when it is made (`TaxedHeader`,
`TaxedLine` in `tax_fields`) and is counted with those copies from then on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction

from heyi.ledger.errors import RuleFollows, TaxRateMissing
from heyi.ledger.tax_rules import Method, TaxedDocument, TaxLine
from heyi.ledger.tax_rules import compute as count
from heyi.platform.access import NotFound
from heyi.platform.rows import array, fetch


@dataclass(frozen=True, slots=True)
class Taxable:
    """A line before tax: its amount, and the id of its tax code (None carries no tax)."""

    amount: Decimal
    tax: int | None


def method_of(company: int) -> Method:
    """How new documents of a company count tax."""
    rows = fetch(
        "SELECT tax_rounding, tax_inclusive FROM ledger_booksettings WHERE company_id = %s",
        [company],
    )
    return Method(*rows[0]) if rows else Method()


def rates_on(company: int, codes: Sequence[int], on: date) -> dict[int, Decimal]:
    """The rate of each tax code on a day: one statement.

    Raises:
        TaxRateMissing: A code has no rate on that day, or belongs to another company.
    """
    wanted = sorted(set(codes))
    found = dict(
        fetch(
            """
            SELECT DISTINCT ON (r.tax_id) r.tax_id, r.rate
            FROM ledger_taxrate r JOIN ledger_taxcode t ON t.id = r.tax_id
            WHERE t.company_id = %s AND r.tax_id = ANY(%s::bigint[]) AND r.valid_from <= %s
              AND (r.valid_to IS NULL OR r.valid_to >= %s)
            ORDER BY r.tax_id, r.valid_from DESC
            """,
            [company, array(wanted), on, on],
        )
    )
    if missing := [code for code in wanted if code not in found]:
        names = fetch("SELECT code FROM ledger_taxcode WHERE id = %s", [missing[0]])
        raise TaxRateMissing(names[0][0] if names else str(missing[0]), on)
    return found


def set_rate(company: int, tax: int, rate: Decimal, on: date) -> None:
    """Let a rate hold from a day on; the one before ends the day before. Documents keep theirs.

    Raises:
        RuleFollows: A later rate is entered already; change that one.
    """
    with transaction.atomic():
        codes = fetch(
            "SELECT code FROM ledger_taxcode WHERE id = %s AND company_id = %s FOR UPDATE",
            [tax, company],
        )
        if not codes:
            raise NotFound("ledger.taxcode", [tax])
        [(latest,)] = fetch("SELECT max(valid_from) FROM ledger_taxrate WHERE tax_id = %s", [tax])
        if latest and latest > on:
            raise RuleFollows(codes[0][0], latest)
        fetch(
            "UPDATE ledger_taxrate SET valid_to = %s WHERE tax_id = %s AND valid_from < %s "
            "AND (valid_to IS NULL OR valid_to >= %s)",
            [on - timedelta(days=1), tax, on, on],
        )
        fetch(
            """
            INSERT INTO ledger_taxrate (tax_id, rate, valid_from) VALUES (%s, %s, %s)
            ON CONFLICT (tax_id, valid_from) DO UPDATE SET rate = EXCLUDED.rate, valid_to = NULL
            """,
            [tax, rate, on],
        )


def compute(
    company: int, lines: Sequence[Taxable], method: Method, on: date, unit: Decimal
) -> tuple[TaxedDocument, list[Decimal]]:
    """Tax of a new document's lines at the rates of a day; keep the rates with the lines.

    Returns:
        The counted document, and the rate of each line.

    Raises:
        TaxRateMissing: A code has no rate on that day.
    """
    rates = rates_on(company, [x.tax for x in lines if x.tax is not None], on)
    own = [rates[x.tax] if x.tax is not None else Decimal(0) for x in lines]
    counted = count(
        [TaxLine(x.amount, rate) for x, rate in zip(lines, own, strict=True)], method, unit
    )
    return counted, own
