"""Perpetual moving average, in posting order."""

from dataclasses import replace
from decimal import Decimal

from heyi.kernel.money import ZERO, rounded, share
from heyi.ledger.valuation.pool import Change, Pool, Receipt, Terms, covered, unit_price


def receive(pool: Pool, quantity: Decimal, value: Decimal, terms: Terms) -> Change:
    """Put goods on the shelf at their value.

    Goods that had left before they came (a negative shelf) left at a guess;
    the difference between guess and truth is variance, so the shelf itself
    never shows a price nobody paid.
    """
    assert quantity > 0 and value >= 0, (quantity, value)
    guessed = min(max(ZERO, -pool.quantity), quantity)
    variance = ZERO
    if guessed:
        variance = share(value, guessed, quantity, terms.unit) - share(
            -pool.value, guessed, -pool.quantity, terms.unit
        )
    held = replace(
        pool,
        quantity=pool.quantity + quantity,
        value=pool.value + value - variance,
        received=pool.received + quantity,
        price=unit_price(quantity, value),
    )
    if held.quantity > 0:
        held = replace(held, price=unit_price(held.quantity, held.value))
    return Change(held, value - variance, variance)


def issue(pool: Pool, quantity: Decimal, terms: Terms) -> Change:
    """Take goods out at the average.

    The last piece takes the whole remaining value with it, so rounding never
    leaves money behind on an empty shelf. What the shelf does not hold leaves
    at the last known price. `stock` is the value removed.
    """
    assert quantity > 0
    held = min(max(ZERO, pool.quantity), quantity)
    removed = share(pool.value, held, pool.quantity, terms.unit) if held else ZERO
    price = unit_price(pool.quantity, pool.value) if pool.quantity > 0 else pool.price
    removed += rounded(price * (quantity - held), terms.unit)
    rest = replace(pool, quantity=pool.quantity - quantity, value=pool.value - removed, price=price)
    return Change(rest, removed)


def take_back(pool: Pool, quantity: Decimal, value: Decimal, terms: Terms) -> Change:
    """Take goods out at the value they came in with.

    They may have been averaged away since: what the shelf no longer carries
    is variance. Undoing a receipt also undoes its place in the queue.
    """
    assert 0 < quantity <= pool.quantity and value >= 0
    rest = pool.quantity - quantity
    removed = pool.value if rest == 0 else min(value, pool.value)
    left = replace(
        pool, quantity=rest, value=pool.value - removed, received=pool.received - quantity
    )
    return Change(left, removed, value - removed)


def absorb(pool: Pool, receipt: Receipt, value: Decimal, terms: Terms) -> Change:
    """Split a late cost between what is still on hand of a receipt and what has gone."""
    here = covered(pool, receipt)
    stock = share(value, here, receipt.quantity, terms.unit)
    if pool.quantity > 0:
        stock = max(stock, -pool.value)  # a late credit never takes the shelf below zero
    return Change(replace(pool, value=pool.value + stock), stock, value - stock)
