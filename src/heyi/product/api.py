"""What other modules may use of products."""

from heyi.product.rules import BASE, QuantityNotExact, Ratio, from_base, to_base
from heyi.product.standards import set_standards
from heyi.product.units import Counting, UnitUnknown, count_lines, counting

__all__ = [
    "BASE",
    "Counting",
    "QuantityNotExact",
    "Ratio",
    "UnitUnknown",
    "count_lines",
    "counting",
    "from_base",
    "set_standards",
    "to_base",
]
