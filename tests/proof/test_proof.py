"""One row changed behind the ledger's back is found and named. One case per thing that is proved."""

import datetime as dt
import json
from decimal import Decimal as D

import pytest
from django.db import connection

from heyi.ledger import chain
from heyi.ledger.api import Amount, Dimensions, fold, reserve
from heyi.ledger.proof import PROOFS
from heyi.platform import proofs
from heyi.platform.rows import fetch
from heyi.platform.transactions import unit_of_work

from .conftest import DAY

EVERY = {p.id for p in PROOFS}


@pytest.fixture
def paper(books):
    """A month's worth: goods in and out by average and FIFO, a promise, invoices, a reversal."""
    books.bolt, books.steel = books.product("BOLT"), books.product("STEEL", "RM")
    books.coil = books.product("COIL", "FIFO")
    books.party = 77
    books.received = books.receive(books.bolt, 10, "70.00")
    books.receive(books.steel, 5, "50.00")
    books.receive(books.coil, 4, "40.00")
    books.receive(books.coil, 4, "48.00")
    books.shipped = books.ship(books.bolt, 4)
    books.ship(books.coil, 5)
    books.undone = books.ship(books.bolt, 1)
    books.reverse(books.undone)
    role, about = books.accounts, Dimensions(party=books.party)
    books.invoice = books.post(
        journal=(
            Amount(role["accounts_receivable"], D("113.00"), dimensions=about),
            Amount(role["sales_revenue"], D("-100.00")),
            Amount(role["vat_output"], D("-13.00")),
        )
    )
    fold()
    books.post(
        journal=(
            Amount(role["bank"], D("113.00")),
            Amount(role["accounts_receivable"], D("-113.00"), dimensions=about),
        )
    )
    unit_of_work(
        lambda: reserve(books.id, [books.move("sales.delivery", books.bolt, 2, books.store.pk, 2)])
    )
    chain.extend()
    return books


def incremental(since=0):
    """The proofs that fail when only what newer vouchers touched is looked at."""
    found = {p.id: p.check(None, since) for p in PROOFS}
    return {id_ for id_, result in found.items() if not result.ok}


def verdicts(**options):
    return {p["id"]: p for p in proofs.run(**options)["proofs"] if p["id"] in EVERY}


def failed(**options):
    """The failing proofs of the ledger, as {id: first_bad}."""
    return {id_: p["first_bad"] for id_, p in verdicts(**options).items() if not p["ok"]}


def tamper(sql, *params):
    """One row changed by someone who may switch the triggers off."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql, params)
        changed = cursor.rowcount
        cursor.execute("SET session_replication_role = origin")
    assert changed == 1


def test_sound_books_pass_and_say_how_much_was_looked_at(paper):
    found = verdicts()
    assert {id_: p["first_bad"] for id_, p in found.items()} == dict.fromkeys(EVERY)
    assert {id_: p["checked"] for id_, p in found.items()} == {
        "ledger.vouchers": 10,
        "ledger.entries": 37,
        "ledger.numbers": 1,
        "ledger.on_hand": 3,
        "ledger.reserved": 3,
        "ledger.stock_accounts": 9,
        "ledger.pools": 3,
        "ledger.balances": 15,
        "ledger.control_accounts": 3,
        "ledger.dimensions": 3,
        "ledger.progress": 0,
        "ledger.owners": 0,
        "ledger.chain": 10,
    }
    assert proofs.run()["ok"] is True
    json.dumps(proofs.run())  # one JSON object


def test_an_amount_changed_on_a_line(paper):
    tamper(
        "UPDATE ledger_journalline SET debit = debit + 1 WHERE voucher_id = %s AND no = 1",
        paper.invoice.voucher,
    )
    found = failed()
    assert set(found) == {
        "ledger.vouchers",
        "ledger.balances",
        "ledger.control_accounts",
        "ledger.chain",
    }
    assert found["ledger.vouchers"] == {
        "row": "ledger.voucher",
        "company_id": paper.id,
        "company": "HY",
        "voucher": paper.invoice.voucher,
        "word": "GL",
        "number": 9,
        "document_type": "test.document",
        "document_id": paper.invoice.document.id,
        "lines": 3,
        "difference": "1.00",
        "stray": 0,
    }
    assert found["ledger.chain"] == {
        "row": "ledger.chain_link",
        "company_id": paper.id,
        "company": "HY",
        "no": 9,
        "voucher": paper.invoice.voucher,
        "reason": "changed",
        "word": "GL",
        "number": 9,
        "document_type": "test.document",
        "document_id": paper.invoice.document.id,
    }


def test_a_line_moved_to_another_month(paper):
    tamper(
        'UPDATE ledger_journalline SET "on" = %s WHERE voucher_id = %s AND no = 2',
        DAY + dt.timedelta(days=40),
        paper.invoice.voucher,
    )
    assert failed()["ledger.vouchers"]["stray"] == 1


def test_a_voucher_that_vanished(paper):
    tamper("DELETE FROM ledger_voucher WHERE id = %s", paper.shipped.voucher)
    found = failed()
    assert found["ledger.entries"] == {
        "row": "ledger.journal_line",
        "company_id": paper.id,
        "company": "HY",
        "voucher": paper.shipped.voucher,
        "no": 1,
        "document_type": "test.document",
        "document_id": paper.shipped.document.id,
    }
    assert found["ledger.numbers"] == {
        "row": "ledger.series",
        "company_id": paper.id,
        "company": "HY",
        "word": "GL",
        "period_id": found["ledger.numbers"]["period_id"],
        "period": "2026-03-01",
        "kept": 10,
        "found": 9,
        "highest": 10,
        "missing": 5,
    }
    assert (found["ledger.chain"]["no"], found["ledger.chain"]["reason"]) == (5, "missing")


def test_a_number_taken_out_of_its_series(paper):
    tamper("UPDATE ledger_voucher SET number = 40 WHERE id = %s", paper.invoice.voucher)
    assert failed()["ledger.numbers"]["missing"] == 9


def test_a_series_set_back(paper):
    tamper("UPDATE ledger_series SET last = 9 WHERE company_id = %s", paper.id)
    found = failed()
    assert set(found) == {"ledger.numbers"}
    assert (found["ledger.numbers"]["kept"], found["ledger.numbers"]["highest"]) == (9, 10)


def test_a_quantity_on_a_shelf(paper):
    tamper("UPDATE ledger_quantitybalance SET quantity = 9 WHERE product_id = %s", paper.bolt.pk)
    assert failed() == {
        "ledger.on_hand": {
            "row": "ledger.quantity_balance",
            "company_id": paper.id,
            "company": "HY",
            "product_id": paper.bolt.pk,
            "product": "BOLT",
            "location_id": paper.store.pk,
            "location": "STORE",
            "lot_id": 0,
            "owner_id": 0,
            "status": 0,
            "kept": "9.000000",
            "found": "6.000000",
        }
    }


def test_a_move_of_goods(paper):
    tamper("UPDATE ledger_stockmove SET quantity = 5 WHERE voucher_id = %s", paper.shipped.voucher)
    found = failed()
    assert set(found) == {"ledger.on_hand", "ledger.chain"}
    assert (found["ledger.on_hand"]["kept"], found["ledger.on_hand"]["found"]) == (
        "6.000000",
        "5.000000",
    )
    assert found["ledger.chain"]["voucher"] == paper.shipped.voucher


def test_a_promise_on_a_shelf(paper):
    tamper("UPDATE ledger_quantitybalance SET reserved = 1 WHERE product_id = %s", paper.bolt.pk)
    assert failed() == {
        "ledger.reserved": {
            "row": "ledger.quantity_balance",
            "company_id": paper.id,
            "company": "HY",
            "product_id": paper.bolt.pk,
            "product": "BOLT",
            "location_id": paper.store.pk,
            "location": "STORE",
            "lot_id": 0,
            "owner_id": 0,
            "status": 0,
            "kept": "1.000000",
            "found": "2.000000",
        }
    }


def test_a_promise_that_vanished(paper):
    tamper("DELETE FROM ledger_reservation WHERE company_id = %s", paper.id)
    assert failed()["ledger.reserved"]["found"] == "0"


def test_the_value_of_a_pool(paper):
    tamper("UPDATE ledger_valuepool SET value = value + 5 WHERE product_id = %s", paper.steel.pk)
    found = failed()
    assert set(found) == {"ledger.pools", "ledger.stock_accounts"}
    area = paper.store.area_id
    assert found["ledger.pools"] == {
        "row": "ledger.value_pool",
        "company_id": paper.id,
        "company": "HY",
        "product_id": paper.steel.pk,
        "product": "STEEL",
        "area_id": area,
        "area": "MAIN",
        "lot_id": 0,
        "pool_quantity": "5.000000",
        "pool_value": "55.00",
        "days_quantity": "5.000000",
        "days_value": "50.00",
        "layers_quantity": "0",
        "layers_value": "0",
        "entries_quantity": "5.000000",
        "entries_value": "50.00",
    }
    assert found["ledger.stock_accounts"] == {
        "row": "ledger.value_pool",
        "company_id": paper.id,
        "company": "HY",
        "kept": "128.00",
        "found": "133.00",
    }


@pytest.mark.parametrize(
    ("table", "change", "part", "figure"),
    [
        ("poolday", "in_value = in_value + 1", "days_value", "37.00"),
        ("poollayer", "quantity = quantity + 1", "layers_quantity", "4.000000"),
        ("poollayer", "value = value + 1", "layers_value", "37.00"),
    ],
)
def test_the_days_and_layers_of_a_pool(paper, table, change, part, figure):
    tamper(f"UPDATE ledger_{table} SET {change} WHERE product_id = %s", paper.coil.pk)
    found = failed()
    assert set(found) == {"ledger.pools"}
    assert (found["ledger.pools"]["product"], found["ledger.pools"][part]) == ("COIL", figure)


def test_a_value_entry(paper):
    tamper("UPDATE ledger_valueentry SET value = -20 WHERE voucher_id = %s", paper.shipped.voucher)
    found = failed()
    assert set(found) == {"ledger.pools", "ledger.stock_accounts", "ledger.chain"}
    assert found["ledger.stock_accounts"] == {
        "row": "ledger.voucher",
        "company_id": paper.id,
        "company": "HY",
        "voucher": paper.shipped.voucher,
        "word": "GL",
        "number": 5,
        "document_type": "test.document",
        "document_id": paper.shipped.document.id,
        "kept": "-28.00",
        "found": "-20.00",
    }


def test_a_journal_on_a_stock_account_by_hand(paper):
    by_hand = paper.post(journal=(("raw_materials", "5.00"), ("cash", "-5.00")))
    found = failed()
    assert set(found) == {"ledger.stock_accounts"}
    assert found["ledger.stock_accounts"]["document_id"] == by_hand.document.id


@pytest.mark.parametrize("table", ["periodbalance", "balancedelta"])
def test_a_balance_folded_or_waiting(paper, table):
    account = paper.accounts["accounts_receivable"]
    tamper(f"UPDATE ledger_{table} SET debit = debit + 7 WHERE account_id = %s", account)
    found = failed()
    assert set(found) == {"ledger.balances", "ledger.control_accounts"}
    bad = found["ledger.balances"]
    assert (bad["company"], bad["account"], bad["period"]) == ("HY", "1122", "2026-03-01")
    assert (bad["kept_debit"], bad["found_debit"]) == ("120.00", "113.00")
    assert found["ledger.control_accounts"] == {
        "row": "ledger.account",
        "company_id": paper.id,
        "company": "HY",
        "account_id": account,
        "account": "1122",
        "party_id": 77,
        "party": None,
        "kept": "7.00",
        "found": "0.00",
    }


def test_the_turnover_of_an_account(paper):
    account = paper.accounts["vat_output"]
    tamper("UPDATE ledger_accountturnover SET credit = 12 WHERE account_id = %s", account)
    assert failed() == {
        "ledger.balances": {
            "row": "ledger.account_turnover",
            "company_id": paper.id,
            "company": "HY",
            "account_id": account,
            "account": "2221.01.07",
            "period": "2026-03-01",
            "period_id": failed()["ledger.balances"]["period_id"],
            "kept_debit": "0.00",
            "found_debit": "0.00",
            "kept_credit": "12.00",
            "found_credit": "13.00",
        }
    }


def test_a_receivable_that_names_nobody(paper):
    tamper(
        "UPDATE ledger_journalline SET dimension_set_id = 0 WHERE voucher_id = %s AND no = 1",
        paper.invoice.voucher,
    )
    found = failed()
    assert set(found) == {"ledger.balances", "ledger.control_accounts", "ledger.chain"}
    assert found["ledger.control_accounts"] == {
        "row": "ledger.journal_line",
        "company_id": paper.id,
        "company": "HY",
        "account_id": paper.accounts["accounts_receivable"],
        "account": "1122",
        "voucher": paper.invoice.voucher,
        "no": 1,
        "document_type": "test.document",
        "document_id": paper.invoice.document.id,
        "value": "113.00",
    }


def test_a_dimension_set_that_says_something_else(paper):
    id_ = Dimensions(party=77).id
    tamper("UPDATE ledger_dimensionset SET party = 78 WHERE id = %s", id_)
    found = failed()
    assert found["ledger.dimensions"] == {
        "row": "ledger.dimension_set",
        "id": str(id_),
        "found": str(Dimensions(party=78).id),
    }


def test_a_dimension_set_that_is_lost(paper):
    id_ = Dimensions(party=77).id
    tamper("DELETE FROM ledger_dimensionset WHERE id = %s", id_)
    assert failed()["ledger.dimensions"]["dimensions"] == str(id_)


def test_a_seal(paper):
    tamper(
        "UPDATE ledger_chainlink SET hash = %s WHERE company_id = %s AND no = 3",
        b"x" * 32,
        paper.id,
    )
    found = failed()
    assert set(found) == {"ledger.chain"}
    assert (found["ledger.chain"]["no"], found["ledger.chain"]["reason"]) == (3, "changed")


def test_a_seal_that_vanished(paper):
    tamper("DELETE FROM ledger_chainlink WHERE company_id = %s AND no = 3", paper.id)
    assert failed()["ledger.chain"]["reason"] == "place_missing"


def test_a_chain_cut_short_and_sealed_anew_misses_its_root(paper):
    """Whoever rewrites the whole chain cannot rewrite yesterday's root."""
    assert chain.seal_day(DAY) == 1
    kept = chain.roots(paper.id)
    fetch("DELETE FROM ledger_chainlink")
    tamper("UPDATE ledger_voucher SET word = 'XX' WHERE id = %s", paper.invoice.voucher)
    assert chain.extend(whole=True) == 10
    bad = failed()["ledger.chain"]
    assert (bad["no"], bad["reason"]) == (10, "root_differs")
    assert chain.roots(paper.id) == kept


def test_a_voucher_left_unsealed_for_a_day(paper):
    late = paper.post(journal=(("cash", "5.00"), ("bank", "-5.00")))
    assert failed() == {}
    tamper("UPDATE ledger_voucher SET at = at - interval '2 days' WHERE id = %s", late.voucher)
    assert failed()["ledger.chain"]["reason"] == "unsealed"


@pytest.fixture
def delivered(paper):
    """A delivery that is posted, as its document and in the ledger."""
    from heyi.ledger.api import Ref
    from heyi.sales.models import Delivery

    paper.delivery = Delivery.objects.create(
        company=paper.model,
        number="SD-1",
        on=DAY,
        customer_id=paper.party,
        warehouse=paper.store,
        state="posted",
    )
    paper.posted = paper.ship(paper.bolt, 1, document=Ref("sales.delivery", paper.delivery.pk))
    chain.extend()
    assert failed() == {}
    return paper


@pytest.mark.parametrize(
    ("state", "vouchers", "reversals"), [("approved", 1, 0), ("reversed", 1, 0)]
)
def test_a_document_whose_state_is_not_what_the_ledger_says(delivered, state, vouchers, reversals):
    tamper("UPDATE sales_delivery SET state = %s WHERE id = %s", state, delivered.delivery.pk)
    assert failed() == {
        "ledger.progress": {
            "row": "sales.delivery",
            "company_id": delivered.id,
            "company": "HY",
            "document_type": "sales.delivery",
            "document_id": delivered.delivery.pk,
            "document": "SD-1",
            "state": state,
            "vouchers": vouchers,
            "reversals": reversals,
        }
    }


def test_a_document_said_to_be_posted_that_is_not(delivered):
    from heyi.sales.models import Delivery

    draft = Delivery.objects.create(
        company=delivered.model,
        number="SD-2",
        on=DAY,
        customer_id=delivered.party,
        warehouse=delivered.store,
        state="draft",
    )
    tamper("UPDATE sales_delivery SET state = 'posted' WHERE id = %s", draft.pk)
    bad = failed()["ledger.progress"]
    assert (bad["document"], bad["state"], bad["vouchers"]) == ("SD-2", "posted", 0)


def test_a_document_given_to_another_company(delivered, build):
    other = build("NB")
    tamper(
        "UPDATE sales_delivery SET company_id = %s WHERE id = %s", other.id, delivered.delivery.pk
    )
    assert failed() == {
        "ledger.owners": {
            "row": "ledger.voucher",
            "company_id": delivered.id,
            "company": "HY",
            "voucher": delivered.posted.voucher,
            "word": "GL",
            "number": 11,
            "document_type": "sales.delivery",
            "document_id": delivered.delivery.pk,
            "document": "SD-1",
            "document_company": other.id,
        }
    }


def test_a_document_that_vanished(delivered):
    tamper("DELETE FROM sales_delivery WHERE id = %s", delivered.delivery.pk)
    found = failed()
    assert set(found) == {"ledger.owners"}
    assert (found["ledger.owners"]["document"], found["ledger.owners"]["document_company"]) == (
        None,
        None,
    )


def test_another_companys_books_are_not_blamed(paper, build):
    other = build("NB")
    tamper("UPDATE ledger_quantitybalance SET quantity = 9 WHERE product_id = %s", paper.bolt.pk)
    assert set(failed(company=paper.id)) == {"ledger.on_hand"}
    assert failed(company=other.id) == {}


def test_a_failed_proof_opens_one_case(paper):
    from heyi.platform.exceptions.models import Case
    from heyi.platform.proving import prove_incrementally

    prove_incrementally()
    assert not Case.objects.exists()
    tamper("UPDATE ledger_quantitybalance SET quantity = 9 WHERE product_id = %s", paper.bolt.pk)
    prove_incrementally()
    prove_incrementally(full=True)
    [case] = Case.objects.all()
    assert (case.code, case.company_id) == ("platform.proof_failed", paper.id)
    assert case.params["proof"] == "ledger.on_hand"
    assert case.params["first_bad"]["product"] == "BOLT"


@pytest.fixture
def by_lot(books):
    """Ten pieces of one lot; two of that lot and three of any lot are promised."""
    from heyi.ledger.api import lots

    books.drug = books.product("DRUG")
    type(books.drug).objects.filter(pk=books.drug.pk).update(tracking="lot")
    [books.lot] = lots.register(books.id, [lots.Named(books.drug.pk, "L1")])
    books.receive(books.drug, 10, "70.00", lot=books.lot)
    move, store = books.move, books.store.pk
    unit_of_work(
        lambda: reserve(
            books.id,
            [
                move("sales.delivery", books.drug, 2, store, 2, lot=books.lot),
                move("sales.delivery", books.drug, 3, store, 2),
            ],
        )
    )
    assert failed() == {}
    return books


@pytest.mark.parametrize(
    ("table", "change", "proof", "row", "kept", "found"),
    [
        ("placetotal", "quantity = 9", "ledger.on_hand", "ledger.place_total", "9.000000", "10.000000"),
        ("placetotal", "reserved = 4", "ledger.reserved", "ledger.place_total", "4.000000", "5.000000"),
        ("quantitybalance", "reserved = 5", "ledger.reserved", "ledger.quantity_balance",
         "5.000000", "2.000000"),
    ],
)  # fmt: skip
def test_goods_kept_by_lot(by_lot, table, change, proof, row, kept, found):
    tamper(f"UPDATE ledger_{table} SET {change} WHERE product_id = %s", by_lot.drug.pk)
    bad = failed()
    assert set(bad) == {proof}
    assert [bad[proof][k] for k in ("row", "product", "kept", "found")] == [
        row,
        "DRUG",
        kept,
        found,
    ]


@pytest.mark.parametrize(
    ("change", "which", "found"),
    [
        ("journalline SET debit = debit + 1", "voucher_id = (SELECT max(voucher_id) FROM ledger_journalline) AND no = 1",
         {"ledger.vouchers", "ledger.balances", "ledger.chain"}),
        ("series SET last = last + 1", "true", {"ledger.numbers"}),
        ("quantitybalance SET quantity = 9", "quantity = 6", {"ledger.on_hand"}),
        ("quantitybalance SET reserved = 1", "reserved = 2", {"ledger.reserved"}),
        ("valuepool SET value = value + 1", "quantity = 5", {"ledger.pools", "ledger.stock_accounts"}),
        ("poolday SET in_value = in_value + 1", "in_quantity = 5", {"ledger.pools"}),
        ("accountturnover SET credit = credit + 1", "credit = 13", {"ledger.balances"}),
        ("chainlink SET hash = 'x'", "no = 4", {"ledger.chain"}),
        ("dimensionset SET party = 78", "party = 77", {"ledger.dimensions"}),
    ],
)  # fmt: skip
def test_what_newer_vouchers_touched_is_proved_incrementally(paper, change, which, found):
    assert incremental() == set()
    tamper(f"UPDATE ledger_{change} WHERE {which}")
    assert incremental() == found
    assert incremental(since=10**12) <= {"ledger.reserved", "ledger.stock_accounts"}
