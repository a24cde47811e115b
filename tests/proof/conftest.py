"""A company with the shipped chart, some goods and some paper, for the proofs to look at."""

import datetime as dt
from decimal import Decimal as D
from itertools import count

import pytest

from heyi.platform.transactions import unit_of_work

DAY = dt.date(2026, 3, 2)


class Books:
    """Fixture with verbs. Accounts are named by role."""

    def __init__(self, code="HY", currency="CNY", decimals=2, chart="asbe"):
        from heyi.ledger import accounts, charts
        from heyi.ledger.models import Account, Location, ValuationArea
        from heyi.ledger.setup import setup
        from heyi.platform.models import Company
        from heyi.product.models import Category, Unit

        self.model = Company.objects.create(
            code=code, name=code, currency=currency, decimals=decimals
        )
        self.id = self.model.pk
        setup(self.model, chart)
        charts.load_periods(self.id, DAY.year)
        area = ValuationArea.objects.get(company=self.model, code="MAIN")
        self.store, self.shop = (
            Location.objects.create(company=self.model, code=c, name=c, area=area)
            for c in ("STORE", "SHOP")
        )
        self.accounts = dict(
            Account.objects.filter(company=self.model).exclude(role="").values_list("role", "pk")
        )
        self.categories = {}
        for kind, costing in (("RM", "average"), ("FG", "average"), ("FIFO", "fifo")):
            self.categories[kind], _ = Category.objects.get_or_create(
                company=self.model, code=kind, defaults={"name": kind, "costing": costing}
            )
        accounts.keep_goods(self.id, self.categories["RM"].pk, "raw_materials")
        self.unit, _ = Unit.objects.get_or_create(code="pc", defaults={"name": "pc"})
        self.ids = count(self.id * 1_000_000 + 1)

    def product(self, code, kind="FG"):
        from heyi.product.models import Product

        return Product.objects.get_or_create(
            company=self.model,
            code=code,
            defaults={"name": code, "category": self.categories[kind], "unit": self.unit},
        )[0]

    def ref(self, type_="test.document"):
        from heyi.ledger.api import Ref

        return Ref(type_, next(self.ids))

    def move(self, purpose, product, quantity, source, target, value=None, **more):
        from heyi.ledger.api import Movement

        return Movement(
            purpose,
            product.pk,
            D(quantity),
            int(source),
            int(target),
            more.pop("origin", None) or self.ref("test.line"),
            None if value is None else D(value),
            **more,
        )

    def post(self, *moves, on=DAY, journal=(), document=None, word="GL"):
        from heyi.ledger.api import Amount, Posting, post

        amounts = tuple(
            a if isinstance(a, Amount) else Amount(self.accounts[a[0]], D(a[1])) for a in journal
        )
        document = document or self.ref()
        [posted] = unit_of_work(
            lambda: post([Posting(self.id, document, on, moves, amounts, word=word)])
        )
        return posted

    def receive(self, product, quantity, value, lot=0, **more):
        move = self.move("purchase.receipt", product, quantity, 1, self.store.pk, value, lot=lot)
        return self.post(move, **more)

    def ship(self, product, quantity, **more):
        return self.post(self.move("sales.delivery", product, quantity, self.store.pk, 2), **more)

    def reverse(self, posted, on=DAY):
        from heyi.ledger.api import reverse

        return unit_of_work(lambda: reverse(self.id, [posted.document], on=on))

    def net(self, posted):
        """A posting's journal as {role: text}, debit positive."""
        roles, sums = {pk: role for role, pk in self.accounts.items()}, {}
        for x in posted.lines:
            sums[roles[x.account]] = sums.get(roles[x.account], D(0)) + x.debit - x.credit
        return {role: f"{value:f}" for role, value in sums.items() if value}


@pytest.fixture(autouse=True)
def forget():
    """Rows a rolled-back test made are not there for the next one."""
    from heyi.ledger import journal, pools, quantities, reference

    quantities.forget()
    pools.forget()
    journal.forget()
    reference._books.clear()


@pytest.fixture
def books(db):
    return Books()


@pytest.fixture
def build(db):
    return Books


@pytest.fixture
def live(transactional_db):
    """Committed books, for tests with several connections."""
    from heyi.platform.rows import fetch

    fetch("TRUNCATE ledger_balancedelta")
    return Books()
