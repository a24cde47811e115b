"""Back-dated receipts under moving average, corrected once and forwards.

One row per day on which the pool moved is all that is kept. Between two
receipts a run of issues telescopes - issuing 60 in one go or in sixty steps
leaves the same average - so the number of movements never matters, only the
number of days since the back-date.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from heyi.kernel.money import CENT, ZERO, share


@dataclass(frozen=True, slots=True)
class Day:
    """All that moved in one pool on one day: what came in counts as first."""

    in_quantity: Decimal
    in_value: Decimal
    out_quantity: Decimal
    out_value: Decimal


def backdated(
    quantity_now: Decimal,
    value_now: Decimal,
    since: Sequence[Day],
    quantity: Decimal,
    value: Decimal,
    unit: Decimal = CENT,
) -> Decimal:
    """What later issues should have cost more, had this receipt come in on its day.

    Both histories, with and without the receipt, are walked from the day after
    the back-date; only their difference is booked, so what the day rows round
    away cancels out.

    Args:
        quantity_now, value_now: The pool before the receipt is posted.
        since: The pool's days after the receipt's day, oldest first.

    Returns:
        Consumption with the receipt less consumption without, at most the
        value the pool will hold. Negative when the receipt was cheap.
    """
    start_quantity = quantity_now - sum((d.in_quantity - d.out_quantity for d in since), ZERO)
    start_value = value_now - sum((d.in_value - d.out_value for d in since), ZERO)
    with_it = _consumed(start_quantity + quantity, start_value + value, since, unit)
    without = _consumed(start_quantity, start_value, since, unit)
    return min(with_it - without, value_now + value)


def _consumed(quantity: Decimal, value: Decimal, days: Sequence[Day], unit: Decimal) -> Decimal:
    total = ZERO
    for day in days:
        quantity, value = quantity + day.in_quantity, value + day.in_value
        if day.out_quantity and quantity > 0:
            taken = min(day.out_quantity, quantity)
            cost = share(value, taken, quantity, unit)
            total, value = total + cost, value - cost
        quantity = max(ZERO, quantity - day.out_quantity)
    return total
