from typing import Any

from heyi.platform.modules import ModuleConfig


class LedgerConfig(ModuleConfig):
    name = "heyi.ledger"
    default = True
    masters = (
        "ledger.Account",
        "ledger.Location",
        "ledger.ValuationArea",
        "ledger.PostingRule",
        "ledger.TaxCode",
    )
    roles = ("finance.accountant", "inventory.keeper")
    routes = ("", "heyi.ledger.http.router")

    def declare(self) -> dict[str, Any]:
        from heyi.ledger import access, http, jobs, screens
        from heyi.ledger.proof import PROOFS
        from heyi.ledger.setup import setup

        return {
            "screens": (screens.ACCOUNT, screens.LOCATION, screens.AREA, screens.RULE, screens.TAX),
            "lookups": (screens.WAREHOUSES, screens.AREAS, screens.ACCOUNTS, screens.TAXES),
            "access": (
                access.ACCOUNT,
                access.LOCATION,
                access.AREA,
                access.RULE,
                access.PERIOD,
                access.BOOKS,
                access.STOCK,
                access.TAX,
            ),
            "panels": {"platform.postings": http.postings_panel},
            "setup": setup,
            "proofs": PROOFS,
            "jobs": (jobs.fold, jobs.seal, jobs.seal_day),
        }
