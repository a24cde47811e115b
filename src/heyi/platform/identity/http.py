"""What people do about themselves: where they work, their language, sessions and tokens."""

from datetime import datetime
from typing import Annotated, Literal

from django.http import HttpRequest
from django.middleware.csrf import get_token
from ninja import Field, Router, Schema, Status

import heyi
from heyi.platform.access import NotAllowed
from heyi.platform.identity import sessions, tokens
from heyi.platform.identity.actors import Presence, auth, language_of, presence_of
from heyi.platform.identity.models import LANGUAGES, ApiToken, User
from heyi.platform.models import Company

router = Router(tags=["session"], auth=auth)
Id = Annotated[int, Field(ge=0, le=2**63 - 1)]


class MyselfOut(Schema):
    id: int
    login: str
    name: str
    email: str
    language: str


class CompanyOut(Schema):
    id: int
    code: str
    name: str
    currency: str
    decimals: int
    timezone: str


class SessionOut(Schema):
    """Who is signed in. `company` is null for a person without any; nothing else works then."""

    user: MyselfOut
    company: CompanyOut | None
    companies: list[CompanyOut]
    roles: list[str]
    languages: list[str]
    release: str


class SwitchIn(Schema):
    company: Id


class LanguageIn(Schema):
    language: Literal["zh_hant", "zh_hans", "en"]


@router.get("/session", response=SessionOut, auth=None)
def session(request: HttpRequest) -> SessionOut:
    """Who is signed in, where they work, and what they may do there."""
    get_token(request)  # the page needs the CSRF cookie before its first write
    return _session(request, presence_of(request))


@router.post("/session/company", response=SessionOut, auth=auth)
def switch_company(request: HttpRequest, body: SwitchIn) -> SessionOut:
    """Work in another of one's companies from now on, on every device."""
    presence = presence_of(request)
    seat = presence.seat(body.company)
    User.objects.filter(pk=presence.user.pk).update(last_company=seat.company)
    presence.user.last_company_id = seat.company.pk
    return _session(request, presence)


@router.post("/session/language", response=SessionOut, auth=auth)
def switch_language(request: HttpRequest, body: LanguageIn) -> SessionOut:
    """Read Heyi in another language from now on, on every device."""
    presence = presence_of(request)
    User.objects.filter(pk=presence.user.pk).update(language=body.language)
    presence.user.language = body.language
    return _session(request, presence)


def _session(request: HttpRequest, presence: Presence) -> SessionOut:
    user = presence.user
    seat = presence.seat(None) if presence.seats else None
    return SessionOut(
        user=MyselfOut(
            id=user.pk,
            login=user.login,
            name=user.name,
            email=user.email,
            language=language_of(request) or user.language,
        ),
        company=company_out(seat.company) if seat else None,
        companies=[company_out(s.company) for s in presence.seats.values()],
        roles=sorted(seat.roles) if seat else [],
        languages=list(LANGUAGES),
        release=heyi.__version__,
    )


def company_out(company: Company) -> CompanyOut:
    return CompanyOut(
        id=company.pk, code=company.code, name=company.name, currency=company.currency,
        decimals=company.decimals, timezone=company.timezone,
    )  # fmt: skip


# ---------------------------------------------------------------- where I am signed in


class DeviceOut(Schema):
    """A living session. `current` is the one that asks."""

    id: str
    ip: str | None
    agent: str
    signed_in_at: datetime | None
    seen_at: datetime | None
    current: bool


@router.get("/session/devices", response=list[DeviceOut])
def devices(request: HttpRequest) -> list[DeviceOut]:
    """Where one is signed in, last seen first."""
    presence = presence_of(request)
    return [
        DeviceOut(
            id=sessions.name_of(row.pk),
            ip=row.ip,
            agent=row.agent,
            signed_in_at=row.signed_in_at,
            seen_at=row.seen_at,
            current=row.pk == presence.session_key,
        )
        for row in sessions.of(presence.user.pk)
    ]


@router.delete("/session/devices", response=list[DeviceOut])
def end_other_devices(request: HttpRequest) -> list[DeviceOut]:
    """Sign out everywhere but here."""
    _end(request, None)
    return devices(request)


@router.delete("/session/devices/{device}", response=list[DeviceOut])
def end_device(request: HttpRequest, device: str) -> list[DeviceOut]:
    """Sign out somewhere. A session that has ended meanwhile is no error."""
    _end(request, {device})
    return devices(request)


def _end(request: HttpRequest, names: set[str] | None) -> None:
    presence, actor = presence_of(request), request.actor  # type: ignore[attr-defined]
    if actor.scopes is not None:
        raise NotAllowed("edit", "identity.session", [])
    sessions.end(actor, names, keep=presence.session_key if names is None else None)


# ---------------------------------------------------------------- tokens


class TokenIn(Schema):
    name: str = Field(max_length=60, pattern=r"^[^\s\x00-\x1f]([^\x00-\x1f]*[^\s\x00-\x1f])?$")
    scopes: list[str] = Field(min_length=1, max_length=1000)
    days: int = Field(90, ge=1, le=tokens.LONGEST_DAYS)


class TokenOut(Schema):
    """A token without its secret. `hint` is how it begins."""

    id: int
    name: str
    login: str
    hint: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    revoked_at: datetime | None


class NewTokenOut(TokenOut):
    """`secret` is shown this once."""

    secret: str


@router.get("/tokens", response=list[TokenOut])
def read_tokens(request: HttpRequest, everybodys: bool = False) -> list[TokenOut]:
    """One's tokens in this company; with `everybodys`, an administrator sees all."""
    return [_token(t) for t in tokens.of(request.actor, everybodys=everybodys)]  # type: ignore[attr-defined]


@router.get("/tokens/scopes", response=list[str])
def read_scopes(request: HttpRequest) -> list[str]:
    """The scopes one may give to a token: what one may do oneself."""
    return tokens.scopes_of(request.actor)  # type: ignore[attr-defined]


@router.post("/tokens", response={201: NewTokenOut})
def make_token(request: HttpRequest, body: TokenIn) -> Status:
    """Make a token for oneself in this company. Repeating the request makes another one: the
    secret is not kept, so it cannot be given twice."""
    actor = request.actor  # type: ignore[attr-defined]
    token, secret = tokens.make(actor, body.name, body.scopes, body.days)
    token.user = presence_of(request).user
    return Status(201, NewTokenOut(secret=secret, **_token(token).dict()))


@router.delete("/tokens/{int:token}", response={204: None})
def revoke_token(request: HttpRequest, token: Id) -> Status:
    """End a token now. One that has ended already stays ended."""
    tokens.revoke(request.actor, token)  # type: ignore[attr-defined]
    return Status(204, None)


def _token(token: ApiToken) -> TokenOut:
    return TokenOut(
        id=token.pk,
        name=token.name,
        login=token.user.login,
        hint=token.hint,
        scopes=token.scopes,
        created_at=token.created_at,
        expires_at=token.expires_at,
        used_at=token.used_at,
        revoked_at=token.revoked_at,
    )
