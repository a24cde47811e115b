"""What modules use of the jobs: publish events, declare and start jobs, look after both."""

from heyi.platform.jobs.ids import uuid7
from heyi.platform.jobs.outbox import Event, event_id, publish, retry, skip
from heyi.platform.jobs.runs import Cancelled, Job, Run, cancel, job

__all__ = [
    "Cancelled",
    "Event",
    "Job",
    "Run",
    "cancel",
    "event_id",
    "job",
    "publish",
    "retry",
    "skip",
    "uuid7",
]
