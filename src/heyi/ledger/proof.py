"""What must always hold in the ledgers, each as one comparison of rows kept separately.

Every check returns how many pairs it compared and the first that differs, named by its codes and,
where a voucher is concerned, by its document. `since` is a voucher id: vouchers up to it were
proved before. What is kept per key (a balance, a pool, a series) is then compared for the keys
that newer vouchers touched. Promises are few and always compared wholly.
"""

import json
from collections.abc import Iterator
from typing import Any

from heyi.kernel.lifecycle import POSTING
from heyi.ledger import chain
from heyi.ledger.types import Dimensions
from heyi.platform import modules
from heyi.platform.models import Document
from heyi.platform.proofs import Proof, Result
from heyi.platform.rows import fetch

_PLACE = "product_id, location_id, lot_id, owner_id, status"
_POOL = "product_id, area_id, lot_id"


# --- vouchers --------------------------------------------------------------------------------


def vouchers(company: int | None, since: int | None) -> Result:
    """Each voucher's lines balance, stand in its company, period and day, on its own accounts."""
    return _compare(
        f"""
        SELECT 'ledger.voucher' AS row, v.company_id, v.id AS voucher, v.word, v.number,
               v.document_type, v.document_id, count(l.no) AS lines,
               coalesce(sum(l.debit - l.credit), 0)::text AS difference,
               count(*) FILTER (WHERE {_STRAY}) AS stray,
               coalesce(sum(l.debit - l.credit), 0) <> 0
                 OR (count(l.no) < 2) <> (v.number IS NULL)
                 OR count(*) FILTER (WHERE {_STRAY}) > 0
                 OR p.id IS NULL AS bad
        FROM ledger_voucher v
        LEFT JOIN ledger_journalline l ON l.voucher_id = v.id
        LEFT JOIN ledger_account a ON a.id = l.account_id
        LEFT JOIN ledger_period p ON p.id = v.period_id AND p.company_id = v.company_id
                                 AND v."on" BETWEEN p.start AND p."end"
        WHERE {_of("v", company)} AND {_new("v.id", since)}
        GROUP BY v.id, p.id
        """,
        "voucher",
    )


_STRAY = """l.no IS NOT NULL AND (l.company_id <> v.company_id OR l.period_id <> v.period_id
                 OR l."on" <> v."on" OR a.company_id IS DISTINCT FROM v.company_id)"""


def entries(company: int | None, since: int | None) -> Result:
    """Each line, move and value entry belongs to a voucher of the same company."""
    parts = (
        ("ledger.journal_line", "ledger_journalline"),
        ("ledger.stock_move", "ledger_stockmove"),
        ("ledger.value_entry", "ledger_valueentry"),
    )
    return _compare(
        " UNION ALL ".join(
            f"""
            SELECT '{name}' AS row, r.company_id, r.voucher_id AS voucher, r.no,
                   r.origin_type AS document_type, r.origin_id AS document_id,
                   v.company_id IS DISTINCT FROM r.company_id AS bad
            FROM {table} r LEFT JOIN ledger_voucher v ON v.id = r.voucher_id
            WHERE {_of("r", company)} AND {_new("r.voucher_id", since)}
            """
            for name, table in parts
        ),
        "voucher, row, no",
    )


def numbers(company: int | None, since: int | None) -> Result:
    """Voucher numbers of each company, period and word run from 1 to the series' last, no gap."""
    touched = (
        "true"
        if since is None
        else f"""(x.company_id, x.period_id, x.word) IN (
        SELECT company_id, period_id, word FROM ledger_voucher WHERE id > {int(since)})"""
    )
    result = _compare(
        f"""
        SELECT 'ledger.series' AS row, company_id, period_id, word, coalesce(s.last, 0) AS kept,
               coalesce(v.many, 0) AS found, coalesce(v.highest, 0) AS highest,
               coalesce(s.last, 0) <> coalesce(v.many, 0)
                 OR coalesce(s.last, 0) <> coalesce(v.highest, 0)
                 OR coalesce(v.lowest, 1) <> 1 AS bad
        FROM (SELECT * FROM ledger_series x WHERE {_of("x", company)} AND {touched}) s
        FULL JOIN (SELECT company_id, period_id, word, count(DISTINCT number) AS many,
                          max(number) AS highest, min(number) AS lowest
                   FROM ledger_voucher x
                   WHERE number IS NOT NULL AND {_of("x", company)} AND {touched}
                   GROUP BY 1, 2, 3) v USING (company_id, period_id, word)
        """,
        "company_id, period_id, word",
    )
    if bad := result.first_bad:
        [(missing,)] = fetch(
            """
            SELECT min(n) FROM generate_series(1, %s::bigint) AS n
            WHERE NOT EXISTS (SELECT 1 FROM ledger_voucher v
                WHERE (v.company_id, v.period_id, v.word, v.number) = (%s, %s, %s, n))
            """,
            [
                max(bad["kept"], bad["highest"]),
                bad["company_id"],
                bad["period_id"],
                bad["word"],
            ],
        )
        bad["missing"] = missing
    return result


def progress(company: int | None, since: int | None) -> Result:
    """A posted document has exactly one voucher, a reversed one two, any other none."""
    return _over_documents(_progress, company, since)


def _progress(model: type[Document], company: int | None, since: int | None) -> str:
    posted, reversed_ = (
        f"count(v.id) FILTER (WHERE v.reverses_id IS {word})" for word in ("NULL", "NOT NULL")
    )
    recent = (
        ""
        if since is None
        else f"""
        AND d.id IN (
            SELECT document_id FROM ledger_voucher
            WHERE document_type = '{model.type}' AND id > {int(since)}
            UNION ALL SELECT document_id FROM (
                SELECT document_type, document_id FROM platform_documentlog
                ORDER BY id DESC LIMIT 10000) AS log WHERE document_type = '{model.type}')
        """
    )
    return f"""
        SELECT '{model.type}' AS row, d.company_id, '{model.type}' AS document_type,
               d.id AS document_id, d.state, {posted} AS vouchers, {reversed_} AS reversals,
               ({posted}, {reversed_}) IS DISTINCT FROM CASE d.state
                   WHEN 'posted' THEN (1::bigint, 0::bigint)
                   WHEN 'reversed' THEN (1::bigint, 1::bigint)
                   ELSE (0::bigint, 0::bigint) END AS bad
        FROM {model._meta.db_table} d
        LEFT JOIN ledger_voucher v ON v.document_type = '{model.type}' AND v.document_id = d.id
        WHERE {_of("d", company)} {recent}
        GROUP BY d.id
    """


def owners(company: int | None, since: int | None) -> Result:
    """A voucher's document exists and is of the voucher's own company."""
    return _over_documents(_owners, company, since)


def _owners(model: type[Document], company: int | None, since: int | None) -> str:
    return f"""
        SELECT 'ledger.voucher' AS row, v.company_id, v.id AS voucher, v.word, v.number,
               v.document_type, v.document_id, d.company_id AS document_company,
               d.company_id IS DISTINCT FROM v.company_id AS bad
        FROM ledger_voucher v LEFT JOIN {model._meta.db_table} d ON d.id = v.document_id
        WHERE v.document_type = '{model.type}' AND {_of("v", company)} AND {_new("v.id", since)}
    """


def _over_documents(sql: Any, company: int | None, since: int | None) -> Result:
    checked = 0
    for model in _posting_documents():
        result = _compare(sql(model, company, since), "document_id")
        checked += result.checked
        if not result.ok:
            return Result(checked, result.first_bad)
    return Result(checked)


def _posting_documents() -> Iterator[type[Document]]:
    """Documents whose posting is a posting in the ledgers."""
    for model in models_of_documents():
        if model.lifecycle is POSTING and getattr(model, "in_ledger", True):
            yield model


def models_of_documents() -> Iterator[type[Document]]:
    from django.apps import apps

    for module in modules.modules():
        for path in module.documents:
            yield apps.get_model(path)


# --- quantities ------------------------------------------------------------------------------


def on_hand(company: int | None, since: int | None) -> Result:
    """What lies at a place is what came less what went; by lot, and over all lots of the place."""
    touched = _touched_products(since)
    lots = _compare(
        f"""
        SELECT 'ledger.quantity_balance' AS row, company_id, {_PLACE},
               coalesce(b.quantity, 0)::text AS kept, coalesce(m.quantity, 0)::text AS found,
               coalesce(b.quantity, 0) <> coalesce(m.quantity, 0) AS bad
        FROM (SELECT * FROM ledger_quantitybalance b
              WHERE {_of("b", company)} AND {touched("b")}) b
        FULL JOIN (
            SELECT ends.company_id, {_PLACE}, sum(quantity) AS quantity FROM (
                SELECT m.company_id, m.product_id, m.source_id AS location_id, m.lot_id,
                       m.source_owner_id AS owner_id, m.source_status AS status, -m.quantity AS quantity
                FROM ledger_stockmove m WHERE {_of("m", company)} AND {touched("m")}
                UNION ALL
                SELECT m.company_id, m.product_id, m.target_id, m.lot_id, m.target_owner_id,
                       m.target_status, m.quantity
                FROM ledger_stockmove m WHERE {_of("m", company)} AND {touched("m")}) AS ends
            JOIN ledger_location l ON l.id = ends.location_id AND l.area_id IS NOT NULL
            GROUP BY ends.company_id, {_PLACE}) m
        USING (company_id, {_PLACE})
        """,
        f"company_id, {_PLACE}",
    )
    totals = _compare(
        f"""
        SELECT 'ledger.place_total' AS row, company_id, {_PLACE},
               coalesce(t.quantity, 0)::text AS kept, coalesce(b.quantity, 0)::text AS found,
               coalesce(t.quantity, 0) <> coalesce(b.quantity, 0) AS bad
        FROM (SELECT * FROM ledger_placetotal t WHERE {_of("t", company)} AND {touched("t")}) t
        FULL JOIN (
            SELECT b.company_id, b.product_id, b.location_id, 0::bigint AS lot_id, b.owner_id,
                   b.status, sum(b.quantity) AS quantity
            FROM ledger_quantitybalance b JOIN product_product p ON p.id = b.product_id
            WHERE p.tracking <> 'none' AND {_of("b", company)} AND {touched("b")}
            GROUP BY 1, 2, 3, 4, 5, 6) b USING (company_id, {_PLACE})
        """,
        f"company_id, {_PLACE}",
    )
    return _first(lots, totals)


def reserved(company: int | None, since: int | None) -> Result:
    """What a place says is promised is the sum of the promises made of it."""
    tables = (
        ("ledger.quantity_balance", "ledger_quantitybalance", "r.lot_id",
         "(r.lot_id <> 0 OR p.tracking = 'none')"),
        ("ledger.place_total", "ledger_placetotal", "0::bigint", "p.tracking <> 'none'"),
    )  # fmt: skip
    return _compare(
        " UNION ALL ".join(
            f"""
            SELECT '{name}' AS row, company_id, {_PLACE},
                   coalesce(b.reserved, 0)::text AS kept, coalesce(r.quantity, 0)::text AS found,
                   coalesce(b.reserved, 0) <> coalesce(r.quantity, 0) AS bad
            FROM (SELECT * FROM {table} b WHERE {_of("b", company)}) b
            FULL JOIN (
                SELECT r.company_id, r.product_id, r.location_id, {lot} AS lot_id, r.owner_id,
                       r.status, sum(r.quantity) AS quantity
                FROM ledger_reservation r JOIN product_product p ON p.id = r.product_id
                WHERE {which} AND {_of("r", company)} GROUP BY 1, 2, 3, 4, 5, 6) r
            USING (company_id, {_PLACE})
            """
            for name, table, lot, which in tables
        ),
        f"company_id, row, {_PLACE}",
    )


# --- values ----------------------------------------------------------------------------------


def stock_accounts(company: int | None, since: int | None) -> Result:
    """The stock accounts say what the goods are worth: voucher by voucher, and as a whole.

    Companies that have marked no account as a stock account are not looked at.
    """
    kept = f"""company_id IN (SELECT company_id FROM ledger_account WHERE control = 'stock')
               AND {_of("x", company)}"""
    by_voucher = _compare(
        f"""
        SELECT 'ledger.voucher' AS row, v.company_id, v.id AS voucher, v.word, v.number,
               v.document_type, v.document_id, coalesce(l.value, 0)::text AS kept,
               coalesce(e.value, 0)::text AS found,
               coalesce(l.value, 0) <> coalesce(e.value, 0) AS bad
        FROM (SELECT x.voucher_id, sum(x.debit - x.credit) AS value
              FROM ledger_journalline x JOIN ledger_account a ON a.id = x.account_id
              WHERE a.control = 'stock' AND {_of("x", company)} AND {_new("x.voucher_id", since)}
              GROUP BY 1) l
        FULL JOIN (SELECT x.voucher_id, sum(x.value) AS value FROM ledger_valueentry x
                   WHERE x.{kept} AND {_new("x.voucher_id", since)} GROUP BY 1) e
        USING (voucher_id)
        JOIN ledger_voucher v ON v.id = voucher_id
        """,
        "voucher",
    )
    in_all = _compare(
        f"""
        SELECT 'ledger.value_pool' AS row, company_id, coalesce(l.value, 0)::text AS kept,
               coalesce(p.value, 0)::text AS found,
               coalesce(l.value, 0) <> coalesce(p.value, 0) AS bad
        FROM (SELECT x.company_id, sum(x.debit - x.credit) AS value
              FROM ({_BALANCES}) x JOIN ledger_account a ON a.id = x.account_id
              WHERE a.control = 'stock' AND {_of("x", company)} GROUP BY 1) l
        FULL JOIN (SELECT x.company_id, sum(x.value) AS value FROM ledger_valuepool x
                   WHERE x.{kept} GROUP BY 1) p USING (company_id)
        """,
        "company_id",
    )
    return _first(by_voucher, in_all)


def pools(company: int | None, since: int | None) -> Result:
    """A pool holds what its entries, its days and (FIFO) its layers add up to.

    With `since` the entries of the whole past are not added up again; days and layers are.
    """
    keys = (
        "true"
        if since is None
        else f"""(x.company_id, x.product_id, x.area_id, x.lot_id) IN (
        SELECT company_id, {_POOL} FROM ledger_valueentry WHERE voucher_id > {int(since)})"""
    )
    whole = since is None
    parts = {
        "pool": "SELECT company_id, {key}, quantity, value FROM ledger_valuepool x",
        "days": "SELECT company_id, {key}, in_quantity - out_quantity, in_value - out_value "
                "FROM ledger_poolday x",
        "layers": "SELECT company_id, {key}, quantity, value FROM ledger_poollayer x",
    }  # fmt: skip
    if whole:
        parts["entries"] = "SELECT company_id, {key}, quantity, value FROM ledger_valueentry x"
    union = " UNION ALL ".join(
        f"SELECT '{part}' AS part, r.* FROM ({sql.format(key=_POOL)} "
        f"WHERE {_of('x', company)} AND {keys}) AS r(company_id, {_POOL}, quantity, value)"
        for part, sql in parts.items()
    )
    sums = ", ".join(
        f"coalesce(sum({figure}) FILTER (WHERE part = '{part}'), 0) AS {part}_{figure}"
        for part in parts
        for figure in ("quantity", "value")
    )
    differ = [
        f"({part}_quantity, {part}_value) IS DISTINCT FROM (pool_quantity, pool_value)"
        + (" AND c.costing = 'fifo'" if part == "layers" else "")
        for part in parts
        if part != "pool"
    ]
    facts = ", ".join(f"{p}_{f}::text" for p in parts for f in ("quantity", "value"))
    return _compare(
        f"""
        SELECT 'ledger.value_pool' AS row, x.company_id, x.product_id, x.area_id, x.lot_id,
               {facts}, {" OR ".join(differ)} AS bad
        FROM (SELECT company_id, {_POOL}, {sums} FROM ({union}) AS parts
              GROUP BY company_id, {_POOL}) x
        LEFT JOIN product_product p ON p.id = x.product_id
        LEFT JOIN product_category c ON c.id = p.category_id
        """,
        f"company_id, {_POOL}",
    )


# --- accounts --------------------------------------------------------------------------------

_BALANCES = """
    SELECT company_id, period_id, account_id, dimension_set_id, currency, debit, credit,
           "foreign", quantity FROM ledger_periodbalance
    UNION ALL
    SELECT company_id, period_id, account_id, dimension_set_id, currency, debit, credit,
           "foreign", quantity FROM ledger_balancedelta
"""
_KEY = "company_id, period_id, account_id, dimension_set_id, currency"


def balances(company: int | None, since: int | None) -> Result:
    """Turnover kept per period, folded or waiting, is the sum of the lines, and sums to accounts."""
    accounts = touched = lines = "true"
    if since is not None:
        accounts = f"""(x.company_id, x.period_id, x.account_id) IN (
            SELECT company_id, period_id, account_id FROM ledger_journalline
            WHERE voucher_id > {int(since)})"""
        touched = f"""(x.company_id, x.period_id, x.account_id, x.dimension_set_id, x.currency) IN (
            SELECT {_KEY} FROM ledger_journalline WHERE voucher_id > {int(since)})"""
        lines = f"""(x.account_id, x."on") IN (SELECT k.account_id, d::date FROM (
            SELECT DISTINCT account_id, period_id FROM ledger_journalline
            WHERE voucher_id > {int(since)}) k JOIN ledger_period p ON p.id = k.period_id
            CROSS JOIN generate_series(p.start, p."end", '1 day') AS d) AND {touched}"""
    sums = ", ".join(f'sum({f}) AS {n}' for f, n in (
        ("debit", "debit"), ("credit", "credit"), ('"foreign"', "others"), ("quantity", "quantity"),
    ))  # fmt: skip
    zero = ", ".join(f"coalesce({{0}}.{c}, 0)" for c in ("debit", "credit", "others", "quantity"))
    kept = _compare(
        f"""
        SELECT 'ledger.period_balance' AS row, {_KEY},
               coalesce(b.debit, 0)::text AS kept_debit, coalesce(l.debit, 0)::text AS found_debit,
               coalesce(b.credit, 0)::text AS kept_credit,
               coalesce(l.credit, 0)::text AS found_credit,
               ({zero.format("b")}) IS DISTINCT FROM ({zero.format("l")}) AS bad
        FROM (SELECT {_KEY}, {sums} FROM ({_BALANCES}) x
              WHERE {_of("x", company)} AND {touched} GROUP BY {_KEY}) b
        FULL JOIN (SELECT {_KEY}, {sums} FROM ledger_journalline x
                   WHERE {_of("x", company)} AND {lines} GROUP BY {_KEY}) l USING ({_KEY})
        """,
        _KEY,
    )
    turnover = _compare(
        f"""
        SELECT 'ledger.account_turnover' AS row, company_id, period_id, account_id,
               coalesce(t.debit, 0)::text AS kept_debit, coalesce(b.debit, 0)::text AS found_debit,
               coalesce(t.credit, 0)::text AS kept_credit,
               coalesce(b.credit, 0)::text AS found_credit,
               (coalesce(t.debit, 0), coalesce(t.credit, 0))
                 IS DISTINCT FROM (coalesce(b.debit, 0), coalesce(b.credit, 0)) AS bad
        FROM (SELECT * FROM ledger_accountturnover x
              WHERE {_of("x", company)} AND {accounts}) t
        FULL JOIN (SELECT company_id, period_id, account_id, sum(debit) AS debit,
                          sum(credit) AS credit
                   FROM ledger_periodbalance x WHERE {_of("x", company)} AND {accounts}
                   GROUP BY 1, 2, 3) b
        USING (company_id, period_id, account_id)
        """,
        "company_id, period_id, account_id",
    )
    return _first(kept, turnover)


def control_accounts(company: int | None, since: int | None) -> Result:
    """A control account is the sum of its parties: each line names one, and the sums agree."""
    unnamed = _compare(
        f"""
        SELECT 'ledger.journal_line' AS row, x.company_id, x.account_id, x.voucher_id AS voucher,
               x.no, v.document_type, v.document_id, (x.debit - x.credit)::text AS value,
               coalesce(CASE a.control WHEN 'employee' THEN d.employee ELSE d.party END, 0) = 0
                 AS bad
        FROM ledger_journalline x
        JOIN ledger_account a ON a.id = x.account_id
                             AND a.control IN ('customer', 'supplier', 'employee')
        JOIN ledger_voucher v ON v.id = x.voucher_id
        LEFT JOIN ledger_dimensionset d ON d.id = x.dimension_set_id
        WHERE {_of("x", company)} AND {_new("x.voucher_id", since)}
        """,
        "voucher, no",
    )
    if since is not None:  # what newer lines touched is compared by `balances`
        return unnamed
    by_party = _compare(
        f"""
        SELECT 'ledger.account' AS row, b.company_id, b.account_id, d.party AS party_id,
               sum(b.kept)::text AS kept, sum(b.found)::text AS found,
               sum(b.kept) <> sum(b.found) AS bad
        FROM (SELECT company_id, account_id, dimension_set_id, debit - credit AS kept, 0 AS found
              FROM ({_BALANCES}) x WHERE {_of("x", company)}
              UNION ALL
              SELECT company_id, account_id, dimension_set_id, 0, debit - credit
              FROM ledger_journalline x WHERE {_of("x", company)}) b
        JOIN ledger_account a ON a.id = b.account_id AND a.control IN ('customer', 'supplier')
        JOIN ledger_dimensionset d ON d.id = b.dimension_set_id
        GROUP BY b.company_id, b.account_id, d.party
        """,
        "company_id, account_id, party_id",
    )
    return _first(unnamed, by_party)


def dimensions(company: int | None, since: int | None) -> Result:
    """Every combination of dimensions still hashes to its own id, and every line's is stored."""
    after, checked = -(2**63), 0
    used = (
        "true"
        if since is None
        else f"""id IN (
        SELECT dimension_set_id FROM ledger_journalline WHERE voucher_id > {int(since)})"""
    )
    while rows := fetch(
        f"""
        SELECT id, party, product, department, cost_centre, project, employee, "order"
        FROM ledger_dimensionset WHERE id > %s AND {used} ORDER BY id LIMIT 50000
        """,
        [after],
    ):
        for id_, *values in rows:
            if Dimensions(*values).id != id_:
                return Result(checked, {
                    "row": "ledger.dimension_set", "id": str(id_),
                    "found": str(Dimensions(*values).id),
                })  # fmt: skip
            checked += 1
        after = rows[-1][0]
    lost = _compare(
        f"""
        SELECT 'ledger.journal_line' AS row, x.company_id, x.voucher_id AS voucher, x.no,
               v.document_type, v.document_id, x.dimension_set_id::text AS dimensions, d.id IS NULL AS bad
        FROM ledger_journalline x LEFT JOIN ledger_dimensionset d ON d.id = x.dimension_set_id
        LEFT JOIN ledger_voucher v ON v.id = x.voucher_id
        WHERE x.dimension_set_id <> 0 AND {_of("x", company)} AND {_new("x.voucher_id", since)}
        """,
        "voucher, no",
    )
    return Result(checked + lost.checked, lost.first_bad)


# --- the chain -------------------------------------------------------------------------------


def sealed(company: int | None, since: int | None) -> Result:
    """Vouchers still are what they were when they were sealed; none older than a day is unsealed."""
    checked = 0
    starts = fetch(
        f"""
        SELECT x.company_id, coalesce((
            SELECT c.no FROM ledger_chainlink c
            WHERE c.company_id = x.company_id AND c.voucher_id <= {int(since or 0)}
            ORDER BY c.no DESC LIMIT 1), 0)
        FROM (SELECT id AS company_id FROM platform_company) AS x
        WHERE {_of("x", company)} ORDER BY 1
        """
    )
    for of, after in starts:
        found, broken = chain.verify(of, after)
        checked += found
        if broken:
            bad = {
                "row": "ledger.chain_link", "company_id": of, "no": broken.no,
                "voucher": broken.voucher, "reason": broken.reason,
            }  # fmt: skip
            return Result(checked, _named({**bad, **_document_of(broken.voucher)}))
    late = _compare(
        f"""
        SELECT 'ledger.voucher' AS row, v.company_id, v.id AS voucher, v.word, v.number,
               v.document_type, v.document_id, 'unsealed' AS reason, true AS bad
        FROM ledger_voucher v LEFT JOIN ledger_chainlink c ON c.voucher_id = v.id
        WHERE c.voucher_id IS NULL AND v.at < platform_now() - interval '1 day'
          AND {_of("v", company)} AND {_new("v.id", since)}
        """,
        "voucher",
    )
    return Result(checked, late.first_bad)


def _document_of(voucher: int | None) -> dict[str, Any]:
    rows = fetch(
        "SELECT word, number, document_type, document_id FROM ledger_voucher WHERE id = %s",
        [voucher],
    )
    names = ("word", "number", "document_type", "document_id")
    return dict(zip(names, rows[0], strict=True)) if rows else {}


def newest() -> int:
    """The highest voucher id committed."""
    [(highest,)] = fetch("SELECT coalesce(max(id), 0) FROM ledger_voucher")
    return highest


PROOFS = (
    Proof("ledger.vouchers", vouchers, newest),
    Proof("ledger.entries", entries, newest),
    Proof("ledger.numbers", numbers, newest),
    Proof("ledger.on_hand", on_hand, newest),
    Proof("ledger.reserved", reserved),
    Proof("ledger.stock_accounts", stock_accounts, newest),
    Proof("ledger.pools", pools, newest),
    Proof("ledger.balances", balances, newest),
    Proof("ledger.control_accounts", control_accounts, newest),
    Proof("ledger.dimensions", dimensions, newest),
    Proof("ledger.progress", progress, newest),
    Proof("ledger.owners", owners, newest),
    Proof("ledger.chain", sealed, newest),
)


# --- comparing -------------------------------------------------------------------------------


def _compare(pairs: str, order: str) -> Result:
    """Run a query of pairs with a column `bad`; the first bad one in `order`, with its names."""
    [(checked, first)] = fetch(
        f"""
        SELECT count(*), (array_agg(to_jsonb(f) - 'bad' ORDER BY {order}) FILTER (WHERE bad))[1]::text
        FROM ({pairs}) AS f
        """
    )
    return Result(checked, _named(json.loads(first)) if first else None)


def _first(*results: Result) -> Result:
    bad = next((r.first_bad for r in results if r.first_bad), None)
    return Result(sum(r.checked for r in results), bad)


def _named(bad: dict[str, Any]) -> dict[str, Any]:
    """A bad row with the codes people know beside the ids: company, product, place, document."""
    for column, table in _CODES.items():
        if bad.get(f"{column}_id"):
            rows = fetch(f"SELECT code FROM {table} WHERE id = %s", [bad[f"{column}_id"]])
            bad[column] = rows[0][0] if rows else None
    if bad.get("period_id"):
        rows = fetch("SELECT start FROM ledger_period WHERE id = %s", [bad["period_id"]])
        bad["period"] = rows[0][0].isoformat() if rows else None
    if bad.get("document_type"):
        for model in models_of_documents():
            if model.type == bad["document_type"]:
                found = model._base_manager.filter(pk=bad["document_id"])
                bad["document"] = next(iter(found.values_list("number", flat=True)), None)
    return bad


_CODES = {
    "company": "platform_company",
    "product": "product_product",
    "location": "ledger_location",
    "area": "ledger_valuationarea",
    "account": "ledger_account",
    "party": "party_party",
}


def _of(alias: str, company: int | None) -> str:
    return "true" if company is None else f"{alias}.company_id = {int(company)}"


def _new(column: str, since: int | None) -> str:
    return "true" if since is None else f"{column} > {int(since)}"


def _touched_products(since: int | None) -> Any:
    if since is None:
        return lambda alias: "true"
    return lambda alias: (
        f"""({alias}.company_id, {alias}.product_id) IN (
        SELECT company_id, product_id FROM ledger_stockmove WHERE voucher_id > {int(since)})"""
    )
