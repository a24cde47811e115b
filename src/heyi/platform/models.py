"""Tables every module leans on: companies, the document base, its log, requests seen before."""

from decimal import Decimal
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from heyi.kernel.lifecycle import Lifecycle, State
from heyi.platform.clock import DatabaseNow


def _of_kind(kind: str, field: models.Field) -> models.Field:
    """Say what the figures of a column are, so that screens, lists and exports show them alike."""
    field.kind = kind  # type: ignore[attr-defined]
    return field


def quantity_field(**options):
    """A quantity in base units: 14 digits before the point, 6 behind."""
    return _of_kind("quantity", models.DecimalField(max_digits=20, decimal_places=6, **options))


def money_field(**options):
    """An amount of money: 16 digits before the point, 2 behind."""
    return _of_kind("money", models.DecimalField(max_digits=18, decimal_places=2, **options))


def price_field(**options):
    """Money per unit: 12 digits before the point, 8 behind."""
    return _of_kind("price", models.DecimalField(max_digits=20, decimal_places=8, **options))


def rate_field(**options):
    """A rate or share (0.13 is 13 %): 6 digits before the point, 6 behind."""
    return _of_kind("rate", models.DecimalField(max_digits=12, decimal_places=6, **options))


def localized_field(**options):
    """A text people write in several languages: {"zh_hant": …, "zh_hans": …, "en": …}."""
    return _of_kind("localized", models.JSONField(default=dict, **options))


def link(to: str, **options) -> models.ForeignKey:
    """A reference that is checked where it is chosen, not again on every row written."""
    return models.ForeignKey(
        to,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
        **options,
    )


class Company(models.Model):
    """A set of books. `decimals` is how finely its currency is counted (CNY 2, TWD 0)."""

    code = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=200)
    currency = models.CharField(max_length=3)
    decimals = models.PositiveSmallIntegerField(default=2)
    timezone = models.CharField(max_length=64, default="Asia/Shanghai")
    language = models.CharField(max_length=8, default="zh_hans")
    version = models.PositiveIntegerField(default=1)
    active = models.BooleanField(default=True)

    @property
    def unit(self) -> Decimal:
        return Decimal(1).scaleb(-self.decimals)

    def __str__(self) -> str:
        return self.code


class Master(models.Model):
    """Something that is referred to for years: a party, a product, an account.

    `company` empty means every company shares it. It is switched off, never deleted.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    initials = models.CharField(
        max_length=200, blank=True, default="", help_text="Pinyin initials of the name, for search."
    )
    active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    extra = models.JSONField(default=dict, blank=True)
    changed_by = models.BigIntegerField(default=0, editable=False, help_text="User id; 0 system.")
    changed_at = models.DateTimeField(db_default=DatabaseNow(), editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["company", "code"],
                name="%(app_label)s_%(class)s_code",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Document(models.Model):
    """A numbered piece of business paper with a lifecycle, belonging to one company.

    `version` counts transitions and edits. Every write names the version it
    read, so two people can never silently overwrite each other.
    """

    lifecycle: ClassVar[Lifecycle]
    type: ClassVar[str]  # "sales.delivery"; also the id of its screen and its access

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    number = models.CharField(max_length=40)
    state = models.CharField(max_length=12, choices=[(s, s) for s in State], default=State.DRAFT)
    version = models.PositiveIntegerField(default=1)
    on = models.DateField(help_text="Business date; decides the accounting period.")
    note = models.CharField(max_length=500, blank=True, default="")
    extra = models.JSONField(default=dict, blank=True)
    created_by = models.BigIntegerField(default=0, editable=False, help_text="User id; 0 system.")
    created_at = models.DateTimeField(db_default=DatabaseNow(), editable=False)
    changed_by = models.BigIntegerField(default=0, editable=False, help_text="User id; 0 system.")
    changed_at = models.DateTimeField(db_default=DatabaseNow(), editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["company", "number"], name="%(app_label)s_%(class)s_number"
            )
        ]
        indexes = [
            models.Index(fields=["company", "-on", "-id"], name="%(app_label)s_%(class)s_on"),
            models.Index(fields=["company", "state", "-id"], name="%(app_label)s_%(class)s_state"),
        ]

    def __str__(self) -> str:
        return self.number


class Line(models.Model):
    """A line of a document. `no` is its place on the paper."""

    no = models.PositiveIntegerField()
    note = models.CharField(max_length=500, blank=True, default="")
    extra = models.JSONField(default=dict, blank=True)

    class Meta:
        abstract = True


class DocumentLog(models.Model):
    """Who moved which document from where to where, and why. Append-only."""

    document_type = models.CharField(max_length=64)
    document_id = models.BigIntegerField()
    transition = models.CharField(max_length=32)
    actor_id = models.BigIntegerField(help_text="User id; 0 is the system itself.")
    actor = models.CharField(max_length=64, help_text="Login, or policy:<name>.")
    reason = models.TextField(blank=True, db_default="")
    acknowledged = models.JSONField(default=list, help_text="Codes of warnings accepted.")
    at = models.DateTimeField(db_default=DatabaseNow())

    class Meta:
        indexes = [models.Index(fields=["document_type", "document_id"], name="document_log")]


class IdempotentRequest(models.Model):
    """A write that was asked for once. The same key gives the same answer."""

    pk = models.CompositePrimaryKey("company_id", "key")
    company_id = models.BigIntegerField()
    key = models.CharField(max_length=80)
    digest = models.BinaryField(max_length=32)
    result = models.JSONField(null=True)
    at = models.DateTimeField(db_default=DatabaseNow())

    class Meta:
        indexes = [models.Index(fields=["at"], name="idempotent_request_at")]


class NumberRule(models.Model):
    """How a company numbers one type of document: "SD{yy}{mm}-{n:05}".

    Counting starts again with the finest of {yy}, {mm} and {dd} the pattern names. A type
    without a row uses the initials of its name.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    document_type = models.CharField(max_length=64)
    pattern = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "document_type"], name="number_rule_once")
        ]


class GaplessSeries(models.Model):
    """The last number used of a legal series. The row is bumped last, so no number is lost."""

    pk = models.CompositePrimaryKey("company_id", "series", "period")
    company_id = models.BigIntegerField()
    series = models.CharField(max_length=64)
    period = models.CharField(max_length=8)
    last = models.BigIntegerField()


class ProofMark(models.Model):
    """How far a proof has looked; see `proofs.Watermark`."""

    proof = models.CharField(max_length=64, primary_key=True)
    proved = models.BigIntegerField(null=True)
    pending = models.BigIntegerField(null=True)
    waiting = ArrayField(models.CharField(max_length=32), default=list)
    milliseconds = models.IntegerField(null=True, help_text="Of the last look at everything.")
    at = models.DateTimeField(db_default=DatabaseNow())
