"""An upgrade brings companies what a new release knows."""

from heyi.platform import companies
from heyi.platform.rows import fetch
from heyi.platform.transactions import unit_of_work
from heyi.site import schema


def test_a_company_gets_the_purposes_it_has_not_and_keeps_what_it_has(
    transactional_db: None,
) -> None:
    company = unit_of_work(lambda: companies.create(code="HY", name="HY", currency="CNY"))
    kept = "SELECT count(*) FROM ledger_postingrule WHERE company_id = %s"
    [(before,)] = fetch(kept, [company.pk])
    changed = "UPDATE ledger_postingrule SET valid_from = '2026-02-01' WHERE company_id = %s"
    fetch(changed + " AND purpose = 'sales.delivery' RETURNING id", [company.pk])
    gone = "DELETE FROM ledger_postingrule WHERE company_id = %s AND purpose = 'purchase.receipt'"
    assert len(fetch(gone + " RETURNING id", [company.pk])) == 1

    schema.upgrade(lambda _: None, always=True)
    schema.upgrade(lambda _: None, always=True)

    assert fetch(kept, [company.pk]) == [(before,)]
    [(on,)] = fetch(
        "SELECT valid_from::text FROM ledger_postingrule WHERE company_id = %s"
        " AND purpose = 'sales.delivery'",
        [company.pk],
    )
    assert on == "2026-02-01"
