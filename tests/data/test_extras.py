"""Fields a customer adds: on the form, in lists, filters, order, export, at once and typed."""

import pytest

from heyi.platform.access import NotAllowed
from heyi.platform.exports.exports import export
from heyi.platform.extras.api import Wish, change, declare, extra_fields
from heyi.platform.extras.errors import (
    ChoiceUsed,
    FieldExists,
    FieldMalformed,
    KeyMalformed,
    KindFixed,
    NoPlaceForFields,
    WordsMissing,
)
from heyi.platform.lists import Query

from .test_exports import read_csv


def words(text):
    return {"zh_hant": f"{text}繁", "zh_hans": f"{text}简", "en": text}


GRADE = [{"value": "a", "texts": words("First")}, {"value": "b", "texts": words("Second")}]
FIELDS = [
    Wish("colour", "text", words("Colour"), max_length=20),
    Wish("grade", "choice", words("Grade"), choices=GRADE),
    Wish("weight", "decimal", words("Weight"), decimals=3),
    Wish("tested_on", "date", words("Tested on")),
    Wish("shelf_days", "integer", words("Shelf days")),
    Wish("organic", "boolean", words("Organic")),
]


@pytest.fixture
def root(world):
    for wish in FIELDS:
        declare("product.product", wish, actor=world.administrator)
    return world.hires("root2", "system.administrator")


def product(world, code, **extra):
    return {
        "values": {"code": code, "name": f"Product {code}", "category": world.metal.pk,
                   "unit": world.piece.pk, **{f"extra.{k}": v for k, v in extra.items()}},
    }  # fmt: skip


def test_the_fields_are_on_the_screen_in_the_words_of_the_customer(root):
    screen = root.reads("/screens/product.product")
    spec = screen["fields"]["extra.grade"]
    assert spec["texts"] == words("Grade")
    assert spec["choices"][0] == {"value": "a", "label": "", "texts": words("First")}
    assert screen["fields"]["extra.weight"]["decimals"] == 3
    assert screen["sections"][-1]["fields"] == [f"extra.{w.key}" for w in FIELDS]
    assert "extra.colour" in screen["listing"]["columns"]
    assert "extra.colour" in screen["listing"]["filters"]


def test_values_are_kept_typed_and_come_back(world, root):
    extra = {"colour": "red", "grade": "a", "weight": "1.250", "tested_on": "2026-11-02",
             "shelf_days": 30, "organic": True}  # fmt: skip
    made = root.sends("POST", "/records/product.product", product(world, "X1", **extra), 201)
    read = root.reads(f"/records/product.product/{made['id']}")
    shown = {key: read["values"][f"extra.{key}"] for key in extra}
    assert shown == {**extra, "weight": "1.250"}


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("grade", "z", "platform.value_not_offered"),
        ("weight", "1.2345", "platform.value_too_fine"),
        ("weight", "heavy", "platform.value_unreadable"),
        ("tested_on", "2026-02-30", "platform.value_unreadable"),
        ("colour", "x" * 21, "platform.text_too_long"),
        ("shelf_days", "1.5", "platform.value_unreadable"),
    ],
)
def test_values_are_checked_like_any_other(world, root, key, value, code):
    body = product(world, "X1", **{key: value})
    refused = root.sends("POST", "/records/product.product", body, 422)["refusals"]
    assert [(r["code"], r["cell"]["field"]) for r in refused] == [(code, f"extra.{key}")]


def test_lists_filter_sort_and_page_by_them(world, root):
    for n, weight in enumerate(["10", "9", "100.5", None, "-2"]):
        extra = {"weight": weight, "colour": "red" if n % 2 else "blue"}
        root.sends("POST", "/records/product.product", product(world, f"X{n}", **extra), 201)
    path = "/records/product.product"

    def codes(**params):
        found, after = [], ""
        while True:
            page = root.reads(path, limit=2, after=after, **params)
            found += [row["values"]["code"] for row in page["rows"]]
            if page["next"] is None:
                return found
            after = page["next"]

    heavy = {"extra.weight": {"from": "9"}}
    assert codes(filter=heavy, order="extra.weight") == ["X1", "X0", "X2"]
    assert codes(filter=heavy, order="-extra.weight") == ["X2", "X0", "X1"]
    assert codes(filter={"extra.colour": ["red"]}, order="code") == ["X1", "X3"]
    assert codes(filter={"extra.colour": {"contains": "LU"}}, order="code") == ["X0", "X2", "X4"]
    everything = codes(order="extra.weight")
    assert everything[:4] == ["X4", "X1", "X0", "X2"]
    assert len(everything) == 7


def test_they_are_exported_with_their_words(world, root):
    root.sends("POST", "/records/product.product", product(world, "X1", grade="b", weight="3"), 201)
    actor = world.speaking(world.administrator, "zh_hant")
    paths = ("code", "extra.grade", "extra.weight")
    with export("product.product", actor, Query(search="X1"), "csv", paths).file as file:
        [head, row] = read_csv(file.read())
    assert head == ["料號", "Grade繁", "Weight繁"]
    assert row == ["X1", "Second繁", "3"]


def test_a_retired_field_is_gone_but_its_values_stay(world, root):
    made = root.sends("POST", "/records/product.product", product(world, "X1", colour="red"), 201)
    [field] = [f for f in root.reads("/extras/product.product") if f["key"] == "colour"]
    root.sends("PUT", f"/extras/product.product/{field['id']}", {**field, "retired": True}, 200)
    read = root.reads(f"/records/product.product/{made['id']}")
    assert "extra.colour" not in read["values"]
    [field] = [f for f in root.reads("/extras/product.product") if f["key"] == "colour"]
    root.sends("PUT", f"/extras/product.product/{field['id']}", {**field, "retired": False}, 200)
    assert root.reads(f"/records/product.product/{made['id']}")["values"]["extra.colour"] == "red"


def test_lines_have_them_too(world, root):
    wish = Wish("heat", "text", words("Heat"), on="lines")
    declare("purchase.receipt", wish, actor=world.administrator)
    buyer = world.hires("zhang", "purchase.buyer")
    body = {
        "values": {"supplier": world.supplier.pk, "warehouse": world.warehouse.pk},
        "lines": [{"values": {"product": world.bearing.pk, "quantity_unit": "2", "price": "3",
                              "extra.heat": "H-77"}}],
    }  # fmt: skip
    made = buyer.sends("POST", "/records/purchase.receipt", body, 201)
    [line] = buyer.reads(f"/records/purchase.receipt/{made['id']}")["lines"]
    assert line["values"]["extra.heat"] == "H-77"
    assert "extra.heat" in buyer.reads("/screens/purchase.receipt")["lines"]["columns"]


def test_another_company_does_not_have_them(world, root, build):
    other = build("OTHER")
    assert extra_fields(other.company.pk, "product.product") == ()
    assert len(extra_fields(world.company.pk, "product.product")) == len(FIELDS)


@pytest.mark.parametrize(
    ("screen", "wish", "refusal"),
    [
        ("product.product", Wish("Bad key", "text", words("x")), KeyMalformed),
        ("product.product", Wish("colour", "text", words("x")), FieldExists),
        ("product.product", Wish("a", "text", {"en": "only"}), WordsMissing),
        ("product.product", Wish("a", "money", words("x")), FieldMalformed),
        ("product.product", Wish("a", "choice", words("x")), FieldMalformed),
        ("product.product", Wish("a", "decimal", words("x"), decimals=12), FieldMalformed),
        ("product.nothing", Wish("a", "text", words("x")), NoPlaceForFields),
        ("party.party", Wish("a", "text", words("x"), on="lines"), NoPlaceForFields),
    ],
)
def test_a_field_that_makes_no_sense_is_refused(world, root, screen, wish, refusal):
    with pytest.raises(refusal):
        declare(screen, wish, actor=world.administrator)


def test_kinds_and_choices_stay_because_values_were_written_under_them(world, root):
    held = {f["key"]: f for f in root.reads("/extras/product.product")}
    colour, grade = held["colour"], held["grade"]
    with pytest.raises(KindFixed):
        change(colour["id"], 1, Wish("colour", "date", words("x")), actor=world.administrator)
    wish = Wish("grade", "choice", words("Grade"), choices=GRADE[:1])
    with pytest.raises(ChoiceUsed):
        change(grade["id"], 1, wish, actor=world.administrator)


def test_only_administrators_declare_and_it_is_audited(world, root):
    from heyi.platform.rows import fetch

    with pytest.raises(NotAllowed):
        declare("product.product", Wish("a", "text", words("x")), actor=world.buyer)
    rows = fetch("SELECT count(*) FROM audit_record WHERE subject_type = 'extras.field'")
    assert rows == [(len(FIELDS),)]


def test_a_list_with_added_fields_costs_no_further_statement(
    world, root, django_assert_num_queries
):
    root.reads("/records/product.product")
    with django_assert_num_queries(2):  # who asks, and the page
        root.reads("/records/product.product")
