"""Comments on records."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from heyi.platform.clock import DatabaseNow


class Comment(models.Model):
    """What somebody said about a record. Plain text, whatever it looks like."""

    company_id = models.BigIntegerField()
    subject_type = models.CharField(max_length=64)
    subject_id = models.BigIntegerField()
    author_id = models.BigIntegerField()
    author = models.CharField(max_length=64)
    text = models.TextField()
    mentions = ArrayField(models.BigIntegerField(), default=list)
    at = models.DateTimeField(db_default=DatabaseNow())
    withdrawn_by = models.CharField(max_length=64, null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["subject_type", "subject_id", "-id"], name="comment_on")]
