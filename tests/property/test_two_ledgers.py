"""Whatever happens, in whatever order: the quantity, value and journal ledgers agree."""

import datetime as dt
from contextlib import suppress
from decimal import Decimal as D

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heyi.kernel.errors import BusinessError
from heyi.ledger.api import LateCost, change_standard, fold, lots, release, settle
from heyi.platform.transactions import unit_of_work
from tests.ledger.conftest import DAY, Company, forget_all, ties

KINDS = (
    "receive",
    "receive",
    "issue",
    "issue",
    "late",
    "backdate",
    "return",
    "transfer",
    "reverse",
    "fold",
    "reserve",
    "keep",
    "release",
    "loss",
    "settle",
    "standard",
)
steps = st.lists(
    st.tuples(
        st.sampled_from(KINDS),
        st.sampled_from(["bolt", "nut", "milk"]),
        st.integers(1, 40),
        st.decimals(0, 999, places=2),
        st.integers(0, 30),
    ),
    max_size=14,
)
METHODS = ["average", "fifo", "periodic", "standard"]


class Done(Exception):
    """Rolls an example back."""


class World:
    """One company and what has happened so far; `milk` is kept in two lots."""

    def __init__(self, costing, negative):
        self.c = Company(
            costing, costing=costing, standards={"bolt": "3.17", "nut": "0.99"}, negative=negative
        )
        milk = self.c.product("milk", tracking="lot")
        self.lots = lots.register(self.c.id, [lots.Named(milk.pk, f"L{n}") for n in (1, 2)])
        self.documents, self.lines, self.promises = [], [], []

    def happens(self, n, kind, product, quantity, value, pick):
        c, here, document, line = self.c, self.c.warehouse.pk, self.c.ref("d"), self.c.ref("l")
        on = DAY.replace(day=min(28, 1 + 2 * n), month=1 + n // 10)
        lot = self.lots[pick % 2] if product == "milk" else 0

        def post(purpose, source, target, value=None, **more):
            date, happened = more.pop("on", on), more.pop("happened", None)
            made = c.move(purpose, product, quantity, source, target, value, lot=lot, **more)
            c.post(made, document=document, on=date, happened=happened)
            self.documents.append(document)

        match kind:
            case "receive":
                post("purchase.receipt", 1, here, value, origin=line)
                self.lines.append(line)
            case "backdate":
                early = DAY.replace(day=1 + pick % 28)
                post(
                    "purchase.receipt",
                    1,
                    here,
                    value,
                    origin=line,
                    on=dt.date(2026, 3, 1),
                    happened=early,
                )
                self.lines.append(line)
            case "issue":
                post(
                    "production.issue",
                    here,
                    4,
                    on=on if pick % 4 else DAY.replace(day=1 + pick % 28),
                )
            case "return":
                post("purchase.return", here, 1, value)
            case "transfer":
                post("stock.transfer", here, c.far.pk)
            case "loss":
                post("stock.loss", here, 3, breaks_promises=True)
            case "late" if self.lines:
                signed = -value if pick % 3 == 0 else value
                chosen = {self.lines[pick % len(self.lines)], self.lines[-1]}
                by = "value" if pick % 2 else "quantity"
                late = LateCost(
                    "purchase.freight", tuple(sorted(chosen, key=lambda r: r.id)), signed, by
                )
                c.post(late=[late], document=document, on=on)
                self.documents.append(document)
            case "reserve":
                wanted = c.move(
                    "sales.delivery", product, quantity, here, 2, lot=lot if pick % 3 else 0
                )
                c.reserve(wanted)
                self.promises.append((wanted, product, lot))
            case "keep" if self.promises:
                wanted, product, lot = self.promises[pick % len(self.promises)]
                quantity = min(quantity, int(wanted.quantity))
                post("sales.delivery", here, 2, reserved_by=wanted.origin)
            case "release" if self.promises:
                wanted = self.promises[pick % len(self.promises)][0]
                unit_of_work(lambda: release(c.id, [wanted.origin]))
            case "reverse" if self.documents:
                c.reverse(self.documents[pick % len(self.documents)], on=on)
            case "settle":
                unit_of_work(lambda: settle(c.id, on))
            case "standard":
                prices = {c.product(product).pk: value / 100}
                unit_of_work(lambda: change_standard(c.id, prices, on=on))
            case "fold":
                fold()


def agrees(costing, negative, history):
    with suppress(Done), transaction.atomic():
        world = World(costing, negative)
        for n, step in enumerate(history):
            with suppress(BusinessError), transaction.atomic():
                world.happens(n, *step)
        ties(world.c)
        for again in (False, True):
            for month in (1, 2, 3):
                settled = unit_of_work(lambda: settle(world.c.id, dt.date(2026, month, 1)))  # noqa: B023
                assert settled is None or not again, "a month is settled once"
        fold()
        ties(world.c)
        raise Done
    forget_all()


@pytest.mark.parametrize("negative", [False, True])
@pytest.mark.parametrize("costing", METHODS)
def test_the_ledgers_always_agree(costing, negative, db):
    """Stock value equals the inventory account, pools equal entries, balances equal lines."""

    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
    @given(steps)
    def holds(history):
        agrees(costing, negative, history)

    holds()


@pytest.mark.slow
@pytest.mark.parametrize("negative", [False, True])
@pytest.mark.parametrize("costing", METHODS)
def test_the_ledgers_always_agree_at_length(costing, negative, db):
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.lists(steps, min_size=3, max_size=3).map(lambda x: [step for part in x for step in part])
    )
    def holds(history):
        agrees(costing, negative, history)

    holds()


receipts = st.lists(
    st.tuples(st.integers(1, 50), st.decimals(0, 999, places=2)), min_size=1, max_size=4
)


@pytest.mark.parametrize("costing", METHODS)
def test_reversing_everything_backwards_leaves_nothing(costing, db):
    """Undo in the opposite order: every account and every shelf is back at zero, no variance."""

    @settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
    @given(receipts=receipts, out=st.integers(1, 200))
    def holds(receipts, out):
        with suppress(Done), transaction.atomic():
            c, documents = Company("UNDO", costing=costing, standards={"bolt": "3.17"}), []
            for quantity, value in receipts:
                documents.append(c.ref("d"))
                c.receive("bolt", quantity, value, document=documents[-1])
            document = c.ref("d")
            with suppress(BusinessError), transaction.atomic():
                c.issue("bolt", out, document=document)
                documents.append(document)
            for document in reversed(documents):
                c.reverse(document)
            assert c.held("bolt") == (0, 0)
            assert all(c.account(kind) == D(0) for kind in c.accounts)
            ties(c)
            raise Done
        forget_all()

    holds()
