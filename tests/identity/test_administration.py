"""Administering people: who may, how far, and what is left behind."""

import pytest

from heyi.platform.audit.models import AuditRecord
from heyi.platform.identity import api as identity
from heyi.platform.identity.models import Membership, User
from tests.identity.conftest import PASSWORD, Browser
from tests.identity.test_account import code

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(li):
    desk = Browser()
    desk.sign_in()
    return desk


NEW = {"login": "Chen", "name": "陳華", "email": "Chen@heyi.test", "language": "zh_hant",
       "roles": ["audit.auditor"], "reach": {"warehouse": [5, 3]}}  # fmt: skip


def test_a_new_person_is_invited_by_mail(desk, post, hy):
    reply = desk.ask("POST", "/api/users", NEW)
    assert reply.status_code == 201, reply.content
    made = reply.json()
    assert made | {"id": 0} == {
        "id": 0, "login": "chen", "name": "陳華", "email": "chen@heyi.test", "language": "zh_hant",
        "active": True, "roles": ["audit.auditor"], "positions": [], "reach": {"warehouse": [3, 5]},
        "last_login": None, "second_factor": False,
    }  # fmt: skip
    [letter] = post.letters()
    assert (letter["To"], letter["Subject"]) == ("chen@heyi.test", "歡迎使用合一")
    key = letter.get_content().split("/password/reset/")[1].split()[0]
    theirs = Browser()
    theirs.auth("POST", "auth/password/reset", {"key": key, "password": PASSWORD})
    assert theirs.sign_in("chen").status_code == 200
    granted = AuditRecord.objects.get(action="grant", subject_id=made["id"])
    assert (granted.actor, granted.company_id) == ("li", hy.pk)
    assert granted.changes == {
        "roles": [None, ["audit.auditor"]], "positions": [None, []],
        "reach": [None, {"warehouse": [3, 5]}],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "refused"),
    [
        ({"login": "li"}, "identity.login_taken"),
        ({"login": "LI"}, "identity.login_taken"),
        ({"login": "a b"}, "identity.login_malformed"),
        ({"login": "token:x"}, "identity.login_malformed"),
        ({"login": "x@y"}, "identity.login_malformed"),
        ({"email": "LI@heyi.test"}, "identity.email_taken"),
        ({"email": "nonsense"}, "identity.email_malformed"),
        ({"password": "chen"}, "identity.password_weak"),
        ({"roles": ["sales.king"]}, "identity.role_unknown"),
    ],
)
def test_refusals_leave_nothing(wrong, refused, desk):
    before = User.objects.count()
    reply = desk.ask("POST", "/api/users", NEW | wrong)
    assert (reply.status_code, code(reply)) == (422, refused)
    assert reply.json()["refusals"][0]["remedy"]["label"]
    assert User.objects.count() == before
    assert not AuditRecord.objects.filter(action="create").exclude(actor_id=0).exists()


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/api/users", None),
        ("POST", "/api/users", NEW),
        ("GET", "/api/users/roles", None),
        ("PUT", "/api/users/{li}/rights", {"roles": []}),
        ("DELETE", "/api/users/{li}/rights", None),
        ("PUT", "/api/users/{li}/password", {"password": "evil-stone-777"}),
        ("DELETE", "/api/users/{li}/second-factor", None),
        ("DELETE", "/api/users/{li}/sessions", None),
        ("POST", "/api/users/{li}/off", None),
        ("PUT", "/api/users/{li}", {"name": "x"}),
    ],
)
def test_only_administrators(method, path, body, li, wu):
    desk = Browser()
    desk.sign_in("wu")
    reply = desk.ask(method, path.format(li=li.pk), body)

    if method == "GET":
        assert reply.status_code == 200, "auditors read everything"
    else:
        assert (reply.status_code, code(reply)) == (403, "platform.not_allowed")
        assert reply.json()["refusals"][0]["params"]["roles"] == ["system.administrator"]


def test_people_of_another_company_do_not_exist(desk, tw):
    yu = identity.create_user("yu", "于", password=PASSWORD)
    identity.grant(yu, tw, ["audit.auditor"])
    for method, path, body in [
        ("PUT", f"/api/users/{yu.pk}/rights", {"roles": ["system.administrator"]}),
        ("PUT", f"/api/users/{yu.pk}/password", {"password": "evil-stone-777"}),
        ("POST", f"/api/users/{yu.pk}/off", None),
    ]:
        reply = desk.ask(method, path, body)
        assert (reply.status_code, code(reply)) == (404, "platform.not_found")
    assert [p["login"] for p in desk.ask("GET", "/api/users").json()] == ["li"]


def test_nobody_is_taken_over_through_a_second_company(desk, wu, hy, tw):
    """Wu works here and elsewhere: our administrator gives rights here, but no password."""
    identity.grant(wu, tw, ["system.administrator"])
    reply = desk.ask("PUT", f"/api/users/{wu.pk}/password", {"password": "evil-stone-777"})
    assert (reply.status_code, code(reply)) == (422, "identity.beyond_own_companies")
    assert desk.ask("PUT", f"/api/users/{wu.pk}/rights", {"roles": []}).status_code == 200
    seats = dict(Membership.objects.filter(user=wu).values_list("company__code", "roles"))
    assert seats == {"HY": [], "TW": ["system.administrator"]}


def test_rights_change_at_once(desk, wu, hy):
    theirs = Browser()
    theirs.sign_in("wu")
    desk.ask("PUT", f"/api/users/{wu.pk}/rights", {"roles": ["system.administrator"]})
    assert theirs.ask("GET", "/api/session").json()["roles"] == [
        "system.administrator",
        "system.member",
    ]
    desk.ask("DELETE", f"/api/users/{wu.pk}/rights")
    told = theirs.ask("GET", "/api/session").json()
    assert (told["company"], told["companies"], told["roles"]) == (None, [], [])
    assert theirs.ask("GET", "/api/menu").status_code == 404


def test_switching_off_ends_everything_at_once(desk, wu):
    theirs = Browser()
    theirs.sign_in("wu")
    assert desk.ask("POST", f"/api/users/{wu.pk}/off").status_code == 204
    assert theirs.ask("GET", "/api/session").status_code == 401
    assert Browser().sign_in("wu").status_code == 400
    assert desk.ask("POST", f"/api/users/{wu.pk}/on").status_code == 204
    assert Browser().sign_in("wu").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "off", None),
        ("DELETE", "rights", None),
        ("PUT", "rights", {"roles": []}),
    ],
)
def test_the_last_administrator_stays(method, path, body, desk, li, wu, hy):
    reply = desk.ask(method, f"/api/users/{li.pk}/{path}", body)
    assert (reply.status_code, code(reply)) == (422, "identity.last_administrator")
    identity.grant(wu, hy, ["system.administrator"])
    assert desk.ask(method, f"/api/users/{li.pk}/{path}", body).status_code in (200, 204)


def test_a_new_password_signs_out_everywhere(desk, wu):
    theirs = Browser()
    theirs.sign_in("wu")
    assert (
        desk.ask("PUT", f"/api/users/{wu.pk}/password", {"password": "another-stone-7"}).status_code
        == 204
    )
    assert not theirs.inside()
    assert Browser().sign_in("wu", "another-stone-7").status_code == 200


def test_corrections_are_kept_old_and_new(desk, wu):
    asked = {"name": "吳芳芳", "email": "wu@heyi.test", "language": "zh_hant"}
    assert desk.ask("PUT", f"/api/users/{wu.pk}", asked).json()["name"] == "吳芳芳"
    assert AuditRecord.objects.get(action="edit").changes == {
        "name": ["吳芳", "吳芳芳"], "email": ["", "wu@heyi.test"],
    }  # fmt: skip


def test_the_list_costs_a_constant_number_of_statements(desk, hy, django_assert_num_queries):
    desk.ask("GET", "/api/users")
    for n in range(20):
        identity.grant(identity.create_user(f"p{n}", "x"), hy, ["audit.auditor"])
    with django_assert_num_queries(2):  # who asks, and the list
        assert len(desk.ask("GET", "/api/users").json()) == 21


@pytest.mark.django_db(transaction=True)
def test_two_administrators_cannot_dismiss_each_other_at_once(li, wu, hy):
    from threading import Barrier, Thread

    from django.db import connection

    from heyi.platform.identity.errors import LastAdministrator

    identity.grant(wu, hy, ["system.administrator"])
    together, results = Barrier(2), []

    def dismiss(user):
        together.wait()
        try:
            identity.grant(user, hy, [])
            results.append("dismissed")
        except LastAdministrator:
            results.append("refused")
        connection.close()

    threads = [Thread(target=dismiss, args=(u,)) for u in (li, wu)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert sorted(results) == ["dismissed", "refused"]


class TestPositions:
    def save(self, desk, values, key="p1"):
        body = {"values": values, "lines": []}
        return desk.ask("POST", "/api/records/identity.position", body, **{"Idempotency-Key": key})

    def test_a_position_bundles_roles(self, desk, wu):
        made = self.save(desk, {"code": "AUD", "name": "稽核", "roles": ["audit.auditor"]})
        assert made.status_code == 201, made.content
        position = made.json()["id"]
        reply = desk.ask("PUT", f"/api/users/{wu.pk}/rights", {"positions": [position]})
        assert reply.json()["positions"] == [position]
        theirs = Browser()
        theirs.sign_in("wu")
        assert theirs.ask("GET", "/api/session").json()["roles"] == [
            "audit.auditor",
            "system.member",
        ]

    def test_unknown_roles(self, desk):
        reply = self.save(desk, {"code": "K", "name": "K", "roles": ["sales.king"]})
        assert (reply.status_code, code(reply)) == (422, "identity.role_unknown")

    def test_positions_of_another_company(self, desk, wu, tw):
        from heyi.platform.identity.models import Position

        theirs = Position.objects.create(
            company=tw, code="X", name="X", roles=["system.administrator"]
        )
        reply = desk.ask("PUT", f"/api/users/{wu.pk}/rights", {"positions": [theirs.pk]})
        assert (reply.status_code, code(reply)) == (404, "platform.not_found")
