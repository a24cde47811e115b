"""The demo company: loaded through the same functions people use, so it obeys every rule.

The story is in `demo.toml`; what happens on which day follows from one seed, so that two machines
show the same company. Loading again changes nothing.
"""

import random
import tomllib
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from functools import cache, partial
from pathlib import Path
from typing import Any

from heyi.kernel.money import rounded
from heyi.ledger.api import keep_goods
from heyi.platform import clock, companies
from heyi.platform.access import Actor
from heyi.platform.approvals.api import draft_policy, publish_policy
from heyi.platform.identity.api import actors, create_user, grant
from heyi.platform.identity.models import User
from heyi.platform.models import Company
from heyi.platform.transactions import unit_of_work
from heyi.site.desk import Desk, everybody

PASSWORD = "heyi-demo-2026"
_DAYS = 75
Say = Callable[[str], None]


@cache
def story() -> dict[str, Any]:
    """The demo data as written in `demo.toml`."""
    return tomllib.loads(Path(__file__).with_name("demo.toml").read_text(encoding="utf-8"))


def people() -> tuple[tuple[str, str, str], ...]:
    """Login, password and roles of everybody in the demo company."""
    return tuple((p["login"], PASSWORD, ", ".join(p["roles"])) for p in story()["people"])


def load(progress: Say) -> None:
    """Make the demo companies, their people and two months of work, unless they are there."""
    told = story()
    if Company.objects.filter(code=told["companies"][0]["code"]).exists():
        return
    made = {}
    for facts in told["companies"]:
        progress(facts["name"])
        made[facts["code"]] = unit_of_work(partial(companies.create, **facts))
    unit_of_work(lambda: _seat(told["people"], made))
    for code, company in made.items():
        unit_of_work(_Founder(company, everybody(company, "demo")).fill)
        if code == told["companies"][0]["code"]:
            _work(company, progress)


def _seat(facts: list[dict[str, Any]], made: dict[str, Company]) -> None:
    for person in facts:
        user = create_user(
            person["login"],
            person["name"],
            password=PASSWORD,
            email=f"{person['login']}@heyi.example",
            language=person.get("language", "zh_hans"),
        )
        for code in person["companies"]:
            grant(user, made[code], person["roles"])


class _Founder(Desk):
    """Furnishes a new company."""

    def fill(self) -> None:
        """Units, categories, places, products and parties."""
        told = story()
        units = {
            code: self.save("product.unit", {"code": code, "name": name, "decimals": decimals})
            for code, (name, decimals) in told["units"].items()
        }
        categories = {}
        for code, (name, role, costing) in told["categories"].items():
            values = {"code": code, "name": name, "costing": costing}
            categories[code] = self.save("product.category", values)
            keep_goods(self.company.pk, categories[code], role)
        area = self.find("ledger.ValuationArea")["MAIN"]
        for code, name in told["warehouses"].items():
            self.save("ledger.location", {"code": code, "name": name, "area": area})
        for row in told["products"][0]["rows"]:
            self._product(row, units, categories)
        for kind, flag in (("suppliers", "is_supplier"), ("customers", "is_customer")):
            for code, name, phone, address in told[kind][0]["rows"]:
                self.save(
                    "party.party",
                    {"code": code, "name": name, "phone": phone, "address": address, flag: True},
                )

    def _product(self, row: list[Any], units: dict[str, int], categories: dict[str, int]) -> None:
        code, name, specification, category, unit, price, tracking, *other = row
        lines = (
            [{"unit": units[other[0]], "numerator": other[1], "denominator": 1}] if other else []
        )
        self.save(
            "product.product",
            {
                "code": code, "name": name, "specification": specification, "price": price,
                "category": categories[category], "unit": units[unit], "tracking": tracking,
            },
            lines,
        )  # fmt: skip


class _Months:
    """Two months at one company: parts come in, pumps are finished, customers are served."""

    def __init__(self, company: Company) -> None:
        self.wang, self.li, self.zhao = (
            Desk(company, actor)
            for login in ("wang", "li", "zhao")
            for actor in actors(company.pk, [User.objects.get(login=login).pk]).values()
        )
        self.chance = random.Random(20260101)
        self.rows = {row[0]: row for row in story()["products"][0]["rows"]}
        self.products = self.wang.find("product.Product")
        self.parties = self.wang.find("party.Party")
        self.places = self.wang.find("ledger.Location")
        plain = [code for code, row in self.rows.items() if row[6] == "none"]
        self.sold = [code for code in plain if self.rows[code][3] == "FG"]
        self.bought = [code for code in plain if self.rows[code][3] != "FG"]

    def day(self, no: int, on: date, *, recent: bool) -> None:
        """What happens on the no-th working day; the last days leave work for the visitor."""
        parts = self.receipt(on, f"V00{no % 8 + 1}", "RM01", self.chance.sample(self.bought, 4))
        pumps = self.receipt(on, "V002", "FG01", self.chance.sample(self.sold, 3))
        came = [parts, pumps]
        self.wang.step("purchase.receipt", "submit", came)
        if not recent:
            asked = self.wang.within("purchase.receipt", "submitted", came)
            self.zhao.step("purchase.receipt", "approve", asked)
            self.wang.step("purchase.receipt", "post", came)
        if no < 5:
            return
        out = self.delivery(on, f"C00{no % 8 + 1}", self.chance.sample(self.sold, 2))
        if not recent:
            self.li.step("sales.delivery", "submit", [out])
            self.wang.step("sales.delivery", "post", [out])

    def receipt(self, on: date, supplier: str, place: str, codes: list[str]) -> int:
        head = self._head(on, place, f"SH{on:%y%m%d}{self.chance.randint(10, 99)}")
        lines = [self._received(code, place) for code in codes]
        return self.wang.save(
            "purchase.receipt", head | {"supplier": self.parties[supplier]}, lines
        )

    def delivery(self, on: date, customer: str, codes: list[str]) -> int:
        head = self._head(on, "FG01", f"PO-{self.chance.randint(24000, 26999)}")
        lines = [
            {"product": self.products[code], "quantity_unit": str(self.chance.randint(1, 6))}
            for code in codes
        ]
        return self.li.save("sales.delivery", head | {"customer": self.parties[customer]}, lines)

    def _head(self, on: date, place: str, reference: str) -> dict[str, Any]:
        return {"on": on.isoformat(), "warehouse": self.places[place], "reference": reference}

    def _received(self, code: str, place: str) -> dict[str, Any]:
        price, pieces = Decimal(self.rows[code][5]), self.chance.randint(12, 40)
        if place == "FG01":  # finished goods come at what making them cost
            price = rounded(price * self.chance.randint(55, 66) / 100)
        else:
            pieces *= 10
        return {
            "product": self.products[code], "quantity_unit": str(pieces), "price": str(price),
        }  # fmt: skip


def _work(company: Company, progress: Say) -> None:
    """The last weeks, day by day; each day is one unit of work."""
    unit_of_work(lambda: _policy(everybody(company, "demo")))
    months = _Months(company)
    today = clock.today(company.timezone)
    first = max(today - timedelta(days=_DAYS), date(today.year, 1, 1))
    days = list(_working_days(first, today))
    for no, on in enumerate(days):
        recent = no >= len(days) - 2
        unit_of_work(partial(months.day, no, on, recent=recent))
        if no % 10 == 0:
            progress(on.isoformat())


def _policy(actor: Actor) -> None:
    """Large receipts want the purchasing manager's word."""
    step = {"id": "manager", "name": story()["policy_step"], "who": [{"role": "purchase.manager"}]}
    flow = {"when": {"amount_from": "60000"}, "steps": [step | {"hours": 8}]}
    draft = draft_policy(actor, "purchase.receipt", "large", flow, name=story()["policy"])
    publish_policy(actor, draft.pk)


def _working_days(first: date, final: date) -> Iterator[date]:
    day = first
    while day <= final:
        if day.weekday() < 5:
            yield day
        day += timedelta(days=1)
