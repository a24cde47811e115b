"""Goods receipts: what suppliers bring, and what that does to the books."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from django.db import transaction
from django.db.models import prefetch_related_objects

from heyi.kernel.money import ZERO, rounded
from heyi.ledger.api import Dimensions, Movement, Posting, Ref, World, book, lots, post, reverse
from heyi.platform import clock
from heyi.platform.access import Actor
from heyi.platform.documents import advance
from heyi.platform.drafts import Draft
from heyi.platform.jobs.api import publish
from heyi.product.api import count_lines
from heyi.purchase.models import Receipt

# What will come: the lines of receipts that are on their way to be posted.
EXPECTED = """
    SELECT r.company_id, l.product_id, r.warehouse_id, r."on", l.quantity
    FROM purchase_receipt r JOIN purchase_receiptline l ON l.receipt_id = r.id
    WHERE r.state IN ('submitted', 'approved')
"""


@dataclass(frozen=True, slots=True)
class ReceiptPosted:
    """A receipt is in the ledgers. Payload is ids only: readers look up what they may see."""

    topic: ClassVar[str] = "purchase.receipt_posted"
    receipt: int

    @property
    def key(self) -> str:
        return f"purchase.receipt:{self.receipt}"


def prepare_receipt(draft: Draft, actor: Actor) -> None:
    """Count the lines in base units and value them at their price, rounded once a line."""
    count_lines(draft)
    unit = book(draft.company).unit
    total = ZERO
    for line in draft.lines:
        quantity, price = line.values.get("quantity_unit"), line.values.get("price")
        if quantity is not None and price is not None:
            line.values["value"] = rounded(quantity * price, unit)
            total += line.values["value"]
    draft.values["value"] = total


@transaction.atomic(savepoint=False)
def post_receipts(receipts: Sequence[Receipt], *, actor: Actor, reason: str = "") -> None:
    """Put the goods on the shelf at what they cost. All of them or none.

    Raises:
        WrongState: A receipt is not approved, or someone else just changed it.
        PeriodClosed: Its date lies in a closed period.
        LotRequired: A line of goods followed by lot names none.
    """
    prefetch_related_objects(receipts, "lines")
    advance(receipts, "post", actor=actor, reason=reason)
    publish(ReceiptPosted(r.pk) for r in receipts)
    named = _lots(receipts)
    post([_posting(r, named) for r in receipts])


@transaction.atomic(savepoint=False)
def reverse_receipts(receipts: Sequence[Receipt], *, actor: Actor, reason: str = "") -> None:
    """Send the goods back at the value they came with, on today's business day.

    Raises:
        WrongState: A receipt is not posted.
        StockShort: The goods have gone on since.
    """
    advance(receipts, "reverse", actor=actor, reason=reason)
    company = receipts[0].company
    reverse(
        company.pk,
        [Ref(Receipt.type, r.pk) for r in receipts],
        on=clock.today(company.timezone),
    )


def _lots(receipts: Sequence[Receipt]) -> dict[tuple[int, str], int]:
    """The lots the lines name, made where they are new."""
    lines = [x for r in receipts for x in r.lines.all() if x.lot_code]
    named = [lots.Named(x.product_id, x.lot_code, x.expires_on) for x in lines]
    ids = lots.register(receipts[0].company_id, named)
    return {(x.product, x.code): id_ for x, id_ in zip(named, ids, strict=True)}


def _posting(receipt: Receipt, named: dict[tuple[int, str], int]) -> Posting:
    about = Dimensions(party=receipt.supplier_id)
    return Posting(
        company=receipt.company_id,
        document=Ref(Receipt.type, receipt.pk),
        on=receipt.on,
        movements=tuple(
            Movement(
                purpose="purchase.receipt",
                product=line.product_id,
                quantity=line.quantity,
                source=World.SUPPLIERS,
                target=receipt.warehouse_id,
                origin=Ref("purchase.receipt_line", line.pk),
                value=Decimal(line.value),
                lot=named.get((line.product_id, line.lot_code), 0),
                dimensions=about,
            )
            for line in receipt.lines.all()
        ),
    )
