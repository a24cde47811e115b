"""What a new company's books begin with."""

from heyi.ledger import charts
from heyi.ledger.models import Location, ValuationArea
from heyi.ledger.types import World
from heyi.platform import clock
from heyi.platform.models import Company
from heyi.platform.rows import fetch


def setup(company: Company, chart: charts.Chart = "asbe") -> None:
    """Chart, purposes, tax codes, the world's places, a valuation area, periods of two years.

    Repeatable: what is there already stays as it is.
    """
    fetch(
        """
        INSERT INTO ledger_booksettings (company_id, chart, tax_rounding, tax_inclusive)
        VALUES (%s, %s, 'line', false) ON CONFLICT DO NOTHING
        """,
        [company.pk, chart],
    )
    [(kept,)] = fetch("SELECT chart FROM ledger_booksettings WHERE company_id = %s", [company.pk])
    charts.load(company.pk, kept)
    charts.load_taxes(company.pk, company.currency)
    _places(company.pk)
    year = clock.today(company.timezone).year
    for one in (year, year + 1):
        charts.load_periods(company.pk, one)


def _places(company: int) -> None:
    """Where goods come from and go to, the same in every database, and one area of ours."""
    Location.objects.bulk_create(
        (Location(id=w.value, code=w.name, name=w.name.replace("_", " ").title()) for w in World),
        ignore_conflicts=True,
    )
    ValuationArea.objects.bulk_create(
        [ValuationArea(company_id=company, code="MAIN", name="MAIN")], ignore_conflicts=True
    )
