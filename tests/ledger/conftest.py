"""A small company that speaks the domain."""

import datetime as dt
from decimal import Decimal as D
from itertools import count

import pytest

from heyi.platform.transactions import unit_of_work

DAY = dt.date(2026, 1, 5)
ACCOUNTS = {
    "RM": [],
    "FG": [],
    "SHIP": [],
    "SUS": [],
    "GRNI": ["party"],
    "AP": ["party"],
    "AR": ["party"],
    "WIP": ["order"],
    "LAB": [],
    "OVH": [],
    "REV": [],
    "COGS": [],
    "QLOSS": [],
    "ADMIN": [],
    "VATIN": [],
    "VATOUT": [],
    "BANK": [],
    "CL": ["party"],
    "VAR": [],
    "OPEN": [],
    "CLEAR": [],
}


class Company:
    """Fixture with verbs: receive, ship, invoice. Amounts are text; accounts are golden kinds."""

    def __init__(
        self,
        code="HY",
        costing="average",
        standards=(),
        negative=False,
        stock="FG",
        currency="CNY",
        decimals=2,
    ):
        from heyi.ledger.models import (
            Account,
            Location,
            Period,
            PostingRule,
            ValuationArea,
        )
        from heyi.platform.models import Company as Model
        from heyi.product.models import Category, Unit

        self.model = Model.objects.create(
            code=code, name=code, currency=currency, decimals=decimals
        )
        self.id, self.stock, self.standards = self.model.pk, stock, dict(standards)
        for pk, name in ((1, "SUP"), (2, "CUS"), (3, "LOST"), (4, "PROD")):
            Location.objects.get_or_create(id=pk, defaults={"code": name, "name": name})
        self.unit, _ = Unit.objects.get_or_create(code="pc", defaults={"name": "pc"})
        area = ValuationArea.objects.create(company=self.model, code="ALL")
        self.warehouse = Location.objects.create(
            company=self.model, code="WH", name="Warehouse", area=area, negative=negative
        )
        self.shop = Location.objects.create(company=self.model, code="SHOP", area=area)
        other = ValuationArea.objects.create(company=self.model, code="FAR")
        self.far = Location.objects.create(company=self.model, code="FAR", area=other)
        starts = [dt.date(2026, month, 1) for month in range(1, 13)]
        Period.objects.bulk_create(
            Period(
                company=self.model,
                start=start,
                end=(start + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1),
            )
            for start in starts
        )
        made = Account.objects.bulk_create(
            Account(company=self.model, code=kind, dimensions=dims)
            for kind, dims in ACCOUNTS.items()
        )
        self.accounts = {a.code: a for a in made}
        self.categories = {
            kind: Category.objects.get_or_create(
                code=f"{kind}-{costing}", defaults={"name": kind, "costing": costing}
            )[0]
            for kind in ("RM", "FG")
        }
        rules = {
            "stock.open": ("*", "OPEN", "VAR"),
            "purchase.receipt": ("*", "GRNI", "VAR"),
            "purchase.return": ("*", "AP", "VAR"),
            "purchase.price": ("*", "GRNI", "VAR"),
            "purchase.freight": ("*", "CLEAR", "VAR"),
            "sales.delivery": ("*", "SHIP", "VAR"),
            "sales.return": ("*", "COGS", "VAR"),
            "sales.return_scrap": ("QLOSS", "COGS", "VAR"),
            "stock.loss": ("*", "SUS", "VAR"),
            "stock.gain": ("*", "SUS", "VAR"),
            "stock.transfer": ("*", "CLEAR", "VAR"),
            "production.issue": ("*", "WIP", "VAR"),
            "production.output": ("*", "WIP", "VAR"),
            "production.late": ("*", "OVH", "COGS"),
            "consignment.use": ("WIP", "GRNI", "VAR"),
            "stock.settlement": ("*", "VAR", "VAR"),
            "stock.revaluation": ("*", "VAR", "VAR"),
        }
        by_kind = [
            (purpose, kind, kind if stock_ == "*" else stock_, counter, variance)
            for purpose, (stock_, counter, variance) in rules.items()
            for kind in ("RM", "FG")
        ]
        for_all = [
            ("sales.revenue", None, "AR", "REV", "VAR"),
            ("sales.tax", None, "AR", "VATOUT", "VAR"),
            ("sales.cost", None, "COGS", "SHIP", "VAR"),
            ("finance.payment", None, "BANK", "AR", "VAR"),
        ]
        PostingRule.objects.bulk_create(
            PostingRule(
                company=self.model,
                purpose=purpose,
                category=self.categories.get(kind),
                stock=self.accounts[stock_],
                counterpart=self.accounts[counter],
                variance=self.accounts[variance],
            )
            for purpose, kind, stock_, counter, variance in (*by_kind, *for_all)
        )
        self.ids = count(self.id * 1_000_000 + 1)

    def product(self, code, kind=None, **more):
        from heyi.product.models import Product

        kind = kind or ("RM" if code.startswith(("RM", "SCR")) else self.stock)
        facts = {
            "name": code,
            "category": self.categories[kind],
            "unit": self.unit,
            "price": D("10"),
            "standard": D(self.standards.get(code, "0")),
            **more,
        }
        return Product.objects.get_or_create(code=f"{self.id}-{code}", defaults=facts)[0]

    def ref(self, type_):
        from heyi.ledger.api import Ref

        return Ref(type_, next(self.ids))

    def move(self, purpose, code, quantity, source, target, value=None, **more):
        from heyi.ledger.api import Movement

        return Movement(
            purpose,
            self.product(code).pk,
            D(quantity),
            int(source),
            int(target),
            more.pop("origin", None) or self.ref(purpose + "_line"),
            None if value is None else D(value),
            **more,
        )

    def post(self, *moves, on=DAY, journal=(), late=(), happened=None, document=None):
        from heyi.ledger.api import Amount, Posting, post

        amounts = tuple(
            a if isinstance(a, Amount) else Amount(self.accounts[a[0]].pk, D(a[1])) for a in journal
        )
        document = document or self.ref("test.document")
        wanted = Posting(self.id, document, on, moves, amounts, tuple(late), happened)
        [posted] = unit_of_work(lambda: post([wanted]))
        return posted

    def reverse(self, document, on=DAY):
        from heyi.ledger.api import reverse

        [posted] = unit_of_work(lambda: reverse(self.id, [document], on=on))
        return posted

    def reserve(self, *moves):
        from heyi.ledger.api import reserve

        unit_of_work(lambda: reserve(self.id, moves))

    def receive(self, code, quantity, value, **more):
        return self.post(
            self.move("purchase.receipt", code, quantity, 1, self.warehouse.pk, value), **more
        )

    def issue(self, code, quantity, purpose="production.issue", **more):
        return self.post(self.move(purpose, code, quantity, self.warehouse.pk, 4), **more)

    def delivery(self, code, quantity, state="approved"):
        from heyi.party.models import Party
        from heyi.sales.models import Delivery, DeliveryLine

        party, _ = Party.objects.get_or_create(code="C1", defaults={"name": "ACME"})
        made = Delivery.objects.create(
            company=self.model,
            number=f"SD{next(self.ids)}",
            on=DAY,
            customer=party,
            warehouse=self.warehouse,
            state="draft",
        )
        DeliveryLine.objects.create(
            delivery=made,
            no=1,
            product=self.product(code),
            unit=self.unit,
            quantity_unit=D(quantity),
            quantity=D(quantity),
        )
        Delivery.objects.filter(pk=made.pk).update(state=state)
        made.state = state
        return made

    def ship(self, *deliveries):
        from heyi.ledger.api import Movement, Posting, Ref, post
        from heyi.platform.access import SYSTEM
        from heyi.platform.documents import advance

        def work():
            advance(deliveries, "post", actor=SYSTEM)
            post(
                [
                    Posting(
                        self.id,
                        Ref("sales.delivery", d.pk),
                        d.on,
                        tuple(
                            Movement(
                                "sales.delivery",
                                x.product_id,
                                x.quantity,
                                d.warehouse_id,
                                2,
                                Ref("sales.delivery_line", x.pk),
                            )
                            for x in d.lines.all()
                        ),
                    )
                    for d in deliveries
                ]
            )

        unit_of_work(work)

    def places(self, area):
        from heyi.ledger.models import Location

        return list(Location.objects.filter(area_id=area).values_list("pk", flat=True))

    def series(self):
        from heyi.ledger.models import Series

        return Series.objects.filter(company_id=self.id).values_list("word", "period_id", "last")

    def held(self, code):
        """Quantity and value in the company's main pool."""
        from heyi.ledger.models import ValuePool

        pool = ValuePool.objects.get(
            company_id=self.id, product_id=self.product(code).pk, area_id=self.warehouse.area_id
        )
        return pool.quantity.normalize() + 0, pool.value

    def on_hand(self, code, location=None):
        from heyi.ledger.models import QuantityBalance

        return QuantityBalance.objects.get(
            company_id=self.id,
            product_id=self.product(code).pk,
            location_id=(location or self.warehouse).pk,
            owner_id=0,
            status=0,
        )

    def account(self, kind):
        from django.db.models import F, Sum

        from heyi.ledger.models import JournalLine

        total = JournalLine.objects.filter(account=self.accounts[kind]).aggregate(
            s=Sum(F("debit") - F("credit"))
        )["s"]
        return total or D(0)

    def net(self, posted):
        """A posting's journal as {kind: text}, debit positive, one figure per account."""
        kinds, sums = {a.pk: kind for kind, a in self.accounts.items()}, {}
        for x in posted.lines:
            sums[kinds[x.account]] = sums.get(kinds[x.account], D(0)) + x.debit - x.credit
        return {kind: f"{value:.2f}" for kind, value in sums.items() if value}


def ties(company):
    """The invariants, read from the tables."""
    from django.db.models import F, Sum

    from heyi.ledger.api import unproved
    from heyi.ledger.models import (
        JournalLine,
        PlaceTotal,
        PoolDay,
        QuantityBalance,
        Reservation,
        StockMove,
        ValueEntry,
        ValuePool,
        Voucher,
    )

    lines = JournalLine.objects.filter(company_id=company.id)
    assert (lines.aggregate(s=Sum(F("debit") - F("credit")))["s"] or 0) == 0
    stock = ValuePool.objects.filter(company_id=company.id).aggregate(s=Sum("value"))["s"] or D(0)
    assert stock == company.account("FG") + company.account("RM")
    for pool in ValuePool.objects.filter(company_id=company.id):
        key = {
            "company_id": company.id,
            "product_id": pool.product_id,
            "area_id": pool.area_id,
            "lot_id": pool.lot_id,
        }
        sums = ValueEntry.objects.filter(**key).aggregate(q=Sum("quantity"), v=Sum("value"))
        assert (pool.quantity, pool.value) == (sums["q"] or 0, sums["v"] or 0)
        days = PoolDay.objects.filter(**key).aggregate(
            q=Sum(F("in_quantity") - F("out_quantity")), v=Sum(F("in_value") - F("out_value"))
        )
        assert (pool.quantity, pool.value) == (days["q"] or 0, days["v"] or 0)
        lying = QuantityBalance.objects.filter(
            company_id=company.id,
            product_id=pool.product_id,
            owner_id=0,
            location_id__in=company.places(pool.area_id),
        )
        if not pool.lot_id:
            assert (lying.aggregate(q=Sum("quantity"))["q"] or 0) == pool.quantity

    def moved(**key):
        return StockMove.objects.filter(**key).aggregate(q=Sum("quantity"))["q"] or 0

    def promised(**key):
        return Reservation.objects.filter(**key).aggregate(q=Sum("quantity"))["q"] or 0

    for row in QuantityBalance.objects.filter(company_id=company.id):
        key = {"product_id": row.product_id, "lot_id": row.lot_id}
        came = moved(
            **key, target_id=row.location_id, target_owner_id=row.owner_id, target_status=row.status
        )
        went = moved(
            **key, source_id=row.location_id, source_owner_id=row.owner_id, source_status=row.status
        )
        assert row.quantity == came - went
        place = {"location_id": row.location_id, "owner_id": row.owner_id, "status": row.status}
        assert row.reserved == promised(**key, **place)
        assert row.negative or 0 <= row.reserved <= row.quantity
    for row in PlaceTotal.objects.filter(company_id=company.id):
        place = {
            "product_id": row.product_id,
            "location_id": row.location_id,
            "owner_id": row.owner_id,
            "status": row.status,
        }
        lots = QuantityBalance.objects.filter(company_id=company.id, **place)
        assert row.quantity == (lots.aggregate(q=Sum("quantity"))["q"] or 0)
        assert row.reserved == promised(**place)
    for word, period, last in company.series():
        numbers = Voucher.objects.filter(
            company_id=company.id, word=word, period_id=period, number__isnull=False
        )
        assert sorted(numbers.values_list("number", flat=True)) == list(range(1, last + 1))
    assert [row for row in unproved() if row[0] == company.id] == []


def forget_all():
    """Rows a rolled-back or truncated test made are not there for the next one."""
    from heyi.ledger import journal, pools, quantities, reference

    for memory in (quantities, pools, journal):
        memory.forget()
    reference._books.clear()


@pytest.fixture(autouse=True)
def forget():
    forget_all()
    return


@pytest.fixture
def company(db):
    return Company()


@pytest.fixture
def build(db):
    return Company


@pytest.fixture
def live(transactional_db):
    """A committed company, for tests with several connections. Django does not flush the delta table."""
    from heyi.platform.rows import fetch

    fetch("TRUNCATE ledger_balancedelta")
    yield Company()
    fetch("TRUNCATE ledger_balancedelta")
