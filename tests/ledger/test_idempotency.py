from decimal import Decimal as D

import pytest

from heyi.ledger.api import StockShort
from heyi.ledger.models import JournalLine, StockMove, Voucher
from heyi.platform.idempotency import KeyReused, once


def test_v15_the_same_request_twice_is_one_delivery(company):
    company.receive("bolt", 10, "25.00")
    body = {"product": "bolt", "quantity": "4"}

    def send():
        return once(company.id, "DN-1", body, lambda: company.issue("bolt", 4).voucher)

    assert send() == send()
    assert company.held("bolt") == (6, D("15.00"))
    assert StockMove.objects.count() == 2 and JournalLine.objects.count() == 4
    with pytest.raises(KeyReused):
        once(company.id, "DN-1", {**body, "quantity": "5"}, lambda: None)


def test_a_refused_request_may_be_sent_again_with_its_key(company):
    company.receive("bolt", 1, "2.50")

    def send():
        return once(company.id, "DN-2", {}, lambda: company.issue("bolt", 4).voucher)

    with pytest.raises(StockShort):
        send()
    company.receive("bolt", 9, "22.50")
    assert send() == Voucher.objects.get(number=3).pk
