"""Mails and whether they went out."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from heyi.platform.clock import DatabaseNow


class Mail(models.Model):
    """One mail. `key` is what the sender calls it, so that asking twice sends once."""

    company_id = models.BigIntegerField(null=True)
    key = models.CharField(max_length=120, blank=True, default="")
    to = ArrayField(models.EmailField())
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True, default="")
    message_id = models.CharField(max_length=120, help_text="The same at every attempt.")
    state = models.CharField(max_length=10, default="queued")  # sent
    queued_at = models.DateTimeField(db_default=DatabaseNow())
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="mail_key_once")
        ]
