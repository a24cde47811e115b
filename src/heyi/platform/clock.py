"""The one source of time, in Python and in SQL.

The clock may be set apart from the world's: a rehearsal company travels to the
cut-over day, and every date, due time and timestamp goes with it. `tidy` bans
every other way of asking what time it is.
"""

import time
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import DateTimeField, Func

_FRESH_SECONDS = 1.0
_read_at: float | None = None
_shift = timedelta(0)


class DatabaseNow(Func):
    """The clock as the default of a column: `platform_now()`, made in `guards.sql`."""

    template = "platform_now()"
    output_field = DateTimeField()


def now() -> datetime:
    """The present instant, in UTC, on Heyi's clock."""
    return datetime.now(UTC) + _shift_now()


def today(timezone: str) -> date:
    """The business day where the company is.

    Args:
        timezone: The company's, "Asia/Shanghai".
    """
    return now().astimezone(_zone(timezone)).date()


def world() -> datetime:
    """The instant outside, whatever the clock was set to. Only for credentials: a rehearsal that
    travels in time must neither end a session nor bring an expired one back."""
    return datetime.now(UTC)


def ticks() -> float:
    """Seconds of a clock that only runs forward, for measuring durations."""
    return time.perf_counter()


def travel(shift: timedelta) -> None:
    """Set the clock apart from the world's by `shift`; zero comes back.

    Other processes follow within a second.
    """
    global _read_at
    with connection.cursor() as cursor:
        exact = f"{shift // timedelta(microseconds=1)} microseconds"
        cursor.execute("UPDATE platform_clock SET shift = %s::interval", [exact])
    _read_at = None


def _shift_now() -> timedelta:
    global _read_at, _shift
    if _read_at is None or ticks() - _read_at > _FRESH_SECONDS:
        with connection.cursor() as cursor:
            cursor.execute("SELECT shift FROM platform_clock")
            [_shift] = cursor.fetchone()
        _read_at = ticks()
    return _shift


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
