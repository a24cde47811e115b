"""What others use of approvals."""

from heyi.platform.approvals.delegation import delegate_to, end_delegation
from heyi.platform.approvals.flow import act, decide, submit
from heyi.platform.approvals.policies import draft_policy, publish_policy, retire_policy
from heyi.platform.approvals.rules import Facts
from heyi.platform.approvals.simulation import simulate
from heyi.platform.approvals.tasks import inbox, waiting

__all__ = [
    "Facts",
    "act",
    "decide",
    "delegate_to",
    "draft_policy",
    "end_delegation",
    "inbox",
    "publish_policy",
    "retire_policy",
    "simulate",
    "submit",
    "waiting",
]
