"""Why somebody can, or cannot."""

import datetime as dt

import pytest
from django.db.models import Q

from heyi.platform.access import AUDITOR, Access, Actor, NotFound, access_matrix, within
from heyi.platform.identity import api as identity
from heyi.platform.identity.models import Position
from heyi.platform.models import DocumentLog
from heyi.platform.people.models import Department
from heyi.sales.models import Delivery
from tests.identity.conftest import Browser

pytestmark = pytest.mark.django_db


def actor(company, *roles, id=7, **more):
    return Actor(id=id, name="x", company=company.pk, roles=frozenset(roles), **more)


def said(explanation):
    return [(reason.code.rpartition(".")[2], reason.holds) for reason in explanation.reasons]


@pytest.fixture
def delivery(hy):
    return Delivery.objects.create(
        company=hy,
        number="SD1",
        on=dt.date(2026, 11, 5),
        state="submitted",
        customer_id=1,
        warehouse_id=3,
    )


def test_a_role_that_gives_it(hy):
    found = identity.explain(actor(hy, "sales.manager"), "sales.delivery", "approve")
    assert found.allowed
    assert said(found) == [("role_held", True)]
    assert found.reasons[0].params == {"verb": "approve", "roles": ["sales.manager"]}


def test_a_role_that_is_missing(hy):
    found = identity.explain(actor(hy, "sales.clerk"), "sales.delivery", "approve")
    assert not found.allowed
    assert found.reasons[0].params == {"verb": "approve", "roles": ["sales.manager"]}


def test_the_position_a_role_comes_from(hy, wu):
    chief = Position.objects.create(company=hy, code="C", name="銷售主管", roles=["sales.manager"])
    identity.grant(wu, hy, [], positions=[chief.pk])
    found = identity.explain(wu, "sales.delivery", "approve")
    assert said(found) == [("role_held_by_position", True)]
    assert found.reasons[0].params["positions"] == ["銷售主管"]


def test_everything_that_stands_in_the_way_is_named(hy, delivery):
    who = actor(hy, "inventory.keeper", reach={"warehouse": frozenset({9})}, scopes=frozenset())
    found = identity.explain(who, "sales.delivery", "post", delivery.pk)
    assert said(found) == [
        ("role_held", True), ("scope_missing", False), ("beyond_reach", False), ("state_wrong", False),
    ]  # fmt: skip
    assert found.reasons[3].params == {"verb": "post", "state": "submitted", "states": ["approved"]}


def test_two_steps_for_two_people(hy, delivery):
    log = {"document_type": "sales.delivery", "document_id": delivery.pk, "transition": "submit"}
    DocumentLog.objects.create(**log, actor_id=7, actor="x")
    who = actor(hy, "sales.manager")
    assert said(identity.explain(who, "sales.delivery", "approve", delivery.pk)) == [
        ("role_held", True), ("same_person", False),
    ]  # fmt: skip
    DocumentLog.objects.create(**log, actor_id=8, actor="y")  # withdrawn, and submitted by another
    assert identity.explain(who, "sales.delivery", "approve", delivery.pk).allowed


def test_another_companys_row(tw, delivery):
    found = identity.explain(actor(tw, "sales.manager"), "sales.delivery", "read", delivery.pk)
    assert said(found) == [("role_held", True), ("other_company", False)]


def test_what_does_not_exist(hy):
    with pytest.raises(NotFound):
        identity.explain(actor(hy), "sales.wish", "read")
    with pytest.raises(NotFound):
        identity.explain(actor(hy), "sales.delivery", "read", 999)


class TestByApi:
    def ask(self, who, language="en", **params):
        desk = Browser(language=language)
        desk.sign_in(who)
        query = "&".join(f"{k}={v}" for k, v in params.items())
        return desk.ask("GET", f"/api/access/explain?{query}")

    def test_in_words(self, wu):
        words = {
            language: self.ask("wu", language, type="sales.delivery", verb="approve").json()[
                "reasons"
            ][0]["message"]
            for language in ("zh_hant", "zh_hans", "en")
        }
        assert len(set(words.values())) == 3
        assert (
            words["en"]
            == "To Approve takes one of these roles, and the person has none: Sales manager."
        )

    def test_of_oneself_only_what_one_may_know_of(self, wu, tw, hy):
        theirs = Department.objects.create(company=tw, code="X", name="X")
        asked = {"type": "people.department", "verb": "read", "id": theirs.pk}
        assert self.ask("wu", **asked).status_code == 404

    def test_of_others_for_administrators(self, li, wu, tw):
        yu = identity.create_user("yu", "于")
        identity.grant(yu, tw)
        asked = {"type": "identity.position", "verb": "edit"}
        told = self.ask("li", **asked, person=wu.pk).json()
        assert told["allowed"] is False
        assert self.ask("li", **asked, person=yu.pk).status_code == 404


def test_auditors_read_everything_and_change_nothing(hy):
    auditor = actor(hy, AUDITOR)
    assert all(access.allows(auditor, "read") for access in Access.registry.values())
    assert not [
        (access.type, verb)
        for access in Access.registry.values() for verb in access.verbs
        if verb != "read" and access.allows(auditor, verb)
    ]  # fmt: skip


def test_reach_narrows_only_who_has_one(hy):
    keeper = within("warehouse", "warehouse")
    assert keeper(actor(hy)) == Q()
    assert keeper(actor(hy, reach={"warehouse": frozenset({3})})) == Q(warehouse__in=frozenset({3}))


def test_the_matrix_reads_like_a_table():
    text = access_matrix()
    assert "  sales.manager" in text
    block = text[text.index("sales.delivery") :].split("\n\n")[0].splitlines()
    assert block[0].split()[:3] == ["sales.delivery", "read", "edit"]
    row = next(line for line in block if line.startswith("  sales.manager"))
    assert row.split()[1:3] == ["yes", "-"]
    assert "  never by the same person: submit, approve" in block
