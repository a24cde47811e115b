from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from heyi.kernel.money import CENT, ZERO

PRICE = Decimal("0.00000001")
DEAREST = Decimal("999999999999")


@dataclass(frozen=True, slots=True)
class Layer:
    """What is left of one receipt under FIFO. `key` orders layers by arrival."""

    key: int
    quantity: Decimal
    value: Decimal


@dataclass(frozen=True, slots=True)
class Pool:
    """What we hold of one product in one valuation area, and what it cost.

    Args:
        quantity: Base units. Below zero only where the place allows it.
        value: Company currency. Same sign as `quantity`; zero when it is zero.
        received: Everything that ever came in, less receipts undone. Together
            with the stamp on a receipt it answers "is it still here?".
        price: Last known unit cost, 8 decimals. Used only to price goods that
            leave a shelf which is already empty.
        layers: FIFO only, oldest first.
    """

    quantity: Decimal = ZERO
    value: Decimal = ZERO
    received: Decimal = ZERO
    price: Decimal = ZERO
    layers: tuple[Layer, ...] = ()

    def __post_init__(self) -> None:
        q, v = self.quantity, self.value
        assert (q > 0 and v >= 0) or (q < 0 and v <= 0) or (q == 0 and v == 0), self


@dataclass(frozen=True, slots=True)
class Terms:
    """What a method may need to know besides the pool."""

    unit: Decimal = CENT  # smallest unit of the company currency
    standard: Decimal = ZERO  # standard price per base unit
    key: int = 0  # arrival key of the goods being received


@dataclass(frozen=True, slots=True)
class Receipt:
    """An earlier receipt, as a late cost sees it.

    Args:
        quantity: What came in then.
        stamp: The pool's `received` just after it.
        key: Its FIFO layer.
    """

    quantity: Decimal
    stamp: Decimal
    key: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    pool: Pool
    stock: Decimal
    variance: Decimal = ZERO


def covered(pool: Pool, receipt: Receipt) -> Decimal:
    """How much of an earlier receipt is still on hand, if the oldest goods leave first.

    Two numbers answer it: what is on hand, and how much came in since. Goods
    that came in since cover the shelf first; only the rest can be this receipt's.
    """
    since = max(ZERO, pool.received - receipt.stamp)
    return min(max(ZERO, pool.quantity - since), receipt.quantity)


def unit_price(quantity: Decimal, value: Decimal) -> Decimal:
    """Value per base unit, as far as a price can say it."""
    return min(value / quantity, DEAREST).quantize(PRICE, ROUND_HALF_UP)
