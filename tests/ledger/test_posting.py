"""What posting promises, and what the database refuses whoever asks."""

import datetime as dt
from decimal import Decimal as D

import pytest
from django.db import DatabaseError, transaction

from heyi.ledger.api import (
    AlreadyPosted,
    AlreadyPromised,
    AlreadyReversed,
    Amount,
    AmountTooFine,
    JournalUnbalanced,
    LateCost,
    Movement,
    NotPosted,
    PeriodClosed,
    Posting,
    PurposeUnmapped,
    ReceiptUnknown,
    ReferenceUnknown,
    StockShort,
    close,
    fold,
    preview,
    release,
    reopen,
    trial_balance,
    unproved,
)
from heyi.ledger.models import JournalLine, Reservation, Series, StockMove, ValueEntry, Voucher
from heyi.platform.documents import WrongState
from heyi.platform.models import DocumentLog
from heyi.platform.rows import fetch
from heyi.platform.transactions import finish, unit_of_work
from tests.ledger.conftest import DAY


def test_a_delivery_moves_the_goods_and_books_their_cost(company):
    company.receive("bolt", 10, "25.00")
    delivery = company.delivery("bolt", 4)
    company.ship(delivery)
    assert company.held("bolt") == (6, D("15.00"))
    assert company.on_hand("bolt").quantity == 6
    assert (company.account("SHIP"), company.account("FG")) == (D("10.00"), D("15.00"))
    logged = DocumentLog.objects.get(document_type="sales.delivery", document_id=delivery.pk)
    assert logged.transition == "post"


def test_what_is_not_there_cannot_be_shipped(company):
    company.receive("bolt", 3, "7.50")
    delivery = company.delivery("bolt", 4)
    with pytest.raises(StockShort) as refusal:
        company.ship(delivery)
    assert refusal.value.params()["available"] == 3
    assert company.on_hand("bolt").quantity == 3
    assert StockMove.objects.count() == 1
    assert not DocumentLog.objects.exists()


def test_a_double_click_ships_once(company):
    from heyi.sales.models import Delivery

    company.receive("bolt", 10, "25.00")
    first = company.delivery("bolt", 4)
    again = Delivery.objects.get(pk=first.pk)
    company.ship(first)
    with pytest.raises(WrongState), transaction.atomic():
        company.ship(again)
    assert company.on_hand("bolt").quantity == 6


def test_a_document_posts_once_and_reverses_once(company):
    document = company.ref("test.document")
    company.receive("bolt", 10, "25.00", document=document)
    with pytest.raises(AlreadyPosted):
        company.receive("bolt", 10, "25.00", document=document)
    company.reverse(document)
    with pytest.raises(AlreadyReversed):
        company.reverse(document)
    with pytest.raises(NotPosted):
        company.reverse(company.ref("test.document"))


@pytest.mark.parametrize("n", [1, 100])
def test_statements_do_not_grow_with_the_batch(n, live, django_assert_num_queries):
    from heyi.ledger.api import post

    live.receive("bolt", 1000, "2500.00")
    live.receive("nut", 1000, "2500.00")

    def moves():
        return tuple(
            live.move("sales.delivery", p, 1, live.warehouse.pk, 2) for p in ("bolt", "nut")
        )

    def goods():
        return [Posting(live.id, live.ref("d"), DAY, moves()) for _ in range(n)]

    money = [
        Posting(
            live.id,
            live.ref("d"),
            DAY,
            journal=(Amount(live.accounts["AR"].pk, D(1)), Amount(live.accounts["REV"].pk, D(-1))),
        )
        for _ in range(n)
    ]
    first, then = goods(), goods()

    def counted():
        with django_assert_num_queries(8):
            post(then)
            finish()
        with django_assert_num_queries(3):
            post(money)
            finish()

    unit_of_work(lambda: post(first))
    unit_of_work(counted)
    assert live.on_hand("bolt").quantity == 1000 - 2 * n


def test_what_a_rolled_back_posting_made_is_not_remembered(live):
    """Row caches fill on commit only: the next posting in this process makes the rows again."""

    def rolled_back():
        with transaction.atomic():
            live.receive("bolt", 1, "1.00")
            live.receive("bolt", 1, "1.00")
            live.issue("bolt", 3)

    for _ in range(2):
        with pytest.raises(StockShort):
            rolled_back()
    live.receive("bolt", 1, "1.00")
    assert live.held("bolt") == (1, D("1.00"))


def test_an_unmapped_purpose_is_refused_and_a_new_rule_counts_at_once(company):
    from heyi.ledger.models import PostingRule

    company.receive("bolt", 10, "25.00")
    rules = list(PostingRule.objects.filter(purpose="sales.delivery"))
    PostingRule.objects.filter(purpose="sales.delivery").delete()
    with pytest.raises(PurposeUnmapped), transaction.atomic():
        company.ship(company.delivery("bolt", 4))
    assert company.on_hand("bolt").quantity == 10
    PostingRule.objects.bulk_create(rules)
    company.ship(company.delivery("bolt", 4))
    assert company.on_hand("bolt").quantity == 6


def test_an_own_journal_must_balance(company):
    with pytest.raises(JournalUnbalanced) as refusal:
        company.post(journal=[("AR", "113"), ("REV", "-112.99")])
    assert refusal.value.difference == D("0.01")


def test_lines_keep_the_dimensions_their_account_declares(company):
    from heyi.ledger.api import Dimensions
    from heyi.ledger.models import DimensionSet

    about = Dimensions(party=7, department=3)
    company.post(
        journal=[
            Amount(
                company.accounts["AR"].pk, D(5), dimensions=about, currency="USD", foreign=D("0.70")
            ),
            Amount(company.accounts["REV"].pk, D(-5), dimensions=about),
        ]
    )
    ar, rev = JournalLine.objects.order_by("no")
    assert DimensionSet.objects.get(pk=ar.dimension_set_id).party == 7
    assert DimensionSet.objects.get().department == 0 and rev.dimension_set_id == 0
    assert (ar.currency, ar.foreign) == ("USD", D("0.70"))


# --- periods, numbers, balances ---------------------------------------------------------------


def test_a_closed_period_refuses_by_module(company):
    company.receive("bolt", 10, "25.00")
    with transaction.atomic():
        close(company.id, DAY, "stock")
    with pytest.raises(PeriodClosed) as refusal:
        company.issue("bolt", 1)
    assert refusal.value.module == "stock"
    company.post(journal=[("AR", "1"), ("REV", "-1")])
    with transaction.atomic():
        reopen(company.id, DAY, "stock")
    company.issue("bolt", 1)
    with pytest.raises(PeriodClosed):
        company.issue("bolt", 1, on=dt.date(2031, 1, 1))


def test_a_refused_posting_leaves_no_gap(company):
    company.receive("bolt", 10, "25.00")
    for _ in range(3):
        with pytest.raises(StockShort):
            company.issue("bolt", 11)
    assert company.issue("bolt", 1).number == 2
    assert Series.objects.get().last == 2


def unproved_of(company):
    return [row for row in unproved() if row[0] == company.id]


def test_balances_equal_lines_before_during_and_after_folding(company):
    company.receive("bolt", 10, "25.00")
    company.issue("bolt", 4, on=dt.date(2026, 2, 3))
    year = dt.date(2026, 2, 1), dt.date(2026, 2, 28)
    before = trial_balance(company.id, *year)
    assert unproved_of(company) == []
    assert fold() >= 4
    assert trial_balance(company.id, *year) == before and unproved_of(company) == []
    rows = {r.id: [r.opening_debit - r.opening_credit, r.debit, r.credit] for r in before.rows}
    assert rows[company.accounts["FG"].pk] == [D("25.00"), D(0), D("10.00")]
    assert fold() == 0


# --- reverse and preview ----------------------------------------------------------------------


def test_reverse_is_red_letter_and_exact(company):
    company.receive("bolt", 3, "10.00")
    document = company.ref("test.document")
    posted = company.issue("bolt", 2, document=document)
    back = company.reverse(document, on=dt.date(2026, 2, 2))
    assert company.held("bolt") == (3, D("10.00")) and company.on_hand("bolt").quantity == 3
    assert [(x.debit, x.credit) for x in back.lines] == [
        (-x.debit, -x.credit) for x in posted.lines
    ]
    assert Voucher.objects.get(pk=back.voucher).reverses_id == posted.voucher


def test_reversing_a_receipt_whose_goods_were_averaged_away(company):
    document = company.ref("test.document")
    company.receive("bolt", 10, "100.00", document=document)
    company.receive("bolt", 10, "0.00")
    company.issue("bolt", 9)  # at 5.00: the shelf carries 55.00 for 11
    back = company.reverse(document, on=DAY)
    assert company.net(back) == {"GRNI": "100.00", "FG": "-55.00", "VAR": "-45.00"}
    assert company.held("bolt") == (1, D("0.00"))


def test_a_receipt_whose_goods_left_cannot_be_reversed(company):
    document = company.ref("test.document")
    company.receive("bolt", 10, "100.00", document=document)
    company.issue("bolt", 1)
    with pytest.raises(StockShort):
        company.reverse(document)


def test_reversing_a_late_cost_gives_back_what_it_took(company):
    line, document = company.ref("l"), company.ref("test.document")
    company.post(
        company.move("purchase.receipt", "bolt", 10, 1, company.warehouse.pk, "100.00", origin=line)
    )
    company.issue("bolt", 4)
    company.post(late=[LateCost("purchase.freight", (line,), D("10.00"))], document=document)
    assert company.held("bolt") == (6, D("66.00"))
    back = company.reverse(document, on=DAY)
    assert company.held("bolt") == (6, D("60.00"))
    assert company.net(back) == {"FG": "-6.00", "VAR": "-4.00", "CLEAR": "10.00"}
    with pytest.raises(ReceiptUnknown):
        company.post(late=[LateCost("purchase.freight", (company.ref("l"),), D("10.00"))])


def test_preview_shows_the_lines_and_leaves_nothing(company):
    company.receive("bolt", 10, "25.00")
    wanted = Posting(
        company.id,
        company.ref("d"),
        DAY,
        (company.move("sales.delivery", "bolt", 4, company.warehouse.pk, 2),),
    )
    [seen] = preview([wanted])
    assert company.net(seen) == {"SHIP": "10.00", "FG": "-10.00"} and seen.number is None
    assert company.held("bolt") == (10, D("25.00"))
    assert StockMove.objects.count() == 1 and Series.objects.get().last == 1


# --- reservations -----------------------------------------------------------------------------


def test_promised_goods_are_kept_for_whom_they_were_promised(company):
    company.receive("bolt", 10, "25.00")
    promise = company.move("sales.delivery", "bolt", 8, company.warehouse.pk, 2)
    company.reserve(promise)
    with pytest.raises(StockShort) as refusal:
        company.issue("bolt", 3)
    assert refusal.value.available == 2
    part = company.move(
        "sales.delivery", "bolt", 5, company.warehouse.pk, 2, reserved_by=promise.origin
    )
    company.post(part)
    row = company.on_hand("bolt")
    assert (row.quantity, row.reserved, Reservation.objects.get().quantity) == (5, 3, 3)
    unit_of_work(lambda: release(company.id, [promise.origin]))
    assert company.on_hand("bolt").reserved == 0 and not Reservation.objects.exists()
    company.issue("bolt", 5)


def test_a_line_is_promised_once(company):
    company.receive("bolt", 10, "25.00")
    promise = company.move("sales.delivery", "bolt", 2, company.warehouse.pk, 2)
    company.reserve(promise)
    with pytest.raises(AlreadyPromised):
        company.reserve(promise)
    assert company.on_hand("bolt").reserved == 2


# --- what the database refuses on its own -----------------------------------------------------


def run(*statements):
    """Raw SQL, by the owner of the tables: what it may do, the triggers must refuse."""
    with transaction.atomic():
        for sql, *params in statements:
            fetch(sql, params)
        fetch("SET CONSTRAINTS ALL IMMEDIATE")


def test_ledger_rows_are_never_rewritten(company):
    company.receive("bolt", 10, "25.00")
    for model in (StockMove, ValueEntry, JournalLine, Voucher):
        table = model._meta.db_table
        for sql in (f"UPDATE {table} SET company_id = 0", f"DELETE FROM {table}"):
            with pytest.raises(DatabaseError, match="append-only"):
                run((sql,))


LINE = """INSERT INTO ledger_journalline (voucher_id, no, company_id, period_id, "on", account_id, debit, credit,
    currency, "foreign", quantity, dimension_set_id, purpose, origin_type, origin_id)
    VALUES (%s, %s, 1, 1, '2026-01-05', 1, %s, %s, '', 0, 0, 0, '', '', 0)"""
EMPTY = """INSERT INTO ledger_voucher (company_id, period_id, word, number, "on", document_type, document_id)
    VALUES (1, 1, 'GL', 99, '2026-01-05', 'x', 1)"""


def test_raw_sql_cannot_unbalance_a_voucher_add_to_it_or_post_an_empty_one(company):
    posted = company.receive("bolt", 10, "25.00")
    for words, statements in (
        ("do not balance", [(LINE, 999_999, 1, 5, 0)]),
        ("do not balance", [(LINE, 999_999, 1, 5, 0), (LINE, 999_999, 2, 0, "4.99")]),
        ("is posted", [(LINE, posted.voucher, 8, 0, 0)]),
        ("does not balance", [(EMPTY,)]),
    ):
        with pytest.raises(DatabaseError, match=words):
            run(*statements)


def test_posted_paper_is_frozen(company):
    from heyi.sales.models import Delivery, DeliveryLine

    company.receive("bolt", 10, "25.00")
    delivery = company.delivery("bolt", 4)
    DeliveryLine.objects.filter(delivery=delivery).update(quantity=3)
    delivery = Delivery.objects.get(pk=delivery.pk)
    company.ship(delivery)
    other = company.delivery("bolt", 1)
    for change in (
        lambda: DeliveryLine.objects.filter(delivery=delivery).update(quantity=5),
        lambda: DeliveryLine.objects.filter(delivery=delivery).delete(),
        lambda: DeliveryLine.objects.create(
            delivery=delivery,
            no=2,
            product=company.product("bolt"),
            unit=company.unit,
            quantity_unit=1,
            quantity=1,
        ),
        lambda: DeliveryLine.objects.filter(delivery=other).update(delivery=delivery),
        lambda: Delivery.objects.filter(pk=delivery.pk).update(on=dt.date(2026, 2, 1)),
        lambda: Delivery.objects.filter(pk=delivery.pk).update(state="draft"),
    ):
        with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
            change()


# --- bad input --------------------------------------------------------------------------------


def test_another_companys_things_are_unknown(company, build):
    other = build("OTHER")
    foreign = other.product("nut")
    type(foreign).objects.filter(pk=foreign.pk).update(company=other.model)
    for wanted, what in (
        (
            company.move("purchase.receipt", "bolt", 1, 1, other.warehouse.pk, "1.00"),
            "ledger.location",
        ),
        (
            Movement(
                "purchase.receipt",
                foreign.pk,
                D(1),
                1,
                company.warehouse.pk,
                company.ref("l"),
                D("1.00"),
            ),
            "product.product",
        ),
    ):
        with pytest.raises(ReferenceUnknown) as refusal:
            company.post(wanted)
        assert refusal.value.what == what
    with pytest.raises(ReferenceUnknown) as refusal:
        company.post(journal=[Amount(other.accounts["AR"].pk, D(1)), ("REV", "-1")])
    assert refusal.value.what == "ledger.account"


def test_an_account_that_is_a_heading_or_switched_off_takes_nothing(company):
    accounts = type(company.accounts["AR"]).objects
    for change in ({"leaf": False}, {"leaf": True, "active": False}):
        accounts.filter(pk=company.accounts["AR"].pk).update(**change)
        with pytest.raises(ReferenceUnknown):
            company.post(journal=[("AR", "1"), ("REV", "-1")])


def test_amounts_finer_than_the_currency_are_refused(build):
    taiwan = build("TW", currency="TWD", decimals=0)
    for bad in (
        lambda: taiwan.receive("bolt", 3, "10.50"),
        lambda: taiwan.post(journal=[("AR", "0.5"), ("REV", "-0.5")]),
    ):
        with pytest.raises(AmountTooFine):
            bad()
    taiwan.receive("bolt", 3, "10")
    assert [taiwan.net(taiwan.issue("bolt", 1))["WIP"] for _ in range(3)] == [
        "3.00",
        "4.00",
        "3.00",
    ]


@pytest.mark.parametrize("quantity", ["0", "-1", "0.0000001"])
def test_a_quantity_is_positive_and_in_six_decimals(quantity, company):
    with pytest.raises(AssertionError):
        company.receive("bolt", quantity, "1.00")


def test_how_goods_are_costed_stays_while_they_are_there(company):
    from heyi.product.models import Category, Product

    company.receive("bolt", 1, "1.00")
    for change in (
        lambda: Product.objects.filter(pk=company.product("bolt").pk).update(tracking="lot"),
        lambda: Category.objects.filter(pk=company.categories["FG"].pk).update(costing="fifo"),
    ):
        with pytest.raises(DatabaseError, match="goods are on hand"), transaction.atomic():
            change()
    company.issue("bolt", 1)
    Product.objects.filter(pk=company.product("bolt").pk).update(tracking="lot")
