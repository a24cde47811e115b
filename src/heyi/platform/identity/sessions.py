"""Sessions in our own table, which knows whose they are and from where."""

from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import transaction
from django.http import HttpRequest

from heyi.platform import clock
from heyi.platform.access import Actor
from heyi.platform.audit.api import Entry, record
from heyi.platform.identity.models import Session

_ORIGIN = "origin"
AGENT_LENGTH = 200


def remember_origin(request: HttpRequest, ip: str | None) -> None:
    """Note in the session where its person signed in from, and when."""
    request.session[_ORIGIN] = {
        "ip": ip,
        "agent": request.headers.get("User-Agent", "")[:AGENT_LENGTH],
        "at": clock.world().isoformat(),
    }


def until(signed_in_at: datetime | None) -> datetime:
    """When a session used now ends if nothing more happens: idle for too long, or too old."""
    now = clock.world()
    idle = now + timedelta(seconds=settings.HEYI_SESSION_IDLE_SECONDS)
    if signed_in_at is None:
        return idle
    return min(idle, signed_in_at + timedelta(seconds=settings.SESSION_COOKIE_AGE))


class SessionStore(DatabaseStore):
    """Django's database sessions, with columns for whose and from where."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict) -> Session:
        row = super().create_model_instance(data)
        assert isinstance(row, Session)
        origin = data.get(_ORIGIN, {})
        row.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        row.ip, row.agent = origin.get("ip"), origin.get("agent", "")
        row.signed_in_at = datetime.fromisoformat(origin["at"]) if origin else None
        row.seen_at = clock.world()
        row.expire_date = until(row.signed_in_at)
        return row


def name_of(session_key: str) -> str:
    """What a page may know a session by; the key itself would let a script take it over."""
    return sha256(session_key.encode()).hexdigest()[:24]


def of(user: int) -> list[Session]:
    """Where a person is signed in, last seen first."""
    living = Session.objects.filter(user=user, expire_date__gt=clock.world())
    return list(living.order_by("-seen_at"))


@transaction.atomic
def end(actor: Actor, names: set[str] | None, *, keep: str | None = None) -> int:
    """End the sessions of the actor that bear these names, or all but one; how many it was."""
    ended = [
        session.pk
        for session in of(actor.id)
        if session.pk != keep and (names is None or name_of(session.pk) in names)
    ]
    Session.objects.filter(pk__in=ended).delete()
    record([Entry("session_ended", "identity.user", actor.id) for _ in ended], actor=actor)
    return len(ended)
