"""Accounts, rules, places and products as each process remembers them.

Every posting reads the reference version in its first statement; a process
whose copy is older loads it again. So a changed rule counts from the next
posting on, in every process, and an unchanged one costs nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from heyi.ledger.errors import PurposeUnmapped, ReferenceUnknown
from heyi.ledger.rules import Rule, RuleRow, resolve
from heyi.platform.rows import array, fetch


@dataclass(frozen=True, slots=True)
class Goods:
    """What the ledger must know of a product."""

    category: int
    costing: str
    by_lot: bool
    tracking: str
    standard: Decimal
    price: Decimal


@dataclass(slots=True)
class Book:
    """One company's reference data at one version."""

    company: int
    version: int
    unit: Decimal
    currency: str
    areas: dict[int, int | None]
    rules: tuple[RuleRow, ...]
    accounts: dict[int, frozenset[str]]
    by_code: dict[str, int]
    goods: dict[int, Goods] = field(default_factory=dict)
    _resolved: dict[tuple, Rule] = field(default_factory=dict)

    def rule(
        self, purpose: str, category: int | None, on: date, location: int | None = None
    ) -> Rule:
        """The accounts of a purpose on a day, for goods of a category kept at a place.

        Raises:
            PurposeUnmapped: The accountant has not said where this purpose goes.
        """
        asked = purpose, category, location, on
        found = self._resolved.get(asked)
        if found is None:
            answer = resolve(self.rules, *asked)
            if isinstance(answer, list):
                raise PurposeUnmapped(purpose, answer, on)
            if len(self._resolved) > 10_000:
                self._resolved.clear()
            found = self._resolved[asked] = answer
        return found

    def area(self, location: int) -> int | None:
        """The valuation area of a place; None for the world.

        Raises:
            ReferenceUnknown: The company has no such place.
        """
        try:
            return self.areas[location]
        except KeyError:
            raise ReferenceUnknown("ledger.location", location) from None

    def dimensions(self, account: int) -> frozenset[str]:
        """The dimensions an account keeps.

        Raises:
            ReferenceUnknown: The company has no such account that takes postings.
        """
        try:
            return self.accounts[account]
        except KeyError:
            raise ReferenceUnknown("ledger.account", account) from None

    def some_place(self, area: int) -> int:
        """A place of a valuation area, to name it by."""
        return next((pk for pk, of in self.areas.items() if of == area), 0)

    def know(self, products: Iterable[int]) -> None:
        """Load the products not met before: one statement, or none.

        Raises:
            ReferenceUnknown: The company has no such product.
        """
        if missing := sorted({p for p in products if p not in self.goods}):
            for pk, *facts in fetch(
                """
                SELECT p.id, c.id, c.costing, c.by_lot, p.tracking, p.standard, p.price
                FROM product_product p JOIN product_category c ON c.id = p.category_id
                WHERE p.id = ANY(%s::bigint[]) AND (p.company_id = %s OR p.company_id IS NULL)
                """,
                [array(missing), self.company],
            ):
                self.goods[pk] = Goods(*facts)
            for product in missing:
                if product not in self.goods:
                    raise ReferenceUnknown("product.product", product)


_books: dict[int, Book] = {}


def book(company: int, version: int | None = None) -> Book:
    """The company's book, loaded again when `version` is newer. None accepts any copy."""
    held = _books.get(company)
    if held is None or (version is not None and held.version != version):
        held = _books[company] = _load(company)
    return held


def _load(company: int) -> Book:
    [(version, decimals, currency)] = fetch(
        "SELECT r.version, c.decimals, c.currency FROM ledger_reference r, platform_company c WHERE c.id = %s",
        [company],
    )
    places = fetch(
        "SELECT id, area_id FROM ledger_location WHERE company_id = %s OR company_id IS NULL",
        [company],
    )
    rules = fetch(
        "SELECT id, purpose, category_id, location_id, valid_from, valid_to, stock_id, "
        "counterpart_id, variance_id "
        "FROM ledger_postingrule WHERE company_id = %s",
        [company],
    )
    accounts = fetch(
        "SELECT id, dimensions, code FROM ledger_account WHERE company_id = %s AND leaf AND active",
        [company],
    )
    return Book(
        company=company,
        version=version,
        unit=Decimal(1).scaleb(-decimals),
        currency=currency,
        areas=dict(places),
        rules=tuple(RuleRow(*row) for row in rules),
        accounts={pk: frozenset(dimensions) for pk, dimensions, _ in accounts},
        by_code={code: pk for pk, _, code in accounts},
    )
