"""A firm with people, masters and goods, spoken to over HTTP as the browser does."""

import datetime as dt
import itertools
import json
from decimal import Decimal as D

import pytest
from django.test import Client

TODAY = dt.date(2026, 11, 5)
_keys = itertools.count(1)


class Person(Client):
    """Someone signed in: `li.get("/lists")`, `li.creates("purchase.receipt", …)`."""

    def __init__(self, user, company, language="en"):
        super().__init__(raise_request_exception=False)
        self.user, self.company, self.language = user, company, language
        self.force_login(user)

    def ask(self, method, path, body=None, *, key=None, **headers):
        headers = {"Heyi-Language": self.language, "Heyi-Company": str(self.company.pk), **headers}
        if method != "GET":
            headers.setdefault("Idempotency-Key", key or f"key-{next(_keys)}")
        data = body if isinstance(body, (str, bytes)) else json.dumps(body, default=str)
        return self.generic(
            method, f"/api{path}", "" if body is None else data, "application/json",
            headers={k: v for k, v in headers.items() if v is not None},
        )  # fmt: skip

    def read(self, path, status=200, **params):
        from urllib.parse import urlencode

        params = {k: json.dumps(v) if isinstance(v, dict) else v for k, v in params.items()}
        reply = self.ask("GET", path + ("?" + urlencode(params) if params else ""))
        assert reply.status_code == status, reply.content.decode()[:2000]
        return reply.json()

    def send(self, method, path, body, status, **headers):
        reply = self.ask(method, path, body, **headers)
        assert reply.status_code == status, reply.content.decode()[:2000]
        return reply.json()

    def creates(self, screen, values, lines=(), status=201, **more):
        body = {"values": values, "lines": [{"values": line} for line in lines], **more}
        return self.send("POST", f"/records/{screen}", body, status)

    def changes(self, screen, record, status=200, **body):
        body = {"version": record["version"], **body}
        return self.send("PUT", f"/records/{screen}/{record['id']}", body, status)

    def does(self, screen, verb, *records, status=200, **more):
        body = {"versions": {r["id"]: r["version"] for r in records}, **more}
        return self.send("POST", f"/records/{screen}/actions/{verb}", body, status)


class Firm:
    """One company with a warehouse, parties and products; people are hired with roles."""

    def __init__(self, code="HY", currency="CNY"):
        from heyi.ledger.models import Location, ValuationArea
        from heyi.party.models import Party
        from heyi.platform.models import Company
        from heyi.product.models import Category, Product, ProductUnit, Unit

        self.model = Company.objects.create(code=code, name=f"{code} Ltd", currency=currency)
        own = {"company": self.model}
        self.piece, _ = Unit.objects.get_or_create(code="pc", defaults={"name": "Piece"})
        self.box, _ = Unit.objects.get_or_create(code="box", defaults={"name": "Box"})
        metal, _ = Category.objects.get_or_create(code="RM", defaults={"name": "Metal"})
        area = ValuationArea.objects.create(code="ALL", **own)
        self.main = Location.objects.create(code="WH1", name="Main", area=area, **own)
        self.far = Location.objects.create(code="WH2", name="Far", area=area, **own)
        self.supplier = Party.objects.create(
            code="S001", name="浙江鋼材", initials="zjgc", is_supplier=True, **own
        )
        self.customer = Party.objects.create(code="C001", name="ACME", is_customer=True, **own)
        self.retired = Party.objects.create(
            code="S999", name="Gone", is_supplier=True, active=False, **own
        )
        self.bolt = Product.objects.create(
            code="BOLT", name="Bolt", category=metal, unit=self.piece, price=D("1.5"), **own
        )
        self.nut = Product.objects.create(
            code="NUT", name="Nut", category=metal, unit=self.piece, standard=D("0.3"), **own
        )
        ProductUnit.objects.create(product=self.bolt, unit=self.box, numerator=12)

    def hire(self, login, *roles, reach=None, language="en", others=()):
        from heyi.platform.identity.api import create_user, grant

        user = create_user(login, login.title(), language=language)
        for firm in (self, *others):
            grant(user, firm.model, roles, reach=reach)
        return Person(user, self.model, language)

    def actor(self, *roles, **more):
        from heyi.platform.access import MEMBER, Actor

        more.setdefault("stamp", 1)
        return Actor(
            id=more.pop("id", 77), name="li", company=self.model.pk,
            roles=frozenset({*roles, MEMBER}), **more,
        )  # fmt: skip

    def receipt(self, **more):
        """The values of a receipt as a form sends them."""
        return {"supplier": self.supplier.pk, "warehouse": self.main.pk, "on": str(TODAY), **more}

    def line(self, **more):
        return {"product": self.bolt.pk, "quantity_unit": "10", "price": "2.5", **more}


@pytest.fixture
def firm(db):
    return Firm()


@pytest.fixture
def live(transactional_db):
    """A committed firm, for tests with several connections."""
    return Firm()


@pytest.fixture
def build(db):
    return Firm


@pytest.fixture
def li(firm):
    """Li keeps and buys."""
    return firm.hire("li", "purchase.buyer", "inventory.keeper", "sales.clerk")


@pytest.fixture
def chen(firm):
    """Chen manages purchasing."""
    return firm.hire("chen", "purchase.manager", "sales.manager")


def codes(reply):
    """(code, line, field) of each refusal, sorted as they came."""
    return [
        (r["code"], (r["cell"] or {}).get("line"), (r["cell"] or {}).get("field"))
        for r in reply["refusals"]
    ]
