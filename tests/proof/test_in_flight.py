"""Vouchers that commit late, with lower ids than others, are neither left unproved nor unsealed."""

import threading
from contextlib import contextmanager

import pytest
from django.db import connection

from heyi.ledger import chain
from heyi.ledger.api import Amount, Posting, post
from heyi.ledger.models import ChainLink
from heyi.ledger.proof import PROOFS
from heyi.platform import proofs
from heyi.platform.rows import fetch
from heyi.platform.transactions import unit_of_work

from .conftest import DAY

VOUCHERS = next(p for p in PROOFS if p.id == "ledger.vouchers")


def prove():
    return proofs._prove(VOUCHERS, None, full=False)


def cash(books):
    accounts = books.accounts["cash"], books.accounts["bank"]
    return Posting(
        books.id, books.ref(), DAY, journal=(Amount(accounts[0], 5), Amount(accounts[1], -5))
    )


@contextmanager
def in_flight(books):
    """A posting that has taken its voucher id and waits to commit until the block ends."""
    taken, go = threading.Event(), threading.Event()

    def work():
        def slowly():
            post([cash(books)])
            taken.set()
            assert go.wait(20)

        try:
            unit_of_work(slowly)
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    assert taken.wait(20)
    try:
        yield
    finally:
        go.set()
        thread.join(20)
        assert not thread.is_alive()


@pytest.fixture
def always_incremental(monkeypatch):
    monkeypatch.setattr(proofs, "QUICK_SECONDS", 0.0)


def test_the_watermark_waits_for_who_is_in_flight(live, always_incremental):
    live.post(journal=(("cash", "1.00"), ("bank", "-1.00")))
    assert [prove()["checked"] for _ in range(3)] == [
        1,
        1,
        0,
    ]  # everything, everything, what came since
    with in_flight(live):
        later = live.post(journal=(("cash", "1.00"), ("bank", "-1.00")))
        assert [prove()["checked"] for _ in range(3)] == [1, 1, 1]
    [(lower,)] = fetch("SELECT max(id) FROM ledger_voucher WHERE id < %s", [later.voucher])
    fetch("ALTER TABLE ledger_journalline DISABLE TRIGGER USER")
    fetch("UPDATE ledger_journalline SET debit = 6 WHERE voucher_id = %s AND no = 1", [lower])
    fetch("ALTER TABLE ledger_journalline ENABLE TRIGGER USER")
    found = prove()
    assert (found["ok"], found["first_bad"]["voucher"]) == (False, lower)
    assert prove()["ok"] is False  # what failed is looked at again until it is right


def test_the_chain_takes_a_late_commit_too(live):
    with in_flight(live):
        later = live.post(journal=(("cash", "1.00"), ("bank", "-1.00")))
        assert chain.extend() == 1
    assert chain.extend() == 1
    first, second = ChainLink.objects.order_by("no")
    assert (first.voucher_id, second.voucher_id) == (later.voucher, second.voucher_id)
    assert second.voucher_id < first.voucher_id
    assert chain.verify(live.id) == (2, None)


def test_two_sealers_make_one_chain(live):
    for _ in range(12):
        live.post(journal=(("cash", "1.00"), ("bank", "-1.00")))
    done = []

    def seal():
        try:
            done.append(chain.extend())
        finally:
            connection.close()

    threads = [threading.Thread(target=seal) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join(20)
    assert (sum(done), chain.verify(live.id)) == (12, (12, None))
