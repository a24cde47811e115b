"""What nobody should send: no answer is a defect, and nothing is left behind."""

import json

import pytest

from heyi.platform.identity.models import ApiToken, Membership, User
from tests.identity.conftest import PASSWORD, Browser

pytestmark = pytest.mark.django_db
HUGE = 10**30
BAD = [
    " ",
    "a\x00b",
    "a" * 5000,
    "\u202e<script>=1+1'; --",
    None,
    -1,
    HUGE,
    1.5,
    [],
    {},
    "𠮷" * 300,
]


@pytest.fixture
def desk(li):
    desk = Browser()
    desk.raise_request_exception = False
    desk.sign_in()
    return desk


@pytest.mark.parametrize("bad", BAD, ids=repr)
def test_nothing_crashes(bad, desk, li, wu):
    person = {"login": "neu", "name": "neu", "email": "neu@heyi.test", "password": PASSWORD}
    calls = [
        *(("POST", "/api/users", person | {field: bad})
          for field in ("login", "name", "email", "password", "roles", "positions", "reach", "language")),
        *(("PUT", f"/api/users/{wu.pk}", {"name": "x", "email": "", "language": "en"} | {field: bad})
          for field in ("name", "email", "language")),
        *(("PUT", f"/api/users/{wu.pk}/rights", {field: bad}) for field in ("roles", "positions", "reach")),
        ("PUT", f"/api/users/{wu.pk}/rights", {"reach": {"warehouse": bad}}),
        ("PUT", f"/api/users/{wu.pk}/rights", {"reach": {str(bad): [1]}}),
        ("PUT", f"/api/users/{wu.pk}/rights", {"positions": [bad]}),
        ("PUT", f"/api/users/{wu.pk}/password", {"password": bad}),
        *(("POST", "/api/tokens", {"name": "x", "scopes": ["identity.user:read"]} | {field: bad})
          for field in ("name", "scopes", "days")),
        ("POST", "/api/session/company", {"company": bad}),
        ("POST", "/api/session/language", {"language": bad}),
        *(("POST", "/api/companies", {"code": "X", "name": "X", "currency": "CNY"} | {field: bad})
          for field in ("code", "name", "currency", "decimals", "timezone", "language", "chart")),
    ]  # fmt: skip
    for method, path, body in calls:
        reply = desk.ask(method, path, body)
        assert reply.status_code < 500, (method, path, body, reply.content.decode()[:500])


@pytest.mark.parametrize("bad", BAD, ids=repr)
def test_signing_in_does_not_crash(bad, li):
    page = Browser()
    page.raise_request_exception = False
    for path, body in [
        ("auth/login", {"username": bad, "password": "x"}),
        ("auth/login", {"email": bad, "password": "x"}),
        ("auth/login", {"username": "li", "password": bad}),
        ("auth/login", bad),
        ("auth/password/request", {"email": bad}),
        ("auth/password/reset", {"key": bad, "password": PASSWORD}),
        ("auth/2fa/authenticate", {"code": bad}),
    ]:
        reply = page.auth("POST", path, body)
        assert reply.status_code < 500, (path, body)
    assert not page.inside()


@pytest.mark.parametrize(
    "header",
    [
        {"Heyi-Company": str(HUGE)},
        {"Heyi-Company": "-1"},
        {"Heyi-Company": "１２"},
        {"Heyi-Company": "1;2"},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer " + "x" * 9000},
        {"Authorization": "Basic bGk6eA=="},
        {"Cookie": "heyi_session=" + "é" * 40},
    ],
)
def test_strange_headers(header, desk):
    desk.defaults.pop("HTTP_COOKIE", None)
    reply = desk.get("/api/menu", headers=header)
    assert reply.status_code in (200, 401, 404), reply.content


@pytest.mark.parametrize(
    "path",
    [
        f"/api/users/{HUGE}/off",
        "/api/users/-1/off",
        "/api/users/0/off",
        f"/api/tokens/{HUGE}",
        f"/api/access/explain?type=identity.position&verb=edit&id={HUGE}",
        f"/api/audit?subject_id={HUGE}",
        f"/api/audit?after={HUGE}",
        "/api/audit?since=nonsense",
        "/api/audit?subject_type=%00",
        f"/api/access/explain?type=identity.position&verb=edit&person={HUGE}",
    ],
)
def test_strange_addresses(path, desk):
    method = "GET" if "?" in path else ("DELETE" if "tokens" in path else "POST")
    reply = desk.ask(method, path)
    assert reply.status_code in (200, 400, 404, 405, 422), (
        path,
        reply.status_code,
        reply.content[:300],
    )


def test_a_refused_person_leaves_nothing_half_made(desk):
    before = (User.objects.count(), Membership.objects.count(), ApiToken.objects.count())
    body = {"login": "neu", "name": "neu", "password": PASSWORD, "roles": ["no.such"]}
    assert desk.ask("POST", "/api/users", body).status_code == 422
    assert json.loads(desk.ask("POST", "/api/users", body).content)["refusals"]
    assert (User.objects.count(), Membership.objects.count(), ApiToken.objects.count()) == before
