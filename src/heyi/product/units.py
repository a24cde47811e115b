"""Which units a product may be counted in, and what they are worth."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from heyi.kernel.errors import BusinessError, Remedy
from heyi.platform.rows import columns, fetch
from heyi.product.rules import QuantityNotExact, Ratio, to_base

if TYPE_CHECKING:
    from heyi.platform.drafts import Draft


@dataclass(eq=False)
class UnitUnknown(BusinessError):
    """The product is not counted in this unit."""

    code = "product.unit_unknown"
    remedy = Remedy("product.remedy.add_unit", screen="product.product")
    product: str
    unit: str


@dataclass(frozen=True, slots=True)
class Counting:
    """What a document line must know of its product: one row per (product, unit) asked for."""

    product: int
    code: str
    base: int
    unit: int
    unit_code: str
    decimals: int
    ratio: Ratio | None  # None: not counted in this unit
    tracking: str


def counting(pairs: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Counting]:
    """How products are counted in units: one statement. A unit of 0 means the base unit."""
    wanted = sorted(set(pairs))
    if not wanted:
        return {}
    return {
        (product, asked): Counting(
            product,
            code,
            base,
            unit,
            unit_code,
            decimals,
            Ratio(1) if unit == base else (Ratio(up, down) if up else None),
            tracking,
        )
        for product, asked, code, base, unit, unit_code, decimals, up, down, tracking in fetch(
            """
            SELECT p.id, w.unit, p.code, p.unit_id, u.id, u.code, u.decimals,
                   r.numerator, r.denominator, p.tracking
            FROM unnest(%s::bigint[], %s::bigint[]) AS w(product, unit)
            JOIN product_product p ON p.id = w.product
            JOIN product_unit u ON u.id = CASE w.unit WHEN 0 THEN p.unit_id ELSE w.unit END
            LEFT JOIN product_productunit r ON r.product_id = p.id AND r.unit_id = u.id
            """,
            columns(wanted),
        )
    }


def count_lines(draft: "Draft") -> None:
    """Fill each line's unit (the base unit, if none is said) and `quantity` in base units.

    Collects what stands in the way at the cell: a unit the product is not counted
    in, a quantity that does not come out exactly. One statement for all lines.
    """
    chosen = [line for line in draft.lines if line.values.get("product")]
    known = counting((x.values["product"], x.values.get("unit") or 0) for x in chosen)
    for line in chosen:
        facts = known[line.values["product"], line.values.get("unit") or 0]
        line.values["unit"] = facts.unit
        quantity = line.values.get("quantity_unit")
        if facts.ratio is None:
            draft.problem(UnitUnknown(facts.code, facts.unit_code), line=line, field="unit")
        elif quantity is not None:
            try:
                line.values["quantity"] = to_base(quantity, facts.ratio)
            except QuantityNotExact as problem:
                draft.problem(problem, line=line, field="quantity_unit")
