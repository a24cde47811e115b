"""Creating people, giving them passwords, roles and reach. For screens, the command line and demos."""

import re
from collections.abc import Iterable, Mapping

from django.contrib.auth.password_validation import (
    MinimumLengthValidator,
    get_default_password_validators,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from heyi.platform.access import SYSTEM, Actor
from heyi.platform.identity.errors import (
    EmailMalformed,
    EmailTaken,
    LoginMalformed,
    LoginTaken,
    PasswordWeak,
    RoleUnknown,
)
from heyi.platform.identity.models import Membership, Session, User
from heyi.platform.models import Company
from heyi.platform.modules import modules

_LOGIN = re.compile(r"[^\s@:]{2,64}")


def all_roles() -> list[str]:
    """Every role some module defines."""
    return sorted({role for module in modules() for role in module.roles})


@transaction.atomic
def create_user(
    login: str,
    name: str,
    *,
    password: str | None = None,
    email: str = "",
    language: str = "zh_hans",
    actor: Actor = SYSTEM,
) -> User:
    """A new person. Without a password they must set one through a reset mail before signing in.

    Raises:
        LoginMalformed, LoginTaken, EmailMalformed, EmailTaken, PasswordWeak.
    """
    user = User(
        login=login.strip().lower(), name=name.strip(), email=email.strip().lower(),
        language=language,
    )  # fmt: skip
    _check_names(user)
    user.set_unusable_password()
    if password is not None:
        check_password_rules(password, user)
        user.set_password(password)
    user.save(force_insert=True)
    return user


@transaction.atomic
def set_password(user: User, password: str, *, actor: Actor = SYSTEM) -> None:
    """Give a person a new password and end all their sessions.

    Raises:
        PasswordWeak: It does not follow the rules.
    """
    check_password_rules(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    Session.objects.filter(user=user).delete()


@transaction.atomic
def grant(
    user: User,
    company: Company,
    roles: Iterable[str] = (),
    *,
    positions: Iterable[int] = (),
    reach: Mapping[str, Iterable[int]] | None = None,
    actor: Actor = SYSTEM,
) -> Membership:
    """Say what a person may do in a company, in place of what they might do there before.

    Raises:
        RoleUnknown: No module defines such a role.
    """
    wanted = sorted(set(roles))
    if unknown := sorted(set(wanted) - set(all_roles())):
        raise RoleUnknown(unknown)
    seat, _ = Membership.objects.update_or_create(
        user=user,
        company=company,
        defaults={
            "roles": wanted,
            "positions": sorted(set(positions)),
            "reach": {name: sorted(ids) for name, ids in (reach or {}).items()},
        },
    )
    if user.company_id is None:
        user.company = company
        user.save(update_fields=["company"])
    return seat


@transaction.atomic
def switch_off(user: User, *, actor: Actor = SYSTEM) -> None:
    """The person can no longer sign in, and is signed out everywhere at once."""
    user.active = False
    user.save(update_fields=["active"])
    Session.objects.filter(user=user).delete()


def check_password_rules(password: str, user: User | None = None) -> None:
    """Refuse a password that breaks the rules of the settings, with all that is wrong with it."""
    try:
        validate_password(password, user)
    except ValidationError as refused:
        raise PasswordWeak([e.code for e in refused.error_list], minimum_length()) from None


def minimum_length() -> int:
    return next(
        v.min_length
        for v in get_default_password_validators()
        if isinstance(v, MinimumLengthValidator)
    )


def _check_names(user: User) -> None:
    if not _LOGIN.fullmatch(user.login):
        raise LoginMalformed(user.login)
    others = User.objects.exclude(pk=user.pk)
    if others.filter(login=user.login).exists():
        raise LoginTaken(user.login)
    if user.email:
        try:
            validate_email(user.email)
        except ValidationError:
            raise EmailMalformed(user.email) from None
        if others.filter(email=user.email).exists():
            raise EmailTaken(user.email)
