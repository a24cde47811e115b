from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from heyi.kernel.errors import BusinessError, Remedy


@dataclass(eq=False)
class StockShort(BusinessError):
    """`available` is what is on hand less what is promised to others."""

    code = "ledger.stock_short"
    remedy = Remedy("ledger.remedy.see_availability", screen="inventory.availability")
    product: int
    location: int
    wanted: Decimal
    available: Decimal


@dataclass(eq=False)
class AlreadyPosted(BusinessError):
    code = "ledger.already_posted"
    kind = "conflict"
    document: str


@dataclass(eq=False)
class NotPosted(BusinessError):
    code = "ledger.not_posted"
    document: str


@dataclass(eq=False)
class AlreadyReversed(BusinessError):
    code = "ledger.already_reversed"
    kind = "conflict"
    document: str


@dataclass(eq=False)
class JournalUnbalanced(BusinessError):
    code = "ledger.journal_unbalanced"
    document: str
    difference: Decimal


@dataclass(eq=False)
class PurposeUnmapped(BusinessError):
    code = "ledger.purpose_unmapped"
    remedy = Remedy("ledger.remedy.map_accounts", screen="finance.posting_rules")
    purpose: str
    missing: str = ""  # which of stock, counterpart, variance nobody has named
    on: date | None = None


@dataclass(eq=False)
class PeriodClosed(BusinessError):
    code = "ledger.period_closed"
    remedy = Remedy("ledger.remedy.date_in_open_period", screen="finance.periods")
    on: date
    module: str


@dataclass(eq=False)
class ReceiptUnknown(BusinessError):
    """A late cost names receipts the ledger has never seen, or that were reversed."""

    code = "ledger.receipt_unknown"
    receipts: list[str]
