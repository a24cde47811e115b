"""Trial balance, account ledger, postings and stock, as queries and over HTTP."""

import datetime as dt
from decimal import Decimal as D

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heyi.ledger import queries
from heyi.ledger.api import Amount, Dimensions, Ref, fold, reserve
from heyi.platform.rows import fetch
from heyi.platform.transactions import unit_of_work

from .conftest import DAY


def day(month, number=1):
    return dt.date(2026, month, number)


@pytest.fixture
def trading(books):
    """January: capital. February: a sale. March: the customer pays, a receipt of goods."""
    role, about = books.accounts, Dimensions(party=7)
    books.post(journal=(("bank", "1000"), ("paid_in_capital", "-1000")), on=day(1, 10))
    books.sale = books.post(
        on=day(2, 15),
        journal=(
            Amount(role["accounts_receivable"], D("113.00"), dimensions=about),
            Amount(role["sales_revenue"], D("-100.00")),
            Amount(role["vat_output"], D("-13.00")),
        ),
    )
    fold()
    books.post(
        on=day(3, 20),
        journal=(
            Amount(role["bank"], D("113.00")),
            Amount(role["accounts_receivable"], D("-113.00"), dimensions=about),
        ),
    )
    books.bolt = books.product("BOLT")
    books.received = books.receive(books.bolt, 10, "70.00", on=day(3, 21))
    return books


def figures(found, *codes):
    return {
        r.code: " ".join(
            f"{v:f}"
            for v in (
                r.opening_debit,
                r.opening_credit,
                r.debit,
                r.credit,
                r.year_debit,
                r.year_credit,
                r.closing_debit,
                r.closing_credit,
            )
        )
        for r in found.rows
        if not codes or r.code in codes
    }


def test_nine_columns(trading):
    found = queries.trial_balance(trading.id, day(2), day(3, 31))
    assert figures(found) == {
        "1002": "1000.00 0.00 113.00 0.00 1113.00 0.00 1113.00 0.00",
        "1122": "0.00 0.00 113.00 113.00 113.00 113.00 0.00 0.00",
        "1405": "0.00 0.00 70.00 0.00 70.00 0.00 70.00 0.00",
        "1405.01": "0.00 0.00 70.00 0.00 70.00 0.00 70.00 0.00",
        "2202": "0.00 0.00 0.00 70.00 0.00 70.00 0.00 70.00",
        "2202.99": "0.00 0.00 0.00 70.00 0.00 70.00 0.00 70.00",
        "2221": "0.00 0.00 0.00 13.00 0.00 13.00 0.00 13.00",
        "2221.01": "0.00 0.00 0.00 13.00 0.00 13.00 0.00 13.00",
        "2221.01.07": "0.00 0.00 0.00 13.00 0.00 13.00 0.00 13.00",
        "4001": "0.00 1000.00 0.00 0.00 0.00 1000.00 0.00 1000.00",
        "6001": "0.00 0.00 0.00 100.00 0.00 100.00 0.00 100.00",
    }
    assert [f"{t:f}" for t in found.total] == [
        "1000.00",
        "1000.00",
        "296.00",
        "296.00",
        "1296.00",
        "1296.00",
        "1183.00",
        "1183.00",
    ]
    levels = {r.code: (r.level, r.leaf) for r in found.rows}
    assert levels["2221"] == (1, False)
    assert levels["2221.01.07"] == (3, True)


def test_a_range_that_cuts_through_months(trading):
    found = queries.trial_balance(trading.id, day(2, 16), day(3, 20))
    assert figures(found, "1122", "1002", "1405", "6001") == {
        "1002": "1000.00 0.00 113.00 0.00 1113.00 0.00 1113.00 0.00",
        "1122": "113.00 0.00 0.00 113.00 113.00 113.00 0.00 0.00",
        "6001": "0.00 100.00 0.00 0.00 0.00 100.00 0.00 100.00",
    }


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.tuples(st.integers(1, 365), st.integers(1, 9)), max_size=8),
    st.integers(0, 364),
    st.integers(0, 364),
    st.booleans(),
)
def test_any_range_equals_the_lines(books, posts, one, other, folded):
    """Whatever was posted and folded, the report says what the lines add up to."""
    year = dt.date(2026, 1, 1)
    for at, value in posts:
        books.post(on=year + dt.timedelta(days=at - 1), journal=(("cash", value), ("bank", -value)))
    if folded:
        fold()
    start, end = (year + dt.timedelta(days=d) for d in sorted((one, other)))
    found = {r.code: r for r in queries.trial_balance(books.id, start, end, empty=True).rows}
    [(opening, turnover, closing)] = fetch(
        """SELECT coalesce(sum(debit - credit) FILTER (WHERE "on" < %s), 0),
                  coalesce(sum(debit) FILTER (WHERE "on" BETWEEN %s AND %s), 0),
                  coalesce(sum(debit - credit) FILTER (WHERE "on" <= %s), 0)
           FROM ledger_journalline WHERE account_id = %s""",
        [start, start, end, end, books.accounts["cash"]],
    )
    cash = found["1001"]
    assert (cash.opening_debit, cash.debit, cash.closing_debit) == (opening, turnover, closing)
    assert found["1002"].closing_credit == closing


def test_an_account_page_by_page(trading):
    bank = trading.accounts["bank"]
    for n in range(1, 6):
        trading.post(on=day(4, n), journal=(("bank", str(n)), ("cash", str(-n))))
    first = queries.account_ledger(trading.id, bank, day(3, 10), day(4, 30), limit=3)
    assert first.opening == D("1000.00")
    assert [(r["on"], r["debit"], r["balance"]) for r in first.rows] == [
        (day(3, 20), D("113.00"), D("1113.00")),
        (day(4, 1), D("1.00"), D("1114.00")),
        (day(4, 2), D("2.00"), D("1116.00")),
    ]
    second = queries.account_ledger(
        trading.id, bank, day(3, 10), day(4, 30), limit=3, after=first.after
    )
    assert second.opening == D("1116.00")
    assert [r["balance"] for r in second.rows] == [D("1119.00"), D("1123.00"), D("1128.00")]
    assert second.after is None


def test_an_account_of_one_party_and_a_parent(trading):
    role = trading.accounts
    trading.post(
        on=day(3, 22),
        journal=(
            Amount(role["accounts_receivable"], D("5.00"), dimensions=Dimensions(party=8)),
            Amount(role["cash"], D("-5.00")),
        ),
    )
    ask = queries.account_ledger
    theirs = ask(trading.id, role["accounts_receivable"], day(3), day(3, 31), party=7)
    assert (theirs.opening, [r["balance"] for r in theirs.rows]) == (D("113.00"), [D("0.00")])
    from heyi.ledger.models import Account

    taxes = Account.objects.get(company=trading.model, code="2221")
    page = ask(trading.id, taxes.pk, day(1), day(12, 31))
    assert [(r["account"]["code"], r["balance"]) for r in page.rows] == [
        ("2221.01.07", D("-13.00"))
    ]
    assert ask(999, taxes.pk, day(1), day(12, 31)).rows == []  # another company sees nothing


def test_postings_of_a_document(trading):
    found = queries.postings_of(trading.id, [trading.received.document])
    [voucher] = found["vouchers"]
    assert [
        (x["account"]["code"], f"{x['debit'] - x['credit']:f}", x["rule"]["purpose"])
        for x in voucher["lines"]
    ] == [("1405.01", "70.00", "goods"), ("2202.99", "-70.00", "purchase.receipt")]
    [move] = found["moves"]
    assert (move["product"]["code"], move["quantity"], move["target"]["code"]) == (
        "BOLT",
        D("10"),
        "STORE",
    )
    [why] = found["why"]
    assert [(a["side"], a["account"]["code"]) for a in why["accounts"]] == [
        ("stock", "1405.01"),
        ("counterpart", "2202.99"),
        ("variance", "6401.02"),
    ]
    assert queries.postings_of(trading.id, []) == {"vouchers": [], "moves": [], "why": []}
    assert queries.postings_of(999, [trading.received.document])["vouchers"] == []


@pytest.fixture
def stocked(trading):
    from heyi.purchase.models import Receipt, ReceiptLine
    from heyi.sales.models import Delivery, DeliveryLine

    bolt, unit, store = trading.bolt, trading.unit, trading.store
    unit_of_work(
        lambda: reserve(trading.id, [trading.move("sales.delivery", bolt, 3, store.pk, 2)])
    )
    coming = Receipt.objects.create(
        company=trading.model,
        number="GR-1",
        on=day(4, 5),
        supplier_id=1,
        warehouse=store,
        state="approved",
    )
    ReceiptLine.objects.create(
        receipt=coming, no=1, product=bolt, unit=unit, quantity_unit=20, quantity=20, price=7
    )
    going = Delivery.objects.create(
        company=trading.model,
        number="SD-1",
        on=day(4, 8),
        customer_id=7,
        warehouse=store,
        state="submitted",
    )
    DeliveryLine.objects.create(
        delivery=going, no=1, product=bolt, unit=unit, quantity_unit=3, quantity=3
    )
    return trading


def stock(row):
    return [
        f"{getattr(row, f).normalize():f}"
        for f in ("on_hand", "reserved", "available", "incoming", "outgoing", "forecast", "value")
    ]


def test_stock_with_what_is_under_way(stocked):
    stocked.product("NUT")
    bolt, nut = queries.stock_list(stocked.id)
    assert (bolt.code, stock(bolt)) == ("BOLT", ["10", "3", "7", "20", "3", "27", "70"])
    assert (nut.code, stock(nut)) == ("NUT", ["0"] * 7)
    [until] = queries.stock_list(stocked.id, products=[stocked.bolt.pk], until=day(4, 6))
    assert stock(until) == ["10", "3", "7", "20", "0", "30", "70"]
    [elsewhere] = queries.stock_list(stocked.id, location=stocked.shop.pk, search="bol")
    assert stock(elsewhere)[:6] == ["0", "0", "0", "0", "0", "0"]
    assert [r.code for r in queries.stock_list(stocked.id, after="BOLT")] == ["NUT"]
    [place] = queries.on_hand(stocked.id, [stocked.bolt.pk])[stocked.bolt.pk]
    assert (place["location"]["code"], place["quantity"], place["available"]) == (
        "STORE",
        D("10"),
        D("7"),
    )


@pytest.fixture
def people(stocked):
    from heyi.platform.identity.api import create_user, grant
    from tests.platform.conftest import Person

    def hire(login, *roles):
        user = create_user(login, login, password="a-long-enough-secret-7")
        grant(user, stocked.model, roles)
        return Person(user, stocked.model)

    stocked.chen = hire("chen", "finance.accountant")
    stocked.wang = hire("wang", "inventory.keeper")
    return stocked


def test_reports_over_http(people):
    chen, wang = people.chen, people.wang
    found = chen.read("/reports/trial-balance", **{"from": "2026-02-01", "to": "2026-03-31"})
    bank = next(r for r in found["rows"] if r["account"]["code"] == "1002")
    assert (bank["account"]["name"]["zh_hant"], bank["opening_debit"], bank["closing_debit"]) == (
        "銀行存款",
        "1000.00",
        "1113.00",
    )
    assert found["totals"]["closing_debit"] == found["totals"]["closing_credit"] == "1183.00"
    lines = chen.read(
        "/reports/ledger", account="1002", **{"from": "2026-03-01", "to": "2026-03-31"}
    )
    assert (lines["opening"], lines["rows"][0]["balance"], lines["next"]) == (
        "1000.00",
        "1113.00",
        None,
    )
    voucher = chen.read(f"/reports/vouchers/{people.sale.voucher}")
    assert [x["debit"] for x in voucher["lines"]] == ["113.00", "0.00", "0.00"]
    why = chen.read("/reports/why", purpose="sales.delivery", on="2026-03-02")
    assert [a["account"]["code"] for a in why["accounts"]] == ["1405.01", "1406", "6401.02"]
    [bolt] = chen.read("/reports/stock")["rows"]
    assert (bolt["forecast"], bolt["value"]) == ("27.000000", "70.00")
    [bolt] = wang.read("/reports/stock")["rows"]
    assert "value" not in bolt
    assert wang.read(f"/reports/stock/{people.bolt.pk}")["rows"][0]["location"]["code"] == "STORE"


@pytest.mark.parametrize(
    ("path", "params", "status", "code"),
    [
        (
            "/reports/trial-balance",
            {"from": "2026-04-01", "to": "2026-03-01"},
            422,
            "ledger.range_backwards",
        ),
        ("/reports/trial-balance", {"from": "yesterday"}, 400, "platform.request_unreadable"),
        ("/reports/ledger", {"account": "9999"}, 404, "platform.not_found"),
        ("/reports/ledger", {"account": "1002", "after": "';--"}, 422, "ledger.page_unknown"),
        ("/reports/vouchers/99999999999999999999", {}, 404, "platform.not_found"),
    ],
)
def test_bad_questions_are_refused(people, path, params, status, code):
    assert [r["code"] for r in people.chen.read(path, status, **params)["refusals"]] == [code]


def test_a_keeper_may_not_read_the_books(people):
    for path in ("/reports/trial-balance", "/reports/ledger?account=1002", "/periods"):
        assert people.wang.read(path, 403)["refusals"][0]["code"] == "platform.not_allowed"


def test_a_period_is_closed_and_opened_again(people):
    chen = people.chen
    body = {"on": "2026-03-02", "module": "stock"}
    assert chen.send("POST", "/periods/close", body, 200)["closed"] == ["stock"]
    from heyi.ledger.errors import PeriodClosed

    with pytest.raises(PeriodClosed):
        people.ship(people.bolt, 1, on=day(3, 25))
    assert chen.send("POST", "/periods/reopen", body | {"reason": "late slip"}, 200)["closed"] == []
    people.ship(people.bolt, 1, on=day(3, 25))
    assert (
        people.wang.send("POST", "/periods/close", body, 403)["refusals"][0]["params"]["verb"]
        == "close"
    )
    [march] = [p for p in chen.read("/periods") if p["start"] == "2026-03-01"]
    assert march["closed"] == []


def test_a_tax_rate_changes_from_a_day_on(people):
    chen = people.chen
    vat = next(t for t in chen.read("/taxes") if t["code"] == "VAT13")
    assert vat["rates"] == [{"rate": "0.130000", "valid_from": "2019-04-01", "valid_to": None}]
    path, body = f"/taxes/{vat['id']}/rates", {"rate": "0.12", "valid_from": "2027-01-01"}
    assert chen.send("POST", path, body, 200)["rates"] == [
        {"rate": "0.120000", "valid_from": "2027-01-01", "valid_to": None},
        {"rate": "0.130000", "valid_from": "2019-04-01", "valid_to": "2026-12-31"},
    ]
    earlier = chen.send("POST", path, body | {"valid_from": "2026-06-01"}, 422)
    assert [r["code"] for r in earlier["refusals"]] == ["ledger.rule_follows"]
    for wrong in ({"rate": "1.5"}, {"rate": "-0.1"}, {"rate": "much"}, {"valid_from": "soon"}):
        chen.send("POST", path, body | wrong, 400)
    people.wang.send("POST", path, body, 403)
    chen.send("POST", "/taxes/999999/rates", body, 404)


def test_the_postings_panel(people):
    from heyi.ledger.http import postings_panel

    found = postings_panel(
        "test.document", people.received.document.id, actor=type("A", (), {"company": people.id})
    )
    assert found["vouchers"][0]["number"] == people.received.number
    assert Ref("test.document", people.received.document.id) == people.received.document
    assert day(3, 21) > DAY
