"""A mail is a row and an event; the worker hands it to the mail server.

The message id is made when the mail is queued. Should the worker die between the server's yes
and its own commit, the mail goes out again under the same id, and mail systems show it once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email

from heyi.kernel.errors import BusinessError, Remedy
from heyi.platform import clock
from heyi.platform.jobs.api import Run, job, publish, uuid7
from heyi.platform.mail.models import Mail
from heyi.platform.rows import fetch


@dataclass(eq=False)
class AddressMalformed(BusinessError):
    """It is no e-mail address."""

    code = "mail.address_malformed"
    remedy = Remedy("mail.remedy.correct_address")
    address: str


@dataclass(frozen=True, slots=True)
class MailQueued:
    """A mail waits to be sent. Each is a lane of its own: one that cannot go holds up no other."""

    topic: ClassVar[str] = "mail.queued"
    mail: int

    @property
    def key(self) -> str:
        return f"mail.mail:{self.mail}"


def send(
    to: Sequence[str],
    subject: str,
    text: str,
    *,
    html: str = "",
    company: int | None = None,
    key: str = "",
) -> int:
    """Queue a mail in the current transaction; its id.

    Args:
        subject, text: In the reader's language; line breaks in a subject become spaces.
        key: Names the mail ("sales.invoice:7:2026-03"); the same key is sent once.

    Raises:
        AddressMalformed
    """
    for address in to:
        try:
            validate_email(address)
        except ValidationError as fault:
            raise AddressMalformed(address) from fault
    assert to, "a mail goes to somebody"
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "localhost"
    letter = {
        "company_id": company, "to": list(to), "subject": " ".join(subject.split())[:200],
        "text": text, "html": html, "message_id": f"<{uuid7()}@{host}>",
    }  # fmt: skip
    if key:
        mail, fresh = Mail.objects.get_or_create(key=key, defaults=letter)
    else:
        mail, fresh = Mail.objects.create(**letter), True
    if fresh:
        publish([MailQueued(mail.pk)])
    return mail.pk


def deliver(queued: MailQueued) -> None:
    """Handler: hand a mail to the mail server."""
    mail = Mail.objects.select_for_update().filter(pk=queued.mail).first()
    if mail is None or mail.state == "sent":
        return
    message = EmailMultiAlternatives(
        mail.subject, mail.text, to=mail.to, headers={"Message-ID": mail.message_id}
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    message.send()
    mail.state, mail.sent_at = "sent", clock.now()
    mail.save(update_fields=["state", "sent_at"])


@job("platform.tidy_mail", every="47 3 * * *")
def tidy(run: Run) -> dict[str, int]:
    """Forget mails sent 90 days ago: they hold what people wrote."""
    [(gone,)] = fetch(
        "WITH old AS (DELETE FROM mail_mail WHERE state = 'sent'"
        " AND sent_at < platform_now() - interval '90 days' RETURNING 1) SELECT count(*) FROM old"
    )
    return {"gone": gone}
