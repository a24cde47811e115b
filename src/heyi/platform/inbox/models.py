"""Notices to people."""

from django.db import models
from django.db.models import Q

from heyi.platform.clock import DatabaseNow


class Notice(models.Model):
    """Something a person should know. Its words are the message `kind` with `params`."""

    company_id = models.BigIntegerField()
    user_id = models.BigIntegerField()
    kind = models.CharField(max_length=64)
    params = models.JSONField(default=dict)
    subject_type = models.CharField(max_length=64, blank=True, default="")
    subject_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=64, default="system")
    at = models.DateTimeField(db_default=DatabaseNow())
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["user_id", "company_id", "-id"], name="notice_of"),
            models.Index(
                fields=["user_id", "company_id"],
                condition=Q(read_at__isnull=True),
                name="notice_unread",
            ),
            models.Index(
                fields=["subject_id", "subject_type"],
                condition=Q(read_at__isnull=True),
                name="notice_subject",
            ),
        ]
