"""Who sees which cases: their owner role, whom they are given to, who opened them."""

from django.db.models import Q

from heyi.platform.access import MEMBER, Access, Actor

ADMINISTRATOR = "system.administrator"


def _mine(actor: Actor) -> Q:
    return Q(owner__in=actor.roles) | Q(assignee_id=actor.id) | Q(opened_by=actor.id)


CASE = Access(
    type="exceptions.case", verbs={"read": {MEMBER, ADMINISTRATOR}}, rows={MEMBER: _mine},
    shared=True,
)  # fmt: skip
