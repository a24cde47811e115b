"""Deliveries: what leaves for the customer, and what that does to the books."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.db import transaction
from django.db.models import prefetch_related_objects

from heyi.ledger.api import Dimensions, Movement, Posting, Ref, World, post, reverse
from heyi.platform import clock
from heyi.platform.access import Actor
from heyi.platform.documents import advance
from heyi.platform.drafts import Draft
from heyi.platform.jobs.api import publish
from heyi.product.api import count_lines
from heyi.sales.models import Delivery


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
    post([_posting(d) for d in deliveries])


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


def _posting(delivery: Delivery) -> Posting:
    about = Dimensions(party=delivery.customer_id)
    return Posting(
        company=delivery.company_id,
        document=Ref(Delivery.type, delivery.pk),
        on=delivery.on,
        movements=tuple(
            Movement(
                purpose="sales.delivery",
                product=line.product_id,
                quantity=line.quantity,
                source=delivery.warehouse_id,
                target=World.CUSTOMERS,
                origin=Ref("sales.delivery_line", line.pk),
                lot=line.lot_id or 0,
                dimensions=about,
            )
            for line in delivery.lines.all()
        ),
    )
