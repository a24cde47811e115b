"""Units are ratios of whole numbers: nothing is left over (V7)."""

from decimal import Decimal as D
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heyi.product.api import BASE, QuantityNotExact, Ratio, from_base, to_base

BOX = Ratio(9)  # a box of nine pieces
PLATE, POUND = Ratio(400), Ratio(4)  # of a plate kept in square feet
DOZEN_OF_THIRDS = Ratio(1, 3)


@pytest.mark.parametrize(
    ("_case", "quantity", "ratio", "base"),
    [
        ("one box is nine pieces", "1", BOX, "9"),
        ("a third of a box", "0.333333", BOX, "2.999997"),
        ("one plate is 400 square feet", "1", PLATE, "400"),
        ("one pound is 4 square feet", "9.25", POUND, "37"),
        ("the base unit itself", "0.000001", BASE, "0.000001"),
        ("three of what comes three to the base unit", "3", DOZEN_OF_THIRDS, "1"),
        ("as large as a quantity gets", "99999999999999.999999", BASE, "99999999999999.999999"),
    ],
)
def test_what_comes_out_exactly_is_converted(_case, quantity, ratio, base):
    assert to_base(D(quantity), ratio) == D(base)


@pytest.mark.parametrize(
    ("quantity", "ratio"),
    [
        ("1", DOZEN_OF_THIRDS),
        ("0.0000001", BASE),
        ("0.000001", Ratio(1, 2)),
    ],
)
def test_what_does_not_come_out_is_refused(quantity, ratio):
    with pytest.raises(QuantityNotExact) as refusal:
        to_base(D(quantity), ratio)
    assert refusal.value.quantity == D(quantity)


def test_v7_a_box_comes_and_nine_pieces_go():
    assert to_base(D(1), BOX) - 9 * to_base(D(1), BASE) == 0
    assert to_base(D(1), PLATE) - to_base(D(37), BASE) - to_base(D(363), BASE) == 0
    assert to_base(D(100), POUND) == to_base(D(1), PLATE)


def test_issuing_all_takes_what_is_there_and_never_what_is_shown():
    """Seven pieces cannot be shown in boxes; all of them still leave, to zero."""
    assert from_base(D(7), BOX) is None
    assert from_base(D(18), BOX) == 2
    on_hand = to_base(D(1), BOX) - D(2)
    assert on_hand - on_hand == 0


ratios = st.builds(Ratio, st.integers(1, 10_000), st.integers(1, 10_000))


@given(st.decimals(0, 10**9, places=6), ratios)
def test_either_exact_or_refused(quantity, ratio):
    """Whatever is accepted is worth exactly the same, and comes back the same."""
    try:
        base = to_base(quantity, ratio)
    except QuantityNotExact:
        exact = Fraction(quantity) * ratio.numerator / ratio.denominator * 10**6
        assert exact.denominator != 1
    else:
        assert Fraction(base) * ratio.denominator == Fraction(quantity) * ratio.numerator
        assert from_base(base, ratio) == quantity


@given(st.lists(st.integers(1, 400), min_size=1, max_size=20))
def test_parts_of_a_plate_add_up_to_the_plate(parts):
    """Selling in square feet until nothing is left leaves nothing, in whatever steps."""
    left = to_base(D(sum(parts)), BASE)
    for part in parts:
        left -= to_base(D(part), BASE)
    assert left == 0
