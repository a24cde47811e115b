from typing import Any

from heyi.platform.modules import ModuleConfig


class LedgerConfig(ModuleConfig):
    name = "heyi.ledger"
    default = True
    masters = ("ledger.Account", "ledger.Location", "ledger.ValuationArea", "ledger.PostingRule")
    roles = ("finance.accountant", "inventory.keeper")

    def declare(self) -> dict[str, Any]:
        from heyi.ledger import access, jobs, screens
        from heyi.ledger.proof import PROOFS
        from heyi.ledger.setup import setup

        return {
            "screens": (screens.ACCOUNT, screens.LOCATION, screens.AREA, screens.RULE),
            "lookups": (screens.WAREHOUSES, screens.AREAS, screens.ACCOUNTS),
            "access": (
                access.ACCOUNT, access.LOCATION, access.AREA, access.RULE, access.PERIOD,
                access.BOOKS, access.STOCK,
            ),
            "setup": setup,
            "proofs": PROOFS,
            "jobs": (jobs.fold, jobs.seal, jobs.seal_day),
        }
