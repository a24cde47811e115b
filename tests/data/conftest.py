"""A small company with things to export, print and import."""

import datetime as dt
import itertools
import json
from dataclasses import replace
from decimal import Decimal as D
from urllib.parse import urlencode

import pytest
from django.test import Client

DAY = dt.date(2026, 11, 5)
LONG_NAME = "浙江省宁波市北仑区大港工业城明州西路第九精密五金制品有限责任公司"


_keys = itertools.count(1)


class Person(Client):
    """Someone signed in, speaking HTTP."""

    def __init__(self, user, company, language="en"):
        super().__init__(raise_request_exception=False)
        self.company, self.language = company, language
        self.force_login(user)

    def ask(self, method, path, body=None, **params):
        headers = {"Heyi-Company": str(self.company.pk), "Heyi-Language": self.language}
        if method != "GET":
            headers["Idempotency-Key"] = f"data-{next(_keys)}"
        params = {k: json.dumps(v) if isinstance(v, dict) else v for k, v in params.items()}
        path = f"/api{path}" + ("?" + urlencode(params) if params else "")
        data = "" if body is None else json.dumps(body, default=str)
        return self.generic(method, path, data, "application/json", headers=headers)

    def reads(self, path, status=200, **params):
        reply = self.ask("GET", path, **params)
        assert reply.status_code == status, reply.content.decode()[:2000]
        return reply.json()

    def sends(self, method, path, body, status):
        reply = self.ask(method, path, body)
        assert reply.status_code == status, reply.content.decode()[:2000]
        return reply.json() if reply.content else None

    def uploads(self, path, name, content, status=201, **fields):
        from django.core.files.uploadedfile import SimpleUploadedFile

        headers = {"Heyi-Company": str(self.company.pk), "Heyi-Language": self.language,
                   "Idempotency-Key": f"data-{next(_keys)}"}  # fmt: skip
        data = {"file": SimpleUploadedFile(name, content), **fields}
        reply = self.post(f"/api{path}", data, headers=headers)
        assert reply.status_code == status, reply.content.decode()[:2000]
        return reply.json()


class World:
    """Masters and goods receipts of one company, and people who work there."""

    def __init__(self, code="HY"):
        from heyi.ledger.models import Location, ValuationArea
        from heyi.party.models import Party
        from heyi.platform.access import MEMBER, Actor
        from heyi.platform.models import Company
        from heyi.product.models import Category, Product, Unit

        self.company = Company.objects.create(
            code=code, name="昇陽精密機械股份有限公司", currency="CNY", decimals=2
        )
        self.piece, _ = Unit.objects.get_or_create(code="pc", defaults={"name": "個"})
        self.kilo, _ = Unit.objects.get_or_create(
            code="kg", defaults={"name": "公斤", "decimals": 3}
        )
        self.metal, _ = Category.objects.get_or_create(code="RM", defaults={"name": "金屬材料"})
        area = ValuationArea.objects.create(company=self.company, code="ALL")
        self.warehouse = Location.objects.create(
            company=self.company, code="WH1", name="主倉庫", area=area
        )
        self.supplier = Party.objects.create(
            company=self.company,
            code="S001",
            name=LONG_NAME,
            is_supplier=True,
            address="宁波市北仑区明州西路 288 号 3 幢",
            phone="+86 574 8612 3456",
        )
        self.bearing = Product.objects.create(
            company=self.company,
            code="6204-2RS",
            name="深溝球軸承",
            category=self.metal,
            unit=self.piece,
            price=D("12.5"),
            standard=D("9.87"),
        )
        self.screw = Product.objects.create(
            company=self.company,
            code="M8x25",
            name="六角头螺栓 M8×25",
            category=self.metal,
            unit=self.piece,
            price=D("0.12345678"),
        )

        def person(id, name, *roles):
            return Actor(
                id=id,
                name=name,
                company=self.company.pk,
                language="en",
                companies=frozenset({self.company.pk}),
                roles=frozenset({*roles, MEMBER}),
                stamp=1,
            )

        self.buyer = person(11, "li", "purchase.buyer")
        self.accountant = person(12, "chen", "finance.accountant")
        self.administrator = person(13, "root", "system.administrator")
        self.stranger = person(14, "guest")

    def hires(self, login, *roles, language="en"):
        from heyi.platform.identity.api import create_user, grant

        user = create_user(login, login.title(), language=language)
        grant(user, self.company, roles, actor=self.administrator)
        return Person(user, self.company, language)

    def speaking(self, actor, language):
        return replace(actor, language=language, stamp=0)

    def receipt(self, number, lines=2, **more):
        from heyi.purchase.models import Receipt, ReceiptLine

        made = Receipt.objects.create(
            company=self.company,
            number=number,
            on=more.pop("on", DAY),
            supplier=self.supplier,
            warehouse=self.warehouse,
            value=more.pop("value", D("24.69")),
            **more,
        )
        ReceiptLine.objects.bulk_create(
            ReceiptLine(
                receipt=made,
                no=n + 1,
                product=(self.bearing, self.screw)[n % 2],
                unit=self.piece,
                quantity_unit=D(n + 1),
                quantity=D(n + 1),
                price=D("12.345"),
                value=D("12.35"),
            )
            for n in range(lines)
        )
        return made


@pytest.fixture
def world(db):
    return World()


@pytest.fixture
def build(db):
    return World
