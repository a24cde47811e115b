"""What people see of the exception queue."""

from heyi.kernel.screens import Listing, Screen, section

CASE = Screen(
    id="exceptions.case",
    model="exceptions.Case",
    editable=False,
    listing=Listing(
        columns=("due_at", "code", "severity", "state", "owner", "count", "last_at"),
        filters=("state", "severity", "kind", "owner"),
        search=("code",),
        presets={"open": {"state": ["open", "assigned"]}, "ended": {"state": ["resolved", "dismissed"]}},
        order=("state", "due_at"),
    ),
    sections=(
        section("case", "code", "kind", "severity", "state", "owner", "count"),
        section("times", "opened_at", "last_at", "due_at", "ended_at"),
        section("outcome", "cause", "remedy", "trace"),
    ),
)
