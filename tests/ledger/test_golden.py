"""Golden flows F1, F3, F4, F6 and variants, every journal to the cent."""

import datetime as dt
from decimal import Decimal as D

import pytest

from tests.ledger.conftest import DAY


@pytest.fixture
def opened(company):
    """F0.1: opening stock."""
    company.post(
        company.move("stock.open", "RM-A", 1000, 3, company.warehouse.pk, "10000.00"),
        company.move("stock.open", "RM-B", 500, 3, company.warehouse.pk, "2000.00"),
        company.move("stock.open", "FG-X", 52, 3, company.warehouse.pk, "1820.00"),
    )
    return company


def procure(c):
    """F1; returns the receipt line the late costs belong to."""
    from heyi.ledger.api import LateCost

    line = c.ref("purchase.receipt_line")
    f12 = c.post(c.move("purchase.receipt", "RM-A", 500, 1, c.warehouse.pk, "6000.00", origin=line))
    f13 = c.post(
        journal=[("GRNI", "6200.00"), ("VATIN", "806.00"), ("AP", "-7006.00")],
        late=[LateCost("purchase.price", (line,), D("200.00"))],
    )
    f14 = c.post(
        journal=[("CLEAR", "300.00"), ("VATIN", "27.00"), ("AP", "-327.00")],
        late=[LateCost("purchase.freight", (line,), D("300.00"))],
    )
    return f12, f13, f14


def produce(c):
    """F2, the parts F3 and F4 stand on."""
    order = c.ref("production.order")
    c.post(
        c.move("production.issue", "RM-A", 210, c.warehouse.pk, 4),
        c.move("production.issue", "RM-B", 100, c.warehouse.pk, 4),
    )
    c.post(journal=[("WIP", "880.00"), ("LAB", "-550.00"), ("OVH", "-330.00")])
    c.post(c.move("production.output", "SCR", 8, 4, c.warehouse.pk, "20.00"))
    first = c.move("production.output", "FG-X", 60, 4, c.warehouse.pk, "2185.71", origin=order)
    last = c.move("production.output", "FG-X", 38, 4, c.warehouse.pk, "1384.29", origin=order)
    c.post(first)
    c.post(last)
    return order


def test_f1_procure_to_pay(opened):
    f12, f13, f14 = procure(opened)
    assert opened.net(f12) == {"RM": "6000.00", "GRNI": "-6000.00"}
    assert opened.net(f13) == {
        "GRNI": "6000.00",
        "RM": "200.00",
        "VATIN": "806.00",
        "AP": "-7006.00",
    }
    assert opened.net(f14) == {"RM": "300.00", "VATIN": "27.00", "AP": "-327.00"}
    assert opened.held("RM-A") == (1500, D("16500.00"))
    assert opened.account("GRNI") == 0
    f15 = opened.post(journal=[("AP", "7006.00"), ("BANK", "-7006.00")])
    assert opened.net(f15) == {"AP": "7006.00", "BANK": "-7006.00"}


def test_f2_production_closes_to_zero(opened):
    procure(opened)
    produce(opened)
    assert opened.held("RM-A") == (1290, D("14190.00"))
    assert opened.held("FG-X") == (150, D("5390.00"))
    assert opened.account("WIP") == 0


def deliver(c):
    line = c.ref("sales.delivery_line")
    return line, c.post(c.move("sales.delivery", "FG-X", 60, c.warehouse.pk, 2, origin=line))


def test_f3_order_to_cash(opened):
    from heyi.ledger.api import costs_of

    procure(opened)
    produce(opened)
    line, f33 = deliver(opened)
    assert opened.net(f33) == {"SHIP": "2156.00", "FG": "-2156.00"}
    assert opened.held("FG-X") == (90, D("3234.00"))
    quantity, cost = costs_of(opened.id, [line])[line]
    assert (quantity, cost) == (60, D("2156.00"))
    f32 = opened.post(journal=[("BANK", "1545.84"), ("CL", "-1545.84")])
    f34 = opened.post(
        journal=[
            ("AR", "5152.80"),
            ("REV", "-4560.00"),
            ("VATOUT", "-592.80"),
            ("COGS", cost),
            ("SHIP", -cost),
        ]
    )
    opened.post(journal=[("CL", "1545.84"), ("AR", "-1545.84")])
    opened.post(journal=[("BANK", "3606.96"), ("AR", "-3606.96")])
    assert opened.net(f32) == {"BANK": "1545.84", "CL": "-1545.84"}
    assert opened.net(f34) == {
        "AR": "5152.80",
        "REV": "-4560.00",
        "VATOUT": "-592.80",
        "COGS": "2156.00",
        "SHIP": "-2156.00",
    }
    assert opened.account("SHIP") == opened.account("AR") == opened.account("CL") == 0


def test_f4_returns_and_f6_stock_take(opened):
    from heyi.kernel.money import allocate, share
    from heyi.ledger.api import costs_of

    procure(opened)
    produce(opened)
    line, _ = deliver(opened)
    opened.post(journal=[("COGS", "2156.00"), ("SHIP", "-2156.00")])

    quantity, cost = costs_of(opened.id, [line])[line]
    good, bad = allocate(share(cost, D(5), quantity), [D(3), D(2)])
    f41 = opened.post(
        opened.move("sales.return", "FG-X", 3, 2, opened.warehouse.pk, good, origin=line),
        opened.move("sales.return_scrap", "FG-X", 2, 2, 3, bad, origin=line),
    )
    assert opened.net(f41) == {"FG": "107.80", "QLOSS": "71.87", "COGS": "-179.67"}
    assert opened.held("FG-X") == (93, D("3341.80"))

    f44 = opened.post(
        opened.move("purchase.return", "RM-A", 50, opened.warehouse.pk, 1, "620.00"),
        journal=[("AP", "80.60"), ("VATIN", "-80.60")],
    )
    assert opened.net(f44) == {"AP": "700.60", "RM": "-620.00", "VATIN": "-80.60"}
    assert opened.held("RM-A") == (1240, D("13570.00"))

    # F5.1 takes 200 RM-B away; then the count
    opened.post(opened.move("production.issue", "RM-B", 200, opened.warehouse.pk, 4))
    f62 = opened.post(opened.move("stock.loss", "RM-A", 4, opened.warehouse.pk, 3))
    f63 = opened.post(opened.move("stock.gain", "RM-B", 3, 3, opened.warehouse.pk, "12.00"))
    f64 = opened.post(journal=[("ADMIN", "31.77"), ("SUS", "-31.77")])
    assert opened.net(f62) == {"SUS": "43.77", "RM": "-43.77"}
    assert opened.net(f63) == {"RM": "12.00", "SUS": "-12.00"}
    assert opened.net(f64) == {"ADMIN": "31.77", "SUS": "-31.77"}
    assert opened.held("RM-A") == (1236, D("13526.23"))
    assert opened.held("RM-B") == (203, D("812.00"))
    assert opened.account("SUS") == 0


def test_v3_late_cost_on_a_closed_order(opened):
    from heyi.ledger.api import LateCost

    procure(opened)
    order = produce(opened)
    deliver(opened)
    late = opened.post(
        late=[LateCost("production.late", (order,), D("147.00"))], on=dt.date(2026, 2, 9)
    )
    assert opened.net(late) == {"FG": "135.00", "COGS": "12.00", "OVH": "-147.00"}
    assert opened.held("FG-X") == (90, D("3369.00"))


@pytest.mark.parametrize(
    ("_case", "on", "happened"),
    [
        ("its own period is open", DAY.replace(day=7), DAY.replace(day=3)),
        ("its own period is closed: booked in the next", DAY.replace(month=2), DAY.replace(day=3)),
    ],
)
def test_v4_backdated_receipt_is_one_adjustment(_case, on, happened, company):
    from django.db import transaction

    from heyi.ledger.api import close

    company.receive("RM-A", 100, "1000.00", on=DAY.replace(day=1))
    issued = company.issue("RM-A", 60, on=DAY.replace(day=5))
    assert company.net(issued)["WIP"] == "600.00"
    if on.month == 2:
        with transaction.atomic():
            close(company.id, DAY, "stock")
    late = company.receive("RM-A", 100, "1200.00", on=on, happened=happened)
    assert company.net(late) == {"RM": "1140.00", "GRNI": "-1200.00", "VAR": "60.00"}
    assert company.held("RM-A") == (140, D("1540.00"))


def test_cst_04_through_the_database(company):
    def day(n):
        return dt.date(2026, 3, n)

    company.receive("RM-A", 100, "1000.00", on=day(1))
    company.receive("RM-A", 200, "2200.00", on=day(5))
    assert company.net(company.issue("RM-A", 150, on=day(10)))["WIP"] == "1600.00"
    company.receive("RM-A", 100, "1250.00", on=day(20))
    assert company.net(company.issue("RM-A", 120, on=day(25)))["WIP"] == "1368.00"
    late = company.receive("RM-A", 50, "450.00", on=day(28), happened=day(8))
    assert company.net(late) == {"RM": "519.43", "GRNI": "-450.00", "VAR": "-69.43"}
    assert company.held("RM-A") == (180, D("2001.43"))


def test_v5_negative_stock_where_the_place_allows_it(build):
    c = build(negative=True)
    c.receive("RM-A", 1, "8.00")
    c.issue("RM-A", 1)
    assert c.net(c.issue("RM-A", 10))["WIP"] == "80.00"
    assert c.held("RM-A") == (-10, D("-80.00"))
    come = c.receive("RM-A", 15, "135.00")
    assert c.net(come) == {"RM": "125.00", "GRNI": "-135.00", "VAR": "10.00"}
    assert c.held("RM-A") == (5, D("45.00"))


def test_v6_rounding_to_zero(company):
    company.receive("RM-A", 3, "10.00")
    taken = [company.net(company.issue("RM-A", 1))["WIP"] for _ in range(3)]
    assert taken == ["3.33", "3.34", "3.33"]
    assert company.held("RM-A") == (0, 0)


def test_v7_units_convert_by_integer_ratios(company):
    """1 box = 9 pc and 1 plate = 400 sq ft: the base unit is the finest, so nothing is left over."""
    company.receive("RM-BOX", 9, "90.00")
    company.issue("RM-BOX", 9)
    assert company.held("RM-BOX") == (0, 0)
    company.receive("RM-PLATE", 400, "100.00")
    company.issue("RM-PLATE", 37)
    company.issue("RM-PLATE", 363)
    assert company.held("RM-PLATE") == (0, 0)


def test_v10_consigned_goods_have_quantity_and_no_value(company):
    supplier = 77
    company.post(
        company.move(
            "purchase.receipt", "RM-A", 100, 1, company.warehouse.pk, target_owner=supplier
        )
    )
    used = company.post(
        company.move(
            "consignment.use", "RM-A", 30, company.warehouse.pk, 4, "150.00", source_owner=supplier
        )
    )
    assert company.net(used) == {"WIP": "150.00", "GRNI": "-150.00"}
    from heyi.ledger.models import QuantityBalance, ValuePool

    assert QuantityBalance.objects.get(owner_id=supplier).quantity == 70
    assert not ValuePool.objects.exists()


def test_v1_and_v2_other_methods_through_the_database(build):
    std = build("STD", costing="standard", standards={"RM-A": "10.50"})
    std.post(std.move("stock.open", "RM-A", 1000, 3, std.warehouse.pk, "10500.00"))
    f12, f13, f14 = procure(std)
    assert std.net(f12) == {"RM": "5250.00", "VAR": "750.00", "GRNI": "-6000.00"}
    assert (std.net(f13)["VAR"], std.net(f14)["VAR"]) == ("200.00", "300.00")
    assert std.net(std.issue("RM-A", 210))["WIP"] == "2205.00"
    fifo = build("FIFO", costing="fifo")
    fifo.post(fifo.move("stock.open", "RM-A", 1000, 3, fifo.warehouse.pk, "10000.00"))
    procure(fifo)
    assert fifo.net(fifo.issue("RM-A", 210))["WIP"] == "2100.00"
    assert fifo.held("RM-A") == (1290, D("14400.00"))


def test_a_move_inside_one_area_moves_no_value(company):
    company.receive("RM-A", 7, "10.00")
    moved = company.post(
        company.move("stock.transfer", "RM-A", 3, company.warehouse.pk, company.shop.pk)
    )
    assert moved.number is None and not moved.lines
    assert company.held("RM-A") == (7, D("10.00"))


def test_cst_15_a_transfer_between_areas_is_rounded_once(company):
    company.receive("RM-A", 7, "10.00")
    company.post(company.move("stock.transfer", "RM-A", 3, company.warehouse.pk, company.far.pk))
    assert company.held("RM-A") == (4, D("5.71"))
    assert company.account("RM") == D("10.00")
