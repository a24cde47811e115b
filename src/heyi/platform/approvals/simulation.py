"""The path a document would take, before anybody is asked."""

from typing import Any

from heyi.platform.access import Actor
from heyi.platform.approvals.flow import facts_of, two_people
from heyi.platform.approvals.models import Policy
from heyi.platform.approvals.owners import Ask, owners
from heyi.platform.approvals.policies import read
from heyi.platform.approvals.rules import Facts, Who
from heyi.platform.models import Document


def simulate(
    policy: Policy,
    submitter: Actor,
    *,
    document: Document | None = None,
    facts: Facts | None = None,
) -> dict[str, Any]:
    """What a policy, draft or published, would do with a document, or with facts made up.

    Returns:
        {applies, steps: [{id, name, mode, applies, users, otherwise, hours}]}; `otherwise` says
        that nobody the step names could decide and the flow's last resort is asked.
    """
    flow = read(policy.flow)
    if document is not None:
        [facts] = facts_of([document], submitter)
    facts = facts or Facts()
    path = set(flow.path(facts))
    asks = [Ask(step.who, facts.department, submitter.id) for step in flow.steps]
    found = owners(policy.company_id, [*asks, Ask((Who(role=flow.otherwise),), None, submitter.id)])
    alone = two_people(policy.document_type, flow)
    *chosen, last = [[u for u in users if not (alone and u == submitter.id)] for users in found]
    return {
        "applies": flow.when.holds(facts),
        "steps": [
            {
                "id": step.id, "name": step.name, "mode": step.mode, "hours": step.hours,
                "applies": n in path, "users": users or last, "otherwise": not users,
            }
            for n, (step, users) in enumerate(zip(flow.steps, chosen, strict=True))
        ],
    }  # fmt: skip
