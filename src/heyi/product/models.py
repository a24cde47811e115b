"""What is bought, made, stored and sold."""

from django.db import models

from heyi.platform.models import Master, price_field


class Unit(Master):
    """A unit of measure ("kg", "pc", "box"). `decimals` is how finely it is counted."""

    decimals = models.PositiveSmallIntegerField(default=0)


class Category(Master):
    """Products that are costed and booked alike."""

    COSTING = ("average", "fifo", "standard", "periodic")

    costing = models.CharField(
        max_length=10, default="average", choices=[(c, c) for c in COSTING]
    )  # a key of the ledger's valuation.METHODS
    by_lot = models.BooleanField(default=False, help_text="Each lot keeps its own cost.")


class Product(Master):
    """One thing that can lie on a shelf. Its base unit is the finest it is ever counted in."""

    TRACKING = ("none", "lot", "serial")
    NEGATIVE = ("location", "allow", "refuse")

    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    specification = models.CharField(max_length=200, blank=True, default="")
    barcode = models.CharField(max_length=64, blank=True, default="")
    tracking = models.CharField(max_length=8, default="none", choices=[(t, t) for t in TRACKING])
    negative = models.CharField(
        max_length=8,
        default="location",
        choices=[(n, n) for n in NEGATIVE],
        help_text="May a place go below zero? By default the place decides.",
    )
    price = price_field(default=0, help_text="Sales price per base unit, without tax.")
    standard = price_field(default=0, help_text="Standard cost per base unit.")


class ProductUnit(models.Model):
    """Another unit of a product: `numerator / denominator` base units make one of it, exactly."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="units")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    numerator = models.PositiveBigIntegerField()
    denominator = models.PositiveBigIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "unit"], name="product_unit_once"),
            models.CheckConstraint(
                condition=models.Q(numerator__gt=0, denominator__gt=0), name="unit_ratio_positive"
            ),
        ]
