"""A company, and the people who work in it through the API."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from django.test import Client

from heyi.platform import companies
from heyi.platform.identity.api import create_user, grant
from heyi.platform.models import Company as Books
from heyi.platform.transactions import unit_of_work

PASSWORD = "a-long-enough-secret-7"
_keys = count(1)


@dataclass
class Answer:
    """What the server said."""

    status: int
    body: Any

    @property
    def codes(self) -> list[str]:
        return [r["code"] for r in self.body["refusals"]]

    @property
    def cells(self) -> list[tuple[str, Any]]:
        """Code and field of every refusal, in order."""
        return [(r["code"], (r["cell"] or {}).get("field")) for r in self.body["refusals"]]


@dataclass
class Person:
    """Somebody signed in, who speaks HTTP and nothing else."""

    login: str
    company: int
    client: Client = field(default_factory=lambda: Client(enforce_csrf_checks=True))
    language: str = "en"
    inside: bool = False

    def signs_in(self, password: str = PASSWORD) -> int:
        self.client.get("/_allauth/browser/v1/auth/session")
        answer = self._send(
            "post", "/_allauth/browser/v1/auth/login",
            {"username": self.login, "password": password},
        )  # fmt: skip
        self.inside = answer.status == 200
        return answer.status

    def reads(self, path: str, **query: Any) -> Answer:
        return self._send("get", "/api" + path, query or None)

    def asks(self, method: str, path: str, body: Any = None, *, key: str | None = None) -> Answer:
        return self._send(method, "/api" + path, body, key or f"{self.login}-{next(_keys)}")

    def writes(
        self, screen: str, values: dict[str, Any], lines: Iterable[dict[str, Any]] | None = None,
        *, key: str | None = None,
    ) -> Answer:  # fmt: skip
        """A new record."""
        return self.asks("post", f"/records/{screen}", _draft(values, lines), key=key)

    def changes(
        self, screen: str, record: dict[str, Any], values: dict[str, Any],
        lines: Iterable[dict[str, Any]] | None = None,
    ) -> Answer:  # fmt: skip
        """A record changed from the version they read."""
        body = _draft(values, lines) | {"version": record["version"]}
        return self.asks("put", f"/records/{screen}/{record['id']}", body)

    def does(
        self, verb: str, screen: str, *records: dict[str, Any], reason: str = "",
        acknowledge: Iterable[str] = (), key: str | None = None,
    ) -> Answer:  # fmt: skip
        """Takes a step with one or several documents."""
        body = {
            "versions": {r["id"]: r["version"] for r in records},
            "reason": reason,
            "acknowledge": list(acknowledge),
        }
        return self.asks("post", f"/records/{screen}/actions/{verb}", body, key=key)

    def sees(self, screen: str, id_: int) -> dict[str, Any]:
        answer = self.reads(f"/records/{screen}/{id_}")
        assert answer.status == 200, answer
        return answer.body

    def _send(self, method: str, path: str, body: Any = None, key: str | None = None) -> Answer:
        headers = {"Heyi-Company": str(self.company), "Heyi-Language": self.language}
        if key:
            headers["Idempotency-Key"] = key
        if "csrftoken" in self.client.cookies:
            headers["X-CSRFToken"] = self.client.cookies["csrftoken"].value
        if method == "get":
            got = self.client.get(path, body, headers=headers)
        else:
            got = getattr(self.client, method)(
                path, json.dumps(body), content_type="application/json", headers=headers
            )
        kind = got.headers.get("Content-Type", "")
        return Answer(got.status_code, got.json() if "json" in kind else got.content)


def _draft(values: dict[str, Any], lines: Iterable[dict[str, Any]] | None) -> dict[str, Any]:
    body: dict[str, Any] = {"values": values}
    if lines is not None:
        body["lines"] = [
            {
                "id": line.get("id"),
                "key": str(no),
                "values": {k: v for k, v in line.items() if k != "id"},
            }
            for no, line in enumerate(lines, 1)
        ]
    return body


ROLES = {
    "admin": ["system.administrator"],
    "li": ["sales.clerk"],
    "wang": ["inventory.keeper"],
    "sun": ["purchase.buyer"],
    "zhao": ["purchase.manager", "sales.manager"],
    "chen": ["finance.accountant"],
    "audit": ["audit.auditor"],
}


class Company:
    """A fresh company with seven people, two products, a supplier, a customer and a warehouse.

    Everybody is an attribute (`company.wang`), and so is what they work with (`company.bolt`).
    """

    def __init__(self, code: str = "HY", currency: str = "CNY", decimals: int = 2) -> None:
        self.books: Books = unit_of_work(
            lambda: companies.create(
                code=code, name=f"{code} Ltd", currency=currency, decimals=decimals
            )
        )
        self.id = self.books.pk
        self.people: dict[str, Person] = {}
        for login, roles in ROLES.items():
            name = login if code == "HY" else f"{login}-{code.lower()}"
            user = create_user(name, login.title(), password=PASSWORD, language="en")
            grant(user, self.books, roles)
            self.people[login] = Person(name, self.id)
        self._furnish()

    def __getattr__(self, name: str) -> Person:
        person = self.__dict__.get("people", {}).get(name)
        if person is None:
            raise AttributeError(name)
        if not person.inside:
            assert person.signs_in() == 200, name
        return person

    def _furnish(self) -> None:
        admin = self.admin
        self.pc = self._made(admin, "product.unit", code="pc", name="piece", decimals=0)
        self.box = self._made(admin, "product.unit", code="box", name="box", decimals=0)
        self.fg = self._made(
            self.chen, "product.category", code="FG", name="Goods", costing="average"
        )
        self.bolt = self.product(
            "bolt", lines=[{"unit": self.box, "numerator": 9, "denominator": 1}]
        )
        self.nut = self.product("nut")
        self.supplier = self._made(
            admin, "party.party", code="V1", name="Acme Steel", is_supplier=True
        )
        self.customer = self._made(
            admin, "party.party", code="C1", name="Best Pumps", is_customer=True
        )
        areas = admin.reads("/lookups/ledger.area").body
        self.warehouse = self._made(
            admin, "ledger.location", code="WH", name="Main warehouse", area=areas[0]["id"]
        )

    def product(self, code: str, *, lines: Iterable[dict[str, Any]] = (), **facts: Any) -> int:
        values = {"code": code, "name": code.title(), "category": self.fg, "unit": self.pc} | facts
        answer = self.admin.writes("product.product", values, lines)
        assert answer.status == 201, answer
        return answer.body["id"]

    def _made(self, who: Person, screen: str, **values: Any) -> int:
        answer = who.writes(screen, values)
        assert answer.status == 201, answer
        return answer.body["id"]

    def receipt(self, *lines: dict[str, Any], who: str = "wang", **head: Any) -> dict[str, Any]:
        """A draft goods receipt."""
        values = {"supplier": self.supplier, "warehouse": self.warehouse} | head
        answer = getattr(self, who).writes("purchase.receipt", values, lines)
        assert answer.status == 201, answer
        return answer.body

    def received(self, *lines: dict[str, Any], **head: Any) -> dict[str, Any]:
        """A goods receipt, posted."""
        return self.posted("purchase.receipt", self.receipt(*lines, **head))

    def delivery(self, *lines: dict[str, Any], who: str = "li", **head: Any) -> dict[str, Any]:
        """A draft delivery."""
        values = {"customer": self.customer, "warehouse": self.warehouse} | head
        answer = getattr(self, who).writes("sales.delivery", values, lines)
        assert answer.status == 201, answer
        return answer.body

    def posted(self, screen: str, record: dict[str, Any]) -> dict[str, Any]:
        for verb in ("submit", "post"):
            answer = self.wang.does(verb, screen, record)
            assert answer.status == 200, answer
            record = answer.body["records"][0]
        return self.wang.sees(screen, record["id"])
