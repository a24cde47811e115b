"""Whatever happens, in whatever order."""

from contextlib import suppress

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heyi.ledger.api import (
    AlreadyReversed,
    LateCost,
    NotPosted,
    ReceiptUnknown,
    StockShort,
    StockShortLater,
    fold,
)
from tests.ledger.conftest import DAY, Company, forget_all, ties

steps = st.lists(
    st.tuples(
        st.sampled_from(
            ["receive", "issue", "late", "backdate", "return", "transfer", "reverse", "fold"]
        ),
        st.sampled_from(["bolt", "nut"]),
        st.integers(1, 40),
        st.decimals(0, 999, places=2),
        st.integers(0, 30),
    ),
    max_size=12,
)


class Done(Exception): ...


@pytest.mark.parametrize("costing", ["average", "fifo", "standard"])
def test_the_two_ledgers_always_agree(costing, db):
    """Stock value equals the inventory account, pools equal entries, balances equal lines."""
    with transaction.atomic():
        company = Company(costing, costing=costing, standards={"bolt": "3.17", "nut": "0.99"})

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(steps)
    def holds(history):
        with suppress(Done), transaction.atomic():
            documents, lines = [], []
            for kind, product, quantity, value, pick in history:
                with (
                    suppress(
                        StockShort, StockShortLater, AlreadyReversed, NotPosted, ReceiptUnknown
                    ),
                    transaction.atomic(),
                ):
                    happen(company, kind, product, quantity, value, pick, documents, lines)
            ties(company)
            raise Done
        forget_all()

    holds()


def happen(c, kind, product, quantity, value, pick, documents, lines):
    document, line = c.ref("test.document"), c.ref("line")
    here = c.warehouse.pk
    day = DAY.replace(day=1 + pick % 28)
    if kind == "receive":
        c.post(
            c.move("purchase.receipt", product, quantity, 1, here, value, origin=line),
            document=document,
            on=day,
        )
        lines.append(line)
    elif kind == "backdate":
        c.post(
            c.move("purchase.receipt", product, quantity, 1, here, value, origin=line),
            document=document,
            on=DAY.replace(month=2),
            happened=day,
        )
        lines.append(line)
    elif kind == "issue":
        c.post(c.move("production.issue", product, quantity, here, 4), document=document, on=day)
    elif kind == "return":
        c.post(
            c.move("purchase.return", product, quantity, here, 1, value), document=document, on=day
        )
    elif kind == "transfer":
        c.post(
            c.move("stock.transfer", product, quantity, here, c.far.pk), document=document, on=day
        )
    elif kind == "late" and lines:
        sign = -1 if pick % 3 == 0 else 1
        c.post(
            late=[LateCost("purchase.freight", (lines[pick % len(lines)],), sign * value)],
            document=document,
        )
    elif kind == "reverse" and documents:
        c.reverse(documents[pick % len(documents)])
        return
    elif kind == "fold":
        fold()
        return
    documents.append(document)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    receipts=st.lists(
        st.tuples(st.integers(1, 50), st.decimals(0, 999, places=2)), min_size=1, max_size=4
    ),
    out=st.integers(1, 200),
)
def test_reversing_everything_backwards_leaves_nothing(receipts, out, db):
    """Undo in the opposite order: every account and every shelf is back at zero, no variance."""
    with suppress(Done), transaction.atomic():
        c, documents = Company("UNDO"), []
        for quantity, value in receipts:
            documents.append(c.ref("d"))
            c.receive("bolt", quantity, value, document=documents[-1])
        document = c.ref("d")
        with suppress(StockShort), transaction.atomic():
            c.issue("bolt", out, document=document)
            documents.append(document)
        for document in reversed(documents):
            c.reverse(document)
        assert c.held("bolt") == (0, 0)
        assert all(c.account(kind) == 0 for kind in c.accounts)
        ties(c)
        raise Done
    forget_all()
