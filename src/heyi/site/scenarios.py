"""Stories the product replays on itself in a fresh company, compared with known answers."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from heyi.ledger.api import by_role, keep_goods, trial_balance
from heyi.platform import clock, companies
from heyi.platform.models import Company
from heyi.platform.transactions import unit_of_work
from heyi.site.desk import Desk, everybody

Say = Callable[[str], None]
NAMES = ("goods",)

_STOCK, _OWED, _SENT = "raw_materials", "goods_received_not_invoiced", "goods_dispatched"
_ROLES = (_STOCK, _OWED, _SENT)
# What each step leaves on the accounts, debit positive: moving average, to the cent.
_GOODS = (
    ("receive_first", {_STOCK: "10000.00", _OWED: "-10000.00", _SENT: "0.00"}),
    ("receive_second", {_STOCK: "16000.00", _OWED: "-16000.00", _SENT: "0.00"}),
    ("deliver", {_STOCK: "13760.00", _OWED: "-16000.00", _SENT: "2240.00"}),
    ("reverse", {_STOCK: "16000.00", _OWED: "-16000.00", _SENT: "0.00"}),
)


def run(name: str, progress: Say) -> dict[str, Any]:
    """Replay a story.

    Returns:
        {scenario, ok, steps, differences: [{step, role, expected, found}], company}.
    """
    assert name in NAMES, name
    story = _Goods()
    differences = []
    for step, expected in _GOODS:
        progress(step)
        unit_of_work(getattr(story, step))
        found = story.balances()
        differences += [
            {"step": step, "role": role, "expected": expected[role], "found": found[role]}
            for role in _ROLES
            if expected[role] != found[role]
        ]
    return {
        "scenario": name,
        "ok": not differences,
        "steps": len(_GOODS),
        "differences": differences,
        "company": story.company.code,
    }


class _Goods:
    """1,000 kg come at 10.00 and 500 kg at 12.00; 210 kg leave at the average and come back."""

    def __init__(self) -> None:
        self.company: Company = unit_of_work(self._found)
        self.desk = Desk(self.company, everybody(self.company, "scenario"))
        unit_of_work(self._furnish)

    def _found(self) -> Company:
        taken = set(Company.objects.values_list("code", flat=True))
        code = next(c for n in range(1, 10_000) if (c := f"SCENARIO{n}") not in taken)
        return companies.create(code=code, name=code, currency="CNY")

    def _furnish(self) -> None:
        desk = self.desk
        unit = desk.save("product.unit", {"code": "kg", "name": "kg", "decimals": 3})
        category = desk.save("product.category", {"code": "RM", "name": "RM", "costing": "average"})
        keep_goods(self.company.pk, category, _STOCK)
        self.product = desk.save(
            "product.product",
            {"code": "RM-A", "name": "RM-A", "category": category, "unit": unit},
        )
        self.supplier = desk.save("party.party", {"code": "V1", "name": "V1", "is_supplier": True})
        self.customer = desk.save("party.party", {"code": "C1", "name": "C1", "is_customer": True})
        area = desk.find("ledger.ValuationArea")["MAIN"]
        self.place = desk.save("ledger.location", {"code": "WH", "name": "WH", "area": area})

    def receive_first(self) -> None:
        self._receive("1000", "10.00")

    def receive_second(self) -> None:
        self._receive("500", "12.00")

    def deliver(self) -> None:
        head = {"customer": self.customer, "warehouse": self.place}
        line = {"product": self.product, "quantity_unit": "210"}
        self.delivery = self.desk.save("sales.delivery", head, [line])
        self._posted("sales.delivery", self.delivery)

    def reverse(self) -> None:
        self.desk.step("sales.delivery", "reverse", [self.delivery], reason="scenario")

    def _receive(self, quantity: str, price: str) -> None:
        head = {"supplier": self.supplier, "warehouse": self.place}
        line = {"product": self.product, "quantity_unit": quantity, "price": price}
        self._posted("purchase.receipt", self.desk.save("purchase.receipt", head, [line]))

    def _posted(self, type_: str, id_: int) -> None:
        self.desk.step(type_, "submit", [id_])
        self.desk.step(type_, "post", [id_])

    def balances(self) -> dict[str, str]:
        """Closing balances of the story's accounts, read back from the ledger."""
        year = clock.today(self.company.timezone).year
        accounts = by_role(self.company.pk, *_ROLES)
        books = trial_balance(self.company.pk, date(year, 1, 1), date(year, 12, 31))
        closing = {row.id: row.closing_debit - row.closing_credit for row in books.rows}
        return {
            role: str(Decimal(closing.get(account, 0)).quantize(Decimal("0.01")))
            for role, account in accounts.items()
        }
