"""Tax to the cent, by the method and the rates of the day, kept with the document."""

import datetime as dt
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heyi.ledger.tax_rules import Method, TaxLine, compute

CENT, DOLLAR = D("0.01"), D(1)
LINE, DOCUMENT = Method("line"), Method("document")
GROSS_LINE, GROSS_DOCUMENT = Method("line", True), Method("document", True)


def lines(*amounts, rate="0.13"):
    return [TaxLine(D(a), D(rate)) for a in amounts]


@pytest.mark.parametrize(
    ("amounts", "rate", "method", "unit", "taxes", "total"),
    [
        # V8: three lines of 10.03 at 13 %
        (["10.03"] * 3, "0.13", LINE, CENT, ["1.30", "1.30", "1.30"], "3.90"),
        (["10.03"] * 3, "0.13", DOCUMENT, CENT, ["1.31", "1.30", "1.30"], "3.91"),
        # V17: whole Taiwan dollars
        (["3333"], "0.05", LINE, DOLLAR, ["167"], "167"),
        # prices that contain the tax
        (["11.30"], "0.13", GROSS_LINE, CENT, ["1.30"], "1.30"),
        (["3500"], "0.05", GROSS_LINE, DOLLAR, ["167"], "167"),
        (["10.03"] * 3, "0.13", GROSS_LINE, CENT, ["1.15", "1.15", "1.15"], "3.45"),
        (["10.03"] * 3, "0.13", GROSS_DOCUMENT, CENT, ["1.16", "1.15", "1.15"], "3.46"),
        # a discount line, and nothing at all
        (["10.03", "-10.03"], "0.13", DOCUMENT, CENT, ["1.30", "-1.30"], "0.00"),
        ([], "0.13", DOCUMENT, CENT, [], "0"),
        (["0.03"] * 5, "0.13", DOCUMENT, CENT, ["0.01", "0.01", "0.00", "0.00", "0.00"], "0.02"),
    ],
)
def test_tax_of_lines(amounts, rate, method, unit, taxes, total):
    done = compute(lines(*amounts, rate=rate), method, unit)
    assert [x.tax for x in done.lines] == [D(t) for t in taxes]
    assert done.tax == D(total)


def test_v17_total_is_whole_dollars():
    done = compute(lines("3333", rate="0.05"), LINE, DOLLAR)
    assert (done.net, done.tax, done.gross) == (D(3333), D(167), D(3500))


AMOUNTS = st.lists(st.integers(-100_000, 100_000), max_size=12)


@given(AMOUNTS, st.sampled_from(["0.13", "0.09", "0.06", "0.05", "0.01", "0"]), st.booleans())
def test_document_rounding_adds_up_and_mirrors(cents, rate, inclusive):
    """The parts are the whole, rounded once; a credit note is the exact mirror."""
    method = Method("document", inclusive)
    own = [TaxLine(D(c) / 100, D(rate)) for c in cents]
    done = compute(own, method, CENT)
    whole = sum((x.amount for x in own), D(0))
    exact = whole - whole / (1 + D(rate)) if inclusive else whole * D(rate)
    assert abs(done.tax - exact) <= CENT / 2
    assert sum((x.tax for x in done.lines), D(0)) == done.tax
    assert done.gross == (whole if inclusive else whole + done.tax)
    assert all(x.tax % CENT == 0 for x in done.lines)
    mirror = compute([TaxLine(-x.amount, x.rate) for x in own], method, CENT)
    assert [x.tax for x in mirror.lines] == [-x.tax for x in done.lines]


def test_rates_have_dates(books):
    from heyi.ledger.errors import TaxRateMissing
    from heyi.ledger.models import TaxCode
    from heyi.ledger.taxes import rates_on

    code = dict(TaxCode.objects.filter(company=books.model).values_list("code", "pk"))

    def rate(name, *day):
        return rates_on(books.id, [code[name]], dt.date(*day))[code[name]]

    assert rate("LEVY", 2022, 12, 31) == D("0.03")
    assert rate("LEVY", 2023, 1, 1) == rate("LEVY", 2027, 12, 31) == D("0.01")
    assert rate("LEVY", 2028, 1, 1) == D("0.03")
    assert rate("TELECOM", 2025, 12, 31) == D("0.06")
    assert rate("TELECOM", 2026, 1, 1) == D("0.09")
    assert {rate(c, 2026, 3, 2) for c in ("VAT13", "VAT9", "VAT6", "VAT0")} == {
        D("0.13"),
        D("0.09"),
        D("0.06"),
        D(0),
    }
    with pytest.raises(TaxRateMissing) as refusal:
        rate("LEVY5", 2028, 1, 1)
    assert refusal.value.params() == {"tax": "LEVY5", "on": dt.date(2028, 1, 1)}


def test_another_companys_tax_code_has_no_rate_here(books, build):
    from heyi.ledger.errors import TaxRateMissing
    from heyi.ledger.models import TaxCode
    from heyi.ledger.taxes import rates_on

    other = build("TW", "TWD", 0)
    theirs = TaxCode.objects.get(company=other.model, code="BT5")
    with pytest.raises(TaxRateMissing):
        rates_on(books.id, [theirs.pk], dt.date(2026, 3, 2))


def test_the_company_setting_never_changes_a_document(books):
    """V8: the document keeps its method and rate; the setting only moves new ones."""
    from heyi.ledger.models import BookSettings, TaxCode, TaxRate
    from heyi.ledger.tax_fields import TaxedHeader, recount
    from heyi.ledger.taxes import Taxable, method_of
    from heyi.ledger.taxes import compute as count

    code = TaxCode.objects.get(company=books.model, code="VAT13")
    made = method_of(books.id)
    on = dt.date(2026, 3, 2)
    counted, rates = count(books.id, [Taxable(D("10.03"), code.pk)] * 3, made, on, CENT)
    assert counted.tax == D("3.90")

    class Paper(TaxedHeader):
        class Meta:
            app_label = "ledger"
            managed = False

    paper = Paper(tax_rounding=made.rounding, tax_inclusive=made.inclusive, tax=counted.tax)
    BookSettings.objects.filter(company=books.model).update(tax_rounding="document")
    TaxRate.objects.filter(tax=code).update(rate=D("0.10"))
    again = recount(paper, [(D("10.03"), rate) for rate in rates], CENT)
    assert again.tax == paper.tax == D("3.90")
    fresh, _ = count(books.id, [Taxable(D("10.03"), code.pk)] * 3, method_of(books.id), on, CENT)
    assert fresh.tax == D("3.01")  # 3 x 10.03 at 10 %, once per document


def test_v17_no_decimals_anywhere_in_a_taiwan_book(build):
    from heyi.ledger.models import JournalLine, ValueEntry, ValuePool

    tw = build("TW", "TWD", 0)
    bolt = tw.product("BOLT")
    tw.receive(bolt, 3, "1000")
    tw.ship(bolt, 1)
    tw.ship(bolt, 1)
    figures = [
        *JournalLine.objects.values_list("debit", "credit"),
        *ValueEntry.objects.values_list("value", "cost"),
        *ValuePool.objects.values_list("value", "value"),
    ]
    assert all(f % 1 == 0 for pair in figures for f in pair)
    assert [e.value for e in ValueEntry.objects.order_by("voucher_id")] == [1000, -333, -334]
