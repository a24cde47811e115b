"""Creating people, giving them passwords, roles and reach. For screens, the command line and demos."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import (
    MinimumLengthValidator,
    get_default_password_validators,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q

from heyi.platform import clock
from heyi.platform.access import SYSTEM, Actor, NotFound
from heyi.platform.audit.api import Entry, differences, record
from heyi.platform.drafts import Draft
from heyi.platform.identity import attempts, mail
from heyi.platform.identity.access import ADMINISTRATOR
from heyi.platform.identity.errors import (
    EmailMalformed,
    EmailTaken,
    LastAdministrator,
    LoginMalformed,
    LoginTaken,
    NameMalformed,
    PasswordWeak,
    RoleUnknown,
)
from heyi.platform.identity.models import ApiToken, Membership, Position, Session, User
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
    _note("create", user, actor, {"login": (None, user.login), "name": (None, user.name)})
    return user


@transaction.atomic
def change(
    user: User, *, name: str, email: str, language: str, actor: Actor = SYSTEM
) -> dict[str, tuple]:
    """Correct what is known of a person; what changed, old and new.

    Raises:
        EmailMalformed, EmailTaken.
    """
    fields = ("name", "email", "language")
    before = {field: getattr(user, field) for field in fields}
    user.name, user.email, user.language = name.strip(), email.strip().lower(), language
    _check_names(user)
    changes = differences(before, {field: getattr(user, field) for field in fields})
    if changes:
        user.save(update_fields=fields)
        _note("edit", user, actor, changes)
    return changes


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
    attempts.forget(user.login)
    _note("password_set", user, actor)


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
        NotFound: The company has no such position.
        LastAdministrator: The company would be left without an administrator.
    """
    after: dict[str, Any] = {
        "roles": sorted(set(roles)),
        "positions": sorted(set(positions)),
        "reach": {name: sorted(ids) for name, ids in (reach or {}).items()},
    }
    if unknown := sorted(set(after["roles"]) - set(all_roles())):
        raise RoleUnknown(unknown)
    known = Position.objects.filter(company=company, pk__in=after["positions"])
    if missing := set(after["positions"]) - set(known.values_list("pk", flat=True)):
        raise NotFound("identity.position", sorted(missing))
    seats = _locked_seats(user, [company.pk])
    seat = next((s for s in seats if s.user_id == user.pk), None)
    before = {name: getattr(seat, name) for name in after} if seat else {}
    if ADMINISTRATOR not in after["roles"]:
        _refuse_last_administrator(user, seats)
    if seat is None:
        seat = Membership.objects.create(user=user, company=company, **after)
    elif differences(before, after):
        Membership.objects.filter(pk=seat.pk).update(**after)
        vars(seat).update(after)
    if changes := differences(before, after):
        entry = Entry("grant", "identity.user", user.pk, changes, company=company.pk)
        record([entry], actor=actor)
    if user.last_company_id is None:
        user.last_company = company
        user.save(update_fields=["last_company"])
    return seat


@transaction.atomic
def revoke(user: User, company: Company, *, actor: Actor = SYSTEM) -> None:
    """Take a person's seat in a company away, and the tokens they made there with it.

    Raises:
        LastAdministrator: The company would be left without an administrator.
    """
    seats = _locked_seats(user, [company.pk])
    seat = next((s for s in seats if s.user_id == user.pk), None)
    if seat is None:
        return
    _refuse_last_administrator(user, seats)
    changes: dict[str, tuple[Any, Any]] = {"roles": (seat.roles, [])}
    seat.delete()
    ApiToken.objects.filter(user=user, company=company, revoked_at=None).update(
        revoked_at=clock.world()
    )
    record([Entry("revoke", "identity.user", user.pk, changes, company=company.pk)], actor=actor)


@transaction.atomic
def switch_off(user: User, *, actor: Actor = SYSTEM) -> None:
    """The person can no longer sign in, and is signed out everywhere at once; their tokens stop.

    Raises:
        LastAdministrator: A company would be left without an administrator.
    """
    companies = Membership.objects.filter(user=user).values("company")
    _refuse_last_administrator(user, _locked_seats(user, companies))
    user.active = False
    user.save(update_fields=["active"])
    Session.objects.filter(user=user).delete()
    _note("switch_off", user, actor, {"active": (True, False)})


@transaction.atomic
def switch_on(user: User, *, actor: Actor = SYSTEM) -> None:
    """The person may sign in again, with what they might do before."""
    user.active = True
    user.save(update_fields=["active"])
    _note("switch_on", user, actor, {"active": (False, True)})


@transaction.atomic
def unlock(user: User, *, actor: Actor = SYSTEM) -> None:
    """Let a person try again at once who mistyped their password too often."""
    attempts.forget(user.login)
    _note("unlock", user, actor)


@transaction.atomic
def sign_out(user: User, *, actor: Actor = SYSTEM) -> None:
    """End all sessions of a person."""
    ended, _ = Session.objects.filter(user=user).delete()
    if ended:
        _note("session_ended", user, actor)


@transaction.atomic
def drop_second_factor(user: User, *, actor: Actor = SYSTEM) -> None:
    """Let a person who lost phone and recovery codes sign in with the password alone. They are
    told by mail."""
    dropped, _ = Authenticator.objects.filter(user=user).delete()
    if dropped:
        sign_out(user, actor=actor)
        _note("totp_deactivated", user, actor)
        mail.want(user.pk, "totp_deactivated")


def _locked_seats(user: User, companies: Any) -> list[Membership]:
    """The seats of a person and of all administrators of some companies, locked in one order, so
    that two administrators cannot dismiss each other at once."""
    wanted = Q(user=user) | Q(roles__contains=[ADMINISTRATOR])
    rows = Membership.objects.filter(wanted, company__in=companies).select_related("user")
    return list(rows.order_by("pk").select_for_update(of=("self",)))


def _refuse_last_administrator(user: User, seats: list[Membership]) -> None:
    """Refuse if the person is the only active administrator of one of the companies."""
    own: set[int] = set()
    others: set[int] = set()
    for seat in seats:
        if ADMINISTRATOR in seat.roles and seat.user.active:
            (own if seat.user_id == user.pk else others).add(seat.company_id)
    if own - others:
        raise LastAdministrator(user.login)


def _note(action: str, user: User, actor: Actor, changes: dict[str, tuple] | None = None) -> None:
    entry = Entry(
        action,
        "identity.user",
        user.pk,
        changes or {},
        company=actor.company or user.last_company_id or 0,
    )
    record([entry], actor=actor)


def check_roles(draft: Draft, actor: Actor) -> None:
    """Refuse a position with roles no module defines."""
    if unknown := sorted(set(draft.values.get("roles") or ()) - set(all_roles())):
        draft.problem(RoleUnknown(unknown), field="roles")


def check_password_rules(password: str, user: User | None = None) -> None:
    """Refuse a password that breaks the rules of the settings, with all that is wrong with it."""
    try:
        validate_password(password, user)
    except ValidationError as refused:
        raise PasswordWeak([e.code or "" for e in refused.error_list], minimum_length()) from None


def minimum_length() -> int:
    return next(
        v.min_length
        for v in get_default_password_validators()
        if isinstance(v, MinimumLengthValidator)
    )


def _check_names(user: User) -> None:
    if not _LOGIN.fullmatch(user.login) or not user.login.isprintable():
        raise LoginMalformed(user.login)
    if not 0 < len(user.name) <= 100 or not user.name.isprintable():
        raise NameMalformed(user.name)
    others = User.objects.exclude(pk=user.pk)
    if others.filter(login=user.login).exists():
        raise LoginTaken(user.login)
    if user.email:
        try:
            validate_email(user.email)
        except ValidationError:
            raise EmailMalformed(user.email) from None
        if len(user.email) > 254:
            raise EmailMalformed(user.email[:80])
        if others.filter(email=user.email).exists():
            raise EmailTaken(user.email)
