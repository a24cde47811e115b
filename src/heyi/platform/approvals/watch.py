"""Looking after running approvals: what is late, and who is gone."""

from django.db import transaction

from heyi.platform import exceptions
from heyi.platform.approvals.flow import relieve
from heyi.platform.approvals.rules import ADMINISTRATOR
from heyi.platform.exceptions import ExceptionKind
from heyi.platform.jobs.api import Run, job
from heyi.platform.rows import fetch

TASK_STUCK = ExceptionKind(
    "approvals.task_stuck", kind="process", owner=ADMINISTRATOR, due_hours=4,
    severity="major", screens=("approvals.request",),
)  # fmt: skip
BATCH = 500

_LATE = """
    SELECT t.node_id, array_agg(t.user_id) FROM approvals_task t
    WHERE t.state = 'open' AND t.due_at < platform_now()
    GROUP BY t.node_id ORDER BY t.node_id LIMIT %s
"""
_GONE = """
    SELECT t.node_id, array_agg(t.user_id) FROM approvals_task t
    WHERE t.state = 'open' AND NOT EXISTS (
        SELECT 1 FROM identity_membership m JOIN identity_user u ON u.id = m.user_id AND u.active
        WHERE m.user_id = t.user_id AND m.company_id = t.company_id)
    GROUP BY t.node_id ORDER BY t.node_id LIMIT %s
"""


@job("platform.watch_approvals", every="*/5 * * * *")
def watch(run: Run) -> dict[str, int]:
    """Escalate overdue tasks, and replace people who have left. What nobody can take is a case."""
    return look()


def look() -> dict[str, int]:
    """One round of watching; how many nodes were late, and how many lost people."""
    counts = {}
    for why, query in (("escalated", _LATE), ("replaced", _GONE)):
        nodes = fetch(query, [BATCH])
        counts[why] = len(nodes)
        for node, users in nodes:
            with transaction.atomic():
                if not relieve(node, users, why):
                    _report(node, why)
    return counts


def _report(node: int, why: str) -> None:
    [(company, type_, id_, number)] = fetch(
        "SELECT r.company_id, r.document_type, r.document_id, r.number FROM approvals_node n"
        " JOIN approvals_request r ON r.id = n.request_id WHERE n.id = %s",
        [node],
    )
    exceptions.open(
        TASK_STUCK.code, [(type_, id_)], {"number": number, "document_type": type_},
        company=company,
    )  # fmt: skip
