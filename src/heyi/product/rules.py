"""Units as exact ratios of whole numbers. No float, no rounding, no remainder.

A product is counted in its base unit, the finest it is ever counted in. Another
unit is worth `numerator / denominator` base units: a box of nine pieces 9/1, a
pound of a plate that is kept in square feet 4/1. What does not come out exactly
in six decimals is refused instead of rounded (complaint C11).
"""

from dataclasses import dataclass
from decimal import Decimal, localcontext

from heyi.kernel.errors import BusinessError, Remedy

FINEST = Decimal("0.000001")  # quantities are kept to six decimals


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many base units one unit is."""

    numerator: int
    denominator: int = 1

    def __post_init__(self) -> None:
        assert self.numerator > 0 and self.denominator > 0, self


BASE = Ratio(1)


@dataclass(eq=False)
class QuantityNotExact(BusinessError):
    """The quantity has no exact value in the base unit (a third of a box of ten)."""

    code = "product.quantity_not_exact"
    remedy = Remedy("product.remedy.count_in_base_unit")
    quantity: Decimal
    numerator: int
    denominator: int


def to_base(quantity: Decimal, ratio: Ratio) -> Decimal:
    """The quantity in base units, exactly.

    Raises:
        QuantityNotExact: It would need more than six decimals.
    """
    with localcontext(prec=60):
        exact = quantity * ratio.numerator
        base = (exact / ratio.denominator).quantize(FINEST)
        if base * ratio.denominator != exact:
            raise QuantityNotExact(quantity, ratio.numerator, ratio.denominator)
        return base


def from_base(base: Decimal, ratio: Ratio) -> Decimal | None:
    """The base quantity in another unit, or None where it does not come out exactly.

    For showing only: issuing everything takes the base quantity, never this one turned back.
    """
    with localcontext(prec=60):
        exact = base * ratio.denominator
        quantity = (exact / ratio.numerator).quantize(FINEST)
        return quantity if quantity * ratio.numerator == exact else None
