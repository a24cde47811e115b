"""Accounts by role, purposes to accounts from a day on, and why an account was chosen."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from heyi.ledger.errors import AccountUnknown, CodeOutside, RuleFollows
from heyi.ledger.posting import post
from heyi.ledger.reference import book
from heyi.ledger.rules import GOODS, SIDES, Judged, RuleRow, Side, judge
from heyi.ledger.types import Amount, Dimensions, Posting, Ref
from heyi.platform.rows import array, columns, fetch

PURPOSE_DIVIDED = "ledger.divided"  # the voucher that moves a balance to the first child


def by_role(company: int, *roles: str) -> dict[str, int]:
    """The accounts that play these roles.

    Raises:
        AccountUnknown: The company's chart has no account for a role.
    """
    found = dict(
        fetch(
            "SELECT role, id FROM ledger_account WHERE company_id = %s AND role = ANY(%s::text[])",
            [company, array(roles)],
        )
    )
    if missing := sorted(set(roles) - set(found)):
        raise AccountUnknown(", ".join(missing))
    return found


def assign(
    company: int,
    purpose: str,
    *,
    on: date | None = None,
    category: int | None = None,
    location: int | None = None,
    **accounts: int,
) -> int:
    """Say where a purpose goes from a day on; what was said before ends the day before.

    Args:
        on: First day of the new rule; None when it has always been so.
        accounts: stock, counterpart, variance. What is left out stays as the rule before had
            it; what no rule for this category and place says, the next less specific one decides.

    Returns:
        The rule's id.

    Raises:
        RuleFollows: A later change is already entered; change that one.
    """
    assert accounts and set(accounts) <= set(SIDES), accounts
    with transaction.atomic():
        held = fetch(
            """
            SELECT id, valid_from, stock_id, counterpart_id, variance_id FROM ledger_postingrule
            WHERE company_id = %s AND purpose = %s
              AND category_id IS NOT DISTINCT FROM %s::bigint
              AND location_id IS NOT DISTINCT FROM %s::bigint
            ORDER BY valid_from DESC NULLS LAST FOR UPDATE
            """,
            [company, purpose, category, location],
        )
        if held and held[0][1] is not None and (on is None or held[0][1] > on):
            raise RuleFollows(purpose, held[0][1])
        if held and held[0][1] == on:
            sets = ", ".join(f"{side}_id = %s" for side in accounts)
            fetch(
                f"UPDATE ledger_postingrule SET {sets}, version = version + 1 WHERE id = %s",
                [*accounts.values(), held[0][0]],
            )
            return held[0][0]
        if held:
            assert on is not None
            fetch(
                "UPDATE ledger_postingrule SET valid_to = %s, version = version + 1 WHERE id = %s",
                [on - timedelta(days=1), held[0][0]],
            )
        said = {**dict(zip(SIDES, held[0][2:], strict=True)), **accounts} if held else accounts
        [(rule,)] = fetch(
            """
            INSERT INTO ledger_postingrule (company_id, purpose, category_id, location_id,
                valid_from, stock_id, counterpart_id, variance_id, version)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 1) RETURNING id
            """,
            [company, purpose, category, location, on, *(said.get(s) for s in SIDES)],
        )
        return rule


def keep_goods(
    company: int, category: int, role: str, *, location: int | None = None, on: date | None = None
) -> int:
    """Say on which account goods of a category are kept ("raw_materials")."""
    account = by_role(company, role)[role]
    return assign(company, GOODS, category=category, location=location, on=on, stock=account)


@dataclass(frozen=True, slots=True)
class Why:
    """One account of a purpose: which it is, by which rule, and what became of the others."""

    side: Side
    account: int | None
    rule: int | None
    judged: tuple[Judged, ...]


def explain(
    company: int, purpose: str, *, category: int | None, location: int | None, on: date
) -> list[Why]:
    """Why these accounts: for each, the rule that won, and every other with its reason.

    Reads the same rows and runs the same choice as posting does. A side nobody has named has
    no account and no rule.
    """
    [(version,)] = fetch("SELECT version FROM ledger_reference")
    judged = judge(book(company, version).rules, purpose, category, location, on)
    answer = []
    for side in SIDES:
        own = tuple(v for v in judged if v.side == side)
        won = next((v.row for v in own if v.reason == "won"), None)
        account, rule = (getattr(won, side), won.id) if won else (None, None)
        answer.append(Why(side, account, rule, own))
    return answer


def told(company: int, reasons: Sequence[Why]) -> list[dict[str, Any]]:
    """An explanation with codes and names instead of ids, for people: one statement each kind."""
    rows = {v.row for why in reasons for v in why.judged}
    accounts = named(
        {a for r in rows for a in (r.stock, r.counterpart, r.variance) if a is not None}
    )
    categories = _codes("product_category", {r.category for r in rows})
    places = _codes("ledger_location", {r.location for r in rows})

    def rule(row: RuleRow, side: Side) -> dict[str, Any]:
        return {
            "rule": row.id,
            "purpose": row.purpose,
            "category": categories.get(row.category),
            "location": places.get(row.location),
            "valid_from": row.valid_from,
            "valid_to": row.valid_to,
            "account": accounts.get(getattr(row, side)),
        }

    return [
        {
            "side": why.side,
            "account": accounts.get(why.account),
            "rule": why.rule,
            "rules": [{**rule(v.row, why.side), "reason": v.reason} for v in why.judged],
        }
        for why in reasons
    ]


def named(ids: Iterable[int]) -> dict[int | None, dict[str, Any]]:
    """Accounts as {id, code, name, role}."""
    return {
        pk: {"id": pk, "code": code, "name": name, "role": role}
        for pk, code, name, role in fetch(
            "SELECT id, code, name, role FROM ledger_account WHERE id = ANY(%s::bigint[])",
            [array(sorted(ids))],
        )
    }


def _codes(table: str, ids: set[int | None]) -> dict[int | None, str]:
    wanted = sorted(i for i in ids if i is not None)
    if not wanted:
        return {}
    return dict(
        fetch(f"SELECT id, code FROM {table} WHERE id = ANY(%s::bigint[])", [array(wanted)])
    )


def divide(
    company: int, account: int, children: Sequence[tuple[str, dict[str, str]]], *, on: date
) -> list[int]:
    """Put accounts below a leaf, used or not, in one step; joins the caller's unit of work.

    What stands on the leaf on that day moves to the first child by one voucher, party by party.
    From that day on the rules that named the leaf name the first child, which takes over its role.
    What the leaf controls and keeps holds for all children.

    Args:
        children: (code, name in three languages); codes begin with the parent's.

    Returns:
        The children's ids, in order.

    Raises:
        AccountUnknown: It is not a leaf of this company.
        CodeOutside: A child's code does not begin with its parent's, or is taken.
        PeriodClosed: The day lies in no open period.
    """
    held = fetch(
        "SELECT code, role FROM ledger_account WHERE id = %s AND company_id = %s AND leaf FOR UPDATE",
        [account, company],
    )
    if not held:
        raise AccountUnknown(str(account))
    [(code, role)] = held
    _check_codes(company, code, [c for c, _ in children])
    made = [
        pk
        for (pk,) in fetch(
            """
            INSERT INTO ledger_account (company_id, code, name, category, direction, two_sided, role,
                control, dimensions, keeps_currency, keeps_quantity, leaf, active, version)
            SELECT p.company_id, w.code, w.name, p.category, p.direction, p.two_sided, '',
                   p.control, p.dimensions, p.keeps_currency, p.keeps_quantity, true, true, 1
            FROM unnest(%s::text[], %s::jsonb[]) WITH ORDINALITY AS w(code, name, n)
            JOIN ledger_account p ON p.id = %s ORDER BY n RETURNING id
            """,
            [
                *columns([(c, json.dumps(name, ensure_ascii=False)) for c, name in children]),
                account,
            ],
        )
    ]
    _move(company, account, made[0], on)
    _rename(company, account, made[0], on)
    fetch(
        "UPDATE ledger_account SET leaf = false, role = '', version = version + 1 WHERE id = %s",
        [account],
    )
    fetch(
        "UPDATE ledger_account SET parent_id = %s, role = CASE WHEN id = %s THEN %s ELSE '' END "
        "WHERE id = ANY(%s::bigint[])",
        [account, made[0], role, array(made)],
    )
    return made


def _check_codes(company: int, parent: str, codes: Sequence[str]) -> None:
    taken = {
        code
        for (code,) in fetch(
            "SELECT code FROM ledger_account WHERE company_id = %s AND code = ANY(%s::text[])",
            [company, array(codes)],
        )
    }
    for at, code in enumerate(codes):
        if not code.startswith(parent) or code in taken or code in codes[:at] or code == parent:
            raise CodeOutside(code, parent)


def _move(company: int, source: int, target: int, on: date) -> None:
    """Book what stands on one account over to another, keeping dimensions and currencies."""
    standing = fetch(
        """
        SELECT b.currency, sum(b.value), sum(b."foreign"), sum(b.quantity), coalesce(d.party, 0),
               coalesce(d.product, 0), coalesce(d.department, 0), coalesce(d.cost_centre, 0),
               coalesce(d.project, 0), coalesce(d.employee, 0), coalesce(d."order", 0)
        FROM (SELECT currency, dimension_set_id, debit - credit AS value, "foreign", quantity
              FROM ledger_periodbalance WHERE company_id = %s AND account_id = %s
              UNION ALL
              SELECT currency, dimension_set_id, debit - credit, "foreign", quantity
              FROM ledger_balancedelta WHERE company_id = %s AND account_id = %s) AS b
        LEFT JOIN ledger_dimensionset d ON d.id = b.dimension_set_id
        GROUP BY b.currency, d.id HAVING (sum(b.value), sum(b."foreign")) <> (0, 0)
        ORDER BY b.currency, d.id
        """,
        [company, source, company, source],
    )
    if not standing:
        return
    journal = tuple(
        Amount(to, sign * value, currency, sign * foreign, sign * quantity, Dimensions(*said),
               PURPOSE_DIVIDED)
        for currency, value, foreign, quantity, *said in standing
        for to, sign in ((target, 1), (source, -1))
    )  # fmt: skip
    post([Posting(company, Ref("ledger.account", target), on, journal=journal)])


def _rename(company: int, source: int, target: int, on: date) -> None:
    """Let the rules that name one account name another from a day on."""
    named = fetch(
        """
        SELECT purpose, category_id, location_id, valid_from, stock_id, counterpart_id, variance_id
        FROM ledger_postingrule
        WHERE company_id = %s AND %s IN (stock_id, counterpart_id, variance_id)
          AND (valid_to IS NULL OR valid_to >= %s)
        """,
        [company, source, on],
    )
    for purpose, category, location, first, *sides in named:
        changed = {s: target for s, own in zip(SIDES, sides, strict=True) if own == source}
        assign(company, purpose, on=max(on, first or on), category=category, location=location,
               **changed)  # fmt: skip
