"""Balances by period: folded by a job, read with what is not folded yet."""

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
            ), summed AS (
                INSERT INTO ledger_accountturnover AS t
                    (company_id, period_id, account_id, debit, credit)
                SELECT company_id, period_id, account_id, sum(debit), sum(credit)
                FROM gone GROUP BY 1, 2, 3
                ON CONFLICT (company_id, period_id, account_id)
                DO UPDATE SET debit = t.debit + EXCLUDED.debit, credit = t.credit + EXCLUDED.credit
            )
            SELECT count(*) FROM gone
            """
        )
        return folded


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
