"""Standard cost: the shelf is always worth quantity x standard; the rest is variance.

A pool keeps the standard in force as its price, under its own lock: a change of standard is a
revaluation of the pool, and a posting in flight can never bring the old one back.
"""

from dataclasses import replace
from decimal import Decimal

from heyi.kernel.money import ZERO, rounded
from heyi.ledger.valuation.pool import Change, Pool, Receipt, Terms


def receive(pool: Pool, quantity: Decimal, value: Decimal, terms: Terms) -> Change:
    held = _at(pool, pool.quantity + quantity, terms)
    stock = held.value - pool.value
    return Change(replace(held, received=pool.received + quantity), stock, value - stock)


def issue(pool: Pool, quantity: Decimal, terms: Terms) -> Change:
    rest = _at(pool, pool.quantity - quantity, terms)
    return Change(rest, pool.value - rest.value)


def take_back(pool: Pool, quantity: Decimal, value: Decimal, terms: Terms) -> Change:
    change = issue(pool, quantity, terms)
    left = replace(change.pool, received=pool.received - quantity)
    return Change(left, change.stock, value - change.stock)


def absorb(pool: Pool, receipt: Receipt, value: Decimal, terms: Terms) -> Change:
    return Change(pool, ZERO, value)


def revalue(pool: Pool, price: Decimal, terms: Terms) -> Change:
    """Give the pool a new standard; `stock` is what that adds to the shelf."""
    held = replace(pool, value=rounded(pool.quantity * price, terms.unit), price=price)
    return Change(held, held.value - pool.value, pool.value - held.value)


def _at(pool: Pool, quantity: Decimal, terms: Terms) -> Pool:
    price = pool.price or terms.standard
    value = rounded(quantity * price, terms.unit)
    return replace(pool, quantity=quantity, value=value, price=price)
