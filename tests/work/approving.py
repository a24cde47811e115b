"""A firm whose receipts are approved: people with roles, policies, papers."""

import datetime as dt
from decimal import Decimal
from itertools import count

from django.db import transaction

from heyi.platform.access import MEMBER, Actor
from heyi.platform.approvals import api as approvals
from heyi.platform.approvals.models import Policy, Request, Task
from heyi.platform.approvals.tasks import inbox
from heyi.platform.documents import advance
from heyi.platform.identity.models import Membership, User
from heyi.platform.models import Company
from heyi.purchase.models import Receipt

ROLES = {
    "li": ["purchase.buyer"],
    "wang": ["purchase.manager"],
    "zhou": ["purchase.manager"],
    "chen": ["finance.accountant"],
    "admin": ["system.administrator"],
    "sun": ["sales.clerk"],
}
MANAGER = {"role": "purchase.manager"}
ACCOUNTANT = {"role": "finance.accountant"}


def step(id_, *who, **more):
    return {"id": id_, "who": list(who), **more}


class Firm:
    """Fixture with verbs: `li` submits, `wang`, `zhou` and `chen` decide."""

    def __init__(self, code="AP"):
        self.company = Company.objects.create(code=code, currency="CNY")
        self.people, self.numbers = {}, count(1)
        for name, roles in ROLES.items():
            self.hire(name, *roles)

    def hire(self, name, *roles):
        user = User.objects.create(login=f"{name}.{self.company.code.lower()}", name=name)
        Membership.objects.create(user=user, company=self.company, roles=list(roles))
        self.people[name] = Actor(
            user.pk, name, self.company.pk, frozenset(roles) | {MEMBER},
        )  # fmt: skip

    def __getitem__(self, name):
        return self.people[name]

    def names(self, users):
        by_id = {a.id: name for name, a in self.people.items()}
        return {by_id[u] for u in users}

    def policy(self, *steps, code="usual", **more):
        flow = {"steps": list(steps), **{k: v for k, v in more.items() if k != "rank"}}
        with transaction.atomic():
            draft = approvals.draft_policy(
                self["admin"], "purchase.receipt", code, flow, rank=more.get("rank", 10)
            )
            return approvals.publish_policy(self["admin"], draft.pk)

    def receipt(self, value="100", **more):
        return Receipt.objects.create(
            company=self.company, number=f"GR{next(self.numbers):04}", on=dt.date(2026, 3, 2),
            supplier_id=1, warehouse_id=more.pop("warehouse", 1), value=Decimal(value), **more,
        )  # fmt: skip

    def submits(self, *receipts, by="li"):
        """As the platform does it: advance, then ask the policies; no policy approves at once."""
        with transaction.atomic():
            advance(receipts, "submit", actor=self[by])
            return approvals.submit(receipts, actor=self[by])

    def submitted(self, value="100", **more):
        receipt = self.receipt(value, **more)
        assert self.submits(receipt)
        receipt.refresh_from_db()
        return receipt

    def task(self, receipt, name):
        return Task.objects.get(
            request__document_id=receipt.pk, user_id=self[name].id, state="open"
        ).pk

    def decides(self, name, receipt, verb="approve", *, whose=None, **more):
        with transaction.atomic():
            return approvals.decide(
                self.task(receipt, whose or name), verb, actor=self[name], **more
            )

    def asked(self, receipt):
        return self.names(
            Task.objects.filter(
                request__document_id=receipt.pk, state="open"
            ).values_list("user_id", flat=True)
        )  # fmt: skip

    def state(self, receipt):
        return Receipt.objects.get(pk=receipt.pk).state

    def inbox(self, name):
        return [t["number"] for t in inbox(self[name])["rows"]]


def sound(firm):
    """No document waits without somebody to ask, and nobody is asked about one that does not."""
    waiting = set(Receipt.objects.filter(state="submitted").values_list("pk", flat=True))
    running = set(Request.objects.filter(state="running").values_list("document_id", flat=True))
    asked = set(
        Task.objects.filter(state="open", request__state="running").values_list(
            "request__document_id", flat=True
        )
    )
    assert waiting == running == asked
    assert not Task.objects.filter(state="open").exclude(request__state="running").exists()
    assert Policy.objects.filter(state="published").count() >= 1
