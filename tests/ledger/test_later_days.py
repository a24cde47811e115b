"""Stock below zero: who may, and that no later day is left short (C08)."""

import datetime as dt
from decimal import Decimal as D

import pytest
from django.db import IntegrityError, transaction

from heyi.ledger.api import Posting, StockShort, StockShortLater, post
from heyi.ledger.models import Location
from heyi.platform.transactions import finish, unit_of_work
from heyi.product.models import Product
from tests.ledger.conftest import ties


def day(n):
    return dt.date(2026, 1, n)


@pytest.fixture
def history(company):
    """10 came on the 5th, a delivery took 8 on the 10th, 20 came on the 15th: 22 today."""
    company.receive("bolt", 10, "100.00", on=day(5))
    company.taken = company.delivery("bolt", 8)
    type(company.taken).objects.filter(pk=company.taken.pk).update(on=day(10), state="approved")
    company.taken.refresh_from_db()
    company.ship(company.taken)
    company.receive("bolt", 20, "200.00", on=day(15))
    return company


def test_a_dated_back_issue_may_not_take_what_a_later_delivery_took(history):
    with pytest.raises(StockShortLater) as refusal:
        history.issue("bolt", 3, on=day(6))
    said = refusal.value
    assert (said.document, said.document_type) == (history.taken.number, "sales.delivery")
    assert (said.on, said.wanted, said.available) == (day(10), 3, 2)
    assert (said.unit, said.location) == ("pc", "WH Warehouse")
    assert history.on_hand("bolt").quantity == 22
    history.issue("bolt", 2, on=day(6))
    history.issue("bolt", 20, on=day(15))
    ties(history)


def test_nor_what_was_not_there_on_its_own_day(history):
    with pytest.raises(StockShortLater) as refusal:
        history.issue("bolt", 1, on=day(4))
    assert (refusal.value.on, refusal.value.available, refusal.value.document) == (day(4), 0, "")
    history.receive("bolt", 5, "50.00", on=day(30))
    history.issue("bolt", 21, on=day(20))
    with pytest.raises(StockShortLater) as refusal:
        history.issue("bolt", 3, on=day(16))
    assert (refusal.value.on, refusal.value.available) == (day(20), 1)


def test_a_receipt_and_an_issue_of_one_batch_count_on_their_own_days(company):
    move = company.move
    here = company.warehouse.pk
    come = Posting(
        company.id,
        company.ref("d"),
        day(8),
        (move("purchase.receipt", "bolt", 5, 1, here, "5.00"),),
    )
    go = Posting(
        company.id, company.ref("d"), day(3), (move("production.issue", "bolt", 5, here, 4),)
    )
    with pytest.raises(StockShortLater):
        unit_of_work(lambda: post([come, go]))
    later = Posting(company.id, company.ref("d"), day(9), go.movements)
    unit_of_work(lambda: post([come, later]))
    assert company.on_hand("bolt").quantity == 0


def test_reversing_a_receipt_dated_back_is_checked_too(company):
    document = company.ref("test.document")
    company.receive("bolt", 10, "100.00", on=day(5), document=document)
    company.issue("bolt", 8, on=day(10))
    company.receive("bolt", 20, "200.00", on=day(15))
    with pytest.raises(StockShortLater):
        company.reverse(document, on=day(6))
    company.reverse(document, on=day(15))


def test_todays_issue_costs_nothing_more_and_a_dated_back_one_a_single_statement(
    live, django_assert_num_queries
):
    live.receive("bolt", 1000, "1000.00", on=day(1))
    live.issue("bolt", 1, on=day(10))

    def counted(on, statements):
        move = live.move("production.issue", "bolt", 1, live.warehouse.pk, 4)
        wanted = [Posting(live.id, live.ref("d"), on, (move,))]

        def work():
            with django_assert_num_queries(statements):
                post(wanted)
                finish()

        unit_of_work(work)

    for n in range(10, 13):
        counted(day(n), 8)
        counted(day(n), 8)
        counted(day(2), 9)
        for _ in range(5):
            live.issue("bolt", 1, on=day(9))


@pytest.mark.parametrize(
    ("place", "product", "allowed"),
    [
        (False, "location", False),
        (True, "location", True),
        (False, "allow", True),
        (True, "refuse", False),
    ],
)
def test_the_product_decides_before_its_place(place, product, allowed, build):
    c = build(negative=place)
    c.product("bolt", negative=product)
    if allowed:
        c.issue("bolt", 3, on=day(5))
        c.issue("bolt", 2, on=day(2))  # also on a day before
        assert c.on_hand("bolt").quantity == -5
    else:
        with pytest.raises(StockShort):
            c.issue("bolt", 3)


def test_a_policy_counts_at_once_for_what_lies_there(company):
    company.receive("bolt", 1, "1.00")
    Location.objects.filter(pk=company.warehouse.pk).update(negative=True)
    company.issue("bolt", 3)
    with pytest.raises(IntegrityError, match="not_below_zero"), transaction.atomic():
        Location.objects.filter(pk=company.warehouse.pk).update(negative=False)
    company.receive("bolt", 2, "2.00")
    Product.objects.filter(pk=company.product("bolt").pk).update(negative="refuse")
    with pytest.raises(StockShort) as refusal:
        company.issue("bolt", 1)
    assert refusal.value.available == D(0)


def test_the_refusal_says_what_where_how_much_and_when(company, monkeypatch):
    from heyi.ledger import shortage
    from heyi.ledger.api import forecast_with

    monkeypatch.setattr(shortage, "_forecast", shortage._forecast)
    company.receive("bolt", 3, "3.00")
    with pytest.raises(StockShort) as refusal:
        company.issue("bolt", 5)
    assert refusal.value.params() == {
        "product": f"{company.id}-bolt bolt",
        "location": "WH Warehouse",
        "unit": "pc",
        "wanted": D(5),
        "available": D(3),
        "available_on": None,
        "product_id": company.product("bolt").pk,
        "location_id": company.warehouse.pk,
    }
    forecast_with(lambda of, place, wanted: day(20) if wanted <= 10 else None)
    with pytest.raises(StockShort) as refusal:
        company.reserve(company.move("sales.delivery", "bolt", 5, company.warehouse.pk, 2))
    assert refusal.value.available_on == day(20)


def test_a_counted_loss_may_break_a_promise_and_an_issue_may_not(company):
    company.receive("bolt", 10, "10.00")
    here = company.warehouse.pk
    promises = [company.move("sales.delivery", "bolt", n, here, 2) for n in (4, 3, 2)]
    for promise in promises:
        company.reserve(promise)
    with pytest.raises(StockShort):
        company.issue("bolt", 2)
    lost = company.move("stock.loss", "bolt", 6, here, 3, breaks_promises=True)
    posted = company.post(lost)
    assert [(b.origin, b.quantity) for b in posted.broken] == [
        (promises[1].origin, 3),
        (promises[2].origin, 2),
    ]
    row = company.on_hand("bolt")
    assert (row.quantity, row.reserved) == (4, 4)
    with pytest.raises(StockShort):
        company.post(company.move("stock.loss", "bolt", 5, here, 3, breaks_promises=True))
    ties(company)
