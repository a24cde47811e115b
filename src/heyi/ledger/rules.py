"""Which accounts a purpose touches: dated rules, the most specific one wins. No database.

A rule may leave an account open; then the next rule in rank decides it. What no rule of the
purpose says about the stock account is said by the rules of the purpose `goods`: there the
accountant writes once, per category, on which account such goods are kept.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

GOODS = "goods"
Side = Literal["stock", "counterpart", "variance"]
SIDES: tuple[Side, ...] = ("stock", "counterpart", "variance")


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One row of the accountant's table. None means "any", "no limit" or "not said here"."""

    id: int
    purpose: str
    category: int | None
    location: int | None
    valid_from: date | None
    valid_to: date | None
    stock: int | None
    counterpart: int | None
    variance: int | None

    def rank(self) -> tuple:
        """Higher wins: a category before a place, then the younger rule."""
        return (
            self.category is not None,
            self.location is not None,
            self.valid_from or date.min,
            self.id,
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """The accounts of one movement, and for each the rule that named it."""

    id: int
    stock: int
    counterpart: int
    variance: int
    stock_rule: int = 0
    counterpart_rule: int = 0
    variance_rule: int = 0


@dataclass(frozen=True, slots=True)
class Judged:
    """A rule that was looked at: it won a side, or it says why it did not.

    `reason`: won | other_category | other_location | not_yet_valid | no_longer_valid |
    less_specific | older | silent (the rule applies but leaves this account open).
    """

    side: Side
    row: RuleRow
    reason: str


def judge(
    rows: Iterable[RuleRow],
    purpose: str,
    category: int | None,
    location: int | None,
    on: date,
) -> list[Judged]:
    """Every rule of a purpose with its verdict for each account, best first.

    This is the only place that chooses: `resolve` keeps the winners of this very list, so an
    explanation cannot differ from what was posted.
    """
    known = list(rows)
    verdicts = []
    for side in SIDES:
        winner: RuleRow | None = None
        for asked in (purpose, GOODS) if side == "stock" and purpose != GOODS else (purpose,):
            own = sorted((r for r in known if r.purpose == asked), key=RuleRow.rank, reverse=True)
            for row in own:
                reason = _objection(row, category, location, on)
                if reason is None and getattr(row, side) is None:
                    reason = "silent"
                if reason is None and winner is not None:
                    same = (row.category, row.location) == (winner.category, winner.location)
                    reason = "older" if same and asked == winner.purpose else "less_specific"
                if reason is None:
                    winner, reason = row, "won"
                verdicts.append(Judged(side, row, reason))
    return verdicts


def _objection(row: RuleRow, category: int | None, location: int | None, on: date) -> str | None:
    if row.category is not None and row.category != category:
        return "other_category"
    if row.location is not None and row.location != location:
        return "other_location"
    if row.valid_from and on < row.valid_from:
        return "not_yet_valid"
    if row.valid_to and on > row.valid_to:
        return "no_longer_valid"
    return None


def resolve(
    rows: Sequence[RuleRow],
    purpose: str,
    category: int | None,
    location: int | None,
    on: date,
) -> Rule | list[Side]:
    """The accounts, or the sides nobody has named yet."""
    won = {v.side: v.row for v in judge(rows, purpose, category, location, on) if v.reason == "won"}
    if missing := [side for side in SIDES if side not in won]:
        return missing
    accounts = {side: getattr(row, side) for side, row in won.items()}
    return Rule(
        id=won["counterpart"].id,
        **accounts,
        **{f"{side}_rule": row.id for side, row in won.items()},
    )
