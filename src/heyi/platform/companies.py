"""Companies: a new set of books, furnished by every module."""

from heyi.platform import modules
from heyi.platform.models import Company


def create(
    *,
    code: str,
    name: str,
    currency: str,
    decimals: int = 2,
    timezone: str = "Asia/Shanghai",
    language: str = "zh_hans",
) -> Company:
    """A company with what every module gives a new one (`setup`), lowest layer first.

    Runs in the caller's unit of work.
    """
    company = Company.objects.create(
        code=code,
        name=name,
        currency=currency,
        decimals=decimals,
        timezone=timezone,
        language=language,
    )
    for furnish in modules.declared("setup"):
        furnish(company)
    return company
