"""Several connections at once: what must hold whatever the interleaving."""

import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal as D

import pytest
from django.db import connection, transaction

from heyi.ledger.api import (
    AlreadyReversed,
    NotPosted,
    PeriodClosed,
    StockShort,
    StockShortLater,
    close,
    fold,
    reopen,
)
from heyi.ledger.models import (
    Reservation,
    StockMove,
    Voucher,
)
from heyi.platform.idempotency import once
from tests.ledger.conftest import DAY, ties


def at_once(jobs, workers):
    """Run jobs on as many connections; their outcomes, refusals by class name."""

    def run(job):
        try:
            return job()
        except (StockShort, StockShortLater, PeriodClosed, AlreadyReversed, NotPosted) as refusal:
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
    send = lambda: once(live.id, "DN-1", {"q": 4}, lambda: live.issue("bolt", 4).voucher)
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


@pytest.mark.parametrize("seed", range(4))
def test_any_interleaving_of_post_reverse_reserve_and_close(seed, live):
    """Eight connections post, reverse, reserve, fold, close and reopen at random: the books tie."""
    dice = random.Random(seed)
    products = ["bolt", "nut", "pin"]
    for p in products:
        live.receive(p, 60, "100.00")
    documents = [live.ref("test.document") for _ in range(60)]
    days = [DAY, DAY.replace(month=2)]

    def step(kind, product, quantity, document, day):
        def run():
            if kind == "receive":
                live.receive(product, quantity, f"{quantity * 3}.37", document=document, on=day)
            elif kind == "issue":
                live.issue(product, quantity, document=document, on=day)
            elif kind == "swap":  # two products in opposite orders: deadlock bait
                pair = [
                    live.move("production.issue", p, 1, live.warehouse.pk, 4)
                    for p in dice.sample(products, 3)
                ]
                live.post(*pair, on=day)
            elif kind == "transfer":
                live.post(
                    live.move("stock.transfer", product, quantity, live.warehouse.pk, live.far.pk),
                    on=day,
                )
            elif kind == "reserve":
                live.reserve(live.move("sales.delivery", product, 1, live.warehouse.pk, 2))
            elif kind == "fold":
                fold()
            elif kind == "reverse":
                live.reverse(document, on=day)
            else:
                with transaction.atomic():
                    if kind == "close":
                        close(live.id, days[0], "stock")
                    else:
                        reopen(live.id, days[0], "stock")
            return kind

        return run

    kinds = (
        ["receive"] * 4
        + ["issue"] * 4
        + ["reverse"] * 3
        + ["swap"] * 3
        + ["transfer", "reserve", "close", "reopen", "fold"]
    )
    jobs, fresh = [], iter(documents)
    for _ in range(140):
        kind = dice.choice(kinds)
        document = next(fresh, None) if kind in ("receive", "issue") else dice.choice(documents)
        if document:
            jobs.append(
                step(kind, dice.choice(products), dice.randint(1, 9), document, dice.choice(days))
            )
    outcomes = Counter(at_once(jobs, 8))
    assert outcomes["issue"] and outcomes["receive"] and outcomes["swap"]
    ties(live)


def test_nothing_is_posted_into_a_period_once_its_closing_has_committed(live):
    """Vouchers of the closed module all stem from before the close: FOR SHARE makes it wait."""
    live.receive("bolt", 500, "500.00")
    closed_at = []

    def shut():
        with transaction.atomic():
            close(live.id, DAY, "stock")
            closed_at.append(StockMove.objects.count())
        return "closed"

    jobs = [lambda: live.issue("bolt", 1) and "issued" for _ in range(120)]
    jobs.insert(40, shut)
    outcomes = Counter(at_once(jobs, 8))
    assert outcomes["closed"] == 1 and outcomes["issued"] + outcomes["PeriodClosed"] == 120
    assert StockMove.objects.count() == closed_at[0]
    ties(live)
