"""Goods come in and go out: two documents, both ledgers, as named people tell it."""

from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from heyi.platform.rows import fetch
from tests.scenario.people import Company


def balances(company: Company) -> dict[str, str]:
    """The trial balance as {role or code: signed closing balance}, zero ones left out."""
    answer = company.chen.reads("/reports/trial-balance", to="2026-12-31", **{"from": "2026-01-01"})
    assert answer.status == 200, answer
    found = {}
    for row in answer.body["rows"]:
        debit, credit = row["closing_debit"], row["closing_credit"]
        if debit != credit and row["account"]["leaf"]:
            found[row["account"]["code"]] = debit if float(debit) else f"-{credit}"
    return found


def on_hand(company: Company, product: int) -> str:
    [(quantity,)] = fetch(
        "SELECT coalesce(sum(quantity), 0)::text FROM ledger_quantitybalance "
        "WHERE company_id = %s AND product_id = %s",
        [company.id, product],
    )
    return quantity


def test_bolts_come_in_and_go_out_at_their_average_cost(company: Company) -> None:
    """Wang receives 10 at 2.50 and 5 at 4.00; the average is 3.00, so six leave at 18.00."""
    first = company.receipt({"product": company.bolt, "quantity_unit": "10", "price": "2.5"})
    assert first["state"] == "draft"
    assert first["values"]["value"] == "25.00"
    assert [line["values"]["value"] for line in first["lines"]] == ["25.00"]

    submitted = company.wang.does("submit", "purchase.receipt", first)
    assert submitted.body["records"][0]["state"] == "approved"
    posted = company.wang.does("post", "purchase.receipt", submitted.body["records"][0])
    assert posted.body["records"][0]["state"] == "posted"
    log = company.wang.reads(f"/records/purchase.receipt/{first['id']}/log").body
    assert [(step["transition"], step["actor"]) for step in log] == [
        ("create", "wang"), ("submit", "wang"), ("approve", "policy:none"), ("post", "wang"),
    ]  # fmt: skip

    company.received({"product": company.bolt, "quantity_unit": "5", "price": "4"})
    delivery = company.posted(
        "sales.delivery", company.delivery({"product": company.bolt, "quantity_unit": "6"})
    )
    assert on_hand(company, company.bolt) == "9.000000"
    assert balances(company) == {"1405.01": "27.00", "1406": "18.00", "2202.99": "-45.00"}

    postings = company.chen.reads(f"/records/sales.delivery/{delivery['id']}/postings").body
    [voucher] = postings["vouchers"]
    assert [(x["account"]["code"], x["debit"], x["credit"]) for x in voucher["lines"]] == [
        ("1405.01", "0.00", "18.00"), ("1406", "18.00", "0.00"),
    ]  # fmt: skip


def test_a_box_of_nine_is_nine_pieces_and_leaves_nothing_behind(company: Company) -> None:
    """One box comes in, nine pieces go out: zero exactly, in quantity and in money."""
    box = company.receipt(
        {"product": company.bolt, "quantity_unit": "1", "unit": company.box, "price": "10"}
    )
    company.posted("purchase.receipt", box)
    company.posted(
        "sales.delivery", company.delivery({"product": company.bolt, "quantity_unit": "9"})
    )
    assert on_hand(company, company.bolt) == "0.000000"
    assert "1405.01" not in balances(company)


def test_what_is_not_there_cannot_be_shipped_and_nothing_is_half_done(company: Company) -> None:
    company.received({"product": company.bolt, "quantity_unit": "5", "price": "2"})
    wanted = company.delivery(
        {"product": company.bolt, "quantity_unit": "3"},
        {"product": company.nut, "quantity_unit": "1"},
    )
    approved = company.wang.does("submit", "sales.delivery", wanted).body["records"][0]
    refused = company.wang.does("post", "sales.delivery", approved)
    assert (refused.status, refused.codes) == (422, ["ledger.stock_short"])
    assert refused.body["refusals"][0]["remedy"]["label"]
    assert company.wang.sees("sales.delivery", wanted["id"])["state"] == "approved"
    assert on_hand(company, company.bolt) == "5.000000"


def test_a_posted_delivery_is_reversed_at_the_cost_it_left_with(company: Company) -> None:
    company.received({"product": company.bolt, "quantity_unit": "3", "price": "3.333333"})
    sent = company.posted(
        "sales.delivery", company.delivery({"product": company.bolt, "quantity_unit": "1"})
    )
    company.received({"product": company.bolt, "quantity_unit": "10", "price": "9"})
    back = company.zhao.does("reverse", "sales.delivery", sent, reason="sent to the wrong plant")
    assert (back.status, back.body["records"][0]["state"]) == (200, "reversed")
    assert on_hand(company, company.bolt) == "13.000000"
    assert balances(company) == {"1405.01": "100.00", "2202.99": "-100.00"}
    again = company.zhao.does("reverse", "sales.delivery", back.body["records"][0], reason="twice")
    assert again.status == 409


def test_everything_wrong_with_a_draft_is_said_at_once_where_it_stands(company: Company) -> None:
    answer = company.wang.writes(
        "purchase.receipt",
        {"supplier": company.customer, "on": "someday"},
        [
            {"product": company.bolt, "quantity_unit": "-3", "price": "1"},
            {"product": company.nut, "quantity_unit": "1", "unit": company.box, "price": "1"},
            {"product": 999999999, "quantity_unit": "1", "price": "abc"},
        ],
    )
    assert answer.status == 422
    assert set(answer.cells) == {
        ("platform.reference_not_offered", "supplier"),
        ("platform.value_unreadable", "on"),
        ("platform.value_missing", "warehouse"),
        ("platform.value_negative", "quantity_unit"),
        ("product.unit_unknown", "unit"),
        ("platform.reference_unknown", "product"),
        ("platform.value_unreadable", "price"),
    }
    assert company.wang.reads("/records/purchase.receipt").body["rows"] == []


def test_two_people_edit_one_receipt_and_neither_is_overwritten(company: Company) -> None:
    draft = company.receipt({"product": company.bolt, "quantity_unit": "1", "price": "1"})
    theirs = company.sun.changes("purchase.receipt", draft, {"reference": "DN-7"})
    assert theirs.status == 200
    mine = company.wang.changes("purchase.receipt", draft, {"reference": "DN-8"})
    assert mine.status == 409
    [refusal] = mine.body["refusals"]
    assert refusal["params"]["by"] == "Sun"
    [field] = refusal["params"]["fields"]
    assert (field["field"], field["mine"], field["theirs"]) == ("reference", "DN-8", "DN-7")
    assert company.wang.sees("purchase.receipt", draft["id"])["values"]["reference"] == "DN-7"


def test_a_double_click_makes_one_document(live_company: Company) -> None:
    """Eight copies of one request arrive at the same time; all get the first one's answer."""
    company = live_company
    wang = company.wang
    values = {"supplier": company.supplier, "warehouse": company.warehouse}
    lines = [{"product": company.bolt, "quantity_unit": "2", "price": "1"}]

    def click(_: int) -> tuple[int, int]:
        try:
            answer = wang.writes("purchase.receipt", values, lines, key="click")
            return answer.status, answer.body["id"]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(click, range(8)))
    assert len(answers) == 1
    assert len(wang.reads("/records/purchase.receipt").body["rows"]) == 1


def test_rights_decide_what_is_seen_and_done(company: Company) -> None:
    draft = company.receipt({"product": company.bolt, "quantity_unit": "1", "price": "1"})
    not_hers = company.chen.does("post", "purchase.receipt", draft)
    assert (not_hers.status, not_hers.codes) == (403, ["platform.not_allowed"])
    assert not_hers.body["refusals"][0]["params"]["roles"] == ["inventory.keeper"]
    unseen = company.li.reads(f"/records/purchase.receipt/{draft['id']}")
    assert unseen.status in (403, 404)
    looked = company.audit.reads(f"/records/purchase.receipt/{draft['id']}")
    assert looked.status == 200
    assert company.audit.changes("purchase.receipt", draft, {"note": "x"}).status == 403


def test_another_companys_papers_products_and_people_do_not_exist(company: Company) -> None:
    other = Company("HT", "TWD", 0)
    theirs = other.receipt({"product": other.bolt, "quantity_unit": "1", "price": "1"})
    assert company.wang.reads(f"/records/purchase.receipt/{theirs['id']}").status == 404
    assert company.wang.does("submit", "purchase.receipt", theirs).status == 404
    answer = company.wang.writes(
        "purchase.receipt",
        {"supplier": other.supplier, "warehouse": company.warehouse},
        [{"product": other.bolt, "quantity_unit": "1", "price": "1"}],
    )
    assert set(answer.cells) == {
        ("platform.reference_unknown", "supplier"),
        ("platform.reference_unknown", "product"),
    }
    company.wang.company = other.id
    assert company.wang.reads("/records/purchase.receipt").status == 404


def test_a_closed_month_takes_nothing_more(company: Company) -> None:
    late = company.receipt(
        {"product": company.bolt, "quantity_unit": "1", "price": "1"}, on="2026-03-15"
    )
    approved = company.wang.does("submit", "purchase.receipt", late).body["records"][0]
    closed = company.chen.asks("post", "/periods/close", {"on": "2026-03-31", "module": "stock"})
    assert closed.status == 200, closed
    refused = company.wang.does("post", "purchase.receipt", approved)
    assert (refused.status, refused.codes) == (422, ["ledger.period_closed"])
    assert on_hand(company, company.bolt) == "0"


def test_words_are_words_whatever_they_look_like(company: Company) -> None:
    for text in (
        "=1+1",
        "<script>alert(1)</script>",
        "'; DROP TABLE ledger_voucher; --",
        "合一 🙂",
    ):
        draft = company.receipt(
            {"product": company.bolt, "quantity_unit": "1", "price": "1", "note": text}, note=text
        )
        seen = company.wang.sees("purchase.receipt", draft["id"])
        assert seen["values"]["note"] == text
        assert seen["lines"][0]["values"]["note"] == text
    too_long = company.wang.changes("purchase.receipt", draft, {"note": "x" * 501})
    assert too_long.cells == [("platform.text_too_long", "note")]
    no_control = company.wang.changes("purchase.receipt", draft, {"note": "a\u0000b"})
    assert no_control.status == 422
