"""Audit records, and the seals that chain them together."""

from django.db import models

from heyi.platform.clock import DatabaseNow


class AuditRecord(models.Model):
    """One thing somebody did. Append-only.

    `changes` holds {field: [before, after]}; secrets never.
    """

    company_id = models.BigIntegerField(help_text="0 where no company is concerned.")
    at = models.DateTimeField(db_default=DatabaseNow())
    actor_id = models.BigIntegerField(help_text="User id; 0 is the system, or a stranger.")
    actor = models.CharField(max_length=64)
    ip = models.CharField(max_length=45, help_text="Empty for work of the system itself.")
    action = models.CharField(max_length=64)
    subject_type = models.CharField(max_length=64)
    subject_id = models.BigIntegerField()
    changes = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    trace = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "audit_record"
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "-id"], name="audit_subject"),
            models.Index(fields=["company_id", "-id"], name="audit_company"),
            models.Index(fields=["actor_id", "-id"], name="audit_actor"),
        ]


class Unsealed(models.Model):
    """Records that are not yet part of the chain: written with them, emptied by `chain.extend`."""

    record_id = models.BigIntegerField(primary_key=True)

    class Meta:
        db_table = "audit_unsealed"


class Seal(models.Model):
    """A link of the chain: the hash of the seal before and of one record. Append-only.

    `position` has no gaps. Records join in the order they were found committed,
    so a transaction that took its ids early and committed late breaks nothing.
    """

    position = models.BigIntegerField(primary_key=True)
    record_id = models.BigIntegerField(unique=True)
    hash = models.BinaryField(max_length=32)

    class Meta:
        db_table = "audit_seal"
