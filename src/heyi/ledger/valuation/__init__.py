"""What goods cost, as arithmetic. No database, no clock, no settings.

Each costing method is one module with the same four functions:

    receive(pool, quantity, value, terms)   goods come in at a known total value
    issue(pool, quantity, terms)            goods leave; the method says at what cost
    take_back(pool, quantity, value, terms) goods leave at a value set by the paper they came on
    absorb(pool, receipt, value, terms)     money that belongs to an earlier receipt

All return a `Change`: the new pool, what the stock account takes, and what
goes to the variance account. Stock plus variance is always the value given.
"""

from heyi.ledger.valuation import average, fifo, periodic, standard
from heyi.ledger.valuation.late import Day, backdated
from heyi.ledger.valuation.pool import Change, Layer, Pool, Receipt, Terms, covered

METHODS = {"average": average, "fifo": fifo, "periodic": periodic, "standard": standard}

__all__ = [
    "METHODS",
    "Change",
    "Day",
    "Layer",
    "Pool",
    "Receipt",
    "Terms",
    "backdated",
    "covered",
]
