"""What leaves us for customers."""

from django.db import models
from django.db.models import Q

from heyi.kernel.lifecycle import POSTING
from heyi.platform.models import Document, Line, link, quantity_field


class Delivery(Document):
    """Goods leaving us for a customer. Posting it moves the stock and books its cost."""

    type = "sales.delivery"
    lifecycle = POSTING

    customer = link("party.Party")
    warehouse = link("ledger.Location")
    reference = models.CharField(
        max_length=64, blank=True, default="", help_text="The customer's order number."
    )


class DeliveryLine(Line):
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="lines")
    product = link("product.Product")
    unit = link("product.Unit")
    quantity_unit = quantity_field(help_text="In the unit of the line.")
    quantity = quantity_field(editable=False, help_text="In base units.")
    lot_code = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="delivery_line_positive")
        ]
