"""Period weighted average 月末一次加權: one price a month, known when the month is over.

During the month goods leave at a provisional price, the last month's. At its end `month_end`
says what the shelf should be worth; the difference to what it carries is booked once.
"""

from dataclasses import dataclass, replace
from decimal import Decimal

from heyi.kernel.money import ZERO, rounded, share
from heyi.ledger.valuation import average
from heyi.ledger.valuation.pool import Change, Pool, Terms, unit_price

take_back = average.take_back
absorb = average.absorb


@dataclass(frozen=True, slots=True)
class Month:
    """One pool's month: what it began with, what came in at its true cost, what left at a guess."""

    quantity: Decimal
    value: Decimal
    in_quantity: Decimal
    in_value: Decimal
    out_quantity: Decimal
    out_value: Decimal = ZERO


def receive(pool: Pool, quantity: Decimal, value: Decimal, terms: Terms) -> Change:
    """Put goods on the shelf at their value; the provisional price stays last month's."""
    change = average.receive(pool, quantity, value, terms)
    return replace(change, pool=replace(change.pool, price=pool.price or change.pool.price))


def issue(pool: Pool, quantity: Decimal, terms: Terms) -> Change:
    """Take goods out at the provisional price, never more value than the shelf carries.

    The last piece takes the whole remaining value with it; what the shelf does
    not hold leaves at the provisional price.
    """
    assert quantity > 0
    here = max(ZERO, pool.quantity)
    price = pool.price or (unit_price(here, pool.value) if here else ZERO)
    rest = pool.quantity - quantity
    if rest > 0:
        removed = min(rounded(price * quantity, terms.unit), pool.value)
    else:
        removed = (pool.value if here else ZERO) + rounded(price * (quantity - here), terms.unit)
    held = replace(pool, quantity=rest, value=pool.value - removed, price=price)
    return Change(held, removed)


def month_end(month: Month, unit: Decimal) -> tuple[Decimal, Decimal | None]:
    """What the pool is worth when its month ends, and the month's price.

    All that was there or came in bears one price, also what left before it
    came. A shelf that began below zero is first filled by what came in: those
    goods had left in an earlier month and take their share with them. Where
    there is nothing to take a price from, goods stay at the guess they left
    at, and the price is None.

    The answer does not depend on earlier answers for the same month, so
    asking again changes nothing.

    Args:
        unit: Smallest unit of the company's currency.
    """
    quantity, value = month.quantity, month.value
    came, worth = month.in_quantity, month.in_value
    if quantity < 0 < came:
        filled = min(-quantity, came)
        value += share(-value, filled, -quantity, unit)
        worth -= share(worth, filled, came, unit)
        quantity, came = quantity + filled, came - filled
    quantity, value, left = quantity + came, value + worth, month.out_quantity
    end = quantity - left
    if quantity == 0:
        return _signed(month.value + month.in_value - month.out_value, end), None
    value = _signed(value, quantity)
    price = unit_price(quantity, value)
    if 0 <= left <= quantity:
        return value - share(value, left, quantity, unit), price
    if (end > 0) == (quantity > 0):
        return _signed(value - rounded(price * left, unit), end), price
    return _signed(rounded(price * end, unit), end), price


def _signed(value: Decimal, quantity: Decimal) -> Decimal:
    """A value no shelf of this quantity contradicts: of its sign, nothing for nothing."""
    if quantity == 0:
        return ZERO
    return max(ZERO, value) if quantity > 0 else min(ZERO, value)
