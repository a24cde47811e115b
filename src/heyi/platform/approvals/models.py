"""Policies, and the requests that walk them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from heyi.platform.clock import DatabaseNow
from heyi.platform.models import link, money_field


class Policy(models.Model):
    """One version of how documents of a type are approved. Published versions never change."""

    class State(models.TextChoices):
        DRAFT = "draft"
        PUBLISHED = "published"
        RETIRED = "retired"

    company = models.ForeignKey("platform.Company", on_delete=models.PROTECT, related_name="+")
    document_type = models.CharField(max_length=64)
    code = models.CharField(max_length=40)
    version = models.PositiveIntegerField(help_text="Of the code: 1, 2, …")
    name = models.CharField(max_length=100)
    rank = models.PositiveIntegerField(default=10, help_text="The first that applies is taken.")
    flow = models.JSONField(help_text="See rules.parse.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    changed_by = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(db_default=DatabaseNow())
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "document_type", "code", "version"], name="policy_version"
            ),
            models.UniqueConstraint(
                fields=["company", "document_type", "code"],
                condition=Q(state="published"),
                name="policy_published_once",
            ),
        ]


class Request(models.Model):
    """One submission of one document, on its way through a policy."""

    class State(models.TextChoices):
        RUNNING = "running"
        APPROVED = "approved"
        REJECTED = "rejected"
        RETURNED = "returned"  # to the submitter
        WITHDRAWN = "withdrawn"

    company = link("platform.Company")
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="+")
    document_type = models.CharField(max_length=64)
    document_id = models.BigIntegerField()
    number = models.CharField(max_length=40)
    submitter_id = models.BigIntegerField()
    submitter = models.CharField(max_length=64)
    amount = money_field(null=True)
    department = models.BigIntegerField(null=True)
    warehouse = models.BigIntegerField(null=True)
    roles = ArrayField(models.CharField(max_length=64), default=list)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    position = models.PositiveIntegerField(
        default=0, help_text="Of the step it is at, or ended at."
    )
    started_at = models.DateTimeField(db_default=DatabaseNow())
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["document_type", "document_id"],
                condition=Q(state="running"),
                name="request_running_once",
            )
        ]
        indexes = [
            models.Index(fields=["document_type", "document_id", "-id"], name="request_document"),
            models.Index(fields=["company", "submitter_id", "-id"], name="request_submitter"),
        ]


class Node(models.Model):
    """A step a request has come to. Coming back to a step makes a new node."""

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="nodes")
    position = models.PositiveIntegerField()
    mode = models.CharField(max_length=4)
    state = models.CharField(max_length=10, default="active")  # done, returned, ended
    started_at = models.DateTimeField(db_default=DatabaseNow())
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request"], condition=Q(state="active"), name="node_active_once"
            )
        ]


class Task(models.Model):
    """One person is asked. `source` says why they."""

    company = link("platform.Company")
    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="tasks")
    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="tasks")
    user_id = models.BigIntegerField()
    source = models.CharField(max_length=12, default="policy")
    asked_by = models.BigIntegerField(default=0)
    required = models.BooleanField(default=False, help_text="Must agree whatever the mode.")
    state = models.CharField(max_length=12, default="open")
    due_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(db_default=DatabaseNow())
    decided_by = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["node", "user_id"], condition=Q(state="open"), name="task_open_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["user_id", "company"], condition=Q(state="open"), name="task_inbox"
            ),
            models.Index(fields=["due_at"], condition=Q(state="open"), name="task_due"),
        ]


class Decision(models.Model):
    """What somebody did with a task. Append-only."""

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="decisions")
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="+", null=True)
    verb = models.CharField(max_length=12)
    actor_id = models.BigIntegerField()
    actor = models.CharField(max_length=64)
    on_behalf_of = models.BigIntegerField(null=True, help_text="Whose task it was, if another's.")
    to = models.BigIntegerField(null=True, help_text="Whom a task was passed to.")
    step = models.CharField(max_length=100, blank=True, default="")
    reason = models.TextField(blank=True, default="")
    acknowledged = models.JSONField(default=list, help_text="Codes of warnings accepted.")
    at = models.DateTimeField(db_default=DatabaseNow())


class Delegation(models.Model):
    """Somebody stands in for somebody else for some days: for all types, or some."""

    company = link("platform.Company")
    from_user = models.BigIntegerField()
    to_user = models.BigIntegerField()
    starts = models.DateField()
    ends = models.DateField()
    types = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    reason = models.CharField(max_length=200, blank=True, default="")
    made_by = models.BigIntegerField()
    made_at = models.DateTimeField(db_default=DatabaseNow())
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["to_user", "company", "ends"], name="delegation_to")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__gte=models.F("starts")), name="delegation_days"
            ),
            models.CheckConstraint(
                condition=~Q(from_user=models.F("to_user")), name="delegation_to_another"
            ),
        ]
