"""What suppliers bring us."""

from django.db import models
from django.db.models import Q

from heyi.kernel.lifecycle import POSTING
from heyi.platform.models import Document, Line, link, money_field, price_field, quantity_field


class Receipt(Document):
    """Goods from a supplier. Posting it puts them on the shelf at what they cost."""

    type = "purchase.receipt"
    lifecycle = POSTING

    supplier = link("party.Party")
    warehouse = link("ledger.Location")
    reference = models.CharField(
        max_length=64, blank=True, default="", help_text="The supplier's delivery note."
    )
    value = money_field(default=0, editable=False, help_text="Sum of the lines.")


class ReceiptLine(Line):
    receipt = models.ForeignKey(Receipt, on_delete=models.CASCADE, related_name="lines")
    product = link("product.Product")
    unit = link("product.Unit")
    quantity_unit = quantity_field(help_text="In the unit of the line.")
    quantity = quantity_field(editable=False, help_text="In base units.")
    price = price_field(help_text="Per unit of the line, without tax.")
    value = money_field(default=0, editable=False)
    lot_code = models.CharField(max_length=64, blank=True, default="")
    expires_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="receipt_line_positive")
        ]
