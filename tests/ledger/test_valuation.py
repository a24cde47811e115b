"""The golden figures, as arithmetic."""

from decimal import Decimal as D

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heyi.kernel.money import allocate
from heyi.ledger.valuation import (
    METHODS,
    Day,
    Pool,
    Receipt,
    Terms,
    average,
    backdated,
    fifo,
    standard,
)

T = Terms()


def test_v6_the_last_issue_takes_the_remainder():
    pool, taken = average.receive(Pool(), D(3), D("10.00"), T).pool, []
    for _ in range(3):
        change = average.issue(pool, D(1), T)
        pool, taken = change.pool, [*taken, change.stock]
    assert taken == [D("3.33"), D("3.34"), D("3.33")]
    assert (pool.quantity, pool.value) == (0, 0)


@pytest.mark.parametrize(
    ("_case", "have", "out", "cost", "back", "variance", "end"),
    [
        (
            "V5: issue at last cost 8.00 from an empty shelf",
            None,
            10,
            "80.00",
            (15, "135.00"),
            "10.00",
            (5, "45.00"),
        ),
        (
            "CST-07: part held, part owed",
            (10, "50.00"),
            15,
            "75.00",
            (20, "120.00"),
            "5.00",
            (15, "90.00"),
        ),
        ("receipt smaller than the debt", None, 10, "80.00", (4, "36.00"), "4.00", (-6, "-48.00")),
    ],
)
def test_negative_stock(_case, have, out, cost, back, variance, end):
    pool = (
        Pool(price=D(8))
        if have is None
        else average.receive(Pool(), D(have[0]), D(have[1]), T).pool
    )
    gone = average.issue(pool, D(out), T)
    assert gone.stock == D(cost)
    come = average.receive(gone.pool, D(back[0]), D(back[1]), T)
    assert come.variance == D(variance)
    assert (come.pool.quantity, come.pool.value) == (D(end[0]), D(end[1]))


def test_v2_fifo_layers():
    pool = fifo.receive(Pool(), D(1000), D("10000.00"), Terms(key=1)).pool
    pool = fifo.receive(pool, D(500), D("6000.00"), Terms(key=2)).pool
    pool = fifo.absorb(pool, Receipt(D(500), D(1500), 2), D("200.00"), T).pool
    pool = fifo.absorb(pool, Receipt(D(500), D(1500), 2), D("300.00"), T).pool
    change = fifo.issue(pool, D(210), T)
    assert change.stock == D("2100.00")
    assert change.pool.value == D("14400.00")
    assert [(x.quantity, x.value) for x in change.pool.layers] == [
        (790, D("7900.00")),
        (500, D("6500.00")),
    ]


def test_v1_standard_cost_puts_every_difference_in_variance():
    terms = Terms(standard=D("10.50"))
    assert standard.receive(Pool(), D(500), D("6000.00"), terms).variance == D("750.00")
    assert standard.absorb(Pool(), Receipt(D(500), D(500)), D("200.00"), terms).variance == D(
        "200.00"
    )


def test_v4_backdated_receipt():
    since = [Day(D(0), D(0), D(60), D("600.00"))]
    assert backdated(D(40), D("400.00"), since, D(100), D("1200.00")) == D("60.00")


def test_cst_04_backdated_receipt_with_receipts_in_between():
    since = [
        Day(D(0), D(0), D(150), D("1600.00")),
        Day(D(100), D("1250.00"), D(0), D(0)),
        Day(D(0), D(0), D(120), D("1368.00")),
    ]
    assert backdated(D(130), D("1482.00"), since, D(50), D("450.00")) == D("-69.43")


@pytest.mark.parametrize(
    ("_case", "pool", "receipt", "value", "stock"),
    [
        (
            "F1.3 all on hand",
            Pool(D(1500), D(16000), D(1500)),
            Receipt(D(500), D(1500)),
            "200.00",
            "200.00",
        ),
        (
            "V3 first receipt of 60 (share 90.00 of 147.00)",
            Pool(D(90), D("3234.00"), D(150)),
            Receipt(D(60), D(112)),
            "90.00",
            "78.00",
        ),
        (
            "V3 second receipt of 38",
            Pool(D(90), D("3234.00"), D(150)),
            Receipt(D(38), D(150)),
            "57.00",
            "57.00",
        ),
        (
            "CST-12 40 of 100 gone",
            Pool(D(60), D(600), D(100)),
            Receipt(D(100), D(100)),
            "85.71",
            "51.43",
        ),
        (
            "CST-13 70 of 100 gone",
            Pool(D(30), D(294), D(100)),
            Receipt(D(100), D(100)),
            "40.00",
            "12.00",
        ),
        (
            "gone, and the shelf refilled since",
            Pool(D(100), D(1000), D(200)),
            Receipt(D(100), D(100)),
            "50.00",
            "0.00",
        ),
        (
            "a late credit larger than the shelf",
            Pool(D(10), D("3.00"), D(10)),
            Receipt(D(10), D(10)),
            "-5.00",
            "-3.00",
        ),
    ],
)
def test_late_cost_is_split_by_what_is_still_here(_case, pool, receipt, value, stock):
    change = average.absorb(pool, receipt, D(value), T)
    assert change.stock == D(stock)
    assert change.stock + change.variance == D(value)


def test_cst_15_transfer_is_one_rounding():
    assert average.issue(Pool(D(7), D("10.00")), D(3), T).stock == D("4.29")


def test_cst_12_allocation_by_value_and_by_quantity():
    by_value = allocate(D(300), [D(1000), D(2000), D(500)])
    assert by_value == [D("85.71"), D("171.43"), D("42.86")]
    assert allocate(D(300), [D(100), D(50), D(25)]) == [D("171.43"), D("85.71"), D("42.86")]


quantities = st.decimals("0.001", 500, places=3)
moneys = st.decimals(0, 9999, places=2)
steps = st.lists(
    st.tuples(st.sampled_from(["in", "out", "back", "late"]), quantities, moneys), max_size=25
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(METHODS)), steps)
def test_value_is_conserved_by_every_method(name, history):
    """Money in = money out + variance + what the shelf holds, to the cent, whatever happens."""
    method, pool, given_, out, variance, receipts = METHODS[name], Pool(), D(0), D(0), D(0), []

    def terms(key=0):
        return Terms(standard=D("3.17"), key=key)

    for n, (kind, quantity, value) in enumerate(history):
        if kind == "in":
            change = method.receive(pool, quantity, value, terms(n))
            given_, variance = given_ + value, variance + change.variance
            receipts.append((Receipt(quantity, change.pool.received, n), value))
        elif kind == "out" and quantity <= pool.quantity:
            change = method.issue(pool, quantity, terms())
            out += change.stock
        elif kind == "back" and receipts and receipts[-1][0].quantity <= pool.quantity:
            receipt, value = receipts.pop()
            change = method.take_back(pool, receipt.quantity, value, terms(receipt.key))
            given_, variance = given_ - value, variance - change.variance
        elif kind == "late" and receipts:
            change = method.absorb(pool, receipts[-1][0], value, terms())
            given_, variance = given_ + value, variance + change.variance
        else:
            continue
        pool = change.pool
        assert given_ == out + variance + pool.value


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.booleans(), st.integers(1, 50), moneys), min_size=1, max_size=12),
    st.integers(0, 11),
    st.integers(1, 50),
    moneys,
)
def test_backdating_equals_a_full_replay(history, at, quantity, value):
    """One receipt or issue a day: the single adjustment gives the stock value a replay would."""

    def replay(extra_at):
        pool, days = Pool(), []
        for n, (comes, q, v) in enumerate(history):
            if comes:
                pool = average.receive(pool, D(q), v, T).pool
                days.append(Day(D(q), v, D(0), D(0)))
            elif pool.quantity >= q:
                change = average.issue(pool, D(q), T)
                pool = change.pool
                days.append(Day(D(0), D(0), D(q), change.stock))
            else:
                history_ok.append(False)
            if n == extra_at:
                pool = average.receive(pool, D(quantity), value, T).pool
        return pool, days

    history_ok = []
    plain, days = replay(None)
    if history_ok or at >= len(history):
        return
    exact, _ = replay(at)
    adjustment = backdated(plain.quantity, plain.value, days[at + 1 :], D(quantity), value)
    assert exact.value == plain.value + value - adjustment
