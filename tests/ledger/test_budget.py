"""How many statements each step takes, to the statement, whatever the number of lines."""

import datetime as dt
from decimal import Decimal as D

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from heyi.ledger.api import (
    LateCost,
    Posting,
    costs_of,
    lots,
    post,
    preview,
    release,
    reserve,
    reverse,
)
from heyi.platform.transactions import unit_of_work
from tests.ledger.conftest import DAY

LINES = (1, 40)


def statements(work):
    with CaptureQueriesContext(connection) as queries:
        unit_of_work(work)
    frame = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
    return len([q for q in queries if not q["sql"].startswith(frame)])


class Desk:
    """Documents of n lines over as many products, everything in place already."""

    def __init__(self, company, n):
        self.c, self.n, self.here = company, n, company.warehouse.pk
        self.codes = [f"RM-{i}" for i in range(n)]
        self.done = self.ref()
        self.came = [self.ref() for _ in self.codes]
        coming = tuple(
            company.move("purchase.receipt", code, 100, 1, self.here, "100.00", origin=origin)
            for code, origin in zip(self.codes, self.came, strict=True)
        )
        unit_of_work(lambda: post([Posting(company.id, self.ref(), DAY.replace(day=1), coming)]))
        unit_of_work(lambda: post([self.issue(self.done)]))

    def ref(self):
        return self.c.ref("test.document")

    def moves(self, purpose="sales.delivery", target=2, **more):
        return tuple(
            self.c.move(purpose, code, 1, self.here, target, **more) for code in self.codes
        )

    def issue(self, document=None, **more):
        return Posting(self.c.id, document or self.ref(), DAY, self.moves(**more))


@pytest.mark.parametrize("n", LINES)
def test_steps_of_untracked_goods(n, live):
    desk = Desk(live, n)
    promised = desk.moves()
    kept = tuple(
        live.move("sales.delivery", code, 1, desk.here, 2, reserved_by=m.origin)
        for code, m in zip(desk.codes, promised, strict=True)
    )
    late = LateCost("purchase.freight", tuple(desk.came), D("40.00"))
    transfer = desk.moves("stock.transfer", live.warehouse.pk, target_status=1)
    loss = desk.moves("stock.loss", 3, breaks_promises=True)
    back = tuple(live.move("purchase.receipt", x, 5, 1, desk.here, "60.00") for x in desk.codes)
    first = Posting(live.id, desk.ref(), DAY, transfer)
    unit_of_work(lambda: post([first]))  # places with that status are new

    def posting(moves=(), late=(), on=DAY):
        wanted = Posting(
            live.id, desk.ref(), on, moves or (() if late else desk.moves()), late=late
        )
        return lambda: post([wanted])

    many = [desk.issue() for _ in range(20)]
    seen = [desk.issue()]
    steps = {
        "issue": (posting(), 8),
        "issue, many documents": (lambda: post(many), 8),
        "reserve": (lambda: reserve(live.id, promised), 2),
        "issue what was promised": (posting(kept), 9),
        "reserve again": (lambda: reserve(live.id, promised), 2),
        "release": (lambda: release(live.id, [m.origin for m in promised]), 2),
        "late cost": (posting(late=(late,)), 8),
        "costs": (lambda: costs_of(live.id, desk.came), 1),
        "preview": (lambda: preview(seen), 7),
        "reverse": (lambda: reverse(live.id, [desk.done], on=DAY), 12),
        "transfer in one area": (posting(transfer), 4),
        "loss that may break promises": (posting(loss), 9),
        "issue, dated back": (posting(on=DAY.replace(day=1)), 9),
        "receipt, dated back": (posting(back, on=DAY.replace(day=2)), 9),
    }
    counted = {name: statements(work) for name, (work, _) in steps.items()}
    assert counted == {name: budget for name, (_, budget) in steps.items()}


@pytest.mark.parametrize("n", LINES)
def test_steps_of_goods_kept_by_lot(n, live):
    here, codes = live.warehouse.pk, [f"RM-{i}" for i in range(n)]
    products = [live.product(code, tracking="lot") for code in codes]
    until = dt.date(2027, 1, 1)
    made = unit_of_work(
        lambda: lots.register(live.id, [lots.Named(p.pk, "L1", until) for p in products])
    )
    for _ in range(2):
        come = tuple(
            live.move("purchase.receipt", code, 100, 1, here, "100.00", lot=lot)
            for code, lot in zip(codes, made, strict=True)
        )
        unit_of_work(lambda: post([Posting(live.id, live.ref("d"), DAY, come)]))  # noqa: B023
    wants = [lots.Want(p.pk, here, D(5)) for p in products]
    go = tuple(
        live.move("sales.delivery", code, 1, here, 2, lot=lot)
        for code, lot in zip(codes, made, strict=True)
    )
    anything = tuple(live.move("sales.delivery", code, 1, here, 2) for code in codes)
    assert {
        "pick": statements(lambda: lots.picks(live.id, wants, on=DAY)),
        "register": statements(
            lambda: lots.register(live.id, [lots.Named(p.pk, "L1", until) for p in products])
        ),
        "issue": statements(lambda: post([Posting(live.id, live.ref("d"), DAY, go)])),
        "reserve any lot": statements(lambda: reserve(live.id, anything)),
    } == {"pick": 1, "register": 1, "issue": 9, "reserve any lot": 2}
