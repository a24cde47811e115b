"""Accounts by role, purposes to accounts from a day on, and why an account was chosen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from heyi.ledger.errors import AccountUnknown, RuleFollows
from heyi.ledger.reference import book
from heyi.ledger.rules import GOODS, SIDES, Judged, RuleRow, Side, judge
from heyi.platform.rows import array, fetch


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
    return dict(fetch(f"SELECT id, code FROM {table} WHERE id = ANY(%s::bigint[])", [array(wanted)]))
