"""What people see of jobs and parked events."""

from heyi.kernel.screens import Listing, Screen, section

RUN = Screen(
    id="jobs.run",
    model="jobs.JobRun",
    group="setup",
    editable=False,
    listing=Listing(
        columns=("name", "state", "done", "total", "actor", "created_at", "finished_at"),
        filters=("state", "name"),
        search=("name",),
    ),
    sections=(
        section("run", "name", "state", "done", "total", "actor"),
        section("times", "created_at", "started_at", "finished_at"),
        section("outcome", "error", "trace"),
    ),
)
PARKED = Screen(
    id="jobs.parked",
    model="jobs.ParkedEvent",
    group="setup",
    editable=False,
    listing=Listing(
        columns=("topic", "key", "handler", "state", "parked_at"),
        filters=("state", "topic"),
        search=("key", "topic"),
        presets={"open": {"state": ["parked", "retrying"]}},
    ),
    sections=(section("event", "topic", "key", "handler", "state", "parked_at", "error"),),
)
