"""What other modules may use of the ledger."""

from heyi.ledger.balances import fold, trial_balance, unproved
from heyi.ledger.costs import costs_of
from heyi.ledger.errors import (
    AlreadyPosted,
    AlreadyReversed,
    JournalUnbalanced,
    NotPosted,
    PeriodClosed,
    PurposeUnmapped,
    ReceiptUnknown,
    StockShort,
)
from heyi.ledger.periods import close, reopen
from heyi.ledger.posting import post, preview
from heyi.ledger.quantities import release, reserve
from heyi.ledger.reference import book
from heyi.ledger.reversal import reverse
from heyi.ledger.types import Amount, Dimensions, LateCost, Movement, Posted, Posting, Ref, World

__all__ = [
    "AlreadyPosted", "AlreadyReversed", "Amount", "Dimensions", "JournalUnbalanced", "LateCost",
    "Movement", "NotPosted", "PeriodClosed", "Posted", "Posting", "PurposeUnmapped",
    "ReceiptUnknown", "Ref", "StockShort", "World", "book", "close", "costs_of", "fold", "post",
    "preview", "release", "reopen", "reserve", "reverse", "trial_balance", "unproved",
]
