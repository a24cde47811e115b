"""A year of vouchers made by SQL: n/4 of four lines, 12 periods, 99 accounts, every second with a party."""

from bench.setup import YEAR, Bench, unguarded
from heyi.ledger.api import Dimensions
from heyi.platform.rows import array, columns, fetch

STEP = 100_000


def fill(c: Bench, lines: int) -> None:
    """Write vouchers, lines, series and the turnover that waits to be folded."""
    sets = [(p, Dimensions(party=p).id) for p in c.parties]
    with unguarded():
        fetch(
            'INSERT INTO ledger_dimensionset (id, party, product, department, cost_centre, project, employee, "order") '
            "SELECT id, party, 0, 0, 0, 0, 0, 0 FROM unnest(%s::bigint[], %s::bigint[]) AS s(party, id)",
            columns(sets),
        )
        for first in range(0, lines // 4, STEP):
            last = min(first + STEP, lines // 4)
            fetch(_VOUCHERS, [c.id, c.id, YEAR, first, last - 1])
            fetch(_LINES, [array(c.leaves), array(s for _, s in sets), c.id, first + 1, last])
        fetch(
            "INSERT INTO ledger_series (company_id, period_id, word, last) "
            "SELECT company_id, period_id, word, max(number) FROM ledger_voucher GROUP BY 1, 2, 3"
        )
        fetch("SELECT setval('ledger_voucher_id_seq', (SELECT max(id) FROM ledger_voucher))")


_VOUCHERS = """
    INSERT INTO ledger_voucher (id, company_id, period_id, word, number, "on", document_type, document_id)
    SELECT n + 1, %s, p.id, 'GL', n / 12 + 1, p.start + (n / 12 %% 28)::int, 'bench.voucher', n
    FROM (SELECT id, start, row_number() OVER (ORDER BY start) - 1 AS month FROM ledger_period
          WHERE company_id = %s AND extract(year FROM start) = %s) p
    JOIN generate_series(%s::bigint, %s::bigint) AS n ON n %% 12 = p.month
    ORDER BY n
"""
_LINES = """
    WITH told AS (SELECT %s::bigint[] AS accounts, %s::bigint[] AS parties),
    made AS (
        SELECT v.id AS voucher, v.document_id AS n, k, v.company_id, v.period_id, v."on",
               accounts[1 + (7 * v.document_id + 31 * k) %% 99] AS account,
               CASE WHEN v.document_id %% 2 = 1 THEN parties[1 + v.document_id %% 200] ELSE 0 END AS dims,
               CASE WHEN k < 3 THEN 1 + (v.document_id + k) %% 97
                    ELSE 3 + v.document_id %% 97 + (v.document_id + 1) %% 97 + (v.document_id + 2) %% 97
               END AS amount
        FROM told, ledger_voucher v, generate_series(0, 3) AS k
        WHERE v.company_id = %s AND v.id BETWEEN %s AND %s
    ), added AS (
        INSERT INTO ledger_journalline (voucher_id, no, company_id, period_id, "on", account_id, debit, credit,
            currency, "foreign", quantity, dimension_set_id, purpose, origin_type, origin_id)
        SELECT voucher, k + 1, company_id, period_id, "on", account,
               CASE WHEN k < 3 THEN amount ELSE 0 END, CASE WHEN k < 3 THEN 0 ELSE amount END,
               '', 0, 0, dims, 'bench', 'bench.voucher', n
        FROM made ORDER BY voucher, k
    )
    INSERT INTO ledger_balancedelta
    SELECT company_id, period_id, account, dims, '', CASE WHEN k < 3 THEN amount ELSE 0 END,
           CASE WHEN k < 3 THEN 0 ELSE amount END, 0, 0 FROM made
"""
