"""What people and programs read of the books: one set-based statement each, or a few.

Figures come from the balances that posting keeps; lines are only read for a page of lines, or
for the days at the edge of a range that cuts through a month.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from heyi.ledger import accounts as charted
from heyi.ledger.types import Ref
from heyi.platform.modules import declared
from heyi.platform.rows import array, columns, fetch

ZERO = Decimal("0.00")  # every figure of a report has two places


# --- trial balance ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account of a trial balance; a parent holds the sum of the accounts below it."""

    id: int
    code: str
    name: dict[str, str]
    parent: int | None
    level: int
    leaf: bool
    category: str
    direction: str
    opening_debit: Decimal
    opening_credit: Decimal
    debit: Decimal
    credit: Decimal
    year_debit: Decimal
    year_credit: Decimal
    closing_debit: Decimal
    closing_credit: Decimal


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """`total` sums the leaves in the order of the columns; its pairs are equal, always."""

    start: date
    end: date
    rows: list[AccountRow]
    total: tuple[Decimal, ...]


_FIGURES = """
    SELECT account_id,
           sum(debit - credit) FILTER (WHERE "on" < %s) AS opening,
           sum(debit) FILTER (WHERE "on" >= %s) AS debit,
           sum(credit) FILTER (WHERE "on" >= %s) AS credit,
           sum(debit) FILTER (WHERE "on" >= %s) AS year_debit,
           sum(credit) FILTER (WHERE "on" >= %s) AS year_credit
    FROM (
        SELECT b.account_id, p.start AS "on", b.debit, b.credit
        FROM ledger_period p JOIN ledger_accountturnover b
          ON b.company_id = p.company_id AND b.period_id = p.id
        WHERE p.company_id = %s AND p.id = ANY(%s::bigint[])
        UNION ALL
        SELECT b.account_id, p.start, b.debit, b.credit
        FROM ledger_balancedelta b JOIN ledger_period p ON p.id = b.period_id
        WHERE b.company_id = %s AND b.period_id = ANY(%s::bigint[])
        UNION ALL
        SELECT l.account_id, l."on", l.debit, l.credit
        FROM unnest(%s::date[], %s::date[]) AS edge(first, last)
        JOIN ledger_account a ON a.company_id = %s
        JOIN ledger_journalline l ON l.account_id = a.id AND l."on" BETWEEN first AND last
    ) AS turnover
    GROUP BY account_id
"""


def trial_balance(company: int, start: date, end: date, *, empty: bool = False) -> TrialBalance:
    """Balances at the start, turnover of the range and of the year, balances at the end.

    Args:
        start, end: Any days; at the bounds of periods it is read from balances alone.
        empty: Also accounts on which nothing ever happened.

    The year is the calendar year of `end`. Three statements, whatever the number of lines.
    """
    whole, edges = _cover(company, start, end)
    year = date(end.year, 1, 1)
    figures = {
        account: [f or ZERO for f in rest]
        for account, *rest in fetch(
            _FIGURES,
            [
                start, start, start, year, year, company, array(whole), company, array(whole),
                *(columns(edges) if edges else ["{}", "{}"]), company,
            ],
        )
    }  # fmt: skip
    chart = fetch(
        "SELECT id, code, name, parent_id, leaf, category, direction FROM ledger_account "
        "WHERE company_id = %s ORDER BY code",
        [company],
    )
    parents = {id_: parent for id_, _, _, parent, *_ in chart}
    sums: dict[int, list[Decimal]] = {}
    for account, own in figures.items():
        above: int | None = account
        while above is not None:
            held = sums.setdefault(above, [ZERO] * 5)
            sums[above] = [a + b for a, b in zip(held, own, strict=True)]
            above = parents.get(above)
    rows = [
        AccountRow(
            id_, code, _words(name), parent, _level(id_, parents), leaf, category, direction,
            *_columns(sums.get(id_, [ZERO] * 5)),
        )
        for id_, code, name, parent, leaf, category, direction in chart
        if empty or any(sums.get(id_, ()))
    ]  # fmt: skip
    leaves = [_columns(own) for own in figures.values()]
    total = tuple(sum(column, ZERO) for column in zip(*leaves, strict=True)) or (ZERO,) * 8
    return TrialBalance(start, end, rows, total)


def _columns(figures: Sequence[Decimal]) -> tuple[Decimal, ...]:
    opening, debit, credit, year_debit, year_credit = figures
    closing = opening + debit - credit
    return (
        *_sides(opening), debit, credit, year_debit, year_credit, *_sides(closing),
    )  # fmt: skip


def _sides(balance: Decimal) -> tuple[Decimal, Decimal]:
    return (balance, ZERO) if balance > 0 else (ZERO, -balance)


def _level(account: int, parents: dict[int, int | None]) -> int:
    level, above = 1, parents.get(account)
    while above is not None:
        level, above = level + 1, parents.get(above)
    return level


def _cover(company: int, start: date, end: date) -> tuple[list[int], list[tuple[date, date]]]:
    """Periods wholly before, or wholly in the range, and the days of those it cuts through."""
    whole, edges = [], []
    for id_, first, last in fetch(
        'SELECT id, start, "end" FROM ledger_period WHERE company_id = %s AND start <= %s',
        [company, end],
    ):
        if first < start <= last or last > end:
            edges.append((first, min(last, end)))
        else:
            whole.append(id_)
    return whole, edges


# --- one account -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Page:
    """Lines in the order of the book. `after` continues; `opening` is the balance before `rows`."""

    opening: Decimal
    rows: list[dict[str, Any]]
    after: str | None


def account_ledger(
    company: int,
    account: int,
    start: date,
    end: date,
    *,
    party: int | None = None,
    after: str | None = None,
    limit: int = 200,
) -> Page:
    """The lines of an account with the balance after each, a page at a time.

    A parent shows the lines of all accounts below it. The cursor carries the balance, so a later
    page costs what the first one does.
    """
    leaves = _below(company, account)
    if after:
        on, voucher, no, balance = after.split("_")
        opening, place = Decimal(balance), (date.fromisoformat(on), int(voucher), int(no))
    else:
        opening, place = _balance_before(company, leaves, start, party), (start, 0, 0)
    one = len(leaves) == 1
    which = "l.account_id = %s" if one else "l.account_id = ANY(%s::bigint[])"
    who = "" if party is None else "AND d.party = %s"
    rows = fetch(
        f"""
        SELECT l."on", l.voucher_id, l.no, v.word, v.number, v.document_type, v.document_id,
               l.account_id, l.purpose, l.rule_id, l.debit, l.credit, l.currency, l."foreign",
               l.quantity, coalesce(d.party, 0), coalesce(d.product, 0), v.reverses_id,
               %s::numeric + sum(l.debit - l.credit) OVER (ORDER BY l."on", l.voucher_id, l.no)
        FROM (
            SELECT l.* FROM ledger_journalline l
            {"" if party is None else "JOIN ledger_dimensionset d ON d.id = l.dimension_set_id"}
            WHERE {which} AND l."on" BETWEEN %s AND %s
              AND (l."on", l.voucher_id, l.no) > (%s::date, %s::bigint, %s::int) {who}
            ORDER BY l."on", l.voucher_id, l.no LIMIT %s
        ) AS l
        JOIN ledger_voucher v ON v.id = l.voucher_id
        LEFT JOIN ledger_dimensionset d ON d.id = l.dimension_set_id
        ORDER BY l."on", l.voucher_id, l.no
        """,
        [
            opening, leaves[0] if one else array(leaves), place[0], end, *place,
            *([] if party is None else [party]), limit + 1,
        ],
    )  # fmt: skip
    shown = rows[:limit]
    names = _Names(shown, account=7, party=15, product=16)
    documents = document_numbers([Ref(r[5], r[6]) for r in shown])
    page = [
        {
            "on": on, "voucher": voucher, "no": no, "word": word, "number": number,
            "document_type": type_, "document_id": id_, "document": documents.get(Ref(type_, id_)),
            "account": names.account.get(own), "purpose": purpose, "rule": rule,
            "debit": debit, "credit": credit, "currency": currency, "foreign": foreign,
            "quantity": quantity, "party": names.party.get(who_), "product": names.product.get(what),
            "reverses": reverses, "balance": balance,
        }
        for on, voucher, no, word, number, type_, id_, own, purpose, rule, debit, credit,
            currency, foreign, quantity, who_, what, reverses, balance in shown
    ]  # fmt: skip
    last = page[-1] if len(rows) > limit else None
    if last is None:
        return Page(opening, page, None)
    cursor = f"{last['on']}_{last['voucher']}_{last['no']}_{last['balance']}"
    return Page(opening, page, cursor)


def _below(company: int, account: int) -> list[int]:
    return [
        id_
        for (id_,) in fetch(
            """
            WITH RECURSIVE tree AS (
                SELECT id FROM ledger_account WHERE id = %s AND company_id = %s
                UNION ALL SELECT a.id FROM ledger_account a JOIN tree t ON a.parent_id = t.id
            )
            SELECT id FROM tree ORDER BY id
            """,
            [account, company],
        )
    ] or [0]


def _balance_before(company: int, leaves: list[int], on: date, party: int | None) -> Decimal:
    kept = "ledger_accountturnover" if party is None else "ledger_periodbalance"
    who = (
        ""
        if party is None
        else (
            "AND EXISTS (SELECT 1 FROM ledger_dimensionset d "
            "WHERE d.id = x.dimension_set_id AND d.party = %s)"
        )
    )
    own = [array(leaves), *([] if party is None else [party])]
    [(balance,)] = fetch(
        f"""
        SELECT coalesce(sum(value), 0) FROM (
            SELECT x.debit - x.credit AS value FROM {kept} x
            JOIN ledger_period p ON p.id = x.period_id AND p."end" < %s
            WHERE x.company_id = %s AND x.account_id = ANY(%s::bigint[]) {who}
            UNION ALL
            SELECT x.debit - x.credit FROM ledger_balancedelta x
            JOIN ledger_period p ON p.id = x.period_id AND p."end" < %s
            WHERE x.company_id = %s AND x.account_id = ANY(%s::bigint[]) {who}
            UNION ALL
            SELECT x.debit - x.credit FROM ledger_period p
            JOIN ledger_journalline x ON x."on" >= p.start AND x."on" < %s
             AND x.account_id = ANY(%s::bigint[]) {who}
            WHERE p.company_id = %s AND p.start < %s AND p."end" >= %s
        ) AS before
        """,
        [on, company, *own, on, company, *own, on, *own, company, on, on],
    )
    return balance


# --- vouchers --------------------------------------------------------------------------------


def voucher(company: int, id_: int) -> dict[str, Any] | None:
    """One voucher with its lines, as it is printed; None when the company has none such."""
    return next(iter(_vouchers("v.company_id = %s AND v.id = %s", [company, id_])), None)


def postings_of(company: int, refs: Sequence[Ref]) -> dict[str, Any]:
    """What documents left in both ledgers, and why on these accounts.

    Returns:
        `vouchers` with their lines (each names the rule that chose its account), `moves` of
        goods, and `why`: for every purpose, category and place met, the whole choice.
    """
    found = _vouchers(
        "v.company_id = %s AND (v.document_type, v.document_id) IN "
        "(SELECT * FROM unnest(%s::text[], %s::bigint[]))",
        [company, *columns([(r.type, r.id) for r in refs])] if refs else [company, "{}", "{}"],
    )
    moves = fetch(
        """
        SELECT m.voucher_id, m.no, m."on", m.purpose, m.product_id, p.code, p.name, c.id,
               m.lot_id, lot.code, m.quantity, m.source_id, s.code, s.area_id, m.target_id, t.code
        FROM ledger_stockmove m JOIN product_product p ON p.id = m.product_id
        JOIN product_category c ON c.id = p.category_id
        JOIN ledger_location s ON s.id = m.source_id JOIN ledger_location t ON t.id = m.target_id
        LEFT JOIN ledger_lot lot ON lot.id = m.lot_id
        WHERE m.voucher_id = ANY(%s::bigint[]) ORDER BY m.voucher_id, m.no
        """,
        [array(v["id"] for v in found)],
    )
    asked = {(r[3], r[7], r[11] if r[13] else r[14], r[2]) for r in moves}
    return {
        "vouchers": found,
        "moves": [
            {
                "voucher": r[0], "no": r[1], "on": r[2], "purpose": r[3],
                "product": {"id": r[4], "code": r[5], "name": r[6]},
                "lot": {"id": r[8], "code": r[9]} if r[8] else None, "quantity": r[10],
                "source": {"id": r[11], "code": r[12]}, "target": {"id": r[14], "code": r[15]},
            }
            for r in moves
        ],
        "why": [
            {
                "purpose": purpose, "on": on,
                "accounts": charted.told(company, charted.explain(
                    company, purpose, category=category, location=place, on=on)),
            }
            for purpose, category, place, on in sorted(asked)
        ],
    }  # fmt: skip


def _vouchers(where: str, params: Sequence[Any]) -> list[dict[str, Any]]:
    heads = fetch(
        f"""
        SELECT v.id, v.word, v.number, v."on", p.start, v.document_type, v.document_id,
               v.reverses_id, r.id, v.at, c.no, encode(c.hash, 'hex')
        FROM ledger_voucher v JOIN ledger_period p ON p.id = v.period_id
        LEFT JOIN ledger_voucher r ON r.reverses_id = v.id
        LEFT JOIN ledger_chainlink c ON c.voucher_id = v.id
        WHERE {where} ORDER BY v.id
        """,
        params,
    )
    lines = fetch(
        """
        SELECT l.voucher_id, l.no, l.account_id, l.debit, l.credit, l.currency, l."foreign",
               l.quantity, l.purpose, l.rule_id, coalesce(d.party, 0), coalesce(d.product, 0),
               coalesce(d.department, 0), coalesce(d.employee, 0), coalesce(d.project, 0),
               coalesce(d."order", 0)
        FROM ledger_journalline l LEFT JOIN ledger_dimensionset d ON d.id = l.dimension_set_id
        WHERE l.voucher_id = ANY(%s::bigint[]) ORDER BY l.voucher_id, l.no
        """,
        [array(h[0] for h in heads)],
    )
    names = _Names(lines, account=2, party=10, product=11)
    rules = _rules({r[9] for r in lines})
    documents = document_numbers([Ref(h[5], h[6]) for h in heads])
    own: dict[int, list[dict[str, Any]]] = {h[0]: [] for h in heads}
    for (of, no, account, debit, credit, currency, foreign, quantity, purpose, rule, party,
         product, department, employee, project, order) in lines:  # fmt: skip
        own[of].append(
            {
                "no": no, "account": names.account.get(account), "debit": debit, "credit": credit,
                "currency": currency, "foreign": foreign, "quantity": quantity,
                "purpose": purpose, "rule": rules.get(rule),
                "dimensions": {
                    kind: what for kind, what in (
                        ("party", _label(names.party.get(party))),
                        ("product", _label(names.product.get(product))),
                        ("department", department), ("employee", employee),
                        ("project", project), ("order", order),
                    ) if what
                },
            }
        )  # fmt: skip
    return [
        {
            "id": id_, "word": word, "number": number, "on": on, "period": period,
            "document_type": type_, "document_id": document,
            "document": documents.get(Ref(type_, document)), "reverses": reverses,
            "reversed_by": reversed_by, "at": at, "place": place, "seal": seal, "lines": own[id_],
        }
        for (id_, word, number, on, period, type_, document, reverses, reversed_by, at, place,
             seal) in heads
    ]  # fmt: skip


def _rules(ids: Iterable[int | None]) -> dict[int | None, dict[str, Any]]:
    wanted = sorted(i for i in ids if i)
    if not wanted:
        return {}
    return {
        id_: {
            "id": id_, "purpose": purpose, "category": category, "location": place,
            "valid_from": first, "valid_to": last,
        }
        for id_, purpose, category, place, first, last in fetch(
            """
            SELECT r.id, r.purpose, c.code, l.code, r.valid_from, r.valid_to
            FROM ledger_postingrule r LEFT JOIN product_category c ON c.id = r.category_id
            LEFT JOIN ledger_location l ON l.id = r.location_id WHERE r.id = ANY(%s::bigint[])
            """,
            [array(wanted)],
        )
    }  # fmt: skip


class _Names:
    """Codes and names of what a set of rows points at: one statement each, none for nothing."""

    def __init__(self, rows: Sequence[Sequence[Any]], *, account: int, party: int, product: int):
        self.account = charted.named({r[account] for r in rows}) if rows else {}
        for named in self.account.values():
            named["name"] = _words(named["name"])
        self.party = self._read("party_party", {r[party] for r in rows})
        self.product = self._read("product_product", {r[product] for r in rows})

    @staticmethod
    def _read(table: str, ids: set[int]) -> dict[int, dict[str, Any]]:
        wanted = sorted(ids - {0})
        if not wanted:
            return {}
        return {
            id_: {"id": id_, "code": code, "name": name}
            for id_, code, name in fetch(
                f"SELECT id, code, name FROM {table} WHERE id = ANY(%s::bigint[])", [array(wanted)]
            )
        }


def _label(named: dict[str, Any] | None) -> str:
    return f"{named['code']} {named['name']}" if named else ""


def _words(name: Any) -> dict[str, str]:
    """A name in three languages, whether the driver decoded it or not."""
    return json.loads(name) if isinstance(name, str) else name


def document_numbers(refs: Iterable[Ref]) -> dict[Ref, str]:
    """The numbers people know documents by: one statement per type."""
    from heyi.ledger.proof import models_of_documents

    wanted: dict[str, set[int]] = {}
    for ref in refs:
        wanted.setdefault(ref.type, set()).add(ref.id)
    found: dict[Ref, str] = {}
    for model in models_of_documents() if wanted else ():
        if ids := wanted.get(model.type):
            found |= {
                Ref(model.type, id_): number
                for id_, number in fetch(
                    f"SELECT id, number FROM {model._meta.db_table} WHERE id = ANY(%s::bigint[])",
                    [array(sorted(ids))],
                )
            }
    return found


# --- stock -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StockRow:
    """One product in a company: `forecast` is on hand with everything that is under way."""

    id: int
    code: str
    name: str
    unit: str
    on_hand: Decimal
    reserved: Decimal
    available: Decimal
    incoming: Decimal
    outgoing: Decimal
    forecast: Decimal
    value: Decimal


def stock_list(
    company: int,
    *,
    products: Sequence[int] | None = None,
    location: int | None = None,
    until: date | None = None,
    search: str = "",
    after: str = "",
    limit: int = 1000,
) -> list[StockRow]:
    """Products with what is there, promised, and under way: one statement.

    Under way is what modules declare as `expected`: the lines of documents not posted yet, as a
    SELECT of company_id, product_id, location_id, "on", quantity (positive comes, negative goes).

    Args:
        products: Only these; None for all active ones.
        location: Only what lies or will lie there.
        until: Forecast for the end of that day; None counts everything under way.
        after: The last code of the page before.
    """
    place = "" if location is None else f"AND x.location_id = {int(location)}"
    day = "" if until is None else 'AND x."on" <= %s'
    coming = " UNION ALL ".join(f"SELECT * FROM ({sql}) AS e" for sql in declared("expected"))
    under_way = (
        f"""
        SELECT product_id, sum(quantity) FILTER (WHERE quantity > 0) AS incoming,
               -sum(quantity) FILTER (WHERE quantity < 0) AS outgoing
        FROM ({coming}) AS x(company_id, product_id, location_id, "on", quantity)
        WHERE x.company_id = %s {place} {day} GROUP BY 1
        """
        if coming
        else "SELECT NULL::bigint AS product_id, NULL::numeric AS incoming, "
        "NULL::numeric AS outgoing WHERE %s::bigint IS NULL"
    )
    chosen = "" if products is None else "AND p.id = ANY(%s::bigint[])"
    found = "" if not search else "AND (p.code ILIKE %s OR p.name ILIKE %s OR p.initials ILIKE %s)"
    pattern = f"%{search}%"
    return [
        StockRow(*row)
        for row in fetch(
            f"""
            SELECT p.id, p.code, p.name, u.code, coalesce(b.quantity, 0),
                   coalesce(b.reserved, 0) + coalesce(t.reserved, 0),
                   coalesce(b.quantity, 0) - coalesce(b.reserved, 0) - coalesce(t.reserved, 0),
                   coalesce(e.incoming, 0), coalesce(e.outgoing, 0),
                   coalesce(b.quantity, 0) + coalesce(e.incoming, 0) - coalesce(e.outgoing, 0),
                   coalesce(v.value, 0)
            FROM product_product p JOIN product_unit u ON u.id = p.unit_id
            LEFT JOIN (SELECT x.product_id, sum(x.quantity) AS quantity,
                              sum(x.reserved) FILTER (WHERE x.lot_id = 0) AS reserved
                       FROM ledger_quantitybalance x
                       WHERE x.company_id = %s AND x.owner_id = 0 {place} GROUP BY 1) b
              ON b.product_id = p.id
            LEFT JOIN (SELECT x.product_id, sum(x.reserved) AS reserved FROM ledger_placetotal x
                       WHERE x.company_id = %s AND x.owner_id = 0 {place} GROUP BY 1) t
              ON t.product_id = p.id
            LEFT JOIN (SELECT x.product_id, sum(x.value) AS value FROM ledger_valuepool x
                       WHERE x.company_id = %s GROUP BY 1) v ON v.product_id = p.id
            LEFT JOIN ({under_way}) e ON e.product_id = p.id
            WHERE (p.company_id = %s OR p.company_id IS NULL) AND p.active AND p.code > %s
              {chosen} {found}
            ORDER BY p.code LIMIT %s
            """,
            [
                company, company, company,
                company, *([] if until is None or not coming else [until]),
                company, after, *([] if products is None else [array(products)]),
                *([pattern] * 3 if search else []), limit,
            ],
        )
    ]  # fmt: skip


def on_hand(company: int, products: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """Where products lie: place, lot, owner and status, with what is promised there."""
    found: dict[int, list[dict[str, Any]]] = {p: [] for p in products}
    for product, place, code, lot, lot_code, expires, owner, status, quantity, reserved in fetch(
        """
        SELECT b.product_id, b.location_id, l.code, b.lot_id, lot.code, b.expires_on, b.owner_id,
               b.status, b.quantity, b.reserved
        FROM ledger_quantitybalance b JOIN ledger_location l ON l.id = b.location_id
        LEFT JOIN ledger_lot lot ON lot.id = b.lot_id
        WHERE b.company_id = %s AND b.product_id = ANY(%s::bigint[])
          AND (b.quantity <> 0 OR b.reserved <> 0)
        ORDER BY b.product_id, l.code, b.expires_on, lot.code, b.owner_id, b.status
        """,
        [company, array(products)],
    ):
        found[product].append(
            {
                "location": {"id": place, "code": code},
                "lot": {"id": lot, "code": lot_code, "expires_on": expires} if lot else None,
                "owner": owner or None, "status": status, "quantity": quantity,
                "reserved": reserved, "available": quantity - reserved,
            }
        )  # fmt: skip
    return found
