"""What was handled, what is parked, and the jobs people watch."""

from django.db import models

from heyi.platform.clock import DatabaseNow

PARKED_STATES = [(s, s) for s in ("parked", "retrying", "done", "skipped")]
RUN_STATES = [(s, s) for s in ("queued", "running", "done", "failed", "cancelled")]


class HandledEvent(models.Model):
    """A handler has done its work for an event: written in the handler's own transaction."""

    pk = models.CompositePrimaryKey("handler", "event_id")
    handler = models.CharField(max_length=200)
    event_id = models.UUIDField()
    at = models.DateTimeField(db_default=DatabaseNow())


class ParkedEvent(models.Model):
    """An event whose handler kept failing. Its lane (consumer and key) waits behind it."""

    handler = models.CharField(max_length=200)
    event_id = models.UUIDField()
    topic = models.CharField(max_length=100)
    key = models.CharField(max_length=200)
    payload = models.JSONField()
    job_id = models.BigIntegerField(help_text="The waiting job in procrastinate's table.")
    company_id = models.BigIntegerField(null=True)
    case_id = models.BigIntegerField(null=True, help_text="The exception case it opened.")
    error = models.TextField(help_text="The last failure, for whoever repairs it.")
    state = models.CharField(max_length=10, choices=PARKED_STATES, default="parked")
    parked_at = models.DateTimeField(db_default=DatabaseNow())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["handler", "event_id"], name="parked_event_once")
        ]
        indexes = [
            models.Index(
                fields=["company_id", "-id"],
                name="parked_event_open",
                condition=models.Q(state__in=["parked", "retrying"]),
            )
        ]


class JobRun(models.Model):
    """One run of a job, as a person sees it: what, how far, how it ended."""

    name = models.CharField(max_length=100)
    company_id = models.BigIntegerField(null=True)
    actor_id = models.BigIntegerField(default=0)
    actor = models.CharField(max_length=64, default="system")
    language = models.CharField(max_length=8, default="en")
    args = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=RUN_STATES, default="queued")
    total = models.BigIntegerField(null=True)
    done = models.BigIntegerField(default=0)
    cancel = models.BooleanField(default=False, help_text="Someone asked it to stop.")
    result = models.JSONField(null=True)
    error = models.TextField(default="")
    trace = models.CharField(max_length=64, default="")
    created_at = models.DateTimeField(db_default=DatabaseNow())
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["company_id", "-id"], name="job_run_company")]
