"""Lots that expire, serial numbers, and promising any lot of a place."""

import datetime as dt
from decimal import Decimal as D

import pytest

from heyi.ledger.api import (
    LotDiffers,
    LotExpired,
    LotRequired,
    LotUnknown,
    SerialInUse,
    StockShort,
    lots,
    release,
)
from heyi.ledger.models import Lot, PlaceTotal, QuantityBalance
from heyi.platform.transactions import unit_of_work
from tests.ledger.conftest import DAY, ties

SOON, LATER, PAST = dt.date(2026, 2, 1), dt.date(2026, 6, 1), dt.date(2026, 1, 4)


class Store:
    """Milk in three lots: 5 that expired, 10 that expire soon, 20 that expire later."""

    def __init__(self, company):
        self.company = company
        self.milk = company.product("milk", tracking="lot")
        self.old, self.soon, self.later = unit_of_work(
            lambda: lots.register(
                company.id,
                [
                    lots.Named(self.milk.pk, "L0", PAST),
                    lots.Named(self.milk.pk, "L1", SOON),
                    lots.Named(self.milk.pk, "L2", LATER),
                ],
            )
        )
        for lot, quantity in ((self.old, 5), (self.soon, 10), (self.later, 20)):
            company.receive("milk", quantity, f"{quantity}.00", lot=lot)

    def sell(self, quantity, lot, **more):
        here = self.company.warehouse.pk
        return self.company.post(
            self.company.move("sales.delivery", "milk", quantity, here, 2, lot=lot, **more)
        )

    def pick(self, quantity, **more):
        want = lots.Want(self.milk.pk, self.company.warehouse.pk, D(quantity), **more)
        [picked] = lots.picks(self.company.id, [want], on=DAY)
        return [(p.lot, p.quantity) for p in picked]

    def promise(self, quantity, lot=0):
        c = self.company
        made = c.move("sales.delivery", "milk", quantity, c.warehouse.pk, 2, lot=lot)
        c.reserve(made)
        return made

    def total(self):
        row = PlaceTotal.objects.get(company_id=self.company.id)
        return row.quantity, row.reserved


@pytest.fixture
def store(company):
    company.plain_receive = company.receive
    company.receive = lambda code, quantity, value, lot=0, **more: company.post(
        company.move("purchase.receipt", code, quantity, 1, company.warehouse.pk, value, lot=lot),
        **more,
    )
    return Store(company)


def test_the_first_to_expire_goes_first_and_the_expired_not_at_all(store):
    assert store.pick(12) == [(store.soon, 10), (store.later, 2)]
    assert store.pick(30) == [(store.soon, 10), (store.later, 20)]
    with pytest.raises(StockShort) as refusal:
        store.pick(31)
    assert refusal.value.available == 30


def test_two_wants_share_what_is_there(store):
    here = store.company.warehouse.pk
    first, second = (lots.Want(store.milk.pk, here, D(8)) for _ in range(2))
    picked = lots.picks(store.company.id, [first, second], on=DAY)
    assert [[(p.lot, p.quantity) for p in x] for x in picked] == [
        [(store.soon, 8)],
        [(store.soon, 2), (store.later, 6)],
    ]


def test_what_is_promised_to_others_is_left_alone(store):
    store.promise(9, lot=store.soon)
    assert store.pick(3) == [(store.soon, 1), (store.later, 2)]
    store.promise(20)
    assert store.pick(6) == [(store.soon, 1), (store.later, 5)]  # 35 - 29 promised
    with pytest.raises(StockShort):
        store.pick(7)
    assert store.pick(7, promised=D(20)) == [(store.soon, 1), (store.later, 6)]


def test_goods_kept_by_lot_need_one(store):
    with pytest.raises(LotRequired) as refusal:
        store.sell(1, 0)
    assert "milk" in refusal.value.product
    other = store.company.product("cheese", tracking="lot")
    [lot] = lots.register(store.company.id, [lots.Named(other.pk, "C1")])
    with pytest.raises(LotUnknown):
        store.company.receive("milk", 1, "1.00", lot=lot)


def test_expired_goods_are_not_sold_but_may_be_scrapped(store):
    with pytest.raises(LotExpired) as refusal:
        store.sell(1, store.old)
    assert (refusal.value.lot, refusal.value.expires_on) == ("L0", PAST)
    c = store.company
    c.post(c.move("stock.loss", "milk", 5, c.warehouse.pk, 3, lot=store.old))
    document = c.ref("test.document")
    c.post(
        c.move("sales.delivery", "milk", 2, c.warehouse.pk, 2, lot=store.soon), document=document
    )
    Lot.objects.filter(pk=store.soon).update(expires_on=PAST)
    with pytest.raises(LotExpired):
        store.sell(1, store.soon)
    c.reverse(document)  # undoing asks no questions
    ties(c)


def test_any_lot_can_be_promised_and_the_lots_cannot_be_sold_from_under_it(store):
    promise = store.promise(33)
    assert store.total() == (35, 33)
    with pytest.raises(StockShort) as refusal:
        store.sell(3, store.later)
    assert refusal.value.available == 2
    with pytest.raises(StockShort):
        store.promise(3, lot=store.later)
    store.sell(20, store.later, reserved_by=promise.origin)
    assert store.total() == (15, 13)
    unit_of_work(lambda: release(store.company.id, [promise.origin]))
    assert store.total() == (15, 0)
    ties(store.company)


def test_a_counted_loss_of_a_lot_breaks_its_promise_first(store):
    exact, any_lot = store.promise(8, lot=store.soon), store.promise(20)
    c = store.company
    loss = c.move("stock.loss", "milk", 6, c.warehouse.pk, 3, lot=store.soon, breaks_promises=True)
    posted = c.post(loss)
    assert [(b.origin, b.quantity) for b in posted.broken] == [(exact.origin, 4)]
    assert store.total() == (29, 24)
    loss = c.move(
        "stock.loss", "milk", 19, c.warehouse.pk, 3, lot=store.later, breaks_promises=True
    )
    posted = c.post(loss)
    assert [(b.origin, b.quantity) for b in posted.broken] == [(any_lot.origin, 14)]
    assert store.total() == (10, 10)
    ties(c)


def test_a_lot_is_named_once(store):
    again = lots.Named(store.milk.pk, "L1", SOON)
    assert lots.register(store.company.id, [again, again]) == [store.soon, store.soon]
    with pytest.raises(LotDiffers) as refusal:
        lots.register(store.company.id, [lots.Named(store.milk.pk, "L1", LATER)])
    assert refusal.value.expires_on == SOON


def test_a_serial_number_is_one_piece_in_one_place(company):
    pump = company.product("pump", tracking="serial")
    [one, two] = lots.register(company.id, [lots.Named(pump.pk, "S1"), lots.Named(pump.pk, "S2")])
    here = company.warehouse.pk

    def bring(quantity, lot, to=here):
        move = company.move("purchase.receipt", "pump", quantity, 1, to, "100.00", lot=lot)
        return company.post(move)

    with pytest.raises(SerialInUse):
        bring(2, one)
    bring(1, one)
    with pytest.raises(SerialInUse) as refusal:
        bring(1, one)
    assert refusal.value.lot == "S1"
    with pytest.raises(SerialInUse):
        bring(1, one, to=company.shop.pk)
    bring(1, two)
    company.post(company.move("stock.transfer", "pump", 1, here, company.shop.pk, lot=one))
    company.post(company.move("sales.delivery", "pump", 1, company.shop.pk, 2, lot=one))
    with pytest.raises(StockShort):
        company.post(company.move("sales.delivery", "pump", 1, company.shop.pk, 2, lot=one))
    bring(1, one, to=company.far.pk)  # it came back
    assert (
        QuantityBalance.objects.filter(lot_id=one, quantity=1).get().location_id == company.far.pk
    )
    ties(company)
