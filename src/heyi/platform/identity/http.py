"""Who am I, where am I working, in which language."""

from typing import Literal

from django.http import HttpRequest
from django.middleware.csrf import get_token
from ninja import Router, Schema

import heyi
from heyi.platform.identity.actors import Presence, auth, language_of, presence_of
from heyi.platform.identity.models import LANGUAGES, User
from heyi.platform.models import Company

router = Router(tags=["session"], auth=auth)


class PersonOut(Schema):
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

    user: PersonOut
    company: CompanyOut | None
    companies: list[CompanyOut]
    roles: list[str]
    languages: list[str]
    release: str


class CompanyIn(Schema):
    company: int


class LanguageIn(Schema):
    language: Literal["zh_hant", "zh_hans", "en"]


@router.get("/session", response=SessionOut, auth=None)
def session(request: HttpRequest) -> SessionOut:
    """Who is signed in, where they work, and what they may do there."""
    get_token(request)  # the page needs the CSRF cookie before its first write
    return _session(request, presence_of(request))


@router.post("/session/company", response=SessionOut, auth=auth)
def switch_company(request: HttpRequest, body: CompanyIn) -> SessionOut:
    """Work in another of one's companies from now on, on every device."""
    presence = presence_of(request)
    seat = presence.seat(body.company)
    User.objects.filter(pk=presence.user.pk).update(company=seat.company)
    presence.user.company_id = seat.company.pk
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
        user=PersonOut(
            id=user.pk,
            login=user.login,
            name=user.name,
            email=user.email,
            language=language_of(request) or user.language,
        ),
        company=_company(seat.company) if seat else None,
        companies=[_company(s.company) for s in presence.seats.values()],
        roles=sorted(seat.roles) if seat else [],
        languages=list(LANGUAGES),
        release=heyi.__version__,
    )


def _company(company: Company) -> CompanyOut:
    return CompanyOut(
        id=company.pk, code=company.code, name=company.name, currency=company.currency,
        decimals=company.decimals, timezone=company.timezone,
    )  # fmt: skip
