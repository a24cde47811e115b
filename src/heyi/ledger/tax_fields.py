"""The fields a taxed document keeps: what it was counted with, and what came out."""

from decimal import Decimal

from django.db import models

from heyi.ledger.tax_rules import Method, TaxedDocument, TaxLine, compute
from heyi.platform.models import link, money_field, rate_field


class TaxedHeader(models.Model):
    """Method and totals of a document, frozen with it."""

    tax_rounding = models.CharField(
        max_length=8, default="line", choices=[(c, c) for c in ("line", "document")]
    )
    tax_inclusive = models.BooleanField(default=False)
    net = money_field(default=0, editable=False)
    tax = money_field(default=0, editable=False)

    class Meta:
        abstract = True

    @property
    def method(self) -> Method:
        return Method(self.tax_rounding, self.tax_inclusive)  # type: ignore[arg-type]


class TaxedLine(models.Model):
    """Code, rate and result of one line. The rate is a copy: later rates do not touch it."""

    tax_code = link("ledger.TaxCode", null=True, blank=True)
    tax_rate = rate_field(default=0, editable=False)
    net = money_field(default=0, editable=False)
    tax = money_field(default=0, editable=False)

    class Meta:
        abstract = True


def recount(
    header: TaxedHeader, amounts: list[tuple[Decimal, Decimal]], unit: Decimal
) -> TaxedDocument:
    """A document counted again with its own method and its lines' own (amount, rate)."""
    return compute([TaxLine(amount, rate) for amount, rate in amounts], header.method, unit)
