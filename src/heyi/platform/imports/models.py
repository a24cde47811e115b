"""Batches, their rows as they stood in the file and as they were understood, and what was loaded."""

from django.db import models

from heyi.platform.clock import DatabaseNow
from heyi.platform.models import link

STATES = (
    "uploaded", "mapped", "staged", "validated", "approved", "loading", "loaded", "withdrawn",
)  # fmt: skip


class Batch(models.Model):
    """One file on its way into one screen. Only `batches.step` writes `state`."""

    company = link("platform.Company")
    screen = models.CharField(max_length=64)
    state = models.CharField(max_length=9, choices=[(s, s) for s in STATES], default="uploaded")
    version = models.PositiveIntegerField(default=1)
    file_name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file, hexadecimal.")
    size = models.PositiveIntegerField(help_text="Bytes.")
    format = models.CharField(max_length=4)
    encoding = models.CharField(max_length=16, blank=True, default="")
    delimiter = models.CharField(max_length=1, blank=True, default="")
    sheet = models.CharField(max_length=100, blank=True, default="")
    head = models.JSONField(help_text="The head of each column of the file.")
    mapping = models.JSONField(default=list, help_text="For each column a path, or null.")
    rows = models.PositiveIntegerField(default=0)
    created_by = models.BigIntegerField(help_text="User id.")
    approved_by = models.BigIntegerField(null=True, help_text="User id; what it may do is loaded.")
    run = models.BigIntegerField(null=True, help_text="The job that loads it.")
    created_at = models.DateTimeField(db_default=DatabaseNow())

    class Meta:
        indexes = [models.Index(fields=["company", "screen", "-id"], name="batch_screen")]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.state})"


class BatchFile(models.Model):
    """The file byte for byte."""

    batch = models.OneToOneField(
        Batch, on_delete=models.CASCADE, related_name="file", primary_key=True
    )
    content = models.BinaryField()


class StageRow(models.Model):
    """A row of the file.

    Args:
        no: Its number in the file, as a person sees it there.
        cells: As they stood in the file. `fixed`: path -> text that was put instead.
        typed: Path -> value as a form would send it.
        record: `no` of the first row of the record it belongs to.
        issues: [{"path", "code", "params", "kind"}].
    """

    ROW_STATES = ("staged", "valid", "invalid", "aside", "loaded")

    batch = models.ForeignKey(
        Batch, on_delete=models.CASCADE, related_name="staged", db_index=False
    )
    no = models.PositiveIntegerField()
    cells = models.JSONField()
    fixed = models.JSONField(default=dict)
    typed = models.JSONField(default=dict)
    record = models.PositiveIntegerField(default=0)
    key = models.CharField(max_length=200, blank=True, default="")
    digest = models.CharField(max_length=64, blank=True, default="", help_text="Of the record.")
    state = models.CharField(max_length=7, default="staged", choices=[(s, s) for s in ROW_STATES])
    issues = models.JSONField(default=list)
    action = models.CharField(max_length=9, blank=True, default="", help_text="What loading did.")
    target = models.BigIntegerField(null=True, help_text="The record it became.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "no"], name="stage_row_once")]
        indexes = [models.Index(fields=["batch", "state", "record"], name="stage_row_state")]


class StageEdit(models.Model):
    """A cell somebody repaired: what it said before and after. Append-only."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="edits")
    no = models.PositiveIntegerField()
    path = models.CharField(max_length=100)
    before = models.TextField()
    after = models.TextField()
    actor_id = models.BigIntegerField()
    actor = models.CharField(max_length=64)
    at = models.DateTimeField(db_default=DatabaseNow())


class LoadLink(models.Model):
    """A key that came from outside and the record it became, so that nothing comes in twice."""

    pk = models.CompositePrimaryKey("company_id", "screen", "key")
    company_id = models.BigIntegerField()
    screen = models.CharField(max_length=64)
    key = models.CharField(max_length=200)
    target = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="+", db_index=False)
