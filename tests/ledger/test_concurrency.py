"""Several connections at once: what must hold whatever the interleaving."""

import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal as D

import pytest
from django.db import connection

from heyi.kernel.errors import BusinessError
from heyi.ledger.api import (
    LateCost,
    change_standard,
    close,
    fold,
    lots,
    release,
    reopen,
    settle,
)
from heyi.ledger.models import Reservation, StockMove, Voucher
from heyi.platform.idempotency import once
from heyi.platform.transactions import unit_of_work
from tests.ledger.conftest import DAY, Company, ties


def at_once(jobs, workers):
    """Run jobs on as many connections; their outcomes, refusals by class name."""

    def run(job):
        try:
            return job()
        except BusinessError as refusal:
            return type(refusal).__name__

    def leave():
        connection.close()

    gate = threading.Barrier(workers)

    def worker(mine):
        gate.wait()
        try:
            return [run(job) for job in mine]
        finally:
            leave()

    with ThreadPoolExecutor(workers) as pool:
        parts = [jobs[n::workers] for n in range(workers)]
        return [outcome for part in pool.map(worker, parts) for outcome in part]


def test_two_clerks_cannot_ship_the_same_last_piece(live):
    live.receive("bolt", 1, "2.50")
    first, second = live.delivery("bolt", 1), live.delivery("bolt", 1)
    outcomes = at_once([lambda: live.ship(first), lambda: live.ship(second)], 2)
    assert sorted(map(str, outcomes)) == ["None", "StockShort"]
    ties(live)


def test_v15_two_copies_of_one_request_at_once(live):
    live.receive("bolt", 10, "25.00")
    live.product("bolt")

    def send():
        return once(live.id, "DN-1", {"q": 4}, lambda: live.issue("bolt", 4).voucher)

    outcomes = at_once([send] * 8, 8)
    assert outcomes == [Voucher.objects.get(number=2).pk] * 8
    assert live.held("bolt") == (6, D("15.00"))


def test_v16_200_clients_reserve_150_pieces(live):
    live.receive("bolt", 150, "375.00")
    moves = [live.move("sales.delivery", "bolt", 1, live.warehouse.pk, 2) for _ in range(200)]

    def job(m):
        def run():
            live.reserve(m)
            return "reserved"

        return run

    outcomes = Counter(at_once([job(m) for m in moves], 200))
    assert outcomes == {"reserved": 150, "StockShort": 50}
    assert live.on_hand("bolt").reserved == 150
    assert Reservation.objects.count() == 150
    ties(live)


def test_v16_any_lot_of_three(live):
    """The same run on goods kept by lot: nobody names one, and no lot is sold from under them."""
    milk = live.product("milk", tracking="lot")
    made = lots.register(live.id, [lots.Named(milk.pk, f"L{n}") for n in range(3)])
    for lot in made:
        live.post(live.move("purchase.receipt", "milk", 10, 1, live.warehouse.pk, "10.00", lot=lot))
    promises = [live.move("sales.delivery", "milk", 1, live.warehouse.pk, 2) for _ in range(30)]
    sales = [
        live.move("sales.delivery", "milk", 1, live.warehouse.pk, 2, lot=made[0]) for _ in range(10)
    ]

    def reserve(m):
        return lambda: live.reserve(m) or "reserved"

    def sell(m):
        return lambda: live.post(m) and "sold"

    outcomes = Counter(at_once([*map(reserve, promises), *map(sell, sales)], 40))
    assert outcomes["reserved"] + outcomes["sold"] == 30 and outcomes["StockShort"] == 10
    ties(live)


class Yard:
    """Eight connections working on the same few goods, in random order."""

    kinds = (
        ["receive"] * 4 + ["issue"] * 4 + ["reverse"] * 3 + ["swap"] * 3 + ["lots"] * 2
        + ["transfer", "reserve", "reserve", "keep", "release", "loss", "late", "settle", "standard"]
        + ["close", "reopen", "fold"]
    )  # fmt: skip
    products = ("bolt", "nut", "pin")
    days = (DAY, DAY.replace(month=2))

    def __init__(self, company, seed):
        self.c, self.dice, self.here = company, random.Random(seed), company.warehouse.pk
        for p in self.products:
            company.receive(p, 60, "100.00")
        self.milk = company.product("milk", tracking="lot")
        self.lots = lots.register(company.id, [lots.Named(self.milk.pk, f"L{n}") for n in range(3)])
        for lot in self.lots:
            company.post(
                company.move("purchase.receipt", "milk", 30, 1, self.here, "30.00", lot=lot)
            )
        self.documents, self.lines, self.promises = [], [], []

    def jobs(self, n):
        """Each job draws its facts now, so that a run can be repeated by its seed."""
        return [self.job(self.dice.choice(self.kinds)) for _ in range(n)]

    def job(self, kind):
        c, dice, here = self.c, self.dice, self.here
        product, quantity, on = (
            dice.choice(self.products),
            dice.randint(1, 9),
            dice.choice(self.days),
        )
        document, line = c.ref("test.document"), c.ref("line")
        if kind in ("receive", "issue"):
            self.documents.append(document)
        match kind:
            case "receive":
                self.lines.append(line)
                value = f"{quantity * 3}.37"
                moves = [c.move("purchase.receipt", product, quantity, 1, here, value, origin=line)]
            case "issue":
                moves = [c.move("production.issue", product, quantity, here, 4)]
            case "swap":  # the products in any order: deadlock bait
                moves = [
                    c.move("production.issue", p, 1, here, 4) for p in dice.sample(self.products, 3)
                ]
            case "transfer":
                moves = [c.move("stock.transfer", product, quantity, here, c.far.pk)]
            case "lots":
                moves = [
                    c.move("sales.delivery", "milk", 1, here, 2, lot=lot)
                    for lot in dice.sample(self.lots, 2)
                ]
            case "loss":
                moves = [c.move("stock.loss", product, quantity, here, 3, breaks_promises=True)]
            case "reserve":
                wanted = c.move("sales.delivery", dice.choice([product, "milk"]), quantity, here, 2)
                self.promises.append(wanted)
                return lambda: c.reserve(wanted) or kind
            case "keep" if self.promises:
                wanted = dice.choice(self.promises)
                lot = self.lots[0] if wanted.product == self.milk.pk else 0
                moves = [replace(wanted, quantity=D(1), lot=lot, reserved_by=wanted.origin)]
            case "release" if self.promises:
                origin = dice.choice(self.promises).origin
                return lambda: unit_of_work(lambda: release(c.id, [origin])) or kind
            case "reverse" if self.documents:
                old = dice.choice(self.documents)
                return lambda: c.reverse(old, on=on) and kind
            case "late" if self.lines:
                late = [LateCost("purchase.freight", (dice.choice(self.lines),), D("3.33"))]
                return lambda: c.post(late=late, on=on) and kind
            case "settle":
                return lambda: (unit_of_work(lambda: settle(c.id, on)), kind)[1]
            case "standard":
                prices = {c.product(product).pk: D(quantity)}
                return lambda: (unit_of_work(lambda: change_standard(c.id, prices, on=on)), kind)[1]
            case "close":
                return lambda: unit_of_work(lambda: close(c.id, self.days[0], "stock")) or kind
            case "reopen":
                return lambda: unit_of_work(lambda: reopen(c.id, self.days[0], "stock")) or kind
            case _:
                return lambda: (fold() and kind) or kind
        return lambda: c.post(*moves, on=on, document=document) and kind


def interleave(build, costing, seed, n):
    standards = {"bolt": "1.50", "nut": "2.00", "pin": "1.00", "milk": "1.10"}
    yard = Yard(build(costing, costing=costing, standards=standards), seed)
    outcomes = Counter(at_once(yard.jobs(n), 8))
    assert outcomes["issue"] and outcomes["receive"] and outcomes["swap"]
    ties(yard.c)


@pytest.mark.parametrize(
    ("costing", "seed"),
    [
        ("average", 1),
        ("fifo", 2),
        ("periodic", 3),
        ("standard", 4),
    ],
)
def test_whatever_happens_at_once_the_books_tie(costing, seed, live):
    """Post, reverse, promise, keep, lose, settle, revalue, fold, close and reopen, interleaved."""
    interleave(Company, costing, seed, 100)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10, 16))
@pytest.mark.parametrize("costing", ["average", "fifo", "periodic", "standard"])
def test_whatever_happens_at_once_at_length(costing, seed, live):
    interleave(Company, costing, seed, 400)


def test_nothing_is_posted_into_a_period_once_its_closing_has_committed(live):
    """Vouchers of the closed module all stem from before the close: FOR SHARE makes it wait."""
    live.receive("bolt", 500, "500.00")
    closed_at = []

    def shut():
        def work():
            close(live.id, DAY, "stock")
            return StockMove.objects.count()

        closed_at.append(unit_of_work(work))
        return "closed"

    jobs = [lambda: live.issue("bolt", 1) and "issued" for _ in range(120)]
    jobs.insert(40, shut)
    outcomes = Counter(at_once(jobs, 8))
    assert outcomes["closed"] == 1 and outcomes["issued"] + outcomes["PeriodClosed"] == 120
    assert StockMove.objects.count() == closed_at[0]
    ties(live)
