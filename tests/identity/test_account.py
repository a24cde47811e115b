"""What people do about themselves, through the API."""

from datetime import timedelta

import pytest

from heyi.platform import clock
from heyi.platform.audit.models import AuditRecord
from heyi.platform.identity import api as identity
from heyi.platform.identity.models import ApiToken, Session
from tests.identity.conftest import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(li):
    desk = Browser()
    desk.sign_in()
    return desk


def bearer(secret):
    return {"Authorization": f"Bearer {secret}"}


def code(reply):
    [refusal] = reply.json()["refusals"]
    return refusal["code"]


class TestSession:
    def test_who_am_i(self, desk, li, hy):
        assert desk.ask("GET", "/api/session").json() == {
            "user": {"id": li.pk, "login": "li", "name": "李明", "email": "li@heyi.test",
                     "language": "en"},
            "company": {"id": hy.pk, "code": "HY", "name": "合一電機", "currency": "CNY",
                        "decimals": 2, "timezone": "Asia/Shanghai"},
            "companies": [{"id": hy.pk, "code": "HY", "name": "合一電機", "currency": "CNY",
                           "decimals": 2, "timezone": "Asia/Shanghai"}],
            "roles": ["system.administrator", "system.member"],
            "languages": ["zh_hant", "zh_hans", "en"],
            "release": "0.1.0",
        }  # fmt: skip

    def test_nobody_is_told_nothing(self, db):
        reply = Browser().ask("GET", "/api/session")
        assert (reply.status_code, code(reply)) == (401, "access.not_signed_in")
        assert (
            reply.json()["refusals"][0]["message"]
            == "You are signed out. Sign in to go on where you were."
        )

    def test_the_csrf_cookie_comes_with_it(self, desk):
        desk.cookies.pop("csrftoken")
        reply = desk.get("/api/session")
        assert reply.cookies["csrftoken"].value

    def test_another_company(self, desk, li, tw):
        reply = desk.ask("POST", "/api/session/company", {"company": tw.pk})
        assert (reply.status_code, code(reply)) == (404, "platform.not_found")
        identity.grant(li, tw, ["audit.auditor"])
        told = desk.ask("POST", "/api/session/company", {"company": tw.pk}).json()
        assert told["company"]["code"] == "TW"
        assert told["roles"] == ["audit.auditor", "system.member"]
        assert desk.ask("GET", "/api/session").json()["company"]["code"] == "TW"

    def test_another_company_by_header_is_refused_everywhere(self, desk, tw):
        for path in ("/api/menu", "/api/tokens", "/api/users", "/api/records/identity.position"):
            reply = desk.ask("GET", path, **{"Heyi-Company": str(tw.pk)})
            assert (reply.status_code, code(reply)) == (404, "platform.not_found"), path

    def test_another_language(self, desk, li):
        reply = desk.ask("POST", "/api/session/language", {"language": "zh_hant"})
        assert reply.json()["user"]["language"] == "en"  # the header of this desk still says so
        desk.language = "zh_hant"
        assert desk.ask("GET", "/api/session").json()["user"]["language"] == "zh_hant"
        li.refresh_from_db()
        assert li.language == "zh_hant"
        assert desk.ask("POST", "/api/session/language", {"language": "tlh"}).status_code == 400

    def test_a_write_without_the_csrf_token_does_nothing(self, desk, li, tw):
        identity.grant(li, tw, ["audit.auditor"])
        body = f'{{"company": {tw.pk}}}'
        reply = desk.post("/api/session/company", body, content_type="application/json")
        assert (reply.status_code, code(reply)) == (403, "access.origin_unproven")
        assert desk.ask("GET", "/api/session").json()["company"]["code"] == "HY"


class TestDevices:
    def test_list_and_end_one(self, desk, li):
        phone = Browser(ip="203.0.113.9")
        phone.sign_in()
        listed = desk.ask("GET", "/api/session/devices").json()
        assert {(d["ip"], d["current"]) for d in listed} == {
            ("192.0.2.1", True),
            ("203.0.113.9", False),
        }
        keys = set(Session.objects.values_list("session_key", flat=True))
        assert not keys & {d["id"] for d in listed}
        other = next(d["id"] for d in listed if not d["current"])
        left = desk.ask("DELETE", f"/api/session/devices/{other}").json()
        assert [d["current"] for d in left] == [True]
        assert not phone.inside()
        assert AuditRecord.objects.filter(action="session_ended", actor="li").count() == 1

    def test_end_all_others(self, desk, li):
        for n in range(3):
            Browser(ip=f"203.0.113.{n}").sign_in()
        assert len(desk.ask("DELETE", "/api/session/devices").json()) == 1
        assert desk.inside()
        assert Session.objects.filter(user=li).count() == 1

    def test_only_ones_own(self, desk, wu):
        other = Browser()
        other.sign_in("wu")
        mine = other.ask("GET", "/api/session/devices").json()[0]["id"]
        desk.ask("DELETE", f"/api/session/devices/{mine}")
        assert other.inside()


class TestTokens:
    def make(self, desk, scopes=("identity.position:read",), **more):
        return desk.ask("POST", "/api/tokens", {"name": "scale 3", "scopes": list(scopes), **more})

    def test_shown_once_hashed_at_rest(self, desk, li):
        reply = self.make(desk)
        assert reply.status_code == 201
        made = reply.json()
        assert made["secret"].startswith("heyi_")
        assert len(made["secret"]) == 48
        [listed] = desk.ask("GET", "/api/tokens").json()
        assert listed == {k: v for k, v in made.items() if k != "secret"}
        assert listed["hint"] == made["secret"][:10]
        stored = str(ApiToken.objects.values())
        assert made["secret"] not in stored
        assert AuditRecord.objects.get(action="token_made").changes == {
            "name": [None, "scale 3"], "scopes": [None, ["identity.position:read"]],
        }  # fmt: skip

    def test_it_opens_its_scope_and_nothing_else(self, desk, li):
        secret = self.make(desk).json()["secret"]
        program = Browser()
        reply = program.get("/api/records/identity.position", headers=bearer(secret))
        assert reply.status_code == 200
        refused = program.get("/api/users", headers=bearer(secret))
        assert (refused.status_code, code(refused)) == (403, "platform.not_allowed")
        written = program.post(
            "/api/records/identity.position", "{}", content_type="application/json",
            headers={**bearer(secret), "Idempotency-Key": "1"},
        )  # fmt: skip
        assert (written.status_code, code(written)) == (403, "platform.not_allowed")

    def test_it_needs_no_csrf_token_and_keeps_no_session(self, desk, li):
        secret = self.make(desk, ["identity.apitoken:edit", "identity.apitoken:read"]).json()[
            "secret"
        ]
        program = Browser()
        [token] = program.get("/api/tokens", headers=bearer(secret)).json()
        reply = program.delete(f"/api/tokens/{token['id']}", headers=bearer(secret))
        assert reply.status_code == 204
        assert "heyi_session" not in program.cookies
        assert program.get("/api/tokens", headers=bearer(secret)).status_code == 401

    def test_it_cannot_grant_more_than_it_has(self, desk, li):
        secret = self.make(desk, ["identity.apitoken:edit"]).json()["secret"]
        reply = Browser().post(
            "/api/tokens", '{"name": "more", "scopes": ["identity.user:edit"]}',
            content_type="application/json", headers=bearer(secret),
        )  # fmt: skip
        assert (reply.status_code, code(reply)) == (422, "identity.scope_unknown")

    def test_a_person_cannot_grant_what_they_lack(self, wu):
        desk = Browser()
        desk.sign_in("wu")
        reply = self.make(desk, ["identity.user:edit"])
        assert (reply.status_code, code(reply)) == (422, "identity.scope_unknown")
        assert not ApiToken.objects.exists()

    def test_a_right_taken_away_is_taken_from_the_token(self, desk, li, hy, wu):
        secret = self.make(desk).json()["secret"]
        identity.grant(wu, hy, ["system.administrator"])
        identity.grant(li, hy, [])
        reply = Browser().get("/api/records/identity.position", headers=bearer(secret))
        assert reply.status_code == 403

    def test_a_token_stays_in_its_company(self, desk, li, tw):
        identity.grant(li, tw, ["system.administrator"])
        secret = self.make(desk).json()["secret"]
        reply = Browser().get(
            "/api/records/identity.position", headers={**bearer(secret), "Heyi-Company": str(tw.pk)}
        )
        assert reply.status_code == 404

    def test_it_expires(self, desk, li):
        secret = self.make(desk, days=1).json()["secret"]
        ApiToken.objects.update(expires_at=clock.world() - timedelta(seconds=1))
        reply = Browser().get("/api/session", headers=bearer(secret))
        assert reply.status_code == 401

    def test_revoking(self, desk, li, wu):
        made = self.make(desk).json()
        other = Browser()
        other.sign_in("wu")
        reply = other.ask("DELETE", f"/api/tokens/{made['id']}")
        assert (reply.status_code, code(reply)) == (404, "platform.not_found")
        assert desk.ask("DELETE", f"/api/tokens/{made['id']}").status_code == 204
        assert desk.ask("DELETE", f"/api/tokens/{made['id']}").status_code == 204
        assert Browser().get("/api/session", headers=bearer(made["secret"])).status_code == 401
        assert AuditRecord.objects.filter(action="token_revoked").count() == 1

    def test_administrators_see_and_revoke_everybodys(self, desk, li, wu):
        other = Browser()
        other.sign_in("wu")
        made = self.make(other, ["identity.apitoken:read"]).json()
        assert other.ask("GET", "/api/tokens?everybodys=true").status_code == 403
        assert desk.ask("GET", "/api/tokens").json() == []
        [listed] = desk.ask("GET", "/api/tokens?everybodys=true").json()
        assert (listed["id"], listed["login"]) == (made["id"], "wu")
        assert desk.ask("DELETE", f"/api/tokens/{made['id']}").status_code == 204

    @pytest.mark.parametrize(
        "wrong",
        [
            {"name": "", "scopes": ["identity.position:read"]},
            {"name": "x", "scopes": []},
            {"name": "x", "scopes": ["identity.position:read"], "days": 0},
            {"name": "x", "scopes": ["identity.position:read"], "days": 10_000},
        ],
    )
    def test_malformed(self, wrong, desk):
        assert desk.ask("POST", "/api/tokens", wrong).status_code == 400

    def test_a_wrong_token_is_not_excused_by_a_session(self, desk):
        reply = desk.ask("GET", "/api/session", None, **bearer("heyi_wrong"))
        assert reply.status_code == 401
