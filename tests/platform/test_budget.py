"""What each request may ask of the database, signing in left out, however many lines.

Every write spends two of its statements on its idempotency key.
"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.scenario.people import Company

RECEIPT, DELIVERY = "purchase.receipt", "sales.delivery"
LINES = 30


@pytest.fixture
def company(db, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return Company()


def counted(work):
    """The statements of one request, without savepoints and without finding the person."""
    with CaptureQueriesContext(connection) as seen:
        answer = work()
    assert answer.status < 300, answer
    return answer.body, [
        q["sql"]
        for q in seen.captured_queries
        if not q["sql"].startswith(("SAVEPOINT", "RELEASE")) and "identity_session" not in q["sql"]
    ]


BUDGET = {
    "create": 10, "save": 12, "read": 2, "list": 1, "lookup": 1, "menu": 0, "screen": 0,
    "submit": 12, "post in": 2 + 15, "create out": 10, "post out": 2 + 15,
}  # fmt: skip


def test_every_step_of_goods_in_and_out_keeps_its_budget(company):
    wang, li = company.wang, company.li
    inward = {"supplier": company.supplier, "warehouse": company.warehouse, "on": "2026-11-05"}
    outward = {"customer": company.customer, "warehouse": company.warehouse, "on": "2026-11-06"}

    def line(n):
        return {"product": (company.bolt, company.nut)[n % 2], "quantity_unit": "4", "price": "2"}

    def flow():
        spent = {}

        def step(name, work):
            body, spent[name] = counted(work)
            return body

        lines = [line(n) for n in range(LINES)]
        made = step("create", lambda: wang.writes(RECEIPT, inward, lines))
        again = [{"id": x["id"], "price": "3"} for x in made["lines"][1:]] + [line(0)]
        made = step("save", lambda: wang.changes(RECEIPT, made, {}, again))
        step("read", lambda: wang.reads(f"/records/{RECEIPT}/{made['id']}"))
        step("list", lambda: wang.reads(f"/records/{RECEIPT}", search="PR"))
        step("lookup", lambda: wang.reads("/lookups/product.product", q="bo"))
        step("menu", lambda: wang.reads("/menu"))
        step("screen", lambda: wang.reads(f"/screens/{RECEIPT}"))
        [moved] = step("submit", lambda: wang.does("submit", RECEIPT, made))["records"]
        step("post in", lambda: wang.does("post", RECEIPT, moved))
        out = [{"product": company.bolt, "quantity_unit": "1"} for _ in range(LINES)]
        going = step("create out", lambda: li.writes(DELIVERY, outward, out))
        [gone] = li.does("submit", DELIVERY, going).body["records"]
        step("post out", lambda: wang.does("post", DELIVERY, gone))
        return spent

    flow()  # the first time fills the caches of a process
    spent = flow()
    over = {name: spent[name] for name in BUDGET if len(spent[name]) > BUDGET[name]}
    assert over == {}
