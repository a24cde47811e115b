"""Who sees which jobs: everybody their own, administrators all."""

from django.db.models import Q

from heyi.platform.access import MEMBER, Access

ADMINISTRATOR = "system.administrator"

RUN = Access(
    type="jobs.run",
    verbs={"read": {MEMBER, ADMINISTRATOR}},
    rows={MEMBER: lambda who: Q(actor_id=who.id)},
    company="company_id",
    shared=True,
)
PARKED = Access(
    type="jobs.parked", verbs={"read": {ADMINISTRATOR}}, company="company_id", shared=True
)
