"""Cases of business exceptions, and all that was done about them."""

from django.db import models
from django.db.models import Q

from heyi.platform.clock import DatabaseNow

KINDS = [(k, k) for k in ("data", "system", "process", "user", "vendor", "external")]
SEVERITIES = [(s, s) for s in ("minor", "major", "critical")]


class Case(models.Model):
    """Something that is off: what, where, how often, whose, until when, and how it ended."""

    class State(models.TextChoices):
        OPEN = "open"
        ASSIGNED = "assigned"
        RESOLVED = "resolved"
        DISMISSED = "dismissed"

    company = models.ForeignKey(
        "platform.Company", on_delete=models.PROTECT, related_name="+", null=True,
        db_constraint=False, db_index=False,
    )  # fmt: skip
    code = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=KINDS)
    severity = models.CharField(max_length=10, choices=SEVERITIES)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    version = models.PositiveIntegerField(default=1)
    params = models.JSONField(default=dict, help_text="Of the latest occurrence.")
    refs = models.JSONField(default=list, help_text='[["sales.delivery", 7], …]; the first 50.')
    count = models.PositiveIntegerField(default=1)
    fingerprint = models.CharField(max_length=64)
    owner = models.CharField(max_length=64, help_text="The role that must deal with it.")
    assignee_id = models.BigIntegerField(null=True)
    opened_by = models.BigIntegerField(default=0)
    opened_at = models.DateTimeField(db_default=DatabaseNow())
    last_at = models.DateTimeField(db_default=DatabaseNow())
    due_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    cause = models.CharField(max_length=10, choices=KINDS, blank=True, default="")
    remedy = models.CharField(max_length=500, blank=True, default="")
    trace = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "fingerprint"],
                condition=Q(state__in=["open", "assigned"]),
                nulls_distinct=False,
                name="case_open_once",
            )
        ]
        indexes = [
            models.Index(fields=["company", "state", "due_at", "id"], name="case_queue"),
            models.Index(
                fields=["assignee_id"], condition=Q(state="assigned"), name="case_assignee"
            ),
        ]


class CaseLog(models.Model):
    """One thing that happened to a case. Append-only."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="log")
    action = models.CharField(max_length=12)
    actor_id = models.BigIntegerField(default=0)
    actor = models.CharField(max_length=64, default="system")
    text = models.TextField(blank=True, default="")
    details = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=DatabaseNow())
