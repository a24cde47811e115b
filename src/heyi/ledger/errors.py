from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from heyi.kernel.errors import BusinessError, Remedy


@dataclass(eq=False)
class StockShort(BusinessError):
    """`available` is what is on hand less what is promised to others.

    Args:
        available_on: The day on which planned receipts cover it; None when nothing is planned.
    """

    code = "ledger.stock_short"
    remedy = Remedy("ledger.remedy.take_less")
    product: str
    location: str
    unit: str
    wanted: Decimal
    available: Decimal
    available_on: date | None
    product_id: int
    location_id: int


@dataclass(eq=False)
class StockShortLater(BusinessError):
    """A dated-back issue takes goods that a later day needs: `document` would fail on that day."""

    code = "ledger.stock_short_later"
    remedy = Remedy("ledger.remedy.date_after")
    product: str
    location: str
    unit: str
    wanted: Decimal
    available: Decimal
    on: date
    document: str
    document_type: str
    document_id: int
    product_id: int
    location_id: int


@dataclass(eq=False)
class LotRequired(BusinessError):
    """Goods that are followed by lot or serial number were moved without one."""

    code = "ledger.lot_required"
    remedy = Remedy("ledger.remedy.name_lot")
    product: str
    unit: str


@dataclass(eq=False)
class LotUnknown(BusinessError):
    """The lot is not one of this product."""

    code = "ledger.lot_unknown"
    remedy = Remedy("ledger.remedy.name_lot")
    product: str
    unit: str


@dataclass(eq=False)
class LotExpired(BusinessError):
    """Expired goods may be moved, scrapped or sent back, but not sold or used."""

    code = "ledger.lot_expired"
    remedy = Remedy("ledger.remedy.take_other_lot")
    product: str
    lot: str
    expires_on: date


@dataclass(eq=False)
class LotDiffers(BusinessError):
    """The lot exists with another expiry date."""

    code = "ledger.lot_differs"
    remedy = Remedy("ledger.remedy.check_lot")
    lot: str
    expires_on: date | None


@dataclass(eq=False)
class SerialInUse(BusinessError):
    """A serial number is one piece: it lies in one place, once."""

    code = "ledger.serial_in_use"
    remedy = Remedy("ledger.remedy.check_lot")
    product: str
    lot: str


@dataclass(eq=False)
class AlreadyPosted(BusinessError):
    """The document left its voucher before; a second click changes nothing."""

    code = "ledger.already_posted"
    kind = "conflict"
    remedy = Remedy("ledger.remedy.reload")
    document: str


@dataclass(eq=False)
class AlreadyPromised(BusinessError):
    """A line holds one promise; a second click adds none."""

    code = "ledger.already_promised"
    kind = "conflict"
    remedy = Remedy("ledger.remedy.reload")
    document_type: str


@dataclass(eq=False)
class NotPosted(BusinessError):
    code = "ledger.not_posted"
    remedy = Remedy("ledger.remedy.reload")
    document: str


@dataclass(eq=False)
class AlreadyReversed(BusinessError):
    code = "ledger.already_reversed"
    kind = "conflict"
    remedy = Remedy("ledger.remedy.reload")
    document: str


@dataclass(eq=False)
class ReferenceUnknown(BusinessError):
    """A product, place or account that this company does not have, or may not post on.

    Args:
        what: "product.product", "ledger.location" or "ledger.account".
    """

    code = "ledger.reference_unknown"
    remedy = Remedy("ledger.remedy.choose_own")
    what: str
    key: int


@dataclass(eq=False)
class AmountTooFine(BusinessError):
    """The amount is finer than the company's currency is counted."""

    code = "ledger.amount_too_fine"
    remedy = Remedy("ledger.remedy.round_amount")
    amount: Decimal
    currency: str


@dataclass(eq=False)
class JournalUnbalanced(BusinessError):
    code = "ledger.journal_unbalanced"
    remedy = Remedy("ledger.remedy.balance_lines")
    document_type: str
    difference: Decimal


@dataclass(eq=False)
class PurposeUnmapped(BusinessError):
    code = "ledger.purpose_unmapped"
    remedy = Remedy("ledger.remedy.map_accounts", screen="ledger.postingrule")
    purpose: str
    missing: Sequence[str]  # which of stock, counterpart, variance nobody has named
    on: date | None = None


@dataclass(eq=False)
class PeriodClosed(BusinessError):
    code = "ledger.period_closed"
    remedy = Remedy("ledger.remedy.date_in_open_period")
    on: date
    module: str


@dataclass(eq=False)
class ReceiptUnknown(BusinessError):
    """A late cost names receipts the ledger has never seen, or that were reversed."""

    code = "ledger.receipt_unknown"
    remedy = Remedy("ledger.remedy.choose_receipts")
    receipts: list[str]


@dataclass(eq=False)
class AccountUnknown(BusinessError):
    """The chart has no account that plays these roles."""

    code = "ledger.account_unknown"
    remedy = Remedy("ledger.remedy.give_role", screen="ledger.account")
    roles: str


@dataclass(eq=False)
class RuleFollows(BusinessError):
    """A rule that begins later is entered already."""

    code = "ledger.rule_follows"
    remedy = Remedy("ledger.remedy.change_later_rule", screen="ledger.postingrule")
    purpose: str
    on: date


@dataclass(eq=False)
class TaxRateMissing(BusinessError):
    code = "ledger.tax_rate_missing"
    remedy = Remedy("ledger.remedy.enter_tax_rate", screen="ledger.taxcode")
    tax: str
    on: date


@dataclass(eq=False)
class PageUnknown(BusinessError):
    """The place in a list to go on from is not one that a page before gave out."""

    code = "ledger.page_unknown"
    remedy = Remedy("ledger.remedy.begin_again")
    after: str


@dataclass(eq=False)
class RangeBackwards(BusinessError):
    """The range ends before it begins."""

    code = "ledger.range_backwards"
    remedy = Remedy("ledger.remedy.swap_dates")
    start: date
    end: date


@dataclass(eq=False)
class CodeOutside(BusinessError):
    """The code of a new account does not begin with its parent's, or an account has it already."""

    code = "ledger.code_outside"
    remedy = Remedy("ledger.remedy.choose_code")
    account: str
    parent: str
