"""Who sees which approvals: everybody what they submitted, administrators all and the policies."""

from django.db.models import Q

from heyi.platform.access import MEMBER, Access
from heyi.platform.approvals.rules import ADMINISTRATOR

POLICY = Access(type="approvals.policy", verbs={"read": {ADMINISTRATOR}})
REQUEST = Access(
    type="approvals.request",
    verbs={"read": {MEMBER, ADMINISTRATOR}},
    rows={MEMBER: lambda who: Q(submitter_id=who.id)},
)
