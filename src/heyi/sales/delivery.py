"""Deliveries: what leaves for the customer, and what that does to the books."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.db import transaction
from django.db.models import prefetch_related_objects

from heyi.ledger.api import Dimensions, Movement, Posting, Ref, World, lots, post, reverse
from heyi.platform import clock
from heyi.platform.access import Actor
from heyi.platform.documents import advance
from heyi.platform.drafts import Draft
from heyi.platform.jobs.api import publish
from heyi.product.api import count_lines, counting
from heyi.sales.models import Delivery, DeliveryLine

# What will leave: the lines of deliveries that are on their way to be posted.
EXPECTED = """
    SELECT d.company_id, l.product_id, d.warehouse_id, d."on", -l.quantity
    FROM sales_delivery d JOIN sales_deliveryline l ON l.delivery_id = d.id
    WHERE d.state IN ('submitted', 'approved')
"""


@dataclass(frozen=True, slots=True)
class DeliveryPosted:
    """A delivery is in the ledgers. Payload is ids only: readers look up what they may see."""

    topic: ClassVar[str] = "sales.delivery_posted"
    delivery: int

    @property
    def key(self) -> str:
        return f"sales.delivery:{self.delivery}"


def prepare_delivery(draft: Draft, actor: Actor) -> None:
    """Count the lines in base units."""
    count_lines(draft)


@transaction.atomic(savepoint=False)
def post_deliveries(deliveries: Sequence[Delivery], *, actor: Actor, reason: str = "") -> None:
    """Ship: move the goods, book their cost, tell the world. All of them or none.

    Raises:
        WrongState: A delivery is not approved, or someone else just changed it.
        StockShort: A shelf does not hold what a line asks for.
    """
    prefetch_related_objects(deliveries, "lines")
    advance(deliveries, "post", actor=actor, reason=reason)
    publish(DeliveryPosted(d.pk) for d in deliveries)
    taken = _lots(deliveries)
    post([_posting(d, taken) for d in deliveries])


@transaction.atomic(savepoint=False)
def reverse_deliveries(deliveries: Sequence[Delivery], *, actor: Actor, reason: str = "") -> None:
    """Take the goods back at the very cost they left with, on today's business day."""
    advance(deliveries, "reverse", actor=actor, reason=reason)
    company = deliveries[0].company
    reverse(
        company.pk,
        [Ref(Delivery.type, d.pk) for d in deliveries],
        on=clock.today(company.timezone),
    )


def _lots(deliveries: Sequence[Delivery]) -> dict[int, list[lots.Pick]]:
    """What each line takes of which lot: the one it names, else first expired, first out."""
    lines = [(d, x) for d in deliveries for x in d.lines.all()]
    company, on = deliveries[0].company_id, min(d.on for d in deliveries)
    named = [x for _, x in lines if x.lot_code]
    ids = lots.register(company, [lots.Named(x.product_id, x.lot_code) for x in named])
    taken = {x.pk: [lots.Pick(lot, x.quantity, None)] for x, lot in zip(named, ids, strict=True)}
    followed = {p for (p, _), c in counting((x.product_id, 0) for _, x in lines).items()
                if c.tracking != "none"}  # fmt: skip
    open_ = [(d, x) for d, x in lines if not x.lot_code and x.product_id in followed]
    wants = [lots.Want(x.product_id, d.warehouse_id, x.quantity) for d, x in open_]
    for (_, line), picks in zip(open_, lots.picks(company, wants, on=on), strict=True):
        taken[line.pk] = picks
    return taken


def _posting(delivery: Delivery, taken: dict[int, list[lots.Pick]]) -> Posting:
    about = Dimensions(party=delivery.customer_id)

    def picks(line: DeliveryLine) -> list[lots.Pick]:
        return taken.get(line.pk) or [lots.Pick(0, line.quantity, None)]

    return Posting(
        company=delivery.company_id,
        document=Ref(Delivery.type, delivery.pk),
        on=delivery.on,
        movements=tuple(
            Movement(
                purpose="sales.delivery",
                product=line.product_id,
                quantity=pick.quantity,
                source=delivery.warehouse_id,
                target=World.CUSTOMERS,
                origin=Ref("sales.delivery_line", line.pk),
                lot=pick.lot,
                dimensions=about,
            )
            for line in delivery.lines.all()
            for pick in picks(line)
        ),
    )
