"""What the running product could do to the books with raw SQL: nothing but add to them."""

from contextlib import contextmanager
from decimal import Decimal as D
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

import heyi.platform
from heyi.ledger.api import LateCost, change_standard, close, fold, lots, reopen, settle
from heyi.platform.rows import fetch
from heyi.platform.transactions import unit_of_work
from tests.ledger.conftest import DAY

ROLES = (Path(heyi.platform.__file__).parent / "roles.sql").read_text(encoding="utf-8")


@contextmanager
def as_product():
    """This connection as the role the product runs with."""
    fetch("SET LOCAL ROLE heyi_app")
    yield
    fetch("RESET ROLE")


@pytest.fixture
def granted(company):
    with connection.cursor() as cursor:
        cursor.execute(ROLES)
        cursor.execute(ROLES)
    company.receive("bolt", 10, "25.00")
    company.issue("bolt", 4)
    return company


APPEND_ONLY = [
    "ledger_voucher",
    "ledger_journalline",
    "ledger_stockmove",
    "ledger_valueentry",
    "platform_documentlog",
]
KEPT = [
    "ledger_quantitybalance",
    "ledger_placetotal",
    "ledger_valuepool",
    "ledger_poolday",
    "ledger_periodbalance",
    "ledger_series",
    "ledger_period",
    "ledger_account",
    "ledger_location",
    "ledger_postingrule",
    "ledger_lot",
    "sales_delivery",
    "purchase_receipt",
]


FORBIDDEN = [
    *(f"UPDATE {t} SET id = id" for t in ("ledger_voucher", "platform_documentlog")),
    "UPDATE ledger_journalline SET debit = debit + 1",
    "UPDATE ledger_stockmove SET quantity = 1",
    "UPDATE ledger_valueentry SET value = 1",
    *(f"DELETE FROM {t}" for t in APPEND_ONLY + KEPT),
    *(f"TRUNCATE {t} CASCADE" for t in APPEND_ONLY + KEPT),
    *(f"ALTER TABLE {t} DISABLE TRIGGER ALL" for t in APPEND_ONLY),
    "ALTER TABLE ledger_journalline DROP CONSTRAINT ledger_journalline_voucher",
    "DROP TRIGGER append_only ON ledger_voucher",
    "SET session_replication_role = replica",
    "INSERT INTO django_migrations (app, name, applied) VALUES ('x', 'y', platform_now())",
    "SELECT setval('ledger_voucher_id_seq', 1)",
]


def refusal_of(*statements):
    """What the database says to the product; None when it lets it."""
    try:
        with transaction.atomic():
            fetch("SET LOCAL ROLE heyi_app")
            for sql in statements:
                fetch(sql)
            fetch("SET CONSTRAINTS ALL IMMEDIATE")
            transaction.set_rollback(True)
    except DatabaseError as refusal:
        return str(refusal)
    return None


def test_the_product_may_not_change_delete_or_empty_the_books(granted):
    said = {sql: refusal_of(sql) or "" for sql in FORBIDDEN}
    allowed = [
        sql
        for sql, words in said.items()
        if "permission denied" not in words and "must be owner" not in words
    ]
    assert allowed == []


LINE = """
    INSERT INTO ledger_journalline (voucher_id, no, company_id, period_id, "on", account_id, debit,
        credit, currency, "foreign", quantity, dimension_set_id, purpose, origin_type, origin_id)
    SELECT {voucher}, {no}, company_id, period_id, "on", account_id, {debit}, {credit}, '', 0, 0, 0,
           '', '', 0 FROM ledger_journalline ORDER BY voucher_id, no LIMIT 1
"""
VOUCHER = """
    INSERT INTO ledger_voucher (id, company_id, period_id, word, number, "on", document_type,
        document_id) SELECT 777, company_id, period_id, word, {number}, "on", 'x', 777
    FROM ledger_voucher ORDER BY id LIMIT 1
"""
MOVE = """
    INSERT INTO ledger_stockmove SELECT 777, 1, company_id, "on", purpose, product_id, lot_id,
        source_id, source_owner_id, source_status, target_id, target_owner_id, target_status,
        quantity, origin_type, origin_id FROM ledger_stockmove ORDER BY voucher_id LIMIT 1
"""


WRONG = [
    ("one side only", [LINE.format(voucher=777, no=1, debit=5, credit=0)], "do not balance"),
    (
        "lines without a voucher",
        [LINE.format(voucher=777, no=1, debit=0, credit=0)],
        "ledger_journalline_voucher",
    ),
    ("goods without a voucher", [MOVE], "ledger_stockmove_voucher"),
    ("a numbered voucher without lines", [VOUCHER.format(number=99)], "does not balance"),
    ("a number twice", [VOUCHER.format(number=1)], "voucher_number"),
    (
        "a line into a posted voucher",
        [LINE.format(voucher="voucher_id", no=9, debit=0, credit=0)],
        "is posted",
    ),
    ("goods below zero", ["UPDATE ledger_quantitybalance SET quantity = -1"], "check constraint"),
    (
        "promises of what is not there",
        ["UPDATE ledger_quantitybalance SET reserved = quantity + 1"],
        "check constraint",
    ),
    ("value without goods", ["UPDATE ledger_valuepool SET quantity = 0"], "check constraint"),
    ("a price below nothing", ["UPDATE ledger_valuepool SET value = -1"], "check constraint"),
]


def test_raw_sql_cannot_make_the_books_wrong(granted):
    for case, statements, words in WRONG:
        assert words in (refusal_of(*statements) or ""), case


def test_the_product_can_do_all_its_work(granted):
    """Every path of the ledger runs with these rights."""
    with as_product():
        document, line = granted.ref("test.document"), granted.ref("line")
        here = granted.warehouse.pk
        granted.post(granted.move("purchase.receipt", "bolt", 5, 1, here, "10.00", origin=line))
        granted.post(late=[LateCost("purchase.freight", (line,), D("2.00"))])
        granted.reserve(promise := granted.move("sales.delivery", "bolt", 2, here, 2))
        granted.post(
            granted.move("sales.delivery", "bolt", 2, here, 2, reserved_by=promise.origin),
            document=document,
        )
        granted.reverse(document)
        delivery = granted.delivery("bolt", 1)
        granted.ship(delivery)
        unit_of_work(lambda: close(granted.id, DAY, "stock"))
        unit_of_work(lambda: reopen(granted.id, DAY, "stock"))
        milk = granted.product("milk", tracking="lot")
        [lot] = lots.register(granted.id, [lots.Named(milk.pk, "L1")])
        granted.post(granted.move("purchase.receipt", "milk", 5, 1, here, "5.00", lot=lot))
        granted.reserve(granted.move("sales.delivery", "milk", 2, here, 2))
        loss = granted.move("stock.loss", "milk", 4, here, 3, lot=lot, breaks_promises=True)
        assert granted.post(loss).broken
        unit_of_work(lambda: settle(granted.id, DAY))
        unit_of_work(lambda: change_standard(granted.id, {milk.pk: D("1.10")}, on=DAY))
        assert fold() > 0
        assert granted.on_hand("bolt").quantity == 10
