"""Lists and lookups: narrowed, searched, sorted and paged, by the rights of who asks."""

import base64
import json
from decimal import Decimal as D

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.platform.conftest import TODAY, codes

RECEIPT = "purchase.receipt"


@pytest.fixture
def receipts(firm):
    """Thirty receipts over six days, every third without a reference, two to a value."""
    from datetime import timedelta

    from heyi.purchase.models import Receipt

    return Receipt.objects.bulk_create(
        Receipt(
            company=firm.model, number=f"R{n:02}", on=TODAY - timedelta(days=n % 6),
            supplier=firm.supplier, warehouse=firm.far if n % 5 == 0 else firm.main,
            reference="" if n % 3 == 0 else f"LS-{n}", value=D(n // 2),
            state=("draft", "approved")[n % 2],
        )
        for n in range(30)
    )  # fmt: skip


def numbers(page):
    return [row["values"]["number"] for row in page["rows"]]


def walked(person, screen, **params):
    """All pages, one after the other."""
    found, after = [], ""
    while True:
        page = person.read(f"/records/{screen}", after=after, **params)
        assert len(page["rows"]) <= int(params["limit"])
        found += page["rows"]
        if page["next"] is None:
            return found
        after = page["next"]


@pytest.mark.parametrize(
    "order", ["", "on", "-on,number", "value,-on", "supplier,-number", "-state,on"]
)
def test_pages_hold_every_row_once_in_order(order, receipts, li):
    whole = li.read(f"/records/{RECEIPT}", limit=200, order=order)
    assert whole["next"] is None
    assert len(whole["rows"]) == 30
    assert walked(li, RECEIPT, limit=7, order=order) == whole["rows"]


@pytest.mark.parametrize("order", ["reads", "-reads"])
def test_empty_values_stand_where_the_database_puts_them(order, firm, li):
    """A nullable column: the first page ends among the empty ones, and none is lost."""
    from heyi.ledger.models import Location

    Location.objects.bulk_create(
        Location(code=f"L{n}", name="x", company=firm.model, area=firm.main.area if n % 2 else None)
        for n in range(9)
    )
    keeper = firm.hire("root", "system.administrator")
    order = order.replace("reads", "area")
    whole = keeper.read("/records/ledger.location", limit=200, order=order)["rows"]
    assert len(whole) >= 11
    assert walked(keeper, "ledger.location", limit=2, order=order) == whole


@pytest.mark.parametrize(("wanted", "count"), [
    ({"state": ["draft"]}, 15),
    ({"state": "approved", "warehouse": "@far"}, 3),
    ({"on": {"from": "2026-11-04", "to": "2026-11-05"}}, 10),
    ({"on": {"after": "2026-11-04"}}, 5),
    ({"on": {"before": "2026-11-01"}}, 5),
    ({"value": {"from": "3", "to": "4.5"}}, 4),
    ({"value": ["0", "14"]}, 4),
    ({"value": {"from": "-1"}}, 30),
    ({"reference": {"empty": True}}, 10),
    ({"reference": {"contains": "ls-1"}}, 8),
    ({"supplier": []}, 0),
])  # fmt: skip
def test_filters(wanted, count, firm, receipts, li):
    wanted = {k: firm.far.pk if v == "@far" else v for k, v in wanted.items()}
    assert len(li.read(f"/records/{RECEIPT}", filter=wanted, limit=200)["rows"]) == count


def test_presets_know_today(firm, li):
    made = li.creates(RECEIPT, {**firm.receipt(), "on": None} | {"on": TODAY}, [firm.line()])
    assert numbers(li.read(f"/records/{RECEIPT}", preset="open")) == [made["number"]]
    blank = li.read(f"/records/{RECEIPT}/new")["values"]["on"]
    mine = li.creates(RECEIPT, firm.receipt(on=blank), [firm.line()])
    assert numbers(li.read(f"/records/{RECEIPT}", preset="today")) == [mine["number"]]


@pytest.mark.parametrize(("typed", "count"), [
    ("R07", 1), ("ls-2", 8), ("鋼材", 30), ("s001 ls-2", 8), ("nothing", 0), ("%", 0), ("_07", 0),
    ("   ", 30), ("x" * 500, 0),
])  # fmt: skip
def test_search_finds_every_word_somewhere(typed, count, receipts, li):
    assert len(li.read(f"/records/{RECEIPT}", search=typed, limit=200)["rows"]) == count


@pytest.mark.parametrize("params", [
    {"order": "colour"}, {"order": "note"}, {"order": "supplier.password"},
    {"filter": {"colour": 1}}, {"filter": {"created_by": 1}}, {"filter": {"company": 1}},
    {"filter": {"state": {"from": "a"}, "on": {"near": "2026-01-01"}}},
    {"filter": {"on": "never"}}, {"filter": {"value": "NaN"}}, {"filter": {"value": {"from": {}}}},
    {"filter": {"supplier": "x"}}, {"filter": {"supplier": 10**40}}, {"filter": {"state": ["gone"]}},
    {"filter": {"supplier__name": "x"}}, {"preset": "nope"}, {"after": "nope"},
    {"search": "a\x00b"}, {"filter": {"reference": {"contains": "a\x00"}}},
])  # fmt: skip
def test_what_a_list_cannot_do_is_refused_and_never_a_defect(params, receipts, li):
    reply = li.read(f"/records/{RECEIPT}", 422, **params)
    assert all(code.startswith("platform.") for code, _, _ in codes(reply))


@pytest.mark.parametrize("values", [
    ["2026-01-01"], ["x", 1], [None, "1"], [1, 2], ["2026-01-01", 2**70], ["2026-01-01", {}],
    [["2026-01-01"], 1], "text", None,
])  # fmt: skip
def test_a_forged_place_is_refused(values, receipts, li):
    forged = base64.urlsafe_b64encode(json.dumps([["-on", "-id"], values]).encode()).decode()
    reply = li.read(f"/records/{RECEIPT}", 422, after=forged)
    assert [c for c, _, _ in codes(reply)] == ["platform.page_unknown"]


def test_a_place_belongs_to_its_order(receipts, li):
    first = li.read(f"/records/{RECEIPT}", limit=5, order="number")
    li.read(f"/records/{RECEIPT}", 422, limit=5, order="-number", after=first["next"])


def test_a_list_shows_only_what_one_may_see(firm, receipts, li, build):
    keeper = firm.hire("wu", "inventory.keeper", reach={"warehouse": [firm.far.pk]})
    assert len(keeper.read(f"/records/{RECEIPT}", limit=200)["rows"]) == 6
    stranger = build("TW").hire("lin", "purchase.buyer")
    assert stranger.read(f"/records/{RECEIPT}")["rows"] == []


def test_whoever_may_not_read_a_type_is_told(firm, receipts):
    clerk = firm.hire("mei", "sales.clerk")
    reply = clerk.read(f"/records/{RECEIPT}", 403)
    assert [c for c, _, _ in codes(reply)] == ["platform.not_allowed"]


def test_a_list_is_one_statement(firm, receipts):
    from heyi.platform import lists

    actor = firm.actor("purchase.buyer")
    query = lists.Query({"state": ["draft"]}, search="R", limit=10)
    first = lists.page(RECEIPT, actor, query)
    assert first.next is not None
    with CaptureQueriesContext(connection) as seen:
        lists.page(RECEIPT, actor, lists.Query(**{**vars_of(query), "after": first.next}))
    assert len(seen) == 1
    assert "COUNT(" not in seen.captured_queries[0]["sql"].upper()


def vars_of(query):
    return {name: getattr(query, name) for name in query.__slots__}


def test_everything_streams_typed_rows_in_chunks(firm, receipts):
    from heyi.platform import lists

    actor = firm.actor("purchase.buyer")
    query = lists.Query(order="value,number")
    parts = list(lists.everything(RECEIPT, actor, query, ("number", "value", "on"), chunk=7))
    assert [len(p) for p in parts] == [7, 7, 7, 7, 2]
    first = parts[0][0]
    assert (first["number"], first["value"], first["on"].year) == ("R00", D("0.00"), 2026)


# ---------------------------------------------------------------- lookups


def test_a_lookup_offers_by_code_name_and_initials(firm, li):
    for typed in ("S001", "鋼", "zjgc", "s0"):
        assert [x["code"] for x in li.read("/lookups/party.supplier", q=typed)] == ["S001"]
    assert li.read("/lookups/party.supplier", q="gone") == []


def test_an_exact_code_comes_first(firm, li):
    from heyi.product.models import Product

    for code in ("M8-NUT", "NUT-2"):
        Product.objects.create(
            code=code, name="x", company=firm.model, category=firm.nut.category, unit=firm.piece
        )
    found = [x["code"] for x in li.read("/lookups/product.product", q="nut")]
    assert found == ["NUT", "NUT-2", "M8-NUT"]


def test_a_lookup_answers_for_ids_and_exact_codes(firm, li):
    by_id = li.read("/lookups/party.supplier", ids=f"{firm.retired.pk},{firm.supplier.pk}")
    assert {x["code"] for x in by_id} == {"S999", "S001"}
    by_code = li.read("/lookups/product.product", codes="NUT,BOLT,nope")
    assert {x["code"] for x in by_code} == {"NUT", "BOLT"}
    assert li.read("/lookups/party.supplier", ids="x") == []


def test_a_lookup_never_shows_another_company(firm, li, build):
    other = build("TW")
    assert li.read("/lookups/party.supplier", ids=str(other.supplier.pk)) == []
    assert len(li.read("/lookups/party.supplier", q="S001")) == 1


def test_units_say_how_finely_they_are_counted(firm, li):
    assert li.read("/lookups/product.unit", q="pc")[0]["decimals"] == 0
