"""Saving, reading and previewing records through the API."""

from decimal import Decimal as D

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.platform.conftest import TODAY, codes

RECEIPT = "purchase.receipt"


def plain(record):
    """A record without the keys a client gave its lines."""
    return {**record, "lines": [{**x, "key": ""} for x in record["lines"]]}


# ---------------------------------------------------------------- keeping and reading


def test_a_receipt_is_kept_with_number_base_quantities_and_value(firm, li):
    made = li.creates(
        RECEIPT, firm.receipt(reference="LS-7"),
        [firm.line(), firm.line(quantity_unit="2", unit=firm.box.pk, price="18")],
    )  # fmt: skip
    assert made["number"] == "PR2611-00001"
    assert (made["state"], made["version"]) == ("draft", 1)
    assert made["values"]["value"] == "61.00"
    assert made["values"]["supplier"] == {
        "id": firm.supplier.pk, "code": "S001", "name": "浙江鋼材"
    }  # fmt: skip
    assert [x["values"]["value"] for x in made["lines"]] == ["25.00", "36.00"]
    assert [x["values"]["unit"]["code"] for x in made["lines"]] == ["pc", "box"]
    assert made["can"] == ["edit", "submit", "cancel"]
    assert plain(li.read(f"/records/{RECEIPT}/{made['id']}")) == plain(made)


def test_an_empty_form_has_todays_date_and_no_refusals(firm, li):
    blank = li.read(f"/records/{RECEIPT}/new")
    assert blank["values"]["on"]
    assert (blank["id"], blank["lines"], blank["problems"]) == (None, [], [])


def test_lines_are_changed_added_and_removed_in_one_save(firm, li):
    from heyi.purchase.models import ReceiptLine

    made = li.creates(RECEIPT, firm.receipt(), [firm.line(note=str(n)) for n in range(3)])
    first, _, third = made["lines"]
    saved = li.changes(RECEIPT, made, lines=[
        {"id": third["id"], "values": {"quantity_unit": "4"}},
        {"id": first["id"], "values": {}},
        {"key": "new", "values": firm.line(quantity_unit="1", note="new")},
    ])  # fmt: skip
    assert [x["values"]["note"] for x in saved["lines"]] == ["2", "0", "new"]
    assert [x["key"] for x in saved["lines"]][2] == "new"
    assert saved["version"] == 2
    assert saved["values"]["value"] == "37.50"
    stored = ReceiptLine.objects.order_by("no").values_list("id", "no", "quantity", "value")
    assert list(stored) == [
        (third["id"], 1, D("4.000000"), D("10.00")),
        (first["id"], 2, D("10.000000"), D("25.00")),
        (saved["lines"][2]["id"], 3, D("1.000000"), D("2.50")),
    ]
    assert plain(li.read(f"/records/{RECEIPT}/{made['id']}")) == plain(saved)


def test_saving_what_is_already_there_changes_nothing(firm, li):
    made = li.creates(RECEIPT, firm.receipt(), [firm.line()])
    same = [{"id": x["id"], "values": x["values"]} for x in made["lines"]]
    again = li.changes(RECEIPT, made, values=made["values"], lines=same)
    assert again["version"] == 1


def test_fields_not_sent_and_lines_left_out_stay(firm, li):
    made = li.creates(RECEIPT, firm.receipt(note="kept"), [firm.line()])
    saved = li.changes(RECEIPT, made, values={"reference": "new"})
    assert saved["values"]["note"] == "kept"
    assert len(saved["lines"]) == 1


def test_preview_computes_but_writes_nothing(firm, li):
    from heyi.purchase.models import Receipt

    body = {"values": {"supplier": firm.supplier.pk}, "lines": [
        {"key": "a", "values": firm.line()}, {"key": "b", "values": {"product": firm.nut.pk}},
        {"key": "c", "values": {}},
    ]}  # fmt: skip
    seen = li.send("POST", f"/records/{RECEIPT}/preview", body, 200)
    assert [(x["key"], x["values"]["value"]) for x in seen["lines"]] == [
        ("a", "25.00"), ("b", "0.00")
    ]  # fmt: skip
    assert codes({"refusals": seen["problems"]}) == [
        ("platform.value_missing", None, "warehouse"),
        ("platform.value_missing", "b", "quantity_unit"),
        ("platform.value_missing", "b", "price"),
    ]
    assert not Receipt.objects.exists()


def test_preview_of_a_stored_record_starts_from_it(firm, li):
    made = li.creates(RECEIPT, firm.receipt(), [firm.line()])
    body = {"id": made["id"], "values": {"reference": "x"}}
    seen = li.send("POST", f"/records/{RECEIPT}/preview", body, 200)
    assert (seen["values"]["reference"], len(seen["lines"])) == ("x", 1)
    assert li.read(f"/records/{RECEIPT}/{made['id']}")["values"]["reference"] == ""


# ---------------------------------------------------------------- refusals, all at once, by cell


@pytest.mark.parametrize(("_case", "field", "value", "code"), [
    ("no supplier", "supplier", None, "platform.value_missing"),
    ("a word", "supplier", "S001", "platform.value_unreadable"),
    ("true is not an id", "supplier", True, "platform.value_unreadable"),
    ("a supplier that does not exist", "supplier", 987654321, "platform.reference_unknown"),
    ("an id beyond any column", "supplier", 10**30, "platform.value_unreadable"),
    ("a date that is none", "on", "2026-02-30", "platform.value_unreadable"),
    ("the year 0026", "on", "0026-01-01", "platform.value_unreadable"),
    ("a number as date", "on", 20261105, "platform.value_unreadable"),
    ("an object as text", "reference", {"a": 1}, "platform.value_unreadable"),
    ("a text too long", "reference", "x" * 65, "platform.text_too_long"),
    ("a zero byte", "reference", "a\x00b", "platform.text_unprintable"),
    ("half a surrogate", "reference", "a\ud800", "platform.text_unprintable"),
    ("a line break in one line", "reference", "a\nb", "platform.text_unprintable"),
    ("a field that is not there", "colour", "red", "platform.field_unknown"),
])  # fmt: skip
def test_a_bad_head_field_is_refused_at_its_cell(_case, field, value, code, firm, li):
    from heyi.purchase.models import Receipt

    reply = li.creates(RECEIPT, firm.receipt(**{field: value}), [firm.line()], status=422)
    at = None if field == "colour" else field
    assert codes(reply) == [(code, None, at)]
    assert not Receipt.objects.exists()


@pytest.mark.parametrize(("_case", "field", "value", "code"), [
    ("empty", "quantity_unit", "", "platform.value_missing"),
    ("a word", "quantity_unit", "ten", "platform.value_unreadable"),
    ("a formula", "quantity_unit", "=1+1", "platform.value_unreadable"),
    ("not a number", "quantity_unit", "NaN", "platform.value_unreadable"),
    ("infinite", "quantity_unit", "Infinity", "platform.value_unreadable"),
    ("in scientific writing", "quantity_unit", "1e5", "platform.value_unreadable"),
    ("negative", "quantity_unit", "-1", "platform.value_negative"),
    ("seven decimals", "quantity_unit", "1.0000001", "platform.value_too_fine"),
    ("huge", "quantity_unit", "1" + "0" * 14, "platform.value_too_large"),
    ("beyond reading", "quantity_unit", "9" * 400, "platform.value_unreadable"),
    ("true", "quantity_unit", True, "platform.value_unreadable"),
    ("a list", "price", ["1"], "platform.value_unreadable"),
    ("nine decimals", "price", "0.000000001", "platform.value_too_fine"),
    ("a customer's unit nobody knows", "unit", 424242, "platform.reference_unknown"),
])  # fmt: skip
def test_a_bad_line_field_is_refused_at_its_cell(_case, field, value, code, firm, li):
    reply = li.creates(
        RECEIPT, firm.receipt(), [firm.line(), firm.line(**{field: value})], status=422
    )
    assert codes(reply) == [(code, "line-2", field)]


def test_every_refusal_comes_at_once_in_the_words_of_the_person(firm, li):
    li.language = "zh_hant"
    reply = li.creates(
        RECEIPT, firm.receipt(supplier=firm.customer.pk, on=""),
        [firm.line(quantity_unit="-3"), firm.line(price="x"), firm.line(product=None)], status=422,
    )  # fmt: skip
    assert codes(reply) == [
        ("platform.reference_not_offered", None, "supplier"),
        ("platform.value_missing", None, "on"),
        ("platform.value_negative", "line-1", "quantity_unit"),
        ("platform.value_unreadable", "line-2", "price"),
        ("platform.value_missing", "line-3", "product"),
    ]
    assert reply["refusals"][2]["message"] == "數量為 −3，這裡不能是負數。"
    assert reply["refusals"][2]["remedy"]["label"] == "改用沖銷或退貨單據"
    assert reply["trace"]


def test_numbers_may_come_as_json_numbers_without_losing_a_digit(firm, li):
    body = (
        f'{{"values": {{"supplier": {firm.supplier.pk}, "warehouse": {firm.main.pk},'
        f' "on": "{TODAY}"}}, "lines": [{{"values": {{"product": {firm.bolt.pk},'
        ' "quantity_unit": 3, "price": 0.10000001}}]}'
    )
    made = li.send("POST", f"/records/{RECEIPT}", body, 201)
    assert made["lines"][0]["values"]["price"] == "0.10000001"


def test_scripts_and_formulas_are_just_text(firm, li):
    text = '=HYPERLINK("x") <script>alert(1)</script> \' ; -- %s {0}'
    made = li.creates(RECEIPT, firm.receipt(reference=text), [firm.line(note=text)])
    again = li.read(f"/records/{RECEIPT}/{made['id']}")
    assert again["values"]["reference"] == text
    assert again["lines"][0]["values"]["note"] == text


def test_another_companys_record_is_as_unknown_as_none(firm, li, build):
    other = build("TW", "TWD")
    reply = li.creates(
        RECEIPT, firm.receipt(supplier=other.supplier.pk), [firm.line(product=other.bolt.pk)],
        status=422,
    )  # fmt: skip
    assert codes(reply) == [
        ("platform.reference_unknown", None, "supplier"),
        ("platform.reference_unknown", "line-1", "product"),
    ]


def test_what_is_switched_off_cannot_be_chosen_but_may_stay(firm, li):
    reply = li.creates(RECEIPT, firm.receipt(supplier=firm.retired.pk), [firm.line()], status=422)
    assert codes(reply) == [("platform.reference_inactive", None, "supplier")]
    made = li.creates(RECEIPT, firm.receipt(), [firm.line()])
    type(firm.supplier).objects.update(active=False)
    saved = li.changes(RECEIPT, made, values={**made["values"], "reference": "later"})
    assert saved["values"]["reference"] == "later"


def test_a_line_of_another_document_is_refused(firm, li):
    one = li.creates(RECEIPT, firm.receipt(), [firm.line()])
    two = li.creates(RECEIPT, firm.receipt(), [firm.line()])
    stolen = {"id": one["lines"][0]["id"], "values": {"price": "0"}}
    reply = li.changes(RECEIPT, two, status=422, lines=[stolen])
    assert [c for c, _, _ in codes(reply)] == ["platform.line_unknown"]


def test_the_same_line_twice_is_refused(firm, li):
    made = li.creates(RECEIPT, firm.receipt(), [firm.line()])
    line = {"id": made["lines"][0]["id"], "values": {}}
    reply = li.changes(RECEIPT, made, status=422, lines=[line, line])
    assert [c for c, _, _ in codes(reply)] == ["platform.line_unknown"]


def test_two_thousand_lines_fit_and_no_more(firm, li):
    reply = li.creates(RECEIPT, firm.receipt(), [firm.line()] * 2001, status=422)
    assert [c for c, _, _ in codes(reply)] == ["platform.lines_too_many"]
    made = li.creates(RECEIPT, firm.receipt(), [firm.line()] * 2000)
    assert len(made["lines"]) == 2000


def test_a_product_of_two_figures_may_be_too_large_for_its_column(firm, li):
    big = firm.line(quantity_unit="9" * 14, price="9" * 12)
    reply = li.creates(RECEIPT, firm.receipt(), [big], status=422)
    assert ("platform.value_too_large", "line-1", "value") in codes(reply)


# ---------------------------------------------------------------- who may


def test_whoever_may_not_edit_is_told_which_roles_may(firm, li, chen):
    reply = chen.creates(RECEIPT, firm.receipt(), [firm.line()], status=403)
    assert reply["refusals"][0]["params"]["roles"] == ["inventory.keeper", "purchase.buyer"]


def test_a_keeper_cannot_write_into_another_warehouse(firm):
    keeper = firm.hire("wu", "inventory.keeper", reach={"warehouse": [firm.main.pk]})
    assert keeper.creates(RECEIPT, firm.receipt(), [firm.line()])["id"]
    reply = keeper.creates(RECEIPT, firm.receipt(warehouse=firm.far.pk), [firm.line()], status=422)
    assert [c for c, _, _ in codes(reply)] == ["platform.outside_reach"]


def test_what_one_may_not_see_is_not_found(firm, li):
    keeper = firm.hire("wu", "inventory.keeper", reach={"warehouse": [firm.far.pk]})
    made = li.creates(RECEIPT, firm.receipt(), [firm.line()])
    for reply in (
        keeper.read(f"/records/{RECEIPT}/{made['id']}", 404),
        keeper.changes(RECEIPT, made, status=404, values={}),
        keeper.does(RECEIPT, "submit", made, status=404),
        keeper.read(f"/records/{RECEIPT}/{made['id']}/log", 404),
    ):
        assert [c for c, _, _ in codes(reply)] == ["platform.not_found"]


def test_secret_fields_are_nowhere_for_those_who_may_not_see_them(firm, li):
    keeper = firm.hire("wu", "inventory.keeper")
    accountant = firm.hire("fang", "finance.accountant")
    path = f"/records/product.product/{firm.nut.pk}"
    assert accountant.read(path)["values"]["standard"] == "0.3"
    assert "standard" not in keeper.read(path)["values"]
    assert "standard" not in keeper.read("/screens/product.product")["fields"]
    reply = keeper.read("/records/product.product", 422, order="standard")
    assert [c for c, _, _ in codes(reply)] == ["platform.filter_unknown"]
    keeper.read("/records/product.product", 422, filter={"standard": {"from": "0.2"}})
    made = li.read(path)
    reply = li.changes("product.product", made, status=422, values={"standard": "9"})
    assert [c for c, _, _ in codes(reply)] == ["platform.field_unknown"]


# ---------------------------------------------------------------- two people at once


def test_a_stale_save_shows_both_values_and_who_it_was(firm, li):
    wu = firm.hire("wu", "purchase.buyer")
    made = li.creates(RECEIPT, firm.receipt(reference="old"), [firm.line()])
    wu.changes(RECEIPT, made, values={"reference": "wu's"})
    reply = li.changes(RECEIPT, made, status=409, values={"reference": "li's"})
    [refusal] = reply["refusals"]
    assert (refusal["code"], refusal["params"]["by"]) == ("platform.stale_version", "Wu")
    assert refusal["params"]["version"] == 2
    assert [(f["field"], f["mine"], f["theirs"]) for f in refusal["params"]["fields"]] == [
        ("reference", "li's", "wu's")
    ]


def test_changes_to_different_fields_are_merged_when_asked(firm, li):
    wu = firm.hire("wu", "purchase.buyer")
    made = li.creates(RECEIPT, firm.receipt(), [firm.line(), firm.line()])
    one, two = made["lines"]
    wu.changes(RECEIPT, made, values={"reference": "wu's"}, lines=[
        {"id": one["id"], "values": {"price": "7"}}, {"id": two["id"], "values": {}},
        {"values": firm.line(note="wu's")},
    ])  # fmt: skip
    mine = {
        "values": {**made["values"], "note": "li's"},
        "lines": [
            {"id": one["id"], "values": one["values"]},
            {"id": two["id"], "values": {**two["values"], "quantity_unit": "3"}},
        ],
    }
    base = {"values": made["values"], "lines": made["lines"]}
    saved = li.changes(RECEIPT, made, **mine, base=base, merge=True)
    assert (saved["values"]["reference"], saved["values"]["note"]) == ("wu's", "li's")
    assert [x["values"]["price"] for x in saved["lines"]] == ["7", "2.5", "2.5"]
    assert [x["values"]["quantity_unit"] for x in saved["lines"]] == ["10", "3", "10"]
    assert [x["values"]["note"] for x in saved["lines"]] == ["", "", "wu's"]


def test_a_line_one_removed_and_the_other_changed_is_a_conflict(firm, li):
    wu = firm.hire("wu", "purchase.buyer")
    made = li.creates(RECEIPT, firm.receipt(), [firm.line(), firm.line()])
    one, two = made["lines"]
    wu.changes(RECEIPT, made, lines=[{"id": one["id"], "values": {}}])
    mine = [
        {"id": one["id"], "values": one["values"]},
        {"id": two["id"], "values": {**two["values"], "price": "3"}},
    ]
    base = {"values": made["values"], "lines": made["lines"]}
    reply = li.changes(RECEIPT, made, status=409, lines=mine, base=base, merge=True)
    [field] = reply["refusals"][0]["params"]["fields"]
    assert (field["line"], field["field"], field["theirs"]) == (two["id"], "lines", None)


def test_an_edit_is_written_to_the_audit_with_both_values(firm, li):
    from heyi.platform.rows import fetch

    made = li.creates(RECEIPT, firm.receipt(reference="old"), [firm.line()])
    li.changes(RECEIPT, made, values={"reference": "new"})
    rows = fetch(
        "SELECT action, actor, changes->'reference' FROM audit_record"
        " WHERE subject_type = %s AND subject_id = %s ORDER BY id", [RECEIPT, made["id"]],
    )  # fmt: skip
    assert [(a, who) for a, who, _ in rows] == [("create", "li"), ("edit", "li")]
    assert '"old", "new"' in str(rows[1][2])


# ---------------------------------------------------------------- masters


def test_a_party_is_kept_with_its_initials_and_found_by_them(firm, li):
    made = li.creates("party.party", {"code": "S77", "name": "華東鋼材", "is_supplier": True})
    assert made["number"] is None
    assert made["can"] == ["edit"]
    found = li.read("/lookups/party.supplier", q="hdgc")
    assert [x["code"] for x in found] == ["S77"]


def test_a_code_in_use_is_refused_at_its_cell(firm, li):
    li.creates("party.party", {"code": "S77", "name": "One", "is_supplier": True})
    reply = li.creates("party.party", {"code": "S77", "name": "Two"}, status=422)
    assert codes(reply) == [("platform.value_taken", None, "code")]


def test_lines_of_a_master_are_kept_too(firm):
    admin = firm.hire("root", "system.administrator")
    made = admin.read(f"/records/product.product/{firm.bolt.pk}")
    assert [x["values"]["numerator"] for x in made["lines"]] == [12]
    saved = admin.changes("product.product", made, lines=[
        {"id": made["lines"][0]["id"], "values": {"numerator": 24}}
    ])  # fmt: skip
    assert saved["lines"][0]["values"]["numerator"] == 24


# ---------------------------------------------------------------- what it costs


def statements(work):
    with CaptureQueriesContext(
        connection,
    ) as seen:
        work()
    return [
        q["sql"] for q in seen.captured_queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))
    ]


@pytest.mark.parametrize("lines", [1, 200])
def test_a_save_costs_the_same_statements_however_many_lines(lines, firm, li):
    from heyi.platform import records
    from heyi.platform.transactions import unit_of_work

    actor = firm.actor("purchase.buyer")
    body = {"values": firm.receipt(), "lines": [{"values": firm.line()}] * lines}
    made = unit_of_work(lambda: records.save(RECEIPT, actor, body))
    created = statements(lambda: unit_of_work(lambda: records.save(RECEIPT, actor, body)))
    assert len(created) <= 8, created
    changed = {
        "version": made["version"], "values": {"reference": "x"},
        "lines": [{"id": x["id"], "values": {"price": "3"}} for x in made["lines"][1:]]
        + [{"values": firm.line()}],
    }  # fmt: skip
    edited = statements(
        lambda: unit_of_work(lambda: records.save(RECEIPT, actor, changed, made["id"]))
    )
    assert len(edited) <= 10, edited
    read = statements(lambda: records.get(RECEIPT, actor, made["id"]))
    assert len(read) == 2, read
    seen = statements(lambda: records.preview(RECEIPT, actor, body))
    assert len(seen) <= 3, seen


# ---------------------------------------------------------------- money as finely as the company counts


def test_a_company_without_cents_enters_and_reads_none(build):
    firm = build("TW", "TWD")
    type(firm.model).objects.update(decimals=0)
    lin = firm.hire("lin", "purchase.buyer")
    screen = lin.read(f"/screens/{RECEIPT}")
    assert screen["lines"]["fields"]["value"]["decimals"] == 0
    made = lin.creates(RECEIPT, firm.receipt(), [firm.line(quantity_unit="3", price="2.5")])
    assert made["lines"][0]["values"]["value"] == "8"
    assert made["values"]["value"] == "8"
    assert lin.read(f"/records/{RECEIPT}")["rows"][0]["values"]["value"] == "8"
    assert plain(lin.read(f"/records/{RECEIPT}/{made['id']}")) == plain(made)


def test_a_conflict_over_a_reference_names_both(firm, li):
    other = type(firm.supplier).objects.create(
        code="S002", name="Baosteel", is_supplier=True, company=firm.model
    )
    wu = firm.hire("wu", "purchase.buyer")
    made = li.creates(RECEIPT, firm.receipt(), [firm.line()])
    wu.changes(RECEIPT, made, values={"supplier": other.pk})
    reply = li.changes(RECEIPT, made, status=409, values={"supplier": made["values"]["supplier"]})
    [field] = reply["refusals"][0]["params"]["fields"]
    assert (field["mine"]["code"], field["theirs"]["code"]) == ("S001", "S002")


def test_people_of_another_company_cannot_be_chosen(firm, build):
    admin = firm.hire("root", "system.administrator")
    stranger = build("TW").hire("lin", "purchase.buyer").user
    reply = admin.creates(
        "people.employee", {"code": "E1", "name": "Lin", "user": stranger.pk}, status=422
    )
    assert codes(reply) == [("platform.reference_unknown", None, "user")]
    ours = firm.hire("mei", "sales.clerk").user
    made = admin.creates("people.employee", {"code": "E1", "name": "Mei", "user": ours.pk})
    assert made["values"]["user"]["code"] == "mei"
    assert stranger.pk not in {x["id"] for x in admin.read("/lookups/identity.user")}
