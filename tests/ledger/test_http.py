"""The same refusals over HTTP: 200, 403, 404, 409, 422."""

import pytest
from ninja import NinjaAPI
from ninja.testing import TestClient

from heyi.platform import http
from heyi.platform.access import Actor
from heyi.sales.http import router

api = NinjaAPI(urls_namespace="test")
http.install(api)
api.add_router("/sales", router)


def keeper(*places):
    return Actor("li", frozenset({"inventory.keeper"}), frozenset(places))


def call(actor, deliveries):
    body = {"versions": {d.pk: d.version for d in deliveries}}
    return TestClient(api).post("/sales/deliveries/post", json=body, actor=actor)


@pytest.mark.parametrize("_case, who, status", [
    ("keeper of this warehouse", lambda c: keeper(c.warehouse.pk), 200),
    ("keeper of another warehouse may not know it exists", lambda c: keeper(9), 404),
    ("clerk sees it but may not post", lambda c: Actor("wu", frozenset({"sales.clerk"})), 403),
])
def test_who_may_post(_case, who, status, company):
    company.receive("bolt", 10, "25.00")
    reply = call(who(company), [company.delivery("bolt", 4)])
    assert reply.status_code == status, reply.json()
    assert company.on_hand("bolt").quantity == (6 if status == 200 else 10)


def test_refusal_carries_code_params_and_remedy(company):
    company.receive("bolt", 1, "2.50")
    reply = call(keeper(company.warehouse.pk), [company.delivery("bolt", 4)])
    assert reply.status_code == 422
    assert reply.json()["code"] == "ledger.stock_short"
    assert reply.json()["remedy"]["screen"] == "inventory.availability"


def test_stale_version_conflicts(company):
    company.receive("bolt", 10, "25.00")
    delivery = company.delivery("bolt", 4)
    delivery.version = 7
    assert call(keeper(company.warehouse.pk), [delivery]).status_code == 409
