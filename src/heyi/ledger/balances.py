"""Balances by period: folded by a job, read with what is not folded yet."""

from datetime import date
from decimal import Decimal

from django.db import transaction

from heyi.platform.rows import fetch


def fold() -> int:
    """Add waiting turnover to the period balances. Rows of one snapshot, each exactly once.

    Posting never waits for this: it only appends. A row committed while the
    fold runs is simply left for the next one.

    Returns:
        How many rows were folded.
    """
    with transaction.atomic():
        fetch("SELECT pg_advisory_xact_lock(hashtext('ledger.fold'))")
        [(folded,)] = fetch(
            """
            WITH gone AS (DELETE FROM ledger_balancedelta RETURNING *),
            stored AS (
                INSERT INTO ledger_periodbalance AS b (company_id, period_id, account_id,
                    dimension_set_id, currency, debit, credit, "foreign", quantity)
                SELECT company_id, period_id, account_id, dimension_set_id, currency,
                       sum(debit), sum(credit), sum("foreign"), sum(quantity)
                FROM gone GROUP BY 1, 2, 3, 4, 5
                ON CONFLICT (company_id, period_id, account_id, dimension_set_id, currency)
                DO UPDATE SET debit = b.debit + EXCLUDED.debit, credit = b.credit + EXCLUDED.credit,
                    "foreign" = b."foreign" + EXCLUDED."foreign",
                    quantity = b.quantity + EXCLUDED.quantity
            )
            SELECT count(*) FROM gone
            """
        )
        return folded


def trial_balance(company: int, start: date, end: date) -> list[tuple[int, Decimal, Decimal, Decimal]]:
    """Per account: balance before `start`, then debit and credit turnover up to `end`.

    Both dates are period bounds. Reads folded balances plus what waits: one snapshot.
    """
    return fetch(
        """
        SELECT account_id, sum(debit - credit) FILTER (WHERE p."end" < %s),
               sum(debit) FILTER (WHERE p.start >= %s), sum(credit) FILTER (WHERE p.start >= %s)
        FROM (SELECT company_id, period_id, account_id, debit, credit FROM ledger_periodbalance
              UNION ALL
              SELECT company_id, period_id, account_id, debit, credit FROM ledger_balancedelta) AS b
        JOIN ledger_period p ON p.id = b.period_id
        WHERE b.company_id = %s AND p."end" <= %s
        GROUP BY account_id ORDER BY account_id
        """,
        [start, start, start, company, end],
    )


def unproved() -> list[tuple]:
    """The nightly proof: every balance that differs from the lines it should add up to."""
    return fetch(
        """
        SELECT company_id, period_id, account_id, dimension_set_id, currency, sum(d), sum(c), sum(f)
        FROM (SELECT company_id, period_id, account_id, dimension_set_id, currency,
                     debit d, credit c, "foreign" f FROM ledger_periodbalance
              UNION ALL SELECT company_id, period_id, account_id, dimension_set_id, currency,
                     debit, credit, "foreign" FROM ledger_balancedelta
              UNION ALL SELECT company_id, period_id, account_id, dimension_set_id, currency,
                     -debit, -credit, -"foreign" FROM ledger_journalline) AS all_rows
        GROUP BY 1, 2, 3, 4, 5 HAVING (sum(d), sum(c), sum(f)) <> (0, 0, 0)
        """
    )
