"""Lists as files: what a spreadsheet opens is what the person may see, exact and harmless."""

import csv
import datetime as dt
from decimal import Decimal as D
from io import BytesIO, StringIO

import pytest
from python_calamine import CalamineWorkbook

from heyi.platform.access import NotAllowed
from heyi.platform.exports.cells import csv_text, fits_number, number_format, unquoted
from heyi.platform.exports.errors import ExportTooLong
from heyi.platform.exports.exports import export
from heyi.platform.exports.writing import Heading, write_csv, write_xlsx
from heyi.platform.lists import FilterUnknown, Query

HOSTILE = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", '=HYPERLINK("x")']


def read_xlsx(content):
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    return book.get_sheet_by_index(0).to_python()


def read_csv(content):
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("text", HOSTILE)
def test_what_would_run_in_a_csv_gets_an_apostrophe_and_loses_it_on_the_way_back(text):
    assert csv_text(text) == "'" + text
    assert unquoted(csv_text(text)) == text


@pytest.mark.parametrize("text", ["-5", "+12.50", "A-1", "'quoted'", "", "3=3"])
def test_harmless_texts_and_figures_stay_as_they_are(text):
    assert csv_text(text) == text
    assert unquoted(text) == text


def test_figures_of_more_than_15_digits_are_no_numbers():
    assert fits_number(D("123456789012.345"))
    assert not fits_number(D("1234567890123.456"))
    assert number_format(D("1200.50"), 2) == "#,##0.00"
    assert number_format(D("0.12345678"), 2) == "#,##0.00000000"
    assert number_format(D("5"), 0) == "#,##0"


def test_an_xlsx_holds_real_dates_exact_figures_and_dead_formulas():
    rows = [
        [text, D("9.95"), D("1234567890123456.78"), dt.date(2026, 2, 28), -3, True, None]
        for text in HOSTILE
    ]
    headings = [Heading(f"c{n}") for n in range(7)]
    with write_xlsx(headings, iter(rows), sheet="a/b:c") as file:
        content = file.read()
    [head, *found] = read_xlsx(content)
    assert head == [f"c{n}" for n in range(7)]
    for text, row in zip(HOSTILE, found, strict=True):
        assert row[0].strip() == text.strip()
        assert D(repr(row[1])) == D("9.95")
        assert row[2] == "1234567890123456.78"
        assert row[3] == dt.date(2026, 2, 28)
        assert row[4] == -3
        assert row[5] is True
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    assert book.sheet_names == ["abc"]


def test_no_cell_of_an_xlsx_is_a_formula():
    import zipfile

    with write_xlsx([Heading("=cmd")], iter([[t] for t in HOSTILE]), sheet="x") as file:
        package = zipfile.ZipFile(BytesIO(file.read()))
    assert b"<f>" not in package.read("xl/worksheets/sheet1.xml")


def test_a_csv_has_its_mark_and_keeps_negative_figures():
    with write_csv([Heading("数量")], iter([[D("-3.50")], ["=1"], [None]])) as file:
        content = file.read()
    assert content.startswith(b"\xef\xbb\xbf")
    assert read_csv(content) == [["数量"], ["-3.50"], ["'=1"], [""]]


@pytest.mark.parametrize(
    ("language", "head"),
    [
        ("en", ["Number", "Date", "Supplier", "Supplier name"]),
        ("zh_hant", ["單號", "日期", "供應商", "供應商名稱"]),
        ("zh_hans", ["单号", "日期", "供应商", "供应商名称"]),
    ],
)
def test_a_list_speaks_the_language_of_the_person(world, language, head):
    world.receipt("PR26-1")
    actor = world.speaking(world.buyer, language)
    made = export("purchase.receipt", actor, Query(), "csv", ("number", "on", "supplier"))
    with made.file as file:
        [found, row] = read_csv(file.read())
    assert found == head
    assert row == ["PR26-1", "2026-11-05", "S001", world.supplier.name]


def test_filters_order_and_all_pages(world):
    for n in range(25):
        world.receipt(f"PR26-{n:02d}", lines=1, on=dt.date(2026, 11, 1 + n))
    query = Query(filter={"on": {"from": "2026-11-11"}}, order="number")
    made = export("purchase.receipt", world.buyer, query, "xlsx", ("number", "value", "state"))
    with made.file as file:
        [_, *rows] = read_xlsx(file.read())
    assert [row[0] for row in rows] == [f"PR26-{n:02d}" for n in range(10, 25)]
    assert {row[1] for row in rows} == {24.69}
    assert {row[2] for row in rows} == {"Draft"}
    assert made.rows == 15


def test_secret_fields_cannot_be_taken_out(world):
    paths = ("code", "price", "standard")
    with pytest.raises(FilterUnknown):
        export("product.product", world.buyer, Query(), "csv", paths)
    with export("product.product", world.accountant, Query(), "csv", paths).file as file:
        assert read_csv(file.read())[1] == ["6204-2RS", "12.50000000", "9.87000000"]


def test_a_stranger_gets_nothing_and_another_company_is_not_there(world, build):
    other = build("OTHER")
    other.receipt("PR99-1")
    with pytest.raises(NotAllowed):
        export("purchase.receipt", world.stranger, Query(), "csv")
    made = export("purchase.receipt", world.buyer, Query(), "csv")
    with made.file as file:
        assert len(read_csv(file.read())) == 1


def test_too_many_rows_are_refused_before_anything_is_written(world, monkeypatch):
    from heyi.platform.exports import exports

    monkeypatch.setitem(exports.MOST_ROWS, "csv", 2)
    for n in range(3):
        world.receipt(f"PR26-{n}", lines=1)
    with pytest.raises(ExportTooLong) as refused:
        export("purchase.receipt", world.buyer, Query(), "csv")
    assert refused.value.most == 2


def test_what_was_taken_out_is_audited(world):
    from heyi.platform.rows import fetch

    export("purchase.receipt", world.buyer, Query(search="PR"), "csv").file.close()
    [(action, actor, subject)] = fetch("SELECT action, actor, subject_type FROM audit_record")
    assert (action, actor, subject) == ("export", "li", "purchase.receipt")


def test_the_number_of_statements_does_not_grow(world, django_assert_num_queries):
    for n in range(40):
        world.receipt(f"PR26-{n:02d}", lines=1)
    export("purchase.receipt", world.buyer, Query(), "csv").file.close()
    with django_assert_num_queries(4):  # count, company, audit, one page
        export("purchase.receipt", world.buyer, Query(), "csv").file.close()


def test_a_list_goes_out_over_http(world):
    world.receipt("PR26-1", reference="=1+1")
    li = world.hires("li6", "purchase.buyer", language="zh_hant")
    path = "/records/purchase.receipt/export"
    reply = li.ask(
        "GET", path, format="csv", filter={"state": ["draft"]}, columns="number,reference"
    )
    assert reply.status_code == 200
    assert read_csv(b"".join(reply.streaming_content)) == [
        ["單號", "送貨單號"],
        ["PR26-1", "'=1+1"],
    ]
    assert "attachment" in reply["Content-Disposition"]
    reply = li.ask("GET", path)
    assert b"".join(reply.streaming_content)[:2] == b"PK"


@pytest.mark.parametrize(
    ("path", "params", "status"),
    [
        ("/records/purchase.receipt/export", {"format": "pdf"}, 400),
        ("/records/purchase.receipt/export", {"filter": "[1"}, 422),
        ("/records/purchase.receipt/export", {"filter": {"nothing": 1}}, 422),
        ("/records/purchase.receipt/export", {"columns": "secret"}, 422),
        ("/records/no.screen/export", {}, 404),
        ("/records/platform.nothing/export", {}, 404),
    ],
)
def test_what_cannot_go_out_is_refused_over_http(world, path, params, status):
    li = world.hires("li7", "purchase.buyer")
    assert li.reads(path, status, **params)["refusals"]
