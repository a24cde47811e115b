"""Mails about one's own account. Asked for by a request, sent by the worker.

The request does the same work whether or not anybody has the address, and an
unreachable mail server is the worker's trouble, so nothing tells a stranger
which addresses are known.
"""

from dataclasses import dataclass
from typing import ClassVar
from uuid import uuid4

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction

from heyi.platform.identity.models import User
from heyi.platform.jobs.api import publish
from heyi.platform.messages import resolve

NOBODY = 0


@dataclass(frozen=True, slots=True)
class MailWanted:
    """Somebody is to get a mail about their account. `user` 0 is an address nobody has.

    Args:
        about: "password_reset", "invitation", or a notice: "password_changed", "totp_activated" …
        once: Makes the event a lane of its own: a mail that cannot be sent holds up no other.
    """

    topic: ClassVar[str] = "identity.mail_wanted"
    user: int
    about: str
    once: str

    @property
    def key(self) -> str:
        return f"identity.mail:{self.once}"


def want(user: int, about: str) -> None:
    """Have a mail sent once the current work is committed."""
    with transaction.atomic():
        publish([MailWanted(user, about, uuid4().hex)])


def send(wanted: MailWanted) -> None:
    """Handler: write the mail in the person's language and hand it to the mail server."""
    user = User.objects.filter(pk=wanted.user, active=True).exclude(email="").first()
    if user is None:
        return
    words = {
        "name": user.name,
        "login": user.login,
        "url": reset_url(user),
        "hours": settings.PASSWORD_RESET_TIMEOUT // 3600,
    }
    EmailMessage(
        resolve(f"identity.mail.{wanted.about}.subject", words, user.language),
        resolve(f"identity.mail.{wanted.about}.body", words, user.language),
        to=[user.email],
    ).send()


def reset_url(user: User) -> str:
    """Where the person sets a new password. Always our own address: whatever a request says about
    the host it was sent to is a stranger's word. Good once, and for `PASSWORD_RESET_TIMEOUT`."""
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    return f"{settings.HEYI_URL}/password/reset/{key}"
