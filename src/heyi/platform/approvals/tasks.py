"""What waits for a person's decision, their own tasks and those they stand in for."""

from typing import Any

from heyi.platform.access import Actor
from heyi.platform.approvals.delegation import IN_FORCE
from heyi.platform.approvals.models import Decision, Node, Request, Task
from heyi.platform.approvals.policies import read
from heyi.platform.rows import fetch

PAGE = 50
MOST_COUNTED = 99

# Tasks a person may decide now; nobody stands in for an approver of their own documents.
_MINE = f"""
    FROM approvals_task t
    JOIN approvals_request r ON r.id = t.request_id
    JOIN approvals_policy p ON p.id = r.policy_id
    WHERE t.state = 'open' AND t.company_id = %s
      AND (t.user_id = %s OR (r.submitter_id <> %s AND t.user_id IN (
            SELECT d.from_user FROM {IN_FORCE}
            WHERE d.company_id = t.company_id AND d.to_user = %s
              AND (d.types = '{{}}' OR r.document_type = ANY(d.types)))))
"""


def inbox(actor: Actor, *, after: int = 0, limit: int = PAGE) -> dict[str, Any]:
    """The open tasks of a person, newest first. One statement."""
    limit = max(1, min(limit, 200))
    rows = fetch(
        "SELECT t.id, r.document_type, r.document_id, r.number, r.submitter_id, r.submitter,"
        " r.amount, p.flow #>> ARRAY['steps', r.position::text, 'name'],"
        " p.flow #>> ARRAY['steps', r.position::text, 'id'],"
        f" t.source, t.required, t.user_id, t.due_at, t.opened_at, t.due_at < platform_now() {_MINE}"
        " AND (%s = 0 OR t.id < %s) ORDER BY t.id DESC LIMIT %s",
        [*_who(actor), after, after, limit + 1],
    )
    names = (
        "id", "document_type", "document_id", "number", "submitter_id", "submitter", "amount",
        "step_name", "step", "source", "required", "user", "due_at", "opened_at", "overdue",
    )  # fmt: skip
    shown = [dict(zip(names, row, strict=True)) for row in rows[:limit]]
    for task in shown:
        task["step_name"] = task["step_name"] or task["step"]
        task["overdue"] = bool(task["overdue"])
        task["on_behalf_of"] = task["user"] if task["user"] != actor.id else None
    return {"rows": shown, "next": shown[-1]["id"] if len(rows) > limit else None}


def waiting(actor: Actor) -> int:
    """How many tasks wait for a person, counted no further than 99."""
    [(count,)] = fetch(
        f"SELECT count(*) FROM (SELECT 1 {_MINE} LIMIT {MOST_COUNTED}) AS waiting", _who(actor)
    )
    return count


def _who(actor: Actor) -> list[int]:
    return [actor.company, actor.id, actor.id, actor.id]


def history(document_type: str, document_id: int) -> list[dict[str, Any]]:
    """Every request of a document, newest first: its steps, whom they asked, what was said."""
    requests = Request.objects.select_related("policy").filter(
        document_type=document_type, document_id=document_id
    )
    found = list(requests.order_by("-pk")[:20])
    nodes = Node.objects.filter(request__in=found).order_by("pk")
    tasks = Task.objects.filter(request__in=found).order_by("pk")
    decisions = Decision.objects.filter(request__in=found).order_by("pk")
    return [_shown(r, list(nodes), list(tasks), list(decisions)) for r in found]


def _shown(
    request: Request, nodes: list[Node], tasks: list[Task], decisions: list[Decision]
) -> dict[str, Any]:
    flow = read(request.policy.flow)
    return {
        "id": request.pk, "state": request.state, "policy": request.policy.code,
        "policy_name": request.policy.name, "policy_version": request.policy.version,
        "submitter": request.submitter, "amount": request.amount,
        "started_at": request.started_at, "ended_at": request.ended_at,
        "steps": [
            {
                "step": flow.steps[n.position].id, "name": flow.steps[n.position].name,
                "mode": n.mode, "state": n.state, "started_at": n.started_at,
                "ended_at": n.ended_at,
                "tasks": [
                    {"id": t.pk, "user": t.user_id, "source": t.source, "state": t.state,
                     "required": t.required, "due_at": t.due_at, "decided_by": t.decided_by,
                     "decided_at": t.decided_at}
                    for t in tasks if t.node_id == n.pk
                ],
            }
            for n in nodes if n.request_id == request.pk
        ],
        "decisions": [
            {"verb": d.verb, "actor": d.actor, "on_behalf_of": d.on_behalf_of, "to": d.to,
             "step": d.step, "reason": d.reason, "at": d.at}
            for d in decisions if d.request_id == request.pk
        ],
    }  # fmt: skip
