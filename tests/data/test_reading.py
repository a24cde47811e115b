"""Files as people and enemies hand them in."""

import datetime as dt
import zipfile
from io import BytesIO

import pytest
import xlsxwriter

from heyi.platform.imports import errors, reading
from heyi.platform.imports.cells import day, figure
from heyi.platform.imports.reading import read_table


def workbook(rows, sheet="Data"):
    made = BytesIO()
    book = xlsxwriter.Workbook(made, {"default_date_format": "yyyy-mm-dd"})
    page = book.add_worksheet(sheet)
    for n, row in enumerate(rows):
        for m, cell in enumerate(row):
            page.write(n, m, cell)
    book.close()
    return made.getvalue()


def test_a_workbook_is_read_as_texts_without_a_drift():
    content = workbook([
        ["料號", "數量", "單價", "日期", "啟用"],
        ["00123", 12345678.9, 9.95, dt.date(2026, 11, 5), True],
        [],
        ["A-2", 0.1, 1e15, dt.datetime.combine(dt.date(2026, 11, 5), dt.time(8, 30)), False],
    ])  # fmt: skip
    table = read_table(content, "x.xlsx")
    assert (table.format, table.sheet) == ("xlsx", "Data")
    assert table.head == ("料號", "數量", "單價", "日期", "啟用")
    assert table.rows == [
        ["00123", "12345678.9", "9.95", "2026-11-05", "true"],
        ["A-2", "0.1", "1000000000000000", "2026-11-05 08:30:00", "false"],
    ]
    assert table.numbers == [2, 4]


@pytest.mark.parametrize(
    ("encoding", "said", "text"),
    [
        ("utf-8", "utf-8", "料號,品名\nA,深溝球軸承與螺栓\n"),
        ("utf-8-sig", "utf-8", "料號,品名\nA,深溝球軸承與螺栓\n"),
        ("utf-16", "utf-16", "料號,品名\nA,深溝球軸承與螺栓\n"),
        (
            "gb18030",
            "gb18030",
            "物料编码,品名,供应商\nA,不锈钢六角头螺栓,宁波精密五金制品有限公司\n",
        ),
        ("big5hkscs", "big5", "料號,品名,供應商\nA,不鏽鋼六角螺栓,昇陽精密機械股份有限公司\n"),
    ],
)
def test_encodings_are_recognised(encoding, said, text):
    table = read_table(text.encode(encoding), "x.csv")
    assert table.encoding == said
    assert list(table.head) == text.splitlines()[0].split(",")
    assert table.rows == [text.splitlines()[1].split(",")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_recognised(delimiter):
    text = "\r\n".join(delimiter.join([f"a{n}", '"b, c; d"', "e"]) for n in range(4))
    table = read_table(text.encode(), "x.txt")
    assert table.delimiter == delimiter
    assert table.format == ("tsv" if delimiter == "\t" else "csv")
    assert table.rows[0] == ["a1", "b, c; d", "e"]


def test_what_nobody_sees_is_taken_out_and_rows_are_as_wide_as_the_head():
    content = "a\u200b, b\u00a0,c\n\ufeff1\x00x,2\n1,2,3,4\n".replace("\x00", "").encode()
    table = read_table(content, "x.csv")
    assert table.head == ("a", "b", "c", "")
    assert table.rows == [["1x", "2", "", ""], ["1", "2", "3", "4"]]


def test_line_breaks_inside_quotes_belong_to_the_cell():
    table = read_table(b'a,b\r\n"one\r\ntwo",2\r\n', "x.csv")
    assert table.rows == [["one\ntwo", "2"]]


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", errors.FileEmpty),
        (b"   \n\n", errors.FileEmpty),
        (b"only,a,head\n", errors.FileEmpty),
        (b"PK\x03\x04 but no zip", errors.FileBroken),
        (b"%PDF-1.7 ...", errors.FormatUnknown),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 64, errors.FormatUnknown),
        (b"\x89PNG\r\n\x1a\n\x00\x00", errors.FormatUnknown),
        (bytes(range(128, 256)) * 3, errors.EncodingUnknown),
        (b"a,b\n1,2" + b"\x00" * 3, errors.FormatUnknown),
        (",".join("x" * 300).encode() + b"\n1\n", errors.SheetTooWide),
    ],
)
def test_what_cannot_be_read_is_refused_clearly(content, refusal):
    with pytest.raises(refusal):
        read_table(content, "x.csv")


def package(**parts):
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name.replace("__", "/"), content)
    return made.getvalue()


def replaced(content, part, change):
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(made, "w", 8) as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, change(data) if name == part else data)
    return made.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def test_a_zip_that_is_no_workbook_is_refused():
    with pytest.raises(errors.FormatUnknown):
        read_table(package(**{"readme.txt": "hello"}), "x.zip")


def test_a_broken_workbook_is_refused():
    good = workbook([["a"], [1]])
    with pytest.raises(errors.FileBroken):
        read_table(replaced(good, SHEET, lambda data: data[: len(data) // 2]), "x.xlsx")
    with pytest.raises(errors.FileBroken):
        read_table(good[: len(good) // 2], "x.xlsx")


def test_a_zip_bomb_is_refused_before_it_is_unpacked(monkeypatch):
    monkeypatch.setattr(reading, "MOST_UNPACKED", 20 * reading.MEGABYTE)
    bomb = replaced(workbook([["a"], [1]]), SHEET, lambda data: data + b" " * 21_000_000)
    assert len(bomb) < 100_000
    with pytest.raises(errors.FileTooLarge):
        read_table(bomb, "x.xlsx")


@pytest.mark.parametrize(
    ("place", "refusal"),
    [("A1048576", errors.SheetTooLong), ("XFD2", errors.SheetTooWide)],
)
def test_a_cell_far_out_does_not_fill_the_memory(place, refusal):
    def moved(data):
        row = "".join(c for c in place if c.isdigit())
        return data.replace(
            b"</sheetData>",
            f'<row r="{row}"><c r="{place}"><v>1</v></c></row></sheetData>'.encode(),
        )

    with pytest.raises(refusal):
        read_table(replaced(workbook([["a"], [1]]), SHEET, moved), "x.xlsx")


def test_an_entity_bomb_harms_nobody():
    entities = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'

    def armed(data):
        head, _, rest = data.partition(b"?>")
        return head + b"?>" + entities + rest.replace(b"<v>1</v>", b"<v>&b;</v>")

    with pytest.raises((errors.FileBroken, errors.FileEmpty)):
        read_table(replaced(workbook([["a"], [1]]), SHEET, armed), "x.xlsx")


def test_too_many_rows_are_refused(monkeypatch):
    monkeypatch.setattr(reading, "MOST_ROWS", 3)
    with pytest.raises(errors.SheetTooLong):
        read_table(b"a\n" + b"1\n" * 4, "x.csv")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,234.50", "1234.50"), ("１，２３４．５", "1234.5"), ("(1,234.50)", "-1234.50"),
        ("12-", "-12"), ("\u22125", "-5"), ("¥ 12.30", "12.30"), ("NT$1,000", "1000"),
        ("3.5万", "35000"), ("2億", "200000000"), ("100元", "100"), ("1.5E+3", "1500"),
        ("1 234", "1234"), (".5", "0.5"), ("+7", "7"),
    ],
)  # fmt: skip
def test_figures_as_people_write_them(text, value):
    assert figure(text) == value


def test_a_share_may_be_written_in_percent():
    assert figure("13 %", percent=True) == "0.13"


@pytest.mark.parametrize(
    "text", ["1,23", "1.234,5", "=1+1", "twelve", "--1", "1e500", "0x1F", "NaN"]
)
def test_what_may_not_be_a_figure_is_refused(text):
    with pytest.raises(errors.NotFigure):
        figure(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-11-05", "2026-11-05"), ("2026/1/5", "2026-01-05"), ("2026.11.5", "2026-11-05"),
        ("20261105", "2026-11-05"), ("2026年11月5日", "2026-11-05"),
        ("民國115年11月5日", "2026-11-05"), ("2026-11-05 00:00:00", "2026-11-05"),
    ],
)  # fmt: skip
def test_days_as_people_write_them(text, value):
    assert day(text) == value


@pytest.mark.parametrize(
    "text", ["05/11/2026", "11/5/26", "2026-02-30", "45966", "soon", "2026-13-01"]
)
def test_what_may_be_two_days_or_none_is_refused(text):
    with pytest.raises(errors.NotDate):
        day(text)
