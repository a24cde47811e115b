"""Mail: queued with the work, sent once, to a real mail server."""

import json
import socket

import pytest
from aiosmtpd.controller import Controller
from django.db import transaction

from heyi.platform.jobs import outbox
from heyi.platform.mail.api import AddressMalformed, send
from heyi.platform.mail.models import Mail
from heyi.platform.rows import fetch


class Sink:
    """Keeps every mail it gets."""

    def __init__(self):
        self.mails = []

    async def handle_DATA(self, server, session, envelope):
        self.mails.append(envelope)
        return "250 OK"


@pytest.fixture
def sink(settings):
    sink = Sink()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = port
    settings.EMAIL_HOST_USER = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.DEFAULT_FROM_EMAIL = "Heyi <erp@factory.example>"
    yield sink
    controller.stop()


def deliver_all():
    for (raw,) in fetch("SELECT args FROM procrastinate_jobs WHERE lock LIKE 'mail|%%'"):
        args = json.loads(raw)
        outbox.deliver(args["handler"], args["event"], args["topic"], args["payload"])


def test_a_mail_is_sent_once(db, sink):
    mail = send(["li@factory.example"], "催貨\r\nBcc: evil@x.example", "請確認。", html="<b>!</b>")
    assert sink.mails == []
    deliver_all()
    deliver_all()
    [sent] = sink.mails
    assert sent.rcpt_tos == ["li@factory.example"]
    text = sent.content.decode()
    assert "\r\nBcc:" not in text
    assert "multipart/alternative" in text
    row = Mail.objects.get(pk=mail)
    assert row.state == "sent"
    assert f"Message-ID: {row.message_id}" in text
    assert row.message_id.endswith("@factory.example>")


def test_the_same_key_is_sent_once(db, sink):
    first = send(["li@factory.example"], "a", "b", key="sales.invoice:7")
    assert send(["li@factory.example"], "a", "b", key="sales.invoice:7") == first
    deliver_all()
    assert len(sink.mails) == 1


def test_a_mail_of_rolled_back_work_never_goes(db, sink):
    with transaction.atomic():
        send(["li@factory.example"], "a", "b")
        transaction.set_rollback(True)
    deliver_all()
    assert sink.mails == []
    assert Mail.objects.count() == 0


def test_a_server_that_refuses_leaves_it_queued(db, settings, sink):
    settings.EMAIL_PORT = 1
    mail = send(["li@factory.example"], "a", "b")
    with pytest.raises(OSError):
        deliver_all()
    assert Mail.objects.get(pk=mail).state == "queued"


@pytest.mark.parametrize("address", ["", "li", "li@", "a@b.c\nBcc: x@y.z", "李@"])
def test_addresses_are_checked(db, address):
    with pytest.raises(AddressMalformed):
        send([address], "a", "b")
