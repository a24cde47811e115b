"""Documents through their steps: rights, two persons, warnings, batches, the log."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.platform.conftest import codes

RECEIPT = "purchase.receipt"


@pytest.fixture
def draft(firm, li):
    return li.creates(RECEIPT, firm.receipt(), [firm.line()])


@pytest.fixture
def asking(monkeypatch):
    """A policy that wants to be asked about every document."""
    from heyi.platform import modules

    known = modules.declared

    def declared(kind):
        return iter([lambda documents, **_: True]) if kind == "policies" else known(kind)

    monkeypatch.setattr(modules, "declared", declared)


def test_submit_approves_at_once_where_no_policy_asks(draft, li):
    [moved] = li.does(RECEIPT, "submit", draft)["records"]
    assert (moved["state"], moved["version"]) == ("approved", 3)
    assert moved["can"] == ["post", "cancel"]
    _, *log = li.read(f"/records/{RECEIPT}/{draft['id']}/log")
    assert [(x["transition"], x["actor"], x["actor_name"]) for x in log] == [
        ("submit", "li", "Li"), ("approve", "policy:none", "policy:none")
    ]  # fmt: skip


def test_a_policy_keeps_it_submitted_until_somebody_else_approves(asking, draft, firm, li, chen):
    both = firm.hire("fu", "purchase.manager", "purchase.buyer")
    [moved] = both.does(RECEIPT, "submit", draft)["records"]
    assert moved["state"] == "submitted"
    reply = both.does(RECEIPT, "approve", moved, status=422)
    assert [c for c, _, _ in codes(reply)] == ["platform.same_person"]
    [approved] = chen.does(RECEIPT, "approve", moved)["records"]
    assert approved["state"] == "approved"


def test_a_rejected_document_may_be_changed_and_submitted_again(asking, draft, li, chen):
    [moved] = li.does(RECEIPT, "submit", draft)["records"]
    reply = li.changes(
        RECEIPT, {**draft, "version": moved["version"]}, status=422, values={"reference": "x"}
    )
    assert codes(reply) == [("platform.document_not_editable", None, "reference")]
    reply = chen.does(RECEIPT, "reject", moved, status=422)
    assert [c for c, _, _ in codes(reply)] == ["platform.reason_missing"]
    [back] = chen.does(RECEIPT, "reject", moved, reason="wrong price")["records"]
    assert back["state"] == "draft"
    saved = li.changes(RECEIPT, {**draft, "version": back["version"]}, values={"reference": "x"})
    [again] = li.does(RECEIPT, "submit", saved)["records"]
    assert again["state"] == "submitted"
    _, *log = li.read(f"/records/{RECEIPT}/{draft['id']}/log")
    assert [(x["transition"], x["reason"]) for x in log][1] == ("reject", "wrong price")


def test_an_empty_document_is_not_submitted(firm, li):
    empty = li.creates(RECEIPT, firm.receipt())
    reply = li.does(RECEIPT, "submit", empty, status=422)
    assert reply["refusals"][0]["params"] == {"numbers": [empty["number"]]}


def test_a_stale_version_moves_nothing_and_names_the_culprit(firm, li):
    one, two = (li.creates(RECEIPT, firm.receipt(), [firm.line()]) for _ in range(2))
    li.changes(RECEIPT, two, values={"reference": "x"})
    reply = li.does(RECEIPT, "submit", one, two, status=409)
    [refusal] = reply["refusals"]
    assert refusal["code"] == "platform.document_in_wrong_state"
    assert refusal["params"]["numbers"] == [two["number"]]
    assert li.read(f"/records/{RECEIPT}/{one['id']}")["state"] == "draft"


def test_a_verb_one_does_not_have_is_not_allowed(draft, firm, li, chen):
    [moved] = li.does(RECEIPT, "submit", draft)["records"]
    reply = chen.does(RECEIPT, "post", moved, status=403)
    assert reply["refusals"][0]["params"]["roles"] == ["inventory.keeper"]
    reply = li.does(RECEIPT, "explode", moved, status=422)
    assert [c for c, _, _ in codes(reply)] == ["platform.verb_unknown"]


def test_warnings_wait_until_they_are_acknowledged_and_are_logged(draft, li, monkeypatch):
    from dataclasses import dataclass

    from heyi.kernel.errors import BusinessError
    from heyi.platform import modules

    try:

        @dataclass(eq=False)
        class PriceHigh(BusinessError):
            code = "test.price_high"
            kind = "warning"
            number: str

        known = modules.function

        def function(kind, type_):
            if kind == "guards":
                return {"submit": lambda docs, actor: [PriceHigh(d.number) for d in docs]}
            return known(kind, type_)

        monkeypatch.setattr(modules, "function", function)
        reply = li.does(RECEIPT, "submit", draft, status=428)
        assert [(r["kind"], r["code"]) for r in reply["refusals"]] == [
            ("warning", "test.price_high")
        ]
        li.does(RECEIPT, "submit", draft, acknowledge=["test.price_high"])
    finally:
        BusinessError.registry.pop("test.price_high", None)
    _, *log = li.read(f"/records/{RECEIPT}/{draft['id']}/log")
    assert log[0]["acknowledged"] == ["test.price_high"]


def test_a_batch_of_a_thousand_costs_the_same_statements(firm):
    from heyi.platform import documents
    from heyi.platform.transactions import unit_of_work
    from heyi.purchase.models import Receipt, ReceiptLine

    def batch(count, start):
        made = Receipt.objects.bulk_create(
            Receipt(
                company=firm.model, number=f"B{start + n}", on="2026-11-05",
                supplier=firm.supplier, warehouse=firm.main,
            )
            for n in range(count)
        )  # fmt: skip
        ReceiptLine.objects.bulk_create(
            ReceiptLine(
                receipt=r, no=1, product=firm.bolt, unit=firm.piece, quantity_unit=1, quantity=1,
                price=1, value=1,
            )
            for r in made
        )  # fmt: skip
        return {r.pk: 1 for r in made}

    actor = firm.actor("purchase.buyer")

    def submit(versions):
        with CaptureQueriesContext(connection) as seen:
            unit_of_work(lambda: documents.transition(RECEIPT, "submit", versions, actor=actor))
        return [q["sql"] for q in seen if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]

    submit(batch(1, 0))
    one, many = submit(batch(1, 10)), submit(batch(1000, 1000))
    assert len(one) == len(many) <= 6
    assert Receipt.objects.filter(state="approved").count() == 1002


def test_more_than_a_thousand_at_once_are_refused(firm, li):
    body = {"versions": dict.fromkeys(range(1, 1002), 1)}
    reply = li.send("POST", f"/records/{RECEIPT}/actions/submit", body, 422)
    assert [c for c, _, _ in codes(reply)] == ["platform.batch_too_large"]


def test_a_cancelled_document_stays_in_the_list_of_what_was(draft, li):
    [gone] = li.does(RECEIPT, "cancel", draft, reason="double")["records"]
    assert (gone["state"], gone["can"]) == ("cancelled", [])


# ---------------------------------------------------------------- numbers


@pytest.mark.parametrize(("pattern", "number"), [
    ("GR{yyyy}-{n:04}", "GR2026-0001"), ("{yy}{mm}{dd}/{n}", "261105/1"), ("R-{n:03}", "R-001"),
])  # fmt: skip
def test_a_company_numbers_as_it_likes(pattern, number, firm, li):
    from heyi.platform import numbering
    from heyi.platform.models import NumberRule

    numbering.check_pattern(pattern)
    NumberRule.objects.create(company=firm.model, document_type=RECEIPT, pattern=pattern)
    numbering.forget()
    made = li.creates(RECEIPT, firm.receipt(), [firm.line()])
    numbering.forget()
    assert made["number"] == number


@pytest.mark.parametrize("pattern", ["SD", "{n}{n}", "{x}{n}", "{n", "{n:5}", "a\n{n}"])
def test_an_unusable_pattern_is_refused(pattern):
    from heyi.platform.numbering import PatternUnusable, check_pattern

    with pytest.raises(PatternUnusable):
        check_pattern(pattern)


def test_counting_starts_again_with_each_month(firm, li):
    numbers = [
        li.creates(RECEIPT, firm.receipt(on=on), [firm.line()])["number"]
        for on in ("2026-11-05", "2026-12-01", "2026-11-06")
    ]
    assert numbers == ["PR2611-00001", "PR2612-00001", "PR2611-00002"]


def test_a_number_in_use_is_passed_over(firm, li):
    from heyi.purchase.models import Receipt

    Receipt.objects.create(
        company=firm.model, number="PR2611-00001", on="2026-11-01", supplier=firm.supplier,
        warehouse=firm.main,
    )  # fmt: skip
    assert li.creates(RECEIPT, firm.receipt(), [firm.line()])["number"] == "PR2611-00002"


def test_gapless_numbers_follow_one_another(firm):
    from django.db import transaction

    from heyi.platform.numbering import gapless

    assert gapless(firm.model.pk, "invoice", "2026", count=2) == [1, 2]
    with transaction.atomic():
        assert gapless(firm.model.pk, "invoice", "2026") == [3]
        transaction.set_rollback(True)
    assert gapless(firm.model.pk, "invoice", "2026") == [3]
    assert gapless(firm.model.pk, "invoice", "2027") == [1]
