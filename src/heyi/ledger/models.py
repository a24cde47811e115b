"""Two append-only ledgers, the balances they add up to, and what decides where things go.

Keys that are part of a balance are plain numbers, zero meaning "none": a
NULL cannot be joined, locked or made unique the way a number can. Ledger rows
carry no foreign-key constraints to master data: a constraint would lock the
company, period and product rows on every line. What they point at is checked
against the reference cache before writing, and by the nightly proof.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from heyi.platform.clock import DatabaseNow
from heyi.platform.models import Master, money_field, quantity_field, rate_field


class ValuationArea(Master):
    """Within an area goods have one cost. The company, or a warehouse."""


class Location(Master):
    """An account of the quantity ledger. With an area it is ours; without, it is the world."""

    area = models.ForeignKey(
        ValuationArea, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    negative = models.BooleanField(default=False, help_text="May go below zero.")


class Account(models.Model):
    """A general ledger account of one company. `dimensions` are the ones its lines keep.

    Programs find accounts by `role`, never by code: codes differ between charts and firms.
    """

    company = models.ForeignKey("platform.Company", on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=32)
    name = models.JSONField(default=dict, help_text='{"zh_hant": …, "zh_hans": …, "en": …}')
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="children", null=True, blank=True
    )
    category = models.CharField(
        max_length=12,
        default="asset",
        choices=[(c, c) for c in ("asset", "liability", "common", "equity", "cost", "profit_loss")],
    )
    direction = models.CharField(
        max_length=6,
        default="debit",
        choices=[("debit", "debit"), ("credit", "credit")],
        help_text="The side on which its balance normally stands.",
    )
    two_sided = models.BooleanField(default=False, help_text="May stand on either side.")
    role = models.CharField(max_length=40, blank=True, default="")
    control = models.CharField(
        max_length=8,
        blank=True,
        default="",
        choices=[(c, c) for c in ("stock", "customer", "supplier", "employee")],
        help_text="The sub-ledger it is the total of; people do not write on it by hand.",
    )
    dimensions = ArrayField(models.CharField(max_length=16), default=list, blank=True)
    keeps_currency = models.BooleanField(default=False)
    keeps_quantity = models.BooleanField(default=False)
    leaf = models.BooleanField(default=True, help_text="Takes postings; a parent does not.")
    active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint("company", "code", name="account_code"),
            models.UniqueConstraint("company", "role", name="account_role", condition=~Q(role="")),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name.get('en', '')}"


class PostingRule(models.Model):
    """Which accounts a purpose touches, and when. The most specific rule wins; see `rules`."""

    company = models.ForeignKey("platform.Company", on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=64)
    category = models.ForeignKey(
        "product.Category", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    location = models.ForeignKey(
        Location, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    stock = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    counterpart = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    variance = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "company",
                "purpose",
                "category",
                "location",
                "valid_from",
                name="posting_rule_key",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(valid_from=None)
                | Q(valid_to=None)
                | Q(valid_to__gte=models.F("valid_from")),
                name="posting_rule_dates",
            ),
        ]


class Period(models.Model):
    """A month of one company. `closed` names the modules that may no longer post into it."""

    company = models.ForeignKey("platform.Company", on_delete=models.PROTECT, related_name="+")
    start = models.DateField()
    end = models.DateField()
    closed = ArrayField(models.CharField(max_length=16), default=list)

    class Meta:
        constraints = [models.UniqueConstraint("company", "start", name="period_start")]


class Series(models.Model):
    """The last voucher number used, per company, period and word. Taken last, so gapless."""

    pk = models.CompositePrimaryKey("company_id", "period_id", "word")
    company_id = models.BigIntegerField()
    period_id = models.BigIntegerField()
    word = models.CharField(max_length=8)
    last = models.BigIntegerField()


class Voucher(models.Model):
    """One posting of one document. It has a number when it moves money."""

    id = models.BigAutoField(primary_key=True)
    company_id = models.BigIntegerField()
    period_id = models.BigIntegerField()
    word = models.CharField(max_length=8)
    number = models.BigIntegerField(null=True)
    on = models.DateField()
    document_type = models.CharField(max_length=64)
    document_id = models.BigIntegerField()
    reverses_id = models.BigIntegerField(null=True, unique=True)
    at = models.DateTimeField(db_default=DatabaseNow())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["document_type", "document_id"],
                condition=Q(reverses_id=None),
                name="posts_once",
            ),
            models.UniqueConstraint(
                fields=["company_id", "period_id", "word", "number"], name="voucher_number"
            ),
        ]


class JournalLine(models.Model):
    """One amount on one account, company currency; negative amounts are red-letter lines."""

    pk = models.CompositePrimaryKey("voucher_id", "no")
    voucher_id = models.BigIntegerField()
    no = models.IntegerField()
    company_id = models.BigIntegerField()
    period_id = models.BigIntegerField()
    on = models.DateField()
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    debit = money_field()
    credit = money_field()
    currency = models.CharField(max_length=3)
    foreign = money_field(help_text="Debit positive, in `currency`.")
    quantity = quantity_field()
    dimension_set_id = models.BigIntegerField()
    purpose = models.CharField(max_length=64)
    rule_id = models.BigIntegerField(null=True)
    origin_type = models.CharField(max_length=64)
    origin_id = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["account", "on"], name="journal_account_on")]


class StockMove(models.Model):
    """A quantity that went from one place to another. Says nothing about value."""

    pk = models.CompositePrimaryKey("voucher_id", "no")
    voucher_id = models.BigIntegerField()
    no = models.IntegerField()
    company_id = models.BigIntegerField()
    on = models.DateField()
    purpose = models.CharField(max_length=64)
    product_id = models.BigIntegerField()
    lot_id = models.BigIntegerField()
    source_id = models.BigIntegerField()
    source_owner_id = models.BigIntegerField()
    source_status = models.SmallIntegerField()
    target_id = models.BigIntegerField()
    target_owner_id = models.BigIntegerField()
    target_status = models.SmallIntegerField()
    quantity = quantity_field()
    origin_type = models.CharField(max_length=64)
    origin_id = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["company_id", "product_id", "on"], name="move_product_on")]


class ValueEntry(models.Model):
    """A change of one pool. Late costs are entries with a value and no quantity."""

    pk = models.CompositePrimaryKey("voucher_id", "no")
    voucher_id = models.BigIntegerField()
    no = models.IntegerField()
    company_id = models.BigIntegerField()
    product_id = models.BigIntegerField()
    area_id = models.BigIntegerField()
    lot_id = models.BigIntegerField()
    on = models.DateField()
    purpose = models.CharField(max_length=64)
    quantity = quantity_field()
    value = money_field()
    cost = money_field(help_text="What the paper said; `value` plus what became variance.")
    stamp = quantity_field(help_text="The pool's `received` after this entry.")
    origin_type = models.CharField(max_length=64)
    origin_id = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["origin_id", "origin_type"], name="value_origin")]


class Holding(models.Model):
    """How much lies at a key and how much of it is promised, in one row under one lock."""

    pk = models.CompositePrimaryKey(
        "company_id", "product_id", "location_id", "lot_id", "owner_id", "status"
    )
    company_id = models.BigIntegerField()
    product_id = models.BigIntegerField()
    location_id = models.BigIntegerField()
    lot_id = models.BigIntegerField()
    owner_id = models.BigIntegerField()
    status = models.SmallIntegerField()
    quantity = quantity_field()
    reserved = quantity_field(help_text="Written only by reserve, release and post.")
    negative = models.BooleanField(help_text="May go below zero; follows the policy of the place.")
    last_on = models.DateField(null=True, help_text="The latest day on which anything moved.")
    expires_on = models.DateField(null=True, help_text="Copied from the lot.")
    serial = models.BooleanField(help_text="A single piece: zero or one.")

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gte=0) | Q(negative=True), name="%(class)s_not_below_zero"
            ),
            models.CheckConstraint(
                condition=Q(reserved__gte=0)
                & (Q(negative=True) | Q(reserved__lte=models.F("quantity"))),
                name="%(class)s_promises_kept",
            ),
            models.CheckConstraint(
                condition=Q(serial=False) | Q(quantity__in=(0, 1)), name="%(class)s_one_piece"
            ),
        ]


class QuantityBalance(Holding):
    """What lies where."""

    class Meta(Holding.Meta):
        abstract = False
        indexes = [
            models.Index(fields=["lot_id"], condition=~Q(lot_id=0), name="quantity_lot"),
        ]


class PlaceTotal(Holding):
    """Goods kept by lot, summed over their lots (`lot_id` is 0): so that any lot can be promised.

    Promises of a certain lot are in both tables, promises of any lot only here.
    """


class ValuePool(models.Model):
    pk = models.CompositePrimaryKey("company_id", "product_id", "area_id", "lot_id")
    company_id = models.BigIntegerField()
    product_id = models.BigIntegerField()
    area_id = models.BigIntegerField()
    lot_id = models.BigIntegerField()
    quantity = quantity_field()
    value = money_field()
    received = quantity_field()
    price = models.DecimalField(max_digits=20, decimal_places=8)
    last_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0, value__gte=0)
                | Q(quantity__lt=0, value__lte=0)
                | Q(quantity=0, value=0),
                name="no_value_without_goods",
            )
        ]


class PoolLayer(models.Model):
    """FIFO: what is left of one receipt."""

    pk = models.CompositePrimaryKey("company_id", "product_id", "area_id", "lot_id", "key")
    company_id = models.BigIntegerField()
    product_id = models.BigIntegerField()
    area_id = models.BigIntegerField()
    lot_id = models.BigIntegerField()
    key = models.BigIntegerField()
    quantity = quantity_field()
    value = money_field()


class PoolDay(models.Model):
    """What one pool did on one day: for back-dated receipts, value at a date, month averages."""

    pk = models.CompositePrimaryKey("company_id", "product_id", "area_id", "lot_id", "on")
    company_id = models.BigIntegerField()
    product_id = models.BigIntegerField()
    area_id = models.BigIntegerField()
    lot_id = models.BigIntegerField()
    on = models.DateField()
    in_quantity = quantity_field()
    in_value = money_field()
    out_quantity = quantity_field()
    out_value = money_field()


class Reservation(models.Model):
    """A promise of goods to a document line. Gone when the goods go or the promise is dropped."""

    company_id = models.BigIntegerField()
    product_id = models.BigIntegerField()
    location_id = models.BigIntegerField()
    lot_id = models.BigIntegerField()
    owner_id = models.BigIntegerField()
    status = models.SmallIntegerField()
    quantity = quantity_field()
    origin_type = models.CharField(max_length=64)
    origin_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["origin_id", "origin_type"], name="one_promise_per_line"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="reservation_positive"),
        ]
        indexes = [models.Index(fields=["product_id", "location_id"], name="reservation_place")]


class DimensionSet(models.Model):
    """A combination of dimensions, stored once. The id is a hash of what it says."""

    id = models.BigIntegerField(primary_key=True)
    party = models.BigIntegerField()
    product = models.BigIntegerField()
    department = models.BigIntegerField()
    cost_centre = models.BigIntegerField()
    project = models.BigIntegerField()
    employee = models.BigIntegerField()
    order = models.BigIntegerField()


class PeriodBalance(models.Model):
    """Folded turnover of an account in a period. The rest waits in `ledger_balancedelta`."""

    pk = models.CompositePrimaryKey(
        "company_id", "period_id", "account_id", "dimension_set_id", "currency"
    )
    company_id = models.BigIntegerField()
    period_id = models.BigIntegerField()
    account_id = models.BigIntegerField()
    dimension_set_id = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    debit = money_field()
    credit = money_field()
    foreign = money_field()
    quantity = quantity_field()


class AccountTurnover(models.Model):
    """Folded turnover of an account over all dimensions: what standard reports read.

    Kept by the fold beside the balances, so that a report costs the same with ten parties or
    a hundred thousand.
    """

    pk = models.CompositePrimaryKey("company_id", "period_id", "account_id")
    company_id = models.BigIntegerField()
    period_id = models.BigIntegerField()
    account_id = models.BigIntegerField()
    debit = money_field()
    credit = money_field()


class Lot(models.Model):
    """A batch of one product, or one serial-numbered piece, followed from where it came to where it went."""

    company_id = models.BigIntegerField()
    product_id = models.BigIntegerField()
    code = models.CharField(max_length=64)
    expires_on = models.DateField(null=True, blank=True)
    serial = models.BooleanField(default=False, help_text="A single piece; its quantity is 0 or 1.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company_id", "product_id", "code"], name="lot_code")
        ]


class BookSettings(models.Model):
    """How one company keeps its books: what new documents copy. Changing it changes no document."""

    company = models.OneToOneField(
        "platform.Company", on_delete=models.PROTECT, related_name="+", primary_key=True
    )
    chart = models.CharField(max_length=8, choices=[(c, c) for c in ("asbe", "sme")])
    tax_rounding = models.CharField(
        max_length=8,
        default="line",
        choices=[(c, c) for c in ("line", "document")],
        help_text="Round tax on each line, or once per rate on the whole document.",
    )
    tax_inclusive = models.BooleanField(default=False, help_text="Prices contain the tax.")


class TaxCode(models.Model):
    """A tax a document line can carry. Its rates have dates; a document keeps the one it used."""

    company = models.ForeignKey("platform.Company", on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=16)
    name = models.JSONField(default=dict, help_text='{"zh_hant": …, "zh_hans": …, "en": …}')
    method = models.CharField(
        max_length=8,
        default="general",
        choices=[(c, c) for c in ("general", "levy", "exempt")],
    )
    active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint("company", "code", name="tax_code")]

    def __str__(self) -> str:
        return self.code


class TaxRate(models.Model):
    """The rate of a tax from a day on. Of rates that overlap the one that began last counts."""

    tax = models.ForeignKey(TaxCode, on_delete=models.CASCADE, related_name="rates")
    rate = rate_field()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("tax", "valid_from", name="tax_rate_from"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=models.F("valid_from")),
                name="tax_rate_dates",
            ),
            models.CheckConstraint(condition=Q(rate__gte=0, rate__lt=1), name="tax_rate_share"),
        ]


class ChainLink(models.Model):
    """A voucher sealed after the one before it: `hash` covers its whole record and the last hash."""

    pk = models.CompositePrimaryKey("company_id", "no")
    company_id = models.BigIntegerField()
    no = models.BigIntegerField()
    voucher_id = models.BigIntegerField(unique=True)
    edition = models.SmallIntegerField(help_text="Which shape of record was sealed.")
    hash = models.BinaryField(max_length=32)
    at = models.DateTimeField(db_default=DatabaseNow())


class ChainRoot(models.Model):
    """The last hash of a company's chain on a day, to be kept outside the database."""

    pk = models.CompositePrimaryKey("company_id", "on")
    company_id = models.BigIntegerField()
    on = models.DateField()
    no = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)
    at = models.DateTimeField(db_default=DatabaseNow())
