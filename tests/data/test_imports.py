"""Staged import: nothing half, nothing twice, everything wrong said at once and repaired in place."""

import csv
from decimal import Decimal as D
from io import BytesIO, StringIO

import pytest
from django.db import transaction
from python_calamine import CalamineWorkbook

from heyi.platform.access import NotAllowed, NotFound
from heyi.platform.imports import batches, errors, loading
from heyi.platform.imports.fields import guessed, layout
from heyi.platform.imports.models import Batch, StageRow
from heyi.platform.imports.template import template
from heyi.platform.transactions import unit_of_work

from .test_reading import workbook

PRODUCT, RECEIPT = "product.product", "purchase.receipt"
HEAD = ["料號", "品名", "分類", "單位", "單價"]
GOOD = [
    HEAD,
    ["P-1", "軸承一", "RM", "pc", "1,234.50"],
    ["P-2", "軸承二", "金屬材料", "公斤", "2"],
]


def text(rows):
    made = StringIO()
    csv.writer(made).writerows(rows)
    return made.getvalue().encode()


def uploaded(actor, rows, screen=PRODUCT, name="x.csv"):
    content = rows if isinstance(rows, bytes) else text(rows)
    return unit_of_work(lambda: batches.upload(screen, content, name, actor=actor))


def loaded(actor, rows, screen=PRODUCT):
    batch = uploaded(actor, rows, screen)
    return load(actor, batch, screen)


def load(actor, batch, screen=PRODUCT, progress=None):
    batch = batches.find(screen, batch.pk, actor)
    unit_of_work(lambda: batches.approve(screen, batch.pk, batch.version, actor=actor))
    batch = loading.load(batch.pk, actor, progress)
    return batch, batches.counts(batch)


def issues(batch):
    return [
        (row.no, one["path"], one["code"])
        for row in StageRow.objects.filter(batch=batch).order_by("no")
        for one in row.issues
    ]


@pytest.fixture
def buyer(world):
    return world.speaking(world.buyer, "zh_hant")


# ---------------------------------------------------------------- masters


def test_products_come_in_with_codes_names_and_figures_as_people_write_them(world, buyer):
    from heyi.product.models import Product

    batch, done = loaded(buyer, GOOD)
    assert (batch.state, done.created, done.changed, done.unchanged) == ("loaded", 2, 0, 0)
    first = Product.objects.get(code="P-1")
    assert (first.name, first.price, first.category, first.unit) == (
        "軸承一", D("1234.5"), world.metal, world.piece,
    )  # fmt: skip
    assert first.initials
    assert Product.objects.get(code="P-2").unit == world.kilo


def test_the_same_file_again_changes_nothing_and_another_price_changes_one(world, buyer):
    from heyi.product.models import Product

    loaded(buyer, GOOD)
    _, again = loaded(buyer, GOOD)
    assert (again.created, again.changed, again.unchanged) == (0, 0, 2)
    _, other = loaded(buyer, [HEAD, GOOD[1], ["P-2", "軸承二", "RM", "kg", "3"]])
    assert (other.created, other.changed, other.unchanged) == (0, 1, 1)
    assert Product.objects.get(code="P-2").price == D(3)
    assert Product.objects.get(code="P-2").version == 2


def test_empty_cells_leave_what_is_there(world, buyer):
    from heyi.product.models import Product

    loaded(buyer, GOOD)
    loaded(buyer, [["料號", "品名", "分類", "單位", "規格"], ["P-1", "軸承一", "RM", "pc", "6204"]])
    loaded(buyer, [["料號", "品名", "分類", "單位", "規格"], ["P-1", "軸承一", "RM", "pc", ""]])
    found = Product.objects.get(code="P-1")
    assert (found.specification, found.price) == ("6204", D("1234.5"))


def test_everything_wrong_is_said_at_once_at_its_cell(world, buyer):
    batch = uploaded(buyer, [
        HEAD,
        ["P-1", "", "RM", "pc", "1"],
        ["P-2", "b", "XX", "box", "twelve"],
        ["", "c", "RM", "pc", "1"],
        ["P-1", "d", "RM", "pc", "-1"],
        ["P-5", "e" * 201, "RM", "pc", "1.123456789"],
        ["P-6", "good", "RM", "pc", "=1+1"],
        ["P-7", "good", "RM", "pc", "7"],
    ])  # fmt: skip
    assert batch.state == "validated"
    assert sorted(issues(batch)) == [
        (2, "name", "platform.value_missing"),
        (3, "category", "imports.reference_unknown"),
        (3, "price", "imports.not_figure"),
        (3, "unit", "imports.reference_unknown"),
        (4, "code", "imports.key_missing"),
        (5, "code", "imports.key_twice"),
        (5, "price", "platform.value_negative"),
        (6, "name", "platform.text_too_long"),
        (6, "price", "platform.value_too_fine"),
        (7, "price", "imports.not_figure"),
    ]
    assert batches.counts(batch).invalid == 6


def test_a_batch_with_issues_is_not_approved_and_nothing_of_it_is_there(world, buyer):
    from heyi.product.models import Product

    batch = uploaded(buyer, [*GOOD, ["P-3", "", "RM", "pc", "1"]])
    with pytest.raises(errors.BatchHasIssues):
        batches.approve(PRODUCT, batch.pk, batch.version, actor=buyer)
    assert not Product.objects.filter(code__startswith="P-").exists()


def test_a_cell_is_repaired_in_place_and_its_history_kept(world, buyer):
    from heyi.platform.imports.models import StageEdit

    batch = uploaded(buyer, [*GOOD, ["P-3", "three", "XX", "pc", "1"]])
    rows = batches.repair(PRODUCT, batch.pk, 4, "category", "YY", actor=buyer)
    assert [x["code"] for x in rows[0].issues] == ["imports.reference_unknown"]
    rows = batches.repair(PRODUCT, batch.pk, 4, "category", "RM", actor=buyer)
    assert (rows[0].state, rows[0].issues) == ("valid", [])
    assert list(StageEdit.objects.order_by("pk").values_list("no", "path", "before", "after")) == [
        (4, "category", "XX", "YY"), (4, "category", "YY", "RM"),
    ]  # fmt: skip
    _, done = load(buyer, batch)
    assert done.created == 3


def test_a_key_repaired_may_free_another_row(world, buyer):
    batch = uploaded(buyer, [HEAD, GOOD[1], GOOD[1]])
    assert issues(batch) == [(3, "code", "imports.key_twice")]
    batches.repair(PRODUCT, batch.pk, 3, "code", "P-9", actor=buyer)
    assert issues(batch) == []


def test_rows_set_aside_stay_behind(world, buyer):
    batch = uploaded(buyer, [*GOOD, ["P-3", "", "RM", "pc", "1"]])
    batches.set_aside(PRODUCT, batch.pk, [4], actor=buyer)
    _, done = load(buyer, batch)
    assert (done.created, done.aside) == (2, 1)


def test_lines_of_a_master_are_matched_and_others_kept(world, buyer):
    from heyi.product.models import ProductUnit

    head = ["料號", "品名", "分類", "單位", "lines.unit", "lines.numerator", "lines.denominator"]
    loaded(buyer, [head, ["P-1", "a", "RM", "pc", "kg", "1000", "3"]])
    [made] = ProductUnit.objects.all()
    assert (made.numerator, made.denominator) == (1000, 3)
    _, again = loaded(buyer, [head, ["P-1", "a", "RM", "pc", "kg", "1000", "3"]])
    assert again.unchanged == 1
    _, other = loaded(buyer, [head, ["P-1", "a", "RM", "pc", "kg", "500", "3"]])
    assert other.changed == 1
    made.refresh_from_db()
    assert made.numerator == 500


# ---------------------------------------------------------------- documents

RHEAD = ["單據識別", "日期", "供應商", "倉庫", "送貨單號", "產品", "數量", "單價"]
RECEIPTS = [
    RHEAD,
    ["OLD-1", "2026/11/5", "S001", "WH1", "SF-1", "6204-2RS", "10", "12.5"],
    ["OLD-1", "", "", "", "", "M8x25", "1,000", "0.12"],
    ["OLD-2", "2026年11月6日", "S001", "主倉庫", "SF-2", "6204-2RS", "3", "12"],
    ["", "", "", "", "", "M8x25", "5", "0.1"],
]


def test_documents_with_lines_come_in_as_drafts(world, buyer):
    from heyi.purchase.models import Receipt

    batch, done = loaded(buyer, RECEIPTS, RECEIPT)
    assert (batch.state, done.records, done.created) == ("loaded", 2, 2)
    first, second = Receipt.objects.order_by("on")
    assert (first.state, first.reference, first.value) == ("draft", "SF-1", D("245.00"))
    assert [line.quantity for line in first.lines.order_by("no")] == [10, 1000]
    assert second.value == D("36.50")
    assert first.number != second.number


def test_documents_are_known_again_by_their_key(world, buyer):
    from heyi.purchase.models import Receipt

    loaded(buyer, RECEIPTS, RECEIPT)
    _, again = loaded(buyer, RECEIPTS, RECEIPT)
    assert (again.created, again.changed, again.unchanged) == (0, 0, 2)
    changed = [list(row) for row in RECEIPTS]
    changed[1][6] = "11"
    _, other = loaded(buyer, changed, RECEIPT)
    assert (other.created, other.changed, other.unchanged) == (0, 1, 1)
    first = Receipt.objects.get(reference="SF-1")
    assert [line.quantity for line in first.lines.order_by("no")] == [11, 1000]
    assert Receipt.objects.count() == 2


def test_a_document_that_went_on_is_not_changed_by_a_file(world, buyer):
    from heyi.purchase.models import Receipt

    loaded(buyer, RECEIPTS, RECEIPT)
    Receipt.objects.filter(reference="SF-1").update(state="approved")
    changed = [list(row) for row in RECEIPTS]
    changed[1][6] = "11"
    batch = uploaded(buyer, changed, RECEIPT)
    assert issues(batch) == [(2, "@key", "imports.already_applied")]


def test_rows_of_one_document_must_agree(world, buyer):
    rows = [list(row) for row in RECEIPTS]
    rows[2][4] = "SF-9"
    batch = uploaded(buyer, rows, RECEIPT)
    assert issues(batch) == [(3, "reference", "imports.head_differs")]


def test_issues_of_lines_stand_at_their_rows(world, buyer):
    rows = [list(row) for row in RECEIPTS]
    rows[2][6], rows[4][5] = "-1", "NOPE"
    batch = uploaded(buyer, rows, RECEIPT)
    assert issues(batch) == [
        (3, "lines.quantity_unit", "platform.value_negative"),
        (5, "lines.product", "imports.reference_unknown"),
    ]
    assert batches.counts(batch).invalid == 4


# ---------------------------------------------------------------- columns


def test_columns_are_recognised_in_three_languages_by_path_and_by_synonym(world, buyer):
    form = layout(PRODUCT, buyer)
    wanted = ["code", "name", "specification", "unit", "category"]
    for head in (
        ["料號 *", "名稱", "規格", "計量單位", "類別"],
        ["物料编码", "名称", "规格型号", "计量单位（基本）", "类别"],
        ["Item No.", "Description", "Spec", "UoM", "Item Group"],
        ["code", "name", "specification", "unit", "category"],
    ):
        assert guessed(form, head) == wanted, head


def test_a_file_without_a_required_column_waits_for_its_mapping(world, buyer):
    batch = uploaded(buyer, [["料號", "品名", "???", "單位"], ["P-1", "a", "RM", "pc"]])
    assert (batch.state, batch.mapping) == ("uploaded", ["code", "name", None, "unit"])
    with pytest.raises(errors.ColumnsUnmapped):
        batches.map_columns(PRODUCT, batch.pk, batch.version, batch.mapping, actor=buyer)
    mapping = ["code", "name", "category", "unit"]
    batch = batches.map_columns(PRODUCT, batch.pk, batch.version, mapping, actor=buyer)
    assert (batch.state, issues(batch)) == ("validated", [])


@pytest.mark.parametrize(
    "mapping", [["code"], ["code", "code", "unit", "name"], ["code", "secret", "unit", "name"]]
)
def test_a_mapping_that_makes_no_sense_is_refused(world, buyer, mapping):
    batch = uploaded(buyer, [["a1", "b1", "c1", "d1"], ["P-1", "a", "RM", "pc"]])
    with pytest.raises(errors.MappingMalformed):
        batches.map_columns(PRODUCT, batch.pk, batch.version, mapping, actor=buyer)


@pytest.mark.parametrize("language", ["zh_hant", "zh_hans", "en"])
@pytest.mark.parametrize("screen", [PRODUCT, RECEIPT, "party.party"])
def test_a_template_comes_back_with_every_column_known(world, language, screen):
    actor = world.speaking(world.buyer, language)
    with template(screen, actor=actor) as file:
        book = CalamineWorkbook.from_filelike(BytesIO(file.read()))
    head, paths = book.get_sheet_by_index(0).to_python()
    form = layout(screen, actor)
    assert paths == list(form.columns)
    assert guessed(form, head) == paths
    assert len(book.sheet_names) == 2
    notes = book.get_sheet_by_index(1).to_python()
    assert len(notes) == len(paths) + 1
    assert all(row[2] and "{" not in row[2] and "–" not in row[2] for row in notes)


def test_the_template_filled_in_is_loaded(world, buyer):
    from heyi.product.models import Product

    form = layout(PRODUCT, buyer)
    paths = list(form.columns)
    row = {"code": "P-1", "name": "one", "category": "RM", "unit": "pc", "tracking": "批號",
           "active": "是", "price": 12.5}  # fmt: skip
    heads = [form.columns[p].labels["zh_hant"] for p in paths]
    content = workbook([heads, paths, [row.get(p, "") for p in paths]])
    batch, done = loaded(buyer, content)
    assert done.created == 1
    assert (batch.rows, StageRow.objects.get(batch=batch).no) == (1, 3)
    made = Product.objects.get(code="P-1")
    assert (made.tracking, made.active, made.price) == ("lot", True, D("12.5"))


# ---------------------------------------------------------------- cut off, refused, forbidden


def many(count):
    return [HEAD, *([f"P-{n:05d}", f"Product {n}", "RM", "pc", str(n)] for n in range(count))]


class Killed(Exception):
    pass


def test_a_load_cut_off_between_chunks_goes_on_where_it_was(world, buyer, monkeypatch):
    from heyi.product.models import Product

    monkeypatch.setattr(loading, "CHUNK", 10)
    batch = uploaded(buyer, many(35))

    def killed_after_two(done, total):
        if done >= 20:
            raise Killed

    with pytest.raises(Killed):
        load(buyer, batch, progress=killed_after_two)
    assert Product.objects.filter(code__startswith="P-").count() == 20
    assert batches.find(PRODUCT, batch.pk, buyer).state == "loading"
    batch = loading.load(batch.pk, buyer)
    done = batches.counts(batch)
    assert (batch.state, done.created, done.loaded) == ("loaded", 35, 35)
    assert Product.objects.filter(code__startswith="P-").count() == 35


def test_a_record_refused_at_the_last_moment_goes_back_alone(world, buyer, monkeypatch):
    """Somebody else took a code between the check and the load, out of this buyer's sight."""
    from heyi.product.models import Product

    batch = uploaded(buyer, many(5))
    plan = loading.plan

    def planned_before(form, records, actor):
        plan(form, records, actor)
        Product.objects.get_or_create(
            company=world.company, code="P-00002",
            defaults={"name": "theirs", "category": world.metal, "unit": world.piece},
        )  # fmt: skip

    monkeypatch.setattr(loading, "plan", planned_before)
    batch, done = load(buyer, batch)
    assert (batch.state, done.created, done.invalid) == ("validated", 4, 1)
    assert issues(batch) == [(4, "code", "platform.value_taken")]
    assert Product.objects.get(code="P-00002").name == "theirs"


def test_a_load_never_leaves_half_a_document(world, buyer, monkeypatch):
    from heyi.platform import records
    from heyi.purchase.models import Receipt, ReceiptLine

    batch = uploaded(buyer, RECEIPTS, RECEIPT)

    def cut_off(*args):
        raise Killed

    monkeypatch.setattr(records, "_insert_lines", cut_off)
    with pytest.raises(Killed):
        load(buyer, batch, RECEIPT)
    assert (Receipt.objects.count(), ReceiptLine.objects.count()) == (0, 0)
    monkeypatch.undo()
    batch = loading.load(batch.pk, buyer)
    assert batches.counts(batch).created == 2


def test_only_those_who_enter_records_import_them(world, build, buyer):
    with pytest.raises(NotAllowed):
        uploaded(world.accountant, GOOD)
    with pytest.raises(NotFound):
        uploaded(buyer, GOOD, "no.screen")
    other = build("OTHER")
    batch = uploaded(buyer, GOOD)
    with pytest.raises(NotFound):
        batches.find(PRODUCT, batch.pk, other.buyer)


def test_steps_out_of_turn_are_refused(world, buyer):
    batch = uploaded(buyer, GOOD)
    with pytest.raises(errors.BatchState):
        loading.start(PRODUCT, batch.pk, actor=buyer)
    batch = batches.withdraw(PRODUCT, batch.pk, actor=buyer)
    assert batch.state == "withdrawn"
    with pytest.raises(errors.BatchState):
        batches.approve(PRODUCT, batch.pk, batch.version, actor=buyer)
    batch, _ = loaded(buyer, GOOD)
    with pytest.raises(errors.BatchState):
        batches.withdraw(PRODUCT, batch.pk, actor=buyer)


def test_another_company_cannot_be_referred_to(world, build, buyer):
    from heyi.party.models import Party

    other = build("OTHER")
    Party.objects.filter(company=other.company).update(code="SECRET")
    rows = [list(row) for row in RECEIPTS]
    rows[1][2] = "SECRET"
    batch = uploaded(buyer, rows, RECEIPT)
    assert (2, "supplier", "imports.reference_unknown") in issues(batch)


def test_extra_fields_come_in_too(world, buyer):
    from heyi.platform.extras.api import Wish, declare
    from heyi.product.models import Product

    words = {"zh_hant": "顏色", "zh_hans": "颜色", "en": "Colour"}
    declare(PRODUCT, Wish("colour", "text", words), actor=world.administrator)
    declare(PRODUCT, Wish("weight", "decimal", dict.fromkeys(words, "重量"), decimals=2),
            actor=world.administrator)  # fmt: skip
    rows = [[*HEAD, "Colour", "重量"], ["P-1", "a", "RM", "pc", "1", "red", "1,000.50"]]
    _, done = loaded(buyer, rows)
    assert done.created == 1
    assert Product.objects.get(code="P-1").extra == {"colour": "red", "weight": "1000.50"}
    _, again = loaded(buyer, rows)
    assert again.unchanged == 1


def test_checking_costs_the_same_statements_however_many_rows(world, buyer):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost(count):
        with CaptureQueriesContext(connection) as seen, transaction.atomic():
            batches.upload(PRODUCT, text(many(count)), "x.csv", actor=buyer)
        return len(seen)

    cost(2)
    assert cost(5) == cost(400)


# ---------------------------------------------------------------- over HTTP


def test_the_whole_way_over_http(world):
    li = world.hires("li3", "purchase.buyer", language="zh_hans")
    path = f"/records/{PRODUCT}/import"
    reply = li.ask("GET", f"{path}/template.xlsx")
    assert reply.status_code == 200
    assert b"".join(reply.streaming_content)[:2] == b"PK"
    batch = li.uploads(path, "物料.csv", text([*GOOD, ["P-3", "", "RM", "pc", "1"]]))
    assert (batch["state"], batch["file_name"]) == ("validated", "物料.csv")
    assert batch["counts"]["invalid"] == 1
    assert [c["path"] for c in batch["columns"]] == ["code", "name", "category", "unit", "price"]
    assert batch["columns"][0]["samples"] == ["P-1", "P-2", "P-3"]
    here = f"{path}/{batch['id']}"
    [row] = li.reads(f"{here}/rows", state="invalid")["rows"]
    assert (row["no"], row["issues"][0]["path"]) == (4, "name")
    assert "{" not in row["issues"][0]["message"]
    refused = li.sends("POST", f"{here}/approve", {"version": batch["version"]}, 422)
    assert refused["refusals"][0]["code"] == "imports.batch_has_issues"
    [row] = li.sends("PUT", f"{here}/rows/4", {"path": "name", "value": "three"}, 200)["rows"]
    assert (row["state"], row["fixed"], row["cells"]["name"]) == ("valid", ["name"], "three")
    [edit] = li.reads(f"{here}/rows/4/history")
    assert (edit["before"], edit["after"], edit["actor"]) == ("", "three", "li3")
    batch = li.reads(here)
    batch = li.sends("POST", f"{here}/approve", {"version": batch["version"]}, 200)
    assert batch["can"] == ["load", "withdraw"]
    batch = li.sends("POST", f"{here}/load", {}, 202)
    assert batch["state"] == "loading"
    assert batch["run"]
    assert [b["id"] for b in li.reads(path)] == [batch["id"]]


def test_the_job_loads_in_the_name_of_the_one_who_approved(world):
    from heyi.platform.jobs.runs import Run

    li = world.hires("li4", "purchase.buyer")
    path = f"/records/{PRODUCT}/import"
    batch = li.uploads(path, "x.csv", text(GOOD))
    here = f"{path}/{batch['id']}"
    li.sends("POST", f"{here}/approve", {"version": batch["version"]}, 200)
    batch = li.sends("POST", f"{here}/load", {}, 202)
    run = Run(batch["run"], world.company.pk, 0, "li4", "en")
    assert loading.LOAD.function(run, batch=batch["id"])["created"] == 2
    assert li.reads(here)["counts"]["created"] == 2
    assert Batch.objects.get(pk=batch["id"]).state == "loaded"


def test_a_broken_file_is_a_refusal_over_http(world):
    li = world.hires("li5", "purchase.buyer")
    refused = li.uploads(f"/records/{PRODUCT}/import", "x.xlsx", b"PK\x03\x04junk", 422)
    [refusal] = refused["refusals"]
    assert refusal["code"] == "imports.file_broken"
    assert refusal["remedy"]["label"] == "Save it as xlsx and upload again"


def test_a_long_file_is_checked_by_the_worker(world, monkeypatch):
    from heyi.platform.jobs.runs import Run

    monkeypatch.setattr(batches, "CHECKED_AT_ONCE", 1)
    li = world.hires("li6", "purchase.buyer")
    path = f"/records/{PRODUCT}/import"
    batch = li.uploads(path, "x.csv", text([*GOOD, ["P-3", "", "RM", "pc", "1"]]))
    assert (batch["state"], batch["counts"]["staged"]) == ("mapped", 3)
    user = Batch.objects.get(pk=batch["id"]).created_by
    run = Run(batch["run"], world.company.pk, user, "li6", "en")
    assert batches.CHECK.function(run, batch=batch["id"]) == {"valid": 2, "invalid": 1}
    assert li.reads(f"{path}/{batch['id']}")["state"] == "validated"


def test_repairing_another_cell_does_not_hide_a_key_used_twice(world, buyer):
    batch = uploaded(buyer, [HEAD, GOOD[1], [*GOOD[1][:1], "", *GOOD[1][2:]]])
    batches.repair(PRODUCT, batch.pk, 3, "name", "other", actor=buyer)
    assert issues(batch) == [(3, "code", "imports.key_twice")]
