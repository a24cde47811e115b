"""One-time codes and recovery codes."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from heyi.platform.audit.models import AuditRecord
from tests.identity.conftest import Browser, codes

pytestmark = pytest.mark.django_db
STEP = 30


def code_of(secret, steps=0):
    """What the phone shows, or showed `steps` ago."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // STEP + steps))


@pytest.fixture
def still(monkeypatch):
    """Hold the clock of the codes, so that no test runs across the turn of half a minute."""
    from allauth.mfa.totp.internal import auth

    moment = [float(int(time.time()) // STEP * STEP + 1)]
    monkeypatch.setattr(auth.time, "time", lambda: moment[0])
    return moment


@pytest.fixture
def secret(li, still, django_capture_on_commit_callbacks):
    """Li's second factor, set up through their page."""
    page = Browser()
    page.sign_in()
    page.reauthenticate()
    offered = page.auth("GET", "account/authenticators/totp")
    assert offered.status_code == 404
    secret = offered.json()["meta"]["secret"]
    assert "issuer=Heyi" in offered.json()["meta"]["totp_url"]
    with django_capture_on_commit_callbacks(execute=True):
        reply = page.auth("POST", "account/authenticators/totp", {"code": code_of(secret)})
    assert reply.status_code == 200, reply.content
    return secret


def test_the_password_alone_opens_nothing(secret, li):
    page = Browser()
    reply = page.sign_in()
    assert reply.status_code == 401
    pending = [flow for flow in reply.json()["data"]["flows"] if flow.get("is_pending")]
    assert pending == [
        {"id": "mfa_authenticate", "is_pending": True, "types": ["recovery_codes", "totp"]}
    ]
    assert not page.inside()
    reply = page.auth("POST", "auth/2fa/authenticate", {"code": code_of(secret)})
    assert reply.status_code == 200
    assert page.inside()


def test_setting_it_up_needs_the_password_again(li):
    page = Browser()
    page.sign_in()
    from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY

    session = page.session
    assert session[AUTHENTICATION_METHODS_SESSION_KEY][0]["method"] == "password"
    page.auth("GET", "account/authenticators/totp")
    reply = page.auth("POST", "account/authenticators/totp", {"code": "000000"})
    assert reply.status_code in (400, 401)
    assert not Authenticator.objects.exists()


def test_a_code_seen_over_the_shoulder_is_used_up(secret, li):
    first, second = Browser(), Browser(ip="203.0.113.9")
    first.sign_in()
    second.sign_in()
    code = code_of(secret)
    assert first.auth("POST", "auth/2fa/authenticate", {"code": code}).status_code == 200
    replayed = second.auth("POST", "auth/2fa/authenticate", {"code": code})
    assert codes(replayed) == ["incorrect_code"]
    assert not second.inside()


@pytest.mark.parametrize("steps", [-2, -1, 1])
def test_only_the_present_code_counts(steps, secret, li):
    page = Browser()
    page.sign_in()
    reply = page.auth("POST", "auth/2fa/authenticate", {"code": code_of(secret, steps)})
    assert codes(reply) == ["incorrect_code"]


def test_guessing_codes_locks(secret, li):
    for n in range(5):
        page = Browser(ip=f"203.0.113.{n}")
        page.sign_in()
        assert codes(page.auth("POST", "auth/2fa/authenticate", {"code": f"00000{n}"})) == [
            "incorrect_code"
        ]
    page = Browser()
    page.sign_in()
    reply = page.auth("POST", "auth/2fa/authenticate", {"code": code_of(secret)})
    assert codes(reply) == ["too_many_login_attempts"]
    failed = AuditRecord.objects.filter(action="second_factor_failed", subject_id=li.pk)
    assert [(r.actor, r.ip) for r in failed.order_by("id")] == [
        ("stranger", f"203.0.113.{n}") for n in range(5)
    ]


def test_a_code_without_the_password_opens_nothing(secret, li):
    page = Browser()
    assert page.auth("POST", "auth/2fa/authenticate", {"code": code_of(secret)}).status_code == 401
    assert not page.inside()


def test_a_reset_by_mail_does_not_get_past_it(secret, li, post):
    Browser().auth("POST", "auth/password/request", {"email": "li@heyi.test"})
    page = Browser()
    letters = [letter for letter in post.letters() if "/password/reset/" in letter.get_content()]
    key = letters[0].get_content().split("/password/reset/")[1].split()[0]
    page.auth("POST", "auth/password/reset", {"key": key, "password": "another-stone-7"})
    assert page.sign_in(password="another-stone-7").status_code == 401
    assert not page.inside()


def test_the_secret_is_encrypted_at_rest(secret, li):
    stored = Authenticator.objects.get(type="totp").data
    assert secret not in str(stored)


def test_recovery_codes_work_once_each(secret, li, post, django_capture_on_commit_callbacks):
    page = Browser()
    page.sign_in()
    page.auth("POST", "auth/2fa/authenticate", {"code": code_of(secret)})
    page.reauthenticate()
    with django_capture_on_commit_callbacks(execute=True):
        reply = page.auth("POST", "account/authenticators/recovery-codes", {})
    recovery = reply.json()["data"]["unused_codes"]
    assert len(recovery) == 10
    for _ in range(2):
        lost = Browser()
        lost.sign_in()
        reply = lost.auth("POST", "auth/2fa/authenticate", {"code": recovery[0]})
    assert codes(reply) == ["incorrect_code"]
    lost = Browser()
    lost.sign_in()
    assert lost.auth("POST", "auth/2fa/authenticate", {"code": recovery[1]}).status_code == 200
    subjects = [letter["Subject"] for letter in post.letters()]
    assert subjects == ["Your second factor is on", "New recovery codes were made"]


def test_switching_it_off_is_noted_and_told(secret, li, post, django_capture_on_commit_callbacks):
    page = Browser()
    page.sign_in()
    page.auth("POST", "auth/2fa/authenticate", {"code": code_of(secret)})
    assert page.auth("DELETE", "account/authenticators/totp").status_code == 401
    page.reauthenticate()
    with django_capture_on_commit_callbacks(execute=True):
        assert page.auth("DELETE", "account/authenticators/totp").status_code == 200
    assert Browser().sign_in().status_code == 200
    kinds = AuditRecord.objects.filter(subject_id=li.pk).values_list("action", flat=True)
    assert "totp_activated" in kinds
    assert "totp_deactivated" in kinds
    assert [letter["Subject"] for letter in post.letters()][-1] == "Your second factor is off"
