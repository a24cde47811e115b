"""Charts, roles, dated purposes, and why an account was chosen."""

import datetime as dt
from decimal import Decimal as D

import pytest

from heyi.ledger import accounts, charts
from heyi.ledger.errors import AccountUnknown, PurposeUnmapped, RuleFollows
from heyi.ledger.models import Account, JournalLine, PostingRule

from .conftest import DAY

JULY = dt.date(2026, 7, 1)


@pytest.mark.parametrize(("chart", "accounts_", "roles"), [("asbe", 186, 140), ("sme", 127, 116)])
def test_a_chart_is_whole(build, chart, accounts_, roles):
    books = build(chart=chart)
    rows = Account.objects.filter(company=books.model)
    assert (rows.count(), rows.exclude(role="").count()) == (accounts_, roles)
    parents = set(rows.exclude(parent=None).values_list("parent_id", flat=True))
    assert set(rows.filter(leaf=False).values_list("pk", flat=True)) == parents
    assert all(
        a.code.startswith(a.parent.code)
        and set(a.name) == {"zh_hant", "zh_hans", "en"}
        and all(a.name.values())
        for a in rows.exclude(parent=None).select_related("parent")
    )
    assert charts.load(books.id, chart) == 0  # repeatable


@pytest.mark.parametrize("chart", ["asbe", "sme"])
def test_every_purpose_of_a_chart_leads_to_postable_accounts(build, chart):
    books = build(chart=chart)
    wanted = {r["purpose"] for r in charts.table("purposes")}
    rules = PostingRule.objects.filter(company=books.model, category=None)
    assert {r.purpose for r in rules} == wanted
    leaves = set(Account.objects.filter(leaf=True, active=True).values_list("pk", flat=True))
    for purpose in wanted - {"goods"}:
        why = accounts.explain(books.id, purpose, category=None, location=None, on=DAY)
        assert [w.account in leaves for w in why] == [True] * 3, purpose


def test_reloading_keeps_what_the_firm_changed(books):
    Account.objects.filter(company=books.model, role="cash").update(name={"en": "Till"})
    Account.objects.filter(company=books.model, code="1131").delete()
    assert charts.load(books.id, "asbe") == 1
    assert Account.objects.get(company=books.model, role="cash").name == {"en": "Till"}


def test_an_unknown_role_is_named(books):
    with pytest.raises(AccountUnknown) as refusal:
        accounts.by_role(books.id, "cash", "warp_core")
    assert refusal.value.roles == "warp_core"


def test_goods_are_kept_where_their_category_says(books):
    received = books.receive(books.product("STEEL", "RM"), 10, "100.00")
    assert books.net(received) == {
        "raw_materials": "100.00",
        "goods_received_not_invoiced": "-100.00",
    }
    received = books.receive(books.product("BOLT"), 10, "70.00")
    assert books.net(received) == {
        "finished_goods": "70.00",
        "goods_received_not_invoiced": "-70.00",
    }


def test_a_changed_rule_counts_from_its_day(books):
    bolt = books.product("BOLT")
    books.receive(bolt, 10, "70.00")
    selling = books.accounts["selling_expenses"]
    accounts.assign(
        books.id,
        "sales.delivery",
        on=JULY,
        counterpart=selling,
        variance=books.accounts["inventory_variance"],
    )
    before = books.ship(bolt, 1, on=JULY - dt.timedelta(days=1))
    after = books.ship(bolt, 1, on=JULY)
    assert books.net(before) == {"goods_dispatched": "7.00", "finished_goods": "-7.00"}
    assert books.net(after) == {"selling_expenses": "7.00", "finished_goods": "-7.00"}
    old, new = PostingRule.objects.filter(company=books.model, purpose="sales.delivery").order_by(
        "id"
    )
    assert (old.valid_to, new.valid_from) == (dt.date(2026, 6, 30), JULY)
    with pytest.raises(RuleFollows) as refusal:
        accounts.assign(books.id, "sales.delivery", on=DAY, counterpart=selling)
    assert refusal.value.params() == {"purpose": "sales.delivery", "on": JULY}


def test_a_place_and_a_category_rank(books):
    """A category beats a place; both together beat either."""
    bolt = books.product("BOLT")
    books.receive(bolt, 10, "70.00")
    fg, role = books.categories["FG"].pk, books.accounts

    def counterpart():
        [sides] = [books.net(books.ship(bolt, 1))]
        return next(r for r, v in sides.items() if D(v) > 0)

    assert counterpart() == "goods_dispatched"
    accounts.assign(
        books.id, "sales.delivery", location=books.store.pk, counterpart=role["selling_expenses"]
    )
    assert counterpart() == "selling_expenses"
    accounts.assign(books.id, "sales.delivery", category=fg, counterpart=role["cost_of_sales"])
    assert counterpart() == "cost_of_sales"
    accounts.assign(
        books.id,
        "sales.delivery",
        category=fg,
        location=books.store.pk,
        counterpart=role["other_cost"],
    )
    assert counterpart() == "other_cost"


def test_the_line_keeps_the_rule_that_named_its_account(books):
    steel = books.product("STEEL", "RM")
    posted = books.receive(steel, 10, "100.00")
    kept = dict(
        JournalLine.objects.filter(voucher_id=posted.voucher).values_list("account_id", "rule_id")
    )
    rule = PostingRule.objects.filter(company=books.model)
    assert kept == {
        books.accounts["raw_materials"]: rule.get(category=books.categories["RM"]).pk,
        books.accounts["goods_received_not_invoiced"]: rule.get(purpose="purchase.receipt").pk,
    }


def test_an_explanation_names_winners_and_losers(books):
    rm = books.categories["RM"].pk
    accounts.assign(
        books.id, "purchase.receipt", on=JULY, counterpart=books.accounts["accounts_payable"]
    )
    why = accounts.explain(books.id, "purchase.receipt", category=rm, location=None, on=DAY)
    told = accounts.told(books.id, why)
    assert [(w["side"], w["account"] and w["account"]["role"]) for w in told] == [
        ("stock", "raw_materials"),
        ("counterpart", "goods_received_not_invoiced"),
        ("variance", "inventory_variance"),
    ]
    stock, counterpart, _ = told
    assert [(r["purpose"], r["category"], r["reason"]) for r in stock["rules"]] == [
        ("purchase.receipt", None, "not_yet_valid"),
        ("purchase.receipt", None, "silent"),
        ("goods", "RM", "won"),
        ("goods", None, "less_specific"),
    ]
    assert [(r["valid_from"], r["reason"]) for r in counterpart["rules"]] == [
        (JULY, "not_yet_valid"),
        (None, "won"),
    ]
    later = accounts.told(
        books.id,
        accounts.explain(books.id, "purchase.receipt", category=None, location=None, on=JULY),
    )
    assert [w["account"]["role"] for w in later] == [
        "finished_goods",
        "accounts_payable",
        "inventory_variance",
    ]


def test_what_nobody_mapped_is_named(books):
    bolt = books.product("BOLT")
    with pytest.raises(PurposeUnmapped) as refusal:
        books.post(books.move("stock.melt", bolt, 1, 1, books.store.pk, "5.00"))
    assert refusal.value.params() == {
        "purpose": "stock.melt",
        "missing": ["counterpart", "variance"],
        "on": DAY,
    }
    assert not JournalLine.objects.exists()


def test_a_used_leaf_is_divided_in_one_step(books):
    """Its balance, role and rules go to the first child; the tree's sum and the past stay."""
    from heyi.ledger.api import Amount, Dimensions, trial_balance
    from heyi.ledger.errors import CodeOutside
    from heyi.platform import proofs
    from heyi.platform.transactions import unit_of_work

    bolt, role = books.product("BOLT"), dict(books.accounts)
    books.receive(bolt, 10, "70.00")
    for party, value in ((7, "113.00"), (8, "5.00")):
        about = Dimensions(party=party)
        books.post(
            journal=(
                Amount(role["accounts_receivable"], D(value), dimensions=about),
                Amount(role["sales_revenue"], -D(value)),
            )
        )
    name = {"zh_hant": "甲", "zh_hans": "甲", "en": "A"}

    def divide(which, *codes):
        return unit_of_work(
            lambda: accounts.divide(books.id, role[which], [(c, name) for c in codes], on=JULY)
        )

    for wrong in (["1123.01"], ["1122"], ["1122.01", "1122.01"]):
        with pytest.raises(CodeOutside):
            divide("accounts_receivable", *wrong)
    home, abroad = divide("accounts_receivable", "1122.01", "1122.02")
    [goods] = divide("finished_goods", "1405.01.01")
    books.accounts |= {"accounts_receivable": home, "finished_goods": goods}
    assert accounts.by_role(books.id, "accounts_receivable", "finished_goods") == {
        "accounts_receivable": home,
        "finished_goods": goods,
    }
    rows = {r.code: r for r in trial_balance(books.id, JULY, dt.date(2026, 7, 31), empty=True).rows}
    assert [rows[c].closing_debit for c in ("1122", "1122.01", "1122.02", "1405.01")] == [
        D("118.00"),
        D("118.00"),
        D("0.00"),
        D("70.00"),
    ]
    assert (rows["1122"].leaf, rows["1122.01"].level, abroad) == (False, 2, rows["1122.02"].id)
    with pytest.raises(AccountUnknown):
        divide("accounts_receivable", "1122.03")
    before, after = (books.ship(bolt, 1, on=day) for day in (JULY, JULY))
    assert books.net(after) == {"goods_dispatched": "7.00", "finished_goods": "-7.00"}
    assert before.number != after.number
    moved = JournalLine.objects.filter(purpose=accounts.PURPOSE_DIVIDED, account_id=home)
    assert sorted(moved.values_list("debit", flat=True)) == [D("5.00"), D("113.00")]
    verdict = proofs.run()
    assert verdict["ok"], verdict
