"""Companies: a new set of books, furnished by every module."""

import re
from dataclasses import dataclass
from inspect import signature
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from heyi.kernel.errors import BusinessError, Remedy
from heyi.platform import modules
from heyi.platform.access import MEMBER, SYSTEM, Access, Actor
from heyi.platform.audit.api import Entry, record
from heyi.platform.models import Company

# Any administrator may set up a further company; they become its first administrator.
COMPANY = Access(
    type="platform.company",
    verbs={"read": {MEMBER}, "create": {"system.administrator"}},
)
_CODE = re.compile(r"[A-Z0-9][A-Z0-9_-]{0,31}")
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(eq=False)
class CompanyCodeTaken(BusinessError):
    code = "platform.company_code_taken"
    remedy = Remedy("platform.remedy.choose_another_code")
    number: str


@dataclass(eq=False)
class CompanyMalformed(BusinessError):
    """`field` is "code", "name", "currency", "decimals" or "timezone"."""

    code = "platform.company_malformed"
    remedy = Remedy("platform.remedy.correct_company")
    field: str
    given: str


def create(
    *,
    code: str,
    name: str,
    currency: str,
    decimals: int = 2,
    timezone: str = "Asia/Shanghai",
    language: str = "zh_hans",
    actor: Actor = SYSTEM,
    **options: Any,
) -> Company:
    """A company with what every module gives a new one (`setup`), lowest layer first.

    Runs in the caller's unit of work.

    Args:
        decimals: How finely the currency is counted: CNY 2, TWD 0.
        options: What single modules want to know, by the names their `setup` takes
            (`chart="asbe"`); None leaves it to them.

    Raises:
        CompanyCodeTaken, CompanyMalformed.
    """
    company = Company(
        code=code.strip(), name=name.strip(), currency=currency, decimals=decimals,
        timezone=timezone, language=language,
    )  # fmt: skip
    _check(company)
    company.save(force_insert=True)
    _furnish(company, {k: v for k, v in options.items() if v is not None})
    changes = {"code": (None, company.code), "name": (None, company.name)}
    entry = Entry("company_created", "platform.company", company.pk, changes, company=company.pk)
    record([entry], actor=actor)
    return company


def furnish_again() -> None:
    """Give every company what a new release brings: accounts, purposes, periods, positions.

    What is there stays as it is. Runs in the caller's unit of work.
    """
    for company in Company.objects.order_by("pk"):
        _furnish(company, {})


def _furnish(company: Company, options: dict[str, Any]) -> None:
    setups = [s for module in modules.modules() if (s := module.declared.get("setup"))]
    known = {setup: set(list(signature(setup).parameters)[1:]) for setup in setups}
    unknown = set(options) - set().union(*known.values())
    assert not unknown, f"no module's setup takes {sorted(unknown)}"
    for setup in setups:
        setup(company, **{k: v for k, v in options.items() if k in known[setup]})


def _check(company: Company) -> None:
    faults = {
        "code": not _CODE.fullmatch(company.code),
        "name": not 0 < len(company.name) <= 200 or not company.name.isprintable(),
        "currency": not _CURRENCY.fullmatch(company.currency),
        "decimals": not 0 <= company.decimals <= 4,
        "timezone": not _is_zone(company.timezone),
    }
    for field, faulty in faults.items():
        if faulty:
            raise CompanyMalformed(field, str(getattr(company, field))[:80])
    if Company.objects.filter(code=company.code).exists():
        raise CompanyCodeTaken(company.code)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
