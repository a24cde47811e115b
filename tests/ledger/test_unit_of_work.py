"""One transaction per request: last things last, collisions unseen."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from heyi.ledger.api import AlreadyPosted, Amount, Posting, post
from heyi.ledger.models import Voucher
from heyi.platform.rows import fetch
from heyi.platform.transactions import finish, last, unit_of_work
from tests.ledger.conftest import DAY, ties


def money(c, amount=1):
    lines = (Amount(c.accounts["AR"].pk, amount), Amount(c.accounts["REV"].pk, -amount))
    return Posting(c.id, c.ref("test.document"), DAY, journal=lines)


def test_numbers_of_several_postings_are_taken_by_the_last_statement(company):
    def work():
        first, second = post([money(company)]), post([money(company), money(company)])
        fetch("SELECT 'the rest of the work'")
        assert [p.number for p in (*first, *second)] == [None] * 3
        return [*first, *second]

    with CaptureQueriesContext(
        connection,
    ) as queries:
        posted = unit_of_work(work)
    said = [q["sql"] for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert [n for n, sql in enumerate(said) if "ledger_series" in sql] == [len(said) - 1]
    assert [p.number for p in posted] == [1, 2, 3]


def test_a_posting_rolled_back_inside_takes_no_number(company):
    def work():
        [kept] = post([money(company)])
        with suppress(ZeroDivisionError), transaction.atomic():
            post([money(company)])
            raise ZeroDivisionError
        return kept, post([money(company)])[0]

    kept, also = unit_of_work(work)
    assert (kept.number, also.number) == (1, 2)
    assert Voucher.objects.count() == 2


def test_finish_takes_them_early_and_later_ones_follow(company):
    def work():
        [first] = post([money(company)])
        finish()
        assert first.number == 1
        return post([money(company)])[0]

    assert unit_of_work(work).number == 2


def test_posting_outside_a_unit_of_work_is_a_defect(company):
    with pytest.raises(AssertionError, match="unit of work"), transaction.atomic():
        post([money(company)])
    with pytest.raises(AssertionError, match="unit of work"):
        last(print, 1)


def test_forgetting_the_numbers_fails_at_the_commit(live):
    def forgets():
        post([money(live)])
        connection.run_on_commit = []

    with pytest.raises(IntegrityError, match="ledger_journalline_voucher"):
        unit_of_work(forgets)
    live.receive("bolt", 2, "2.00")

    def moves_only():
        move = live.move("stock.transfer", "bolt", 1, live.warehouse.pk, live.shop.pk)
        post([Posting(live.id, live.ref("d"), DAY, (move,))])
        connection.run_on_commit = []

    with pytest.raises(IntegrityError, match="ledger_stockmove_voucher"):
        unit_of_work(moves_only)
    ties(live)


def test_a_document_posted_twice_names_itself(company):
    twice = money(company)
    unit_of_work(lambda: post([twice]))
    with pytest.raises(AlreadyPosted) as refusal:
        unit_of_work(lambda: post([money(company), twice]))
    assert refusal.value.document == f"test.document {twice.document.id}"


@pytest.mark.parametrize(("sqlstate", "tries"), [("40P01", 4), ("40001", 4), ("55P03", 1)])
def test_only_collisions_are_tried_again_and_not_for_ever(sqlstate, tries, db):
    tried = []

    def work():
        tried.append(1)
        fetch(f"DO $$ BEGIN RAISE EXCEPTION 'as if' USING ERRCODE = '{sqlstate}'; END $$")

    with pytest.raises(OperationalError):
        unit_of_work(work)
    assert len(tried) == tries


def test_a_deadlock_reaches_nobody(live):
    """Two units lock two rows in opposite orders: PostgreSQL stops one, which runs again."""
    gate, tried = threading.Barrier(2), []
    places = [live.warehouse.pk, live.shop.pk]

    def lock(order):
        tried.append(order)
        for n, place in enumerate(order):
            fetch("SELECT id FROM ledger_location WHERE id = %s FOR UPDATE", [place])
            if n == 0 and len(tried) <= 2:
                gate.wait(10)
        return "done"

    def run(order):
        try:
            return unit_of_work(lambda: lock(order))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(run, (places, places[::-1]))) == ["done", "done"]
    assert len(tried) == 3


def test_money_posted_before_a_document_is_locked_deadlocks_with_nothing(live):
    """A number taken before the last lock would: pay, then close the order, against its delivery."""
    places = [live.warehouse.pk, live.shop.pk]

    def pays_then_closes(place):
        post([money(live)])
        fetch("SELECT id FROM ledger_location WHERE id = %s FOR UPDATE", [place])

    def closes_then_pays(place):
        fetch("SELECT id FROM ledger_location WHERE id = %s FOR UPDATE", [place])
        post([money(live)])

    def run(n):
        work = pays_then_closes if n % 2 else closes_then_pays
        try:
            for m in range(10):
                unit_of_work(lambda: work(places[(n + m) % 2]), retries=0)  # noqa: B023
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(run, range(4)))
    assert Voucher.objects.filter(company_id=live.id).count() == 40
    ties(live)
