"""Paper: widths, words for amounts, and PDFs made without any font of the machine."""

from decimal import Decimal as D
from io import BytesIO

import pypdf
import pytest

from heyi.platform.printing.layout import PORTRAIT, Column, laid_out
from heyi.platform.printing.paper import Block, Job, Labelled, Sheet, pdf
from heyi.platform.printing.words import grouped, in_words

HOSTILE = '#panic("x") $a^2$ *b* _c_ @ref <label> \\ #include "/etc/passwd" </script>'


@pytest.mark.parametrize(
    ("amount", "language", "words"),
    [
        ("0", "zh_hans", "零元整"),
        ("0.07", "zh_hans", "柒分"),
        ("0.50", "zh_hant", "伍角整"),
        ("1234.56", "zh_hans", "壹仟贰佰叁拾肆元伍角陆分"),
        ("1234.56", "zh_hant", "壹仟貳佰參拾肆元伍角陸分"),
        ("10010.05", "zh_hans", "壹万零壹拾元零伍分"),
        ("100000001", "zh_hant", "壹億零壹元整"),
        ("-30.20", "zh_hant", "負參拾元貳角整"),
        ("123456789.56", "zh_hans", "壹亿贰仟叁佰肆拾伍万陆仟柒佰捌拾玖元伍角陆分"),
        ("1234.05", "en", "One thousand two hundred thirty-four and 05/100"),
    ],
)
def test_amounts_in_words(amount, language, words):
    assert in_words(D(amount), language) == words


def test_figures_are_grouped():
    assert grouped(D("-1234567.5"), 2) == "\u22121,234,567.50"
    assert grouped(D("12.340000")) == "12.34"
    assert grouped(D("1000")) == "1,000"


def test_figures_keep_their_width_and_texts_share_the_rest():
    columns = [Column("#", right=True), Column("Name"), Column("Amount", right=True)]
    table = laid_out(columns, [("1", "深溝球軸承" * 12, "123,456,789.00")])
    assert not table.flipped
    assert table.size == 9
    assert sum(table.widths) == pytest.approx(PORTRAIT, abs=0.1)
    assert table.widths[2] > 22  # 14 figures at 9 points
    assert table.widths[1] > table.widths[2]


def test_many_columns_turn_the_sheet():
    columns = [Column(f"Amount {n}", right=True) for n in range(12)]
    table = laid_out(columns, [["123,456,789.00"] * 12])
    assert table.flipped


def test_a_long_item_number_may_break_inside_its_column():
    columns = [Column("Product"), Column("Name")]
    table = laid_out(columns, [("A" * 120, "short name"), ("B-1", "深溝球軸承" * 9)])
    assert "\u200b" in table.lines[0][0]
    assert table.lines[1] == ("B-1", "深溝球軸承" * 9)


def sheet(number="PR26-000001", lines=3, **more):
    columns = [Column("#", right=True), Column("品名"), Column("金額", right=True)]
    rows = [(str(n + 1), f"軸承 {n}", grouped(D(n) + D("0.5"), 2)) for n in range(lines)]
    table = laid_out(columns, rows)
    return Sheet(
        company=Block("昇陽精密機械股份有限公司"),
        title="進貨單",
        number=number,
        columns=tuple(
            {"label": c.label, "right": c.right, "width": w}
            for c, w in zip(columns, table.widths, strict=True)
        ),
        lines=table.lines,
        **more,
    )


def printed(*sheets, language="zh_hant"):
    job = Job(language, "進貨單", "列印 2026-11-24", "第 {page} 頁，共 {pages} 頁", sheets)
    return pypdf.PdfReader(BytesIO(pdf(job)))


def texts(reader):
    return [page.extract_text() for page in reader.pages]


def test_the_font_comes_along():
    reader = printed(sheet(), language="zh_hant")
    [page] = reader.pages
    fonts = {str(f.get_object()["/BaseFont"]) for f in page["/Resources"]["/Font"].values()}
    assert all("NotoSansCJK" in font and "TC" in font.upper() for font in fonts), fonts
    assert "昇陽精密機械股份有限公司" in page.extract_text()


def test_heads_repeat_and_each_document_counts_its_own_pages():
    pages = texts(printed(sheet("PR26-000001", 130), sheet("PR26-000002", 2)))
    assert len(pages) == 4
    assert all("品名" in page and "金額" in page for page in pages)
    assert "第 2 頁，共 3 頁" in pages[1]
    assert "第 1 頁，共 1 頁" in pages[3]
    assert "PR26-000001" in pages[1]
    assert "PR26-000002" not in pages[2]


def test_no_text_acts_as_markup():
    note = Labelled("Note", HOSTILE)
    facts = (Labelled(HOSTILE, HOSTILE),)
    reader = printed(sheet(HOSTILE, party=Block(HOSTILE), facts=facts, note=note))
    text = "".join(texts(reader)).replace("\n", "")
    assert text.count('#panic("x") $a^2$ *b* _c_ @ref <label>') >= 4


def test_a_long_batch_is_set_in_parts_and_keeps_its_order():
    reader = printed(*(sheet(f"PR26-{n:06d}", 30) for n in range(120)))
    pages = texts(reader)
    firsts = [page for page in pages if "第 1 頁" in page]
    assert len(firsts) == 120
    assert all(f"PR26-{n:06d}" in page for n, page in enumerate(firsts))
