"""How people sign in: what allauth asks us, and what we answer.

allauth does the protocol: sessions, one-time codes, reset keys. Here are our
rules: attempts are counted in the database, words come from our catalogue,
links in mails lead to our own address, and everything is written to the audit.
"""

import base64
import re
from hashlib import sha256
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import get_pending_stage
from allauth.core import context
from allauth.headless.account.inputs import ResetPasswordInput
from allauth.headless.account.views import ResetPasswordView
from allauth.headless.adapter import DefaultHeadlessAdapter
from allauth.headless.internal.restkit.response import ErrorResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse

from heyi.platform.access import Actor
from heyi.platform.audit.api import Entry, client_ip, record
from heyi.platform.identity import attempts, mail
from heyi.platform.identity.errors import PasswordWeak
from heyi.platform.identity.models import Session, User
from heyi.platform.identity.sessions import remember_origin
from heyi.platform.identity.speech import language_for
from heyi.platform.identity.users import check_password_rules
from heyi.platform.messages import catalogue, resolve

_RESET_KEY = re.compile(r"[0-9a-z]+-[0-9a-z]+-[0-9a-f]+")
# Done in somebody's name by whoever it was: the audit names the person as subject, not as actor.
_BY_ANYBODY = ("sign_in_failed", "second_factor_failed", "locked", "password_reset_asked")
STRANGER = Actor(id=0, name="stranger", company=0, roles=frozenset())


class AccountAdapter(DefaultAccountAdapter):
    """Signing in by login or e-mail, changing and resetting passwords."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up by themselves: people are created by an administrator."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_ip(request) or "0.0.0.0"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the attempt before the password is looked at."""
        lock = attempts.count(_typed(credentials), self.get_client_ip(request))
        if lock is None:
            return
        if lock.fresh:
            _note("locked", _known(credentials))
        raise _refusal("too_many_login_attempts", minutes=lock.minutes)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """The person, if name and password are right and they are not switched off. A person who
        is switched off is refused like one who does not exist."""
        user = super().authenticate(request, **credentials)
        if user is None or not user.active:
            _note("sign_in_failed", _known(credentials))
            return None
        attempts.forget(_typed(credentials), self.get_client_ip(request))
        return user

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        remember_origin(request, client_ip(request))
        _note("sign_in", user)

    def logout(self, request: HttpRequest) -> None:
        if request.user.is_authenticated:
            _note("sign_out", request.user)
        super().logout(request)

    def set_password(self, user: User, password: str) -> None:
        """Change or reset it. Every other session of the person ends."""
        user.set_password(password)
        user.save(update_fields=["password"])
        Session.objects.filter(user=user).exclude(pk=context.request.session.session_key).delete()
        attempts.forget(user.login)
        _note("password_set", user)

    def clean_password(self, password: str, user: User | None = None) -> str:
        try:
            check_password_rules(password, user)
        except PasswordWeak as weak:
            raise ValidationError(
                [_refusal(reason, characters=weak.characters) for reason in weak.reasons]
            ) from None
        return password

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link is made when the mail is sent, by `mail.reset_url`."""
        return ""

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        _note("password_reset_asked", user)
        mail.want(user.pk, "password_reset")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """What is left of allauth's own mails is the one to an address nobody has: do the work of
        a mail, and send none."""
        mail.want(mail.NOBODY, "password_reset")

    def send_notification_mail(
        self, template_prefix: str, user: User, context: Any = None, email: Any = None
    ) -> None:
        """Tell people when the way they sign in was changed, so that they notice if it was not
        them."""
        about = template_prefix.rpartition("/")[2]
        if about not in ("password_changed", "password_reset", "password_set"):
            _note(about, user)
        mail.want(user.pk, "password_changed" if about.startswith("password_") else about)

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        return _refusal(code)


class ResetInput(ResetPasswordInput):
    """A reset key and the new password."""

    def clean_key(self) -> str:
        """Refuse what is no key at all before allauth takes it apart."""
        if not _RESET_KEY.fullmatch(self.cleaned_data["key"]):
            raise _refusal("invalid_password_reset")
        return super().clean_key()


class ResetView(ResetPasswordView):
    """Setting a new password by the key from a mail."""

    input_class = ResetInput

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not _RESET_KEY.fullmatch(request.headers.get("X-Password-Reset-Key", "")):
            return ErrorResponse(request, exception=_refusal("invalid_password_reset"))
        return super().get(request, *args, **kwargs)


class HeadlessAdapter(DefaultHeadlessAdapter):
    """What a page learns about the person from allauth; the rest is in /api/session."""

    def get_frontend_url(self, urlname: str, **kwargs: Any) -> str:
        return settings.HEYI_URL

    def serialize_user(self, user: User) -> dict[str, Any]:
        return {
            "id": user.pk,
            "display": user.name,
            "username": user.login,
            "email": user.email,
            "has_usable_password": user.has_usable_password(),
        }


class MfaAdapter(DefaultMFAAdapter):
    """Second factors. Their secrets are encrypted with the installation's key."""

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        if code == "incorrect_code":
            _note("second_factor_failed", _half_signed_in(context.request))
        return _refusal(code)

    def get_totp_label(self, user: User) -> str:
        return user.login

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()


def origin_unproven(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's answer to a write without the CSRF token, in the form of allauth's errors."""
    code = "origin_unproven"
    words = resolve("access.origin_unproven", language=language_for(request))
    return JsonResponse({"status": 403, "errors": [{"code": code, "message": words}]}, status=403)


def _cipher() -> MultiFernet:
    return MultiFernet(
        Fernet(base64.urlsafe_b64encode(sha256(f"heyi.second_factor{key!s}".encode()).digest()))
        for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    )


def _refusal(code: str, **params: Any) -> ValidationError:
    """A form error with our own words, in the language of the request."""
    key = f"identity.sign_in.{code}"
    assert key in catalogue(), f"no words for {key}"
    return ValidationError(resolve(key, params, language_for(context.request)), code=code)


def _half_signed_in(request: HttpRequest) -> User | None:
    """Whoever is asked for a code: signed in, or past the password only."""
    if request.user.is_authenticated:
        return request.user
    stage = get_pending_stage(request)
    return stage.login.user if stage else None


def _typed(credentials: dict[str, Any]) -> str:
    return credentials.get("username") or credentials.get("email") or ""


def _known(credentials: dict[str, Any]) -> User | None:
    typed = _typed(credentials).strip().lower()
    by = "email" if "@" in typed else "login"
    return User.objects.filter(**{by: typed}).first() if typed else None


def _note(action: str, user: User | None) -> None:
    """Write to the audit. What was typed for a name nobody has is not kept: it may be a password."""
    actor = STRANGER
    if user is not None and action not in _BY_ANYBODY:
        actor = Actor(user.pk, user.login, user.last_company_id or 0, roles=frozenset())
    subject = user.pk if user is not None else 0
    company = (user.last_company_id or 0) if user is not None else 0
    record([Entry(action, "identity.user", subject, company=company)], actor=actor)
