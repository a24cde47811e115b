"""Departments, heads and employees."""

import pytest
from django.db import IntegrityError, transaction

from heyi.platform.identity import api as identity
from heyi.platform.people import api as people
from heyi.platform.people.models import Department, Employee
from tests.identity.conftest import PASSWORD, Browser
from tests.identity.test_account import code

pytestmark = pytest.mark.django_db


class Tree:
    """A company 總經理室 over 生產部 over 一車間, each with a head and a worker."""

    def __init__(self, company):
        self.company = company
        self.top = self.department("TOP", "總經理室")
        self.plant = self.department("PLT", "生產部", self.top)
        self.shop = self.department("SHP", "一車間", self.plant)
        self.boss, self.chief, self.foreman, self.worker = (
            self.employee(login, where)
            for login, where in (
                ("boss", self.top),
                ("chief", self.plant),
                ("foreman", self.shop),
                ("worker", self.shop),
            )
        )
        for where, who in (
            (self.top, self.boss),
            (self.plant, self.chief),
            (self.shop, self.foreman),
        ):
            Department.objects.filter(pk=where.pk).update(head=who)

    def department(self, number, name, parent=None):
        return Department.objects.create(
            company=self.company, code=number, name=name, parent=parent
        )

    def employee(self, login, where):
        user = identity.create_user(login, login)
        identity.grant(user, self.company)
        return Employee.objects.create(
            company=self.company, code=login, name=login, department=where, user=user
        )


@pytest.fixture
def tree(hy):
    return Tree(hy)


def test_heads_nearest_first(tree, hy, django_assert_num_queries):
    with django_assert_num_queries(1):
        heads = people.heads(hy.pk, [tree.top.pk, tree.plant.pk, tree.shop.pk])
    assert heads == {
        tree.top.pk: tree.boss.user_id, tree.plant.pk: tree.chief.user_id,
        tree.shop.pk: tree.foreman.user_id,
    }  # fmt: skip


def test_a_head_who_cannot_act_is_passed_over(tree, hy):
    identity.switch_off(tree.foreman.user)
    Employee.objects.filter(pk=tree.chief.pk).update(active=False)
    assert people.heads(hy.pk, [tree.shop.pk]) == {tree.shop.pk: tree.boss.user_id}


def test_managers(tree, hy, django_assert_num_queries):
    with django_assert_num_queries(1):
        chain = people.managers(hy.pk, tree.worker.user_id)
    assert chain == [tree.foreman.user_id, tree.chief.user_id, tree.boss.user_id]
    assert people.managers(hy.pk, tree.foreman.user_id) == [tree.chief.user_id, tree.boss.user_id]
    assert people.managers(hy.pk, tree.boss.user_id) == []
    assert people.managers(hy.pk, 0) == []


def test_department_of(tree, hy, tw):
    assert people.department_of(hy.pk, tree.worker.user_id) == tree.shop.pk
    assert people.department_of(tw.pk, tree.worker.user_id) is None


def test_a_circle_ends(tree, hy):
    Department.objects.filter(pk=tree.top.pk).update(parent=tree.shop)
    assert people.heads(hy.pk, [tree.shop.pk]) == {tree.shop.pk: tree.foreman.user_id}
    assert people.managers(hy.pk, tree.worker.user_id) == [
        tree.foreman.user_id, tree.chief.user_id, tree.boss.user_id,
    ]  # fmt: skip


def test_another_companys_tree_is_not_climbed(tree, hy, tw):
    other = Department.objects.create(company=tw, code="X", name="X", head=tree.boss)
    Department.objects.filter(pk=tree.top.pk).update(parent=other, head=None)
    assert people.heads(hy.pk, [tree.top.pk, other.pk]) == {}


@pytest.mark.parametrize("model", [Department, Employee])
def test_nobody_belongs_to_every_company(model, hy):
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.create(code="X", name="X")


class TestScreens:
    @pytest.fixture
    def desk(self, li):
        desk = Browser()
        desk.sign_in()
        return desk

    def save(self, desk, screen, values, record=None, key="k1"):
        body = {"values": values, "lines": []}
        path = f"/api/records/{screen}"
        if record:
            body["version"], path = record["version"], f"{path}/{record['id']}"
        return desk.ask("PUT" if record else "POST", path, body, **{"Idempotency-Key": key})

    def test_keeping_the_directory(self, desk, li, hy):
        made = self.save(desk, "people.department", {"code": "PLT", "name": "生產部"})
        assert made.status_code == 201, made.content
        plant = made.json()
        made = self.save(
            desk, "people.employee",
            {"code": "E1", "name": "李明", "department": plant["id"], "user": li.pk}, key="k2",
        )  # fmt: skip
        assert made.status_code == 201, made.content
        values = made.json()["values"]
        assert values["department"] == {"id": plant["id"], "code": "PLT", "name": "生產部"}
        assert values["user"] == {"id": li.pk, "code": "li", "name": "李明"}
        assert people.department_of(hy.pk, li.pk) == plant["id"]

    def test_a_department_below_itself(self, desk):
        top = self.save(desk, "people.department", {"code": "A", "name": "A"}).json()
        low = self.save(
            desk, "people.department", {"code": "B", "name": "B", "parent": top["id"]}, key="k2"
        ).json()
        reply = self.save(desk, "people.department", {"parent": low["id"]}, record=top, key="k3")
        assert (reply.status_code, code(reply)) == (422, "people.department_circular")
        assert reply.json()["refusals"][0]["cell"] == {"line": None, "field": "parent"}

    def test_a_login_of_another_company(self, desk, tw):
        yu = identity.create_user("yu", "于芳")
        identity.grant(yu, tw)
        reply = self.save(desk, "people.employee", {"code": "E1", "name": "X", "user": yu.pk})
        assert reply.status_code == 422
        assert code(reply) == "platform.reference_unknown"
        assert "于芳" not in reply.content.decode()
        offered = desk.ask("GET", "/api/lookups/identity.user").json()
        assert [o["code"] for o in offered] == ["li"]

    def test_everybody_reads_only_administrators_change(self, tree, wu):
        desk = Browser()
        desk.sign_in("wu")
        listed = desk.ask("GET", "/api/records/people.department")
        assert len(listed.json()["rows"]) == 3
        reply = self.save(desk, "people.department", {"code": "Z", "name": "Z"})
        assert (reply.status_code, code(reply)) == (403, "platform.not_allowed")

    def test_another_companys_departments_do_not_exist(self, desk, tw):
        theirs = Department.objects.create(company=tw, code="X", name="X")
        reply = desk.ask("GET", f"/api/records/people.department/{theirs.pk}")
        assert reply.status_code == 404
        reply = self.save(
            desk, "people.employee", {"code": "E", "name": "E", "department": theirs.pk}
        )
        assert (reply.status_code, code(reply)) == (422, "platform.reference_unknown")


def test_holders_and_actors(li, wu, hy, tw, django_assert_num_queries):
    from heyi.platform.identity.models import Position

    buyer = Position.objects.create(company=hy, code="B", name="採購", roles=["purchase.buyer"])
    identity.grant(wu, hy, ["audit.auditor"], positions=[buyer.pk])
    off = identity.create_user("off", "off", password=PASSWORD)
    identity.grant(off, hy, ["audit.auditor"])
    identity.switch_off(off)
    with django_assert_num_queries(1):
        holders = identity.holders(hy.pk, ["audit.auditor", "purchase.buyer", "sales.clerk"])
    assert holders == {"audit.auditor": [wu.pk], "purchase.buyer": [wu.pk], "sales.clerk": []}
    with django_assert_num_queries(1):
        actors = identity.actors(hy.pk, [li.pk, wu.pk, off.pk])
    assert set(actors) == {li.pk, wu.pk}
    assert actors[wu.pk].roles == {"audit.auditor", "purchase.buyer", "system.member"}
    assert identity.actors(tw.pk, [li.pk]) == {}
