"""Business exceptions: something is off, nothing was refused, somebody owns it until it is right.

exceptions.open("purchase.receipt_over_delivered", refs=[("purchase.receipt", 7)],
                params={"quantity": "12"}, company=1, actor=actor)
"""

from heyi.platform.exceptions.cases import (
    Finding,
    assign,
    comment,
    dismiss,
    note,
    open,
    open_all,
    resolve,
    settle,
)
from heyi.platform.exceptions.kinds import ExceptionKind

__all__ = [
    "ExceptionKind",
    "Finding",
    "assign",
    "comment",
    "dismiss",
    "note",
    "open",
    "open_all",
    "resolve",
    "settle",
]
