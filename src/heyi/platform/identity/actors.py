"""From a request to the person behind it, in one statement."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from itertools import groupby
from operator import itemgetter

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from heyi.platform import clock
from heyi.platform.access import MEMBER, Actor, NotFound, NotSignedIn, OriginUnproven
from heyi.platform.identity.models import LANGUAGES, User
from heyi.platform.identity.sessions import until
from heyi.platform.models import Company
from heyi.platform.rows import array, fetch

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_REFRESH = timedelta(minutes=5)

_PERSON = "u.id, u.login, u.name, u.email, u.language, u.last_company_id, u.password"
_SEAT = """
    c.id, c.code, c.name, c.currency, c.decimals, c.timezone, c.language, c.version,
    m.roles || coalesce(p.roles, '{}'), m.reach
"""


def _seats_of_user(condition: str) -> str:
    return f"""
        LEFT JOIN (
            identity_membership m JOIN platform_company c ON c.id = m.company_id AND c.active
        ) ON m.user_id = u.id {condition}
        LEFT JOIN LATERAL (
            SELECT array_agg(DISTINCT role) AS roles
            FROM identity_position p CROSS JOIN unnest(p.roles) AS role
            WHERE p.id = ANY(m.positions) AND p.active AND p.company_id = c.id
        ) p ON true
    """


_BY_SESSION = f"""
    SELECT {_PERSON}, s.session_data, s.expire_date, s.seen_at, s.signed_in_at, {_SEAT}
    FROM identity_session s
    JOIN identity_user u ON u.id = s.user_id AND u.active {_seats_of_user("")}
    WHERE s.session_key = %s
    ORDER BY c.code
"""
_BY_TOKEN = f"""
    SELECT {_PERSON}, t.id, t.name, t.scopes, t.used_at, {_SEAT}
    FROM identity_apitoken t
    JOIN identity_user u ON u.id = t.user_id AND u.active
    {_seats_of_user("AND m.company_id = t.company_id")}
    WHERE t.digest = %s AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > %s)
"""
_BY_IDS = f"""
    SELECT {_PERSON}, NULL, NULL, NULL, NULL, {_SEAT}
    FROM identity_user u {_seats_of_user("")}
    WHERE u.id = ANY(%s::bigint[]) AND u.active
    ORDER BY u.id, c.code
"""
_FIRST_SEAT = 11  # person 7 columns, credential 4


@dataclass(frozen=True, slots=True)
class Seat:
    """One company a person works in, with what they may do there."""

    company: Company
    roles: frozenset[str]
    reach: dict[str, frozenset[int]]


@dataclass(frozen=True, slots=True)
class Presence:
    """Who is at the other end: a person, or a program in their name.

    Args:
        user: The person, without their password.
        seats: Company id -> what they may do there.
        token: The name of the API token that was used, if any.
    """

    user: User
    seats: dict[int, Seat]
    token: str | None = None
    scopes: frozenset[str] | None = None
    session_key: str | None = field(default=None, repr=False)

    def seat(self, company: int | None) -> Seat:
        """The seat in the company asked for; without one, where they last worked.

        Raises:
            NotFound: The company is not among theirs, or they have none.
        """
        if company is None:
            company = self.user.last_company_id
            if company not in self.seats:
                company = next(iter(self.seats), None)
        if company not in self.seats:
            raise NotFound("platform.company", [company] if company else [])
        return self.seats[company]

    def actor(self, seat: Seat, language: str | None = None) -> Actor:
        """The person at work in one of their seats."""
        return Actor(
            id=self.user.pk,
            name=f"token:{self.token}" if self.token else self.user.login,
            company=seat.company.pk,
            roles=seat.roles,
            companies=frozenset(self.seats),
            reach=seat.reach,
            scopes=self.scopes,
            language=language or self.user.language,
            stamp=seat.company.version,
        )


def presence_of(request: HttpRequest) -> Presence:
    """Who sent this request. One statement, and one more every five minutes to note they were here.

    Raises:
        NotSignedIn: Neither a living session nor a valid token came with it.
    """
    found = getattr(request, "_heyi_presence", None)
    if found is None:
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        found = _by_token(secret.strip()) if scheme.lower() == "bearer" else _by_session(request)
        if found is None:
            raise NotSignedIn
        request._heyi_presence = found  # type: ignore[attr-defined]
    return found


def actor_of(request: HttpRequest) -> Actor:
    """The actor of a request, in the company it names (`Heyi-Company`) or the person's last.

    Raises:
        NotSignedIn: Nobody is signed in.
        NotFound: The company is not among theirs.
    """
    presence = presence_of(request)
    return presence.actor(presence.seat(_company_of(request)), language_of(request))


def presences(users: Iterable[int]) -> dict[int, Presence]:
    """People and their seats without their being here, for explanations and for asking what they
    may do. Whoever is switched off is left out. One statement."""
    rows = fetch(_BY_IDS, [array(users)])
    return {
        user: Presence(_user(own[0]), _seats(own))
        for user, group in groupby(rows, key=itemgetter(0))
        for own in [list(group)]
    }


def language_of(request: HttpRequest) -> str | None:
    """The language a request asks for by header, or by parameter for a plain link."""
    asked = request.headers.get("Heyi-Language") or request.GET.get("language")
    return asked if asked in LANGUAGES else None


def digest(secret: str) -> bytes:
    """What is kept of an API token. It has 256 random bits, so a plain hash is enough."""
    return sha256(secret.encode()).digest()


class Auth(AuthBase):
    """Sets `request.actor`. Cookies come by themselves, so a write by session must also bring
    the CSRF token; a bearer token is proof of intent by itself."""

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __call__(self, request: HttpRequest) -> Actor:
        actor = actor_of(request)
        if (
            actor.scopes is None
            and request.method not in SAFE_METHODS
            and check_csrf(request) is not None
        ):
            raise OriginUnproven
        request.actor = actor  # type: ignore[attr-defined]
        return actor


auth = Auth()


def _by_session(request: HttpRequest) -> Presence | None:
    key = request.session.session_key
    rows = fetch(_BY_SESSION, [key]) if key else []
    if not rows:
        return None
    user = _user(rows[0])
    data, expires, seen, signed_in = rows[0][7:_FIRST_SEAT]
    now = clock.world()
    if expires <= now or not _belongs(request, data, user):
        return None
    if seen is None or now - seen > _REFRESH:
        fetch(
            "UPDATE identity_session SET seen_at = %s, expire_date = %s WHERE session_key = %s",
            [now, until(signed_in), key],
        )
    return Presence(user, _seats(rows), session_key=key)


def _belongs(request: HttpRequest, data: str, user: User) -> bool:
    """Whether the session was begun by this person with the password they have now."""
    session = request.session.decode(data)
    return session.get(SESSION_KEY) == str(user.pk) and any(
        constant_time_compare(session.get(HASH_SESSION_KEY, ""), known)
        for known in (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    )


def _by_token(secret: str) -> Presence | None:
    now = clock.world()
    rows = fetch(_BY_TOKEN, [digest(secret), now]) if secret.startswith("heyi_") else []
    if not rows:
        return None
    pk, name, scopes, used = rows[0][7:_FIRST_SEAT]
    if used is None or now - used > _REFRESH:
        fetch("UPDATE identity_apitoken SET used_at = %s WHERE id = %s", [now, pk])
    return Presence(_user(rows[0]), _seats(rows), token=name, scopes=frozenset(scopes))


def _user(row: tuple) -> User:
    pk, login, name, email, language, company, password = row[:7]
    return User(
        pk=pk, login=login, name=name, email=email, language=language, last_company_id=company,
        password=password,
    )  # fmt: skip


def _seats(rows: list[tuple]) -> dict[int, Seat]:
    seats = {}
    for row in rows:
        pk, code, name, currency, decimals, timezone, language, version, roles, reach = row[
            _FIRST_SEAT:
        ]
        if pk is not None:
            company = Company(
                pk=pk, code=code, name=name, currency=currency, decimals=decimals,
                timezone=timezone, language=language, version=version,
            )  # fmt: skip
            seats[pk] = Seat(
                company,
                frozenset({*roles, MEMBER}),
                {name: frozenset(ids) for name, ids in json.loads(reach).items()},
            )
    return seats


def _company_of(request: HttpRequest) -> int | None:
    asked = request.headers.get("Heyi-Company") or request.GET.get("company")
    if not asked:
        return None
    if not asked.isdecimal() or len(asked) > 18:
        raise NotFound("platform.company", [])
    return int(asked)
