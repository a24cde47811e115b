"""Browsers, a mail server, and people who sign in."""

import json
import re
from email import message_from_bytes, policy

import pytest
from django.test import Client

from heyi.platform.identity import api as identity
from heyi.platform.models import Company

PASSWORD = "river-stone-42"


class Browser(Client):
    """A browser with our page open: it keeps cookies and sends the CSRF token with its writes."""

    def __init__(self, ip="192.0.2.1", language="en"):
        super().__init__(enforce_csrf_checks=True)
        self.ip, self.language = ip, language
        self.get("/_allauth/browser/v1/config", REMOTE_ADDR=ip)

    def ask(self, method, path, body=None, **headers):
        token = self.cookies["csrftoken"].value
        return self.generic(
            method, path, b"" if body is None else json.dumps(body), "application/json",
            headers={"X-CSRFToken": token, "Heyi-Language": self.language, **headers},
            REMOTE_ADDR=self.ip,
        )  # fmt: skip

    def auth(self, method, path, body=None):
        return self.ask(method, f"/_allauth/browser/v1/{path}", body)

    def sign_in(self, name="li", password=PASSWORD):
        return self.auth(
            "POST",
            "auth/login",
            {"email" if "@" in name else "username": name, "password": password},
        )

    def reauthenticate(self, password=PASSWORD):
        return self.auth("POST", "auth/reauthenticate", {"password": password})

    def inside(self):
        """Whether this browser is signed in."""
        return self.auth("GET", "auth/session").json()["meta"]["is_authenticated"]


def codes(reply):
    """The error codes of an allauth answer."""
    return [e["code"] for e in reply.json()["errors"]]


@pytest.fixture
def browser(db):
    return Browser


@pytest.fixture
def hy(db):
    return Company.objects.create(code="HY", name="合一電機", currency="CNY")


@pytest.fixture
def tw(db):
    return Company.objects.create(code="TW", name="合一台灣", currency="TWD", decimals=0)


@pytest.fixture(autouse=True)
def fast_hashes(settings):
    """The real hasher takes a third of a second each time; its strength is not what we test."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def li(hy):
    user = identity.create_user(
        "Li", "李明", password=PASSWORD, email="Li@heyi.test", language="en"
    )
    identity.grant(user, hy, ["system.administrator"], reach={"warehouse": [4, 3]})
    return user


@pytest.fixture
def wu(hy):
    user = identity.create_user("wu", "吳芳", password=PASSWORD, language="zh_hant")
    identity.grant(user, hy, ["audit.auditor"])
    return user


class Post:
    """What arrived at the mail server, after the worker has done what was queued."""

    def __init__(self):
        self.arrived = []

    async def handle_DATA(self, server, session, envelope):
        self.arrived.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 taken"

    def work(self):
        """Deliver queued events as the worker would."""
        from heyi.platform.jobs.outbox import HANDLE, deliver
        from heyi.platform.rows import fetch

        queued = fetch(
            "DELETE FROM procrastinate_jobs WHERE task_name = %s RETURNING args", [HANDLE]
        )
        for (args,) in queued:
            args = json.loads(args) if isinstance(args, str) else args
            deliver(**{name: args[name] for name in ("handler", "event", "topic", "payload")})

    def letters(self):
        self.work()
        taken, self.arrived = self.arrived, []
        return taken

    def reset_key(self):
        [letter] = self.letters()
        return re.search(r"/password/reset/(\S+)", letter.get_content())[1]


@pytest.fixture
def post(settings):
    """A real SMTP server."""
    from aiosmtpd.controller import Controller

    box = Post()
    controller = Controller(box, hostname="127.0.0.1", port=0)
    controller.port = _free_port()
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    yield box
    controller.stop()


def _free_port():
    import socket

    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]
