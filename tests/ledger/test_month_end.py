"""Value that changes though nothing moves: the month's average price, a new standard."""

import datetime as dt
from decimal import Decimal as D

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heyi.kernel.money import CENT
from heyi.ledger.api import LateCost, PeriodClosed, change_standard, close, settle
from heyi.ledger.models import PoolDay, ValuePool, Voucher
from heyi.ledger.valuation.periodic import Month, month_end
from heyi.platform.transactions import unit_of_work
from heyi.product.models import Product
from tests.ledger.conftest import DAY, ties

MARCH = dt.date(2026, 3, 1)


def march(day):
    return MARCH.replace(day=day)


def month_over(company, on=MARCH):
    return unit_of_work(lambda: settle(company.id, on))


@pytest.fixture
def monthly(build):
    return build("MON", costing="periodic")


def cst_01(c):
    c.receive("RM-A", 100, "1000.00", on=DAY)
    c.receive("RM-A", 200, "2200.00", on=march(5))
    first = c.issue("RM-A", 150, on=march(10))
    c.receive("RM-A", 100, "1250.00", on=march(20))
    return first, c.issue("RM-A", 120, on=march(25))


def test_cst_01_month_end_weighted_average(monthly):
    first, second = cst_01(monthly)
    assert [monthly.net(p)["WIP"] for p in (first, second)] == ["1500.00", "1200.00"]
    settled = month_over(monthly)
    assert monthly.net(settled) == {"RM": "-303.75", "VAR": "303.75"}
    assert monthly.held("RM-A") == (130, D("1446.25"))
    assert settled.number == Voucher.objects.get(pk=settled.voucher).number
    assert Voucher.objects.get(pk=settled.voucher).on == march(31)
    ties(monthly)


def test_a_month_is_settled_once(monthly):
    cst_01(monthly)
    month_over(monthly)
    assert month_over(monthly) is None
    assert monthly.held("RM-A") == (130, D("1446.25"))
    monthly.receive("RM-A", 100, "1250.00", on=march(31))
    assert monthly.net(month_over(monthly)) == {"RM": "-74.25", "VAR": "74.25"}
    assert month_over(monthly) is None
    ties(monthly)


def test_next_month_starts_at_the_price_just_found(monthly):
    cst_01(monthly)
    month_over(monthly)
    assert (
        monthly.net(monthly.issue("RM-A", 10, on=march(31).replace(month=4, day=2)))["WIP"]
        == "111.25"
    )
    assert month_over(monthly, march(1).replace(month=4)) is None


def test_goods_that_left_before_the_month_was_settled_take_their_share(monthly):
    """Everything goes in April before March is settled: the shelf cannot take it, variance does."""
    cst_01(monthly)
    monthly.issue("RM-A", 130, on=dt.date(2026, 4, 2))
    assert monthly.held("RM-A") == (0, 0)
    settled = month_over(monthly)
    assert (settled.lines, settled.number) == ([], None)
    assert month_over(monthly, dt.date(2026, 4, 1)) is None
    assert monthly.account("RM") == 0
    ties(monthly)


def test_returns_to_the_supplier_and_late_costs_count_as_what_came_in(monthly):
    line = monthly.ref("line")
    move = monthly.move(
        "purchase.receipt", "RM-A", 100, 1, monthly.warehouse.pk, "1000.00", origin=line
    )
    monthly.post(move, on=march(3))
    monthly.issue("RM-A", 60, on=march(4))
    monthly.post(
        monthly.move("purchase.return", "RM-A", 20, monthly.warehouse.pk, 1, "240.00"), on=march(5)
    )
    monthly.post(late=[LateCost("purchase.freight", (line,), D("40.00"))], on=march(6))
    month_over(monthly)
    # 1000 - 240 + 40 over 80 pieces: 10.00, whatever the provisional price was
    assert monthly.held("RM-A") == (20, D("200.00"))
    ties(monthly)


def test_a_month_closed_for_stock_can_still_be_settled_but_not_one_closed_for_the_ledger(monthly):
    cst_01(monthly)
    unit_of_work(lambda: close(monthly.id, MARCH, "stock"))
    assert month_over(monthly) is not None
    unit_of_work(lambda: close(monthly.id, MARCH, "ledger"))
    with pytest.raises(PeriodClosed):
        month_over(monthly)


def test_settling_takes_the_same_statements_for_any_number_of_goods(
    monthly, django_assert_num_queries
):
    def run(codes, day):
        for code in codes:
            monthly.receive(code, 10, "100.00", on=march(day))
            monthly.issue(code, 5, on=march(day))
            monthly.receive(code, 10, "50.00", on=march(day))

    def counted():
        with django_assert_num_queries(10):
            settle(monthly.id, MARCH)
            from heyi.platform.transactions import finish

            finish()

    for n in (1, 12):
        run([f"RM-{i}" for i in range(n)], n)
        unit_of_work(counted)


@pytest.mark.parametrize(
    ("_case", "month", "value", "price"),
    [
        ("nothing but an opening", Month(D(10), D(100), D(0), D(0), D(4)), "60.00", "10"),
        ("all gone", Month(D(0), D(0), D(3), D(10), D(3)), "0.00", "3.33333333"),
        ("more left than there was", Month(D(0), D(0), D(4), D(40), D(6)), "-20.00", "10"),
        ("an old debt is filled first", Month(D(-10), D(-80), D(15), D(135), D(0)), "45.00", "9"),
        ("an old debt is filled in part", Month(D(-10), D(-80), D(4), D(36), D(1)), "-56.00", "8"),
        ("nothing came", Month(D(0), D(0), D(0), D(0), D(2), D(14)), "-14.00", None),
        ("more given back than taken", Month(D(5), D(50), D(0), D(0), D(-2)), "70.00", "10"),
        ("a credit larger than the shelf", Month(D(5), D(10), D(0), D(-30), D(1)), "0.00", "0"),
        ("all went back for less", Month(D(0), D(0), D(0), D(10), D(0)), "0.00", None),
    ],
)
def test_month_end(_case, month, value, price):
    assert month_end(month, CENT) == (D(value), None if price is None else D(price))


moneys = st.decimals(0, 9999, places=2)
steps = st.lists(
    st.tuples(st.sampled_from(["in", "out", "return"]), st.integers(1, 40), moneys), max_size=10
)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(january=steps, february=steps)
def test_the_shelf_ends_at_the_average_of_its_papers(january, february, db):
    """Whatever left when: closing value is the share of opening plus everything that came in."""
    from contextlib import suppress

    from django.db import transaction

    from tests.ledger.conftest import Company, forget_all

    class Done(Exception): ...

    with suppress(Done), transaction.atomic():
        c = Company("AVG", costing="periodic")
        quantity, value = D(0), D(0)
        for month, history in ((1, january), (2, february)):
            gone = D(0)
            for kind, n, money in history:
                on = dt.date(2026, month, 10)
                if kind == "in":
                    c.receive("RM-A", n, money, on=on)
                    quantity, value = quantity + n, value + money
                elif kind == "out" and quantity - gone >= n:
                    c.issue("RM-A", n, on=on)
                    gone += n
                elif kind == "return" and quantity - gone > n and value >= money:
                    c.post(c.move("purchase.return", "RM-A", n, c.warehouse.pk, 1, money), on=on)
                    quantity, value = quantity - n, value - money
            month_over(c, dt.date(2026, month, 1))
            assert month_over(c, dt.date(2026, month, 1)) is None
            if quantity:
                value -= (
                    value
                    if gone == quantity
                    else (value * gone / quantity).quantize(CENT, "ROUND_HALF_UP")
                )
                quantity -= gone
            if ValuePool.objects.filter(company_id=c.id).exists():
                assert c.held("RM-A") == (quantity, value)
        ties(c)
        raise Done
    forget_all()


# --- standard cost ----------------------------------------------------------------------------


def test_a_new_standard_revalues_the_shelf_in_one_posting(build):
    c = build("STD", costing="standard", standards={"RM-A": "10.00", "RM-B": "2.00"})
    c.receive("RM-A", 30, "290.00")
    c.receive("RM-B", 10, "20.00")
    c.post(c.move("stock.transfer", "RM-A", 10, c.warehouse.pk, c.far.pk))
    prices = {c.product("RM-A").pk: D("11.50"), c.product("RM-B").pk: D("1.50")}
    posted = unit_of_work(lambda: change_standard(c.id, prices, on=DAY))
    assert c.net(posted) == {"RM": "40.00", "VAR": "-40.00"}  # 30 x 1.50 - 10 x 0.50
    assert c.held("RM-A") == (20, D("230.00"))
    assert Product.objects.get(pk=c.product("RM-A").pk).standard == D("11.5")
    assert c.net(c.issue("RM-A", 2))["WIP"] == "23.00"
    assert unit_of_work(lambda: change_standard(c.id, prices, on=DAY)) is None
    ties(c)


def test_a_product_first_stored_after_the_change_takes_the_new_standard(build):
    c = build("STD", costing="standard", standards={"RM-A": "10.00"})
    c.product("RM-A")
    unit_of_work(lambda: change_standard(c.id, {c.product("RM-A").pk: D("12.00")}, on=DAY))
    c.receive("RM-A", 5, "50.00")
    assert c.held("RM-A") == (5, D("60.00"))
    assert not PoolDay.objects.exclude(in_value=D("60.00")).exists()
