"""What other modules may use of the ledger."""

from heyi.ledger import lots
from heyi.ledger.accounts import by_role, keep_goods
from heyi.ledger.balances import fold, trial_balance, unproved
from heyi.ledger.costs import costs_of
from heyi.ledger.errors import (
    AlreadyPosted,
    AlreadyReversed,
    JournalUnbalanced,
    LotDiffers,
    LotExpired,
    LotRequired,
    LotUnknown,
    NotPosted,
    PeriodClosed,
    PurposeUnmapped,
    ReceiptUnknown,
    SerialInUse,
    StockShort,
    StockShortLater,
)
from heyi.ledger.periods import close, reopen
from heyi.ledger.posting import post, preview
from heyi.ledger.quantities import release, reserve
from heyi.ledger.reference import book
from heyi.ledger.reversal import reverse
from heyi.ledger.shortage import forecast_with
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
    "AlreadyReversed",
    "Amount",
    "Broken",
    "Dimensions",
    "JournalUnbalanced",
    "LateCost",
    "LotDiffers",
    "LotExpired",
    "LotRequired",
    "LotUnknown",
    "Movement",
    "NotPosted",
    "PeriodClosed",
    "Posted",
    "Posting",
    "PurposeUnmapped",
    "ReceiptUnknown",
    "Ref",
    "SerialInUse",
    "StockShort",
    "StockShortLater",
    "World",
    "book",
    "by_role",
    "close",
    "costs_of",
    "fold",
    "forecast_with",
    "keep_goods",
    "lots",
    "post",
    "preview",
    "release",
    "reopen",
    "reserve",
    "reverse",
    "trial_balance",
    "unproved",
]
