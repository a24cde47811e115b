"""A rehearsal travels in time, and everything goes with it: one clock in Python and in SQL."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from heyi.platform import clock
from heyi.platform.rows import fetch
from tests.scenario.people import Company


@pytest.fixture
def home(db: None) -> Iterator[None]:
    yield
    clock.travel(timedelta(0))


def test_paper_written_on_the_cut_over_day_carries_that_day(home: None, company: Company) -> None:
    before = clock.today("Asia/Shanghai")
    clock.travel(timedelta(days=-20, hours=1))
    there = clock.today("Asia/Shanghai")
    assert (before - there).days in (19, 20)

    receipt = company.receipt({"product": company.bolt, "quantity_unit": "1", "price": "1"})
    assert receipt["values"]["on"] == there.isoformat()
    [(at,)] = fetch("SELECT created_at FROM purchase_receipt WHERE id = %s", [receipt["id"]])
    assert abs(at - clock.now()) < timedelta(minutes=5)
    log = company.wang.reads(f"/records/purchase.receipt/{receipt['id']}/log").body
    assert abs(datetime.fromisoformat(log[0]["at"]) - clock.now()) < timedelta(minutes=5)

    clock.travel(timedelta(0))
    assert clock.today("Asia/Shanghai") - before in (timedelta(0), timedelta(days=1))
