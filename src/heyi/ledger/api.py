"""What other modules may use of the ledger."""

from heyi.ledger import lots
from heyi.ledger.accounts import assign, by_role, explain, keep_goods
from heyi.ledger.balances import fold, unproved
from heyi.ledger.costs import costs_of
from heyi.ledger.errors import (
    AlreadyPosted,
    AlreadyPromised,
    AlreadyReversed,
    AmountTooFine,
    JournalUnbalanced,
    LotDiffers,
    LotExpired,
    LotRequired,
    LotUnknown,
    NotPosted,
    PeriodClosed,
    PurposeUnmapped,
    ReceiptUnknown,
    ReferenceUnknown,
    SerialInUse,
    StockShort,
    StockShortLater,
)
from heyi.ledger.periods import close, reopen
from heyi.ledger.posting import post, preview
from heyi.ledger.quantities import release, reserve
from heyi.ledger.queries import (
    account_ledger,
    on_hand,
    postings_of,
    stock_list,
    trial_balance,
    voucher,
)
from heyi.ledger.reference import book
from heyi.ledger.revaluation import change_standard, settle
from heyi.ledger.reversal import reverse
from heyi.ledger.setup import setup
from heyi.ledger.shortage import forecast_with
from heyi.ledger.tax_fields import TaxedHeader, TaxedLine, recount
from heyi.ledger.tax_rules import Method, Taxed, TaxedDocument, TaxLine
from heyi.ledger.taxes import Taxable, method_of, rates_on
from heyi.ledger.taxes import compute as compute_taxes
from heyi.ledger.types import (
    Amount,
    Broken,
    Dimensions,
    LateCost,
    Movement,
    Posted,
    Posting,
    Ref,
    World,
)

__all__ = [
    "AlreadyPosted",
    "AlreadyPromised",
    "AlreadyReversed",
    "Amount",
    "AmountTooFine",
    "Broken",
    "Dimensions",
    "JournalUnbalanced",
    "LateCost",
    "LotDiffers",
    "LotExpired",
    "LotRequired",
    "LotUnknown",
    "Method",
    "Movement",
    "NotPosted",
    "PeriodClosed",
    "Posted",
    "Posting",
    "PurposeUnmapped",
    "ReceiptUnknown",
    "Ref",
    "ReferenceUnknown",
    "SerialInUse",
    "StockShort",
    "StockShortLater",
    "TaxLine",
    "Taxable",
    "Taxed",
    "TaxedDocument",
    "TaxedHeader",
    "TaxedLine",
    "World",
    "account_ledger",
    "assign",
    "book",
    "by_role",
    "change_standard",
    "close",
    "compute_taxes",
    "costs_of",
    "explain",
    "fold",
    "forecast_with",
    "keep_goods",
    "lots",
    "method_of",
    "on_hand",
    "post",
    "postings_of",
    "preview",
    "rates_on",
    "recount",
    "release",
    "reopen",
    "reserve",
    "reverse",
    "settle",
    "setup",
    "stock_list",
    "trial_balance",
    "unproved",
    "voucher",
]
