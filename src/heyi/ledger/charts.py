"""The two charts of accounts of the PRC, their purposes and tax codes, loaded into a company.

The tables lie beside this file as csv: `asbe` (企業會計準則, general scope, with the accounts
later standards need and the usual details) and `sme` (小企業會計準則). Where no official number
exists the code is a proposal; programs go by `role`.
"""

import csv
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Literal

from heyi.platform.rows import array, columns, fetch

Chart = Literal["asbe", "sme"]
HERE = Path(__file__).with_name("charts")


@cache
def table(name: str) -> tuple[dict[str, str], ...]:
    """A shipped table by name: asbe, sme, purposes or taxes."""
    with (HERE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def load(company: int, chart: Chart) -> int:
    """Give a company the accounts and purposes it does not have yet. Repeatable.

    What the company has changed stays as it is: an account with the same code or the same role,
    a rule for the same purpose.

    Returns:
        How many accounts were added.
    """
    rows = [
        (
            r["code"],
            _names(r),
            r["category"],
            r["direction"],
            r["two_sided"] == "1",
            r["role"],
            r["control"],
            "{" + ",".join(r["dimensions"].split()) + "}",
            r["keeps_currency"] == "1",
            r["keeps_quantity"] == "1",
            r["active"] == "1",
        )
        for r in table(chart)
    ]
    added = fetch(
        """
        INSERT INTO ledger_account (company_id, code, name, category, direction, two_sided, role,
            control, dimensions, keeps_currency, keeps_quantity, active, leaf, version)
        SELECT %s, code, name, category, direction, two_sided, role, control,
               dimensions::varchar[], keeps_currency, keeps_quantity, active, true, 1
        FROM unnest(%s::text[], %s::jsonb[], %s::text[], %s::text[], %s::boolean[], %s::text[],
                    %s::text[], %s::text[], %s::boolean[], %s::boolean[], %s::boolean[])
             AS r(code, name, category, direction, two_sided, role, control, dimensions,
                  keeps_currency, keeps_quantity, active)
        ON CONFLICT DO NOTHING RETURNING id
        """,
        [company, *columns(rows)],
    )
    if added:
        _hang(company, chart)
    _load_purposes(company)
    return len(added)


def _names(row: dict[str, str]) -> str:
    import json

    return json.dumps({n: row[n] for n in ("zh_hant", "zh_hans", "en")}, ensure_ascii=False)


def _hang(company: int, chart: Chart) -> None:
    """Put new accounts below their parents; a parent takes no postings."""
    pairs = [(r["code"], r["parent"]) for r in table(chart) if r["parent"]]
    fetch(
        """
        UPDATE ledger_account a SET parent_id = p.id
        FROM unnest(%s::text[], %s::text[]) AS w(code, parent)
        JOIN ledger_account p ON p.company_id = %s AND p.code = w.parent
        WHERE a.company_id = p.company_id AND a.code = w.code AND a.parent_id IS NULL
        """,
        [*columns(pairs), company],
    )
    fetch(
        """
        UPDATE ledger_account a SET leaf = false
        WHERE a.company_id = %s AND a.leaf
          AND EXISTS (SELECT 1 FROM ledger_account c WHERE c.parent_id = a.id)
        """,
        [company],
    )


def _load_purposes(company: int) -> None:
    fetch(
        """
        INSERT INTO ledger_postingrule
            (company_id, purpose, stock_id, counterpart_id, variance_id, version)
        SELECT %s, w.purpose, s.id, c.id, v.id, 1
        FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[])
             AS w(purpose, stock, counterpart, variance)
        LEFT JOIN ledger_account s ON s.company_id = %s AND s.role = w.stock AND w.stock <> ''
        LEFT JOIN ledger_account c
          ON c.company_id = %s AND c.role = w.counterpart AND w.counterpart <> ''
        LEFT JOIN ledger_account v ON v.company_id = %s AND v.role = w.variance AND w.variance <> ''
        WHERE coalesce(s.id, c.id, v.id) IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM ledger_postingrule r WHERE r.company_id = %s AND r.purpose = w.purpose
              AND r.category_id IS NULL AND r.location_id IS NULL)
        ON CONFLICT DO NOTHING
        """,
        [
            company,
            *columns(
                [
                    (r["purpose"], r["stock"], r["counterpart"], r["variance"])
                    for r in table("purposes")
                ]
            ),
            company,
            company,
            company,
            company,
        ],
    )


def load_taxes(company: int, currency: str) -> None:
    """Give a company the tax codes and rates of its currency's country. Repeatable."""
    rows = [r for r in table("taxes") if r["currency"] == currency]
    if not rows:
        return
    codes = {r["code"]: r for r in rows}
    fetch(
        """
        INSERT INTO ledger_taxcode (company_id, code, name, method, active, version)
        SELECT %s, code, name, method, true, 1
        FROM unnest(%s::text[], %s::jsonb[], %s::text[]) AS w(code, name, method)
        ON CONFLICT DO NOTHING
        """,
        [company, *columns([(c, _names(r), r["method"]) for c, r in codes.items()])],
    )
    fetch(
        """
        INSERT INTO ledger_taxrate (tax_id, rate, valid_from, valid_to)
        SELECT t.id, w.rate, w.valid_from, w.valid_to
        FROM unnest(%s::text[], %s::numeric[], %s::date[], %s::date[])
             AS w(code, rate, valid_from, valid_to)
        JOIN ledger_taxcode t ON t.company_id = %s AND t.code = w.code
        WHERE NOT EXISTS (SELECT 1 FROM ledger_taxrate r WHERE r.tax_id = t.id
                          AND r.valid_from = w.valid_from)
        """,
        [
            *columns(
                [
                    (r["code"], Decimal(r["rate"]), r["valid_from"], r["valid_to"] or None)
                    for r in rows
                ]
            ),
            company,
        ],
    )


def load_periods(company: int, year: int) -> None:
    """Twelve months, open. Repeatable."""
    bounds = [date(year, m, 1) for m in range(1, 13)] + [date(year + 1, 1, 1)]
    fetch(
        """
        INSERT INTO ledger_period (company_id, start, "end", closed)
        SELECT %s, start, (start + interval '1 month' - interval '1 day')::date, '{}'
        FROM unnest(%s::date[]) AS w(start) ON CONFLICT DO NOTHING
        """,
        [company, array(bounds[:12])],
    )
