"""Signing in, and everything that is tried against it."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from heyi.platform import clock
from heyi.platform.audit.models import AuditRecord
from heyi.platform.identity import api as identity
from heyi.platform.identity.models import Attempt, Session
from tests.identity.conftest import PASSWORD, Browser, codes

pytestmark = pytest.mark.django_db


def actions():
    return list(AuditRecord.objects.order_by("id").values_list("action", "actor", "ip"))


@pytest.mark.parametrize("name", ["li", "LI", "li@heyi.test", "Li@Heyi.Test"])
def test_by_login_or_e_mail(name, li):
    page = Browser()
    reply = page.sign_in(name)
    assert reply.status_code == 200, reply.content
    assert reply.json()["data"]["user"] == {
        "id": li.pk, "display": "李明", "username": "li", "email": "li@heyi.test",
        "has_usable_password": True,
    }  # fmt: skip
    assert page.inside()
    assert actions()[-1] == ("sign_in", "li", "192.0.2.1")
    session = Session.objects.get(user=li)
    assert (session.ip, session.seen_at is None) == ("192.0.2.1", False)


def test_signing_out_ends_the_session(li):
    page = Browser()
    page.sign_in()
    assert page.auth("DELETE", "auth/session").status_code == 401
    assert not page.inside()
    assert not Session.objects.filter(user=li).exists()
    assert actions()[-1][:2] == ("sign_out", "li")


def test_a_stranger_cannot_sign_up(li):
    page = Browser()
    asked = {"username": "eve", "email": "eve@evil.test", "password": "another-stone-7"}
    assert page.auth("POST", "auth/signup", asked).status_code == 404
    assert page.auth("POST", "account/email", {"email": "eve@evil.test"}).status_code == 404
    flows = page.auth("GET", "auth/session").json()["data"]["flows"]
    assert [flow["id"] for flow in flows] == ["login"]


def test_without_the_csrf_token_nothing_happens(li):
    page = Browser()
    body = f'{{"username": "li", "password": "{PASSWORD}"}}'
    reply = page.post("/_allauth/browser/v1/auth/login", body, content_type="application/json")
    assert reply.status_code == 403
    assert codes(reply) == ["origin_unproven"]
    assert not page.inside()
    guessed = {"X-CSRFToken": "x" * 32}
    asked = {"username": "li", "password": PASSWORD}
    reply = page.ask("POST", "/_allauth/browser/v1/auth/login", asked, **guessed)
    assert (reply.status_code, page.inside()) == (403, False)


def test_a_planted_session_key_is_not_taken_over(li):
    """Fixation: the attacker knows the key their victim's browser had before signing in."""
    attacker = Browser(ip="203.0.113.9")
    attacker.session.save()
    planted = "a" * 32
    victim = Browser()
    for key in (planted, attacker.session.session_key):
        victim.cookies["heyi_session"] = key
        assert victim.sign_in().status_code == 200
        assert victim.cookies["heyi_session"].value != key
        thief = Browser(ip="203.0.113.9")
        thief.cookies["heyi_session"] = key
        assert not thief.inside()
        victim.auth("DELETE", "auth/session")


def test_cookies_are_out_of_reach_of_scripts(li):
    page = Browser()
    page.sign_in()
    cookie = page.cookies["heyi_session"]
    assert cookie["httponly"] is True
    assert cookie["samesite"] == "Lax"


class TestLockout:
    def test_many_wrong_passwords_from_several_clients(self, li):
        for n in range(5):
            reply = Browser(ip=f"203.0.113.{n}").sign_in(password=f"wrong-{n}")
            assert codes(reply) == ["username_password_mismatch"]
        late = Browser(ip="198.51.100.1").sign_in()
        assert codes(late) == ["too_many_login_attempts"]
        assert codes(Browser().sign_in("li@heyi.test")) == ["too_many_login_attempts"]
        kinds = [action for action, *_ in actions()]
        assert kinds.count("sign_in_failed") == 5
        assert kinds.count("locked") == 1

    def test_it_opens_again_by_itself(self, li):
        for n in range(6):
            Browser().sign_in(password=f"wrong-{n}")
        Attempt.objects.update(until=clock.world() - timedelta(seconds=1))
        assert Browser().sign_in().status_code == 200
        assert not Attempt.objects.filter(key=f"user:{li.pk}").exists()

    def test_knocking_does_not_keep_it_shut(self, li):
        for n in range(6):
            Browser().sign_in(password=f"wrong-{n}")
        until = Attempt.objects.get(key=f"user:{li.pk}").until
        Browser().sign_in()
        assert Attempt.objects.get(key=f"user:{li.pk}").until == until

    def test_one_right_password_forgives(self, li):
        for n in range(4):
            Browser().sign_in(password=f"wrong-{n}")
        assert Browser().sign_in().status_code == 200
        for n in range(4):
            assert codes(Browser().sign_in(password=f"wrong-{n}")) == ["username_password_mismatch"]

    def test_a_name_nobody_has_locks_just_the_same(self, li):
        known = [Browser().sign_in("li", f"wrong-{n}") for n in range(7)]
        nobody = [Browser().sign_in("nobody", f"wrong-{n}") for n in range(7)]
        assert [r.content for r in known] == [r.content for r in nobody]
        assert [r.status_code for r in known] == [r.status_code for r in nobody]

    def test_a_person_switched_off_looks_like_nobody(self, li, wu):
        identity.switch_off(wu)
        assert Browser().sign_in("wu").content == Browser().sign_in("nobody").content

    def test_one_address_trying_many_names_locks_too(self, li):
        page = Browser(ip="203.0.113.7")
        page.sign_in("nobody")
        Attempt.objects.filter(key="ip:203.0.113.7", tries=1).update(tries=99)
        assert codes(page.sign_in("somebody")) == ["username_password_mismatch"]
        assert codes(page.sign_in("li")) == ["too_many_login_attempts"]
        assert Browser(ip="198.51.100.1").sign_in().status_code == 200

    def test_another_host_header_is_no_way_round(self, li, settings):
        settings.ALLOWED_HOSTS = ["*"]
        for n in range(6):
            page = Browser()
            page.defaults["HTTP_HOST"] = f"host{n}.test"
            page.sign_in(password=f"wrong-{n}")
        assert codes(Browser().sign_in()) == ["too_many_login_attempts"]

    def test_the_words_say_how_long(self, li):
        for n in range(5):
            Browser().sign_in(password=f"wrong-{n}")
        words = {
            language: Browser(language=language).sign_in().json()["errors"][0]["message"]
            for language in ("zh_hant", "zh_hans", "en")
        }
        assert words == {
            "zh_hant": "嘗試次數太多，已暫時鎖住，15 分鐘後可再登入。",
            "zh_hans": "尝试次数太多，已暂时锁定，15 分钟后可再登录。",
            "en": "Too many attempts. Signing in is locked and opens again in 15 minutes.",
        }

    def test_what_was_typed_for_a_name_is_not_kept(self, li):
        Browser().sign_in("my-secret-password", "li")
        assert "my-secret-password" not in str(list(AuditRecord.objects.values()))
        assert "my-secret-password" not in str(list(Attempt.objects.values()))


@pytest.mark.django_db(transaction=True)
def test_guesses_sent_at_once_are_all_counted(li):
    """Twenty guesses in parallel: never more than five are compared with the password."""
    replies = []

    def guess(n):
        replies.append(codes(Browser(ip=f"203.0.113.{n}").sign_in(password=f"wrong-{n}"))[0])
        connection.close()

    threads = [threading.Thread(target=guess, args=(n,)) for n in range(20)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert sorted(replies) == ["too_many_login_attempts"] * 15 + ["username_password_mismatch"] * 5


class TestPassword:
    @pytest.mark.parametrize(
        ("password", "refused"),
        [
            ("short", ["password_too_short"]),
            ("12345678901234", ["password_entirely_numeric"]),
            ("password123", ["password_too_common"]),
            ("li@heyi.test", ["password_too_similar"]),
        ],
    )
    def test_rules(self, password, refused, li):
        page = Browser()
        page.sign_in()
        reply = page.auth(
            "POST",
            "account/password/change",
            {"current_password": PASSWORD, "new_password": password},
        )
        assert (reply.status_code, codes(reply)) == (400, refused)

    def test_rules_speak_three_languages(self, li):
        page = Browser(language="zh_hant")
        page.sign_in()
        asked = {"current_password": PASSWORD, "new_password": "short"}
        said = {}
        for language in ("zh_hant", "zh_hans", "en"):
            page.language = language
            [error] = page.auth("POST", "account/password/change", asked).json()["errors"]
            said[language] = error["message"]
        assert said == {
            "zh_hant": "密碼至少要 10 個字元。",
            "zh_hans": "密码至少 10 个字符。",
            "en": "A password has at least 10 characters.",
        }

    def test_a_change_ends_the_other_sessions_and_tells_the_person(self, li, post):
        here, there = Browser(), Browser(ip="203.0.113.9")
        here.sign_in()
        there.sign_in()
        asked = {"current_password": PASSWORD, "new_password": "another-stone-7"}
        assert here.auth("POST", "account/password/change", asked).status_code == 200
        assert here.inside()
        assert not there.inside()
        [letter] = post.letters()
        assert letter["To"] == "li@heyi.test"
        assert letter["Subject"] == "Your Heyi password was changed"

    def test_the_present_password_is_needed(self, li):
        page = Browser()
        page.sign_in()
        asked = {"current_password": "wrong", "new_password": "another-stone-7"}
        assert codes(page.auth("POST", "account/password/change", asked)) == [
            "enter_current_password"
        ]


class TestReset:
    def ask(self, email="li@heyi.test", page=None):
        return (page or Browser()).auth("POST", "auth/password/request", {"email": email})

    def test_by_mail(self, li, post):
        inside = Browser()
        inside.sign_in()
        assert self.ask().status_code == 200
        key = post.reset_key()
        page = Browser()
        reply = page.auth(
            "POST", "auth/password/reset", {"key": key, "password": "another-stone-7"}
        )
        assert reply.status_code == 401  # set, but not signed in by it
        assert not page.inside()
        assert not inside.inside()
        assert page.sign_in().status_code == 400
        assert page.sign_in(password="another-stone-7").status_code == 200

    def test_a_key_works_once(self, li, post):
        self.ask()
        key = post.reset_key()
        Browser().auth("POST", "auth/password/reset", {"key": key, "password": "another-stone-7"})
        again = Browser().auth(
            "POST", "auth/password/reset", {"key": key, "password": "evil-stone-777"}
        )
        assert codes(again) == ["invalid_password_reset"]
        assert Browser().sign_in(password="another-stone-7").status_code == 200

    @pytest.mark.parametrize("_case", ["expired", "of another", "forged", "after signing in"])
    def test_a_key_that_does_not_hold(self, _case, li, wu, post, settings):
        self.ask()
        key = post.reset_key()
        if _case == "expired":
            settings.PASSWORD_RESET_TIMEOUT = -1
        if _case == "of another":
            from allauth.account.utils import user_pk_to_url_str

            key = user_pk_to_url_str(wu) + "-" + key.partition("-")[2]
        if _case == "forged":
            key = key[:-1] + ("a" if key[-1] != "a" else "b")
        if _case == "after signing in":
            Browser().sign_in()
        reply = Browser().auth(
            "POST", "auth/password/reset", {"key": key, "password": "another-stone-7"}
        )
        assert codes(reply) == ["invalid_password_reset"]

    def test_weak_passwords_are_refused_here_too(self, li, post):
        self.ask()
        key = post.reset_key()
        reply = Browser().auth("POST", "auth/password/reset", {"key": key, "password": "short"})
        assert codes(reply) == ["password_too_short"]

    def test_an_unknown_address_is_answered_alike_and_gets_nothing(self, li, post):
        known, unknown = self.ask(), self.ask("nobody@heyi.test")
        assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
        assert [letter["To"] for letter in post.letters()] == ["li@heyi.test"]

    def test_the_link_leads_to_our_own_address(self, li, post, settings):
        """A stranger asks in the name of their own host, hoping to catch the key."""
        page = Browser()
        page.defaults["HTTP_HOST"] = "evil.test"
        assert self.ask(page=page).status_code == 400
        settings.ALLOWED_HOSTS = ["*"]
        settings.HEYI_URL = "https://erp.heyi.test"
        assert self.ask(page=page).status_code == 200
        [letter] = post.letters()
        assert "https://erp.heyi.test/password/reset/" in letter.get_content()
        assert "evil.test" not in letter.get_content()

    def test_the_mail_speaks_the_persons_language(self, li, post):
        identity.create_user("wei", "魏", email="wei@heyi.test", language="zh_hant")
        self.ask("wei@heyi.test", page=Browser(language="en"))
        [letter] = post.letters()
        assert letter["Subject"] == "重設您的合一密碼"
        assert letter.get_content().startswith("魏 您好：")

    def test_not_more_than_five_mails_an_hour(self, li, post):
        replies = [self.ask(page=Browser(ip=f"203.0.113.{n}")).status_code for n in range(6)]
        assert replies == [200] * 5 + [429]
        assert len(post.letters()) == 5

    def test_a_reset_opens_the_lock(self, li, post):
        for n in range(6):
            Browser().sign_in(password=f"wrong-{n}")
        self.ask()
        Browser().auth(
            "POST", "auth/password/reset", {"key": post.reset_key(), "password": "another-stone-7"}
        )
        assert Browser().sign_in(password="another-stone-7").status_code == 200

    def test_a_mail_server_that_is_down_changes_no_answer(self, li, post, settings):
        settings.EMAIL_PORT = 1
        assert self.ask().status_code == 200
        with pytest.raises(OSError):
            post.work()


@pytest.mark.parametrize(
    "key", ["", "-", "-1", "x", "1-", "\x00-\x00", "zzzzzzzzzzzzzzzzzz-abc-0f"]
)
def test_what_is_no_reset_key_at_all(key, li):
    page = Browser()
    reply = page.ask(
        "GET", "/_allauth/browser/v1/auth/password/reset", None, **{"X-Password-Reset-Key": key}
    )
    assert (reply.status_code, codes(reply)) == (400, ["invalid_password_reset"])


def test_a_key_may_be_looked_at_before_it_is_used(li, post):
    Browser().auth("POST", "auth/password/request", {"email": "li@heyi.test"})
    headers = {"X-Password-Reset-Key": post.reset_key()}
    reply = Browser().ask("GET", "/_allauth/browser/v1/auth/password/reset", None, **headers)
    assert reply.status_code == 200
    assert reply.json()["data"]["user"]["username"] == "li"
