"""A large receipt wants the manager's word."""

from heyi.platform.approvals.api import draft_policy, publish_policy
from heyi.platform.identity.api import actors
from heyi.platform.identity.models import User
from heyi.platform.transactions import unit_of_work
from tests.scenario.people import Company


def publish(company: Company) -> None:
    admin = User.objects.get(login="admin").pk
    [actor] = actors(company.id, [admin]).values()
    step = {"id": "manager", "name": "Manager", "who": [{"role": "purchase.manager"}]}
    flow = {"when": {"amount_from": "1000"}, "steps": [step]}

    def work() -> None:
        publish_policy(actor, draft_policy(actor, "purchase.receipt", "large", flow).pk)

    unit_of_work(work)


def test_zhao_is_asked_decides_and_is_not_asked_again(company: Company) -> None:
    publish(company)
    small = company.receipt({"product": company.bolt, "quantity_unit": "1", "price": "999.99"})
    large = company.receipt({"product": company.bolt, "quantity_unit": "1", "price": "1000"})
    submitted = company.wang.does("submit", "purchase.receipt", small, large)
    assert [r["state"] for r in submitted.body["records"]] == ["approved", "submitted"]

    early = company.wang.does("post", "purchase.receipt", submitted.body["records"][1])
    assert (early.status, early.codes) == (409, ["platform.document_in_wrong_state"])
    assert company.zhao.reads("/inbox/counts").body["approvals"] == 1
    assert company.zhao.reads("/inbox/counts").body["notices"] == 1

    approved = company.zhao.does("approve", "purchase.receipt", submitted.body["records"][1])
    assert (approved.status, approved.body["records"][0]["state"]) == (200, "approved")
    counts = company.zhao.reads("/inbox/counts").body
    assert (counts["approvals"], counts["notices"]) == (0, 0)
    posted = company.wang.does("post", "purchase.receipt", approved.body["records"][0])
    assert posted.body["records"][0]["state"] == "posted"
    log = company.wang.reads(f"/records/purchase.receipt/{large['id']}/log").body
    assert [(step["transition"], step["actor"]) for step in log] == [
        ("create", "wang"), ("submit", "wang"), ("approve", "zhao"), ("post", "wang"),
    ]  # fmt: skip
