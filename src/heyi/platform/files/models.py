"""Attachments of records."""

from django.db import models
from django.db.models import Q

from heyi.platform.clock import DatabaseNow


class Attachment(models.Model):
    """A file attached to a record. The content lies under HEYI_HOME/files by its digest.

    `quarantined` until it has been scanned, where a scanner is set up; `infected` for good.
    """

    company_id = models.BigIntegerField()
    subject_type = models.CharField(max_length=64)
    subject_id = models.BigIntegerField()
    name = models.CharField(max_length=255)
    media_type = models.CharField(max_length=100, help_text="By content, not by name.")
    size = models.BigIntegerField(help_text="Bytes.")
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=12, default="ready")  # quarantined, infected
    added_by = models.BigIntegerField()
    added_by_login = models.CharField(max_length=64)
    added_at = models.DateTimeField(db_default=DatabaseNow())
    withdrawn_by = models.CharField(max_length=64, null=True)
    withdrawn_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "-id"], name="attachment_on"),
            models.Index(fields=["sha256"], name="attachment_content"),
            models.Index(
                fields=["id"], condition=Q(state="quarantined"), name="attachment_waiting"
            ),
        ]
