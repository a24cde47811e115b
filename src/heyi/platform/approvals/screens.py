"""What people see of policies and of what they submitted."""

from heyi.kernel.screens import Listing, Screen, section

POLICY = Screen(
    id="approvals.policy",
    model="approvals.Policy",
    group="setup",
    editable=False,
    listing=Listing(
        columns=("document_type", "code", "name", "version", "state", "rank", "published_at"),
        filters=("document_type", "state"),
        search=("code", "name"),
    ),
    sections=(
        section("policy", "document_type", "code", "name", "version", "state", "rank", "published_at"),
    ),
)
REQUEST = Screen(
    id="approvals.request",
    model="approvals.Request",
    group="documents",
    editable=False,
    listing=Listing(
        columns=("number", "document_type", "submitter", "amount", "state", "started_at", "ended_at"),
        filters=("state", "document_type"),
        search=("number",),
        presets={"running": {"state": ["running"]}},
    ),
    sections=(
        section("request", "number", "document_type", "submitter", "amount", "state"),
        section("times", "started_at", "ended_at"),
    ),
)
