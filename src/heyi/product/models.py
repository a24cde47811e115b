"""What is bought, made, stored and sold."""

from django.db import models

from heyi.platform.models import Master, price_field


class Unit(models.Model):
    """A unit of measure ("kg", "pc", "box"). `decimals` is how finely it is counted."""

    code = models.CharField(max_length=16, unique=True)
    name = models.JSONField(default=dict, help_text='{"zh_hant": …, "zh_hans": …, "en": …}')
    decimals = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return self.code


class Category(Master):
    """Products that are costed and booked alike."""

    costing = models.CharField(max_length=10, default="average")  # a key of valuation.METHODS
    by_lot = models.BooleanField(default=False, help_text="Each lot keeps its own cost.")

    class Meta(Master.Meta):
        pass


class Product(Master):
    """One thing that can lie on a shelf. Its base unit is the finest it is ever counted in."""

    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    specification = models.CharField(max_length=200, blank=True, default="")
    barcode = models.CharField(max_length=64, blank=True, default="")
    price = price_field(default=0)
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
