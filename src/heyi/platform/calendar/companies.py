"""A company's calendar: its own days first, then its country's holidays, then the week."""

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from heyi.platform import clock
from heyi.platform.calendar.hours import Calendar, Span, parse_spans
from heyi.platform.rows import fetch

USUAL = parse_spans([["08:30", "12:00"], ["13:00", "17:30"]])
USUAL_WEEK = (USUAL,) * 5 + ((), ())


def calendar_of(company: int | None) -> Calendar:
    """The working time of a company; of the system itself (None), the usual week without holidays.

    One statement.
    """
    if company is None:
        return Calendar(ZoneInfo("Asia/Shanghai"), USUAL_WEEK, lambda on: None)
    rows = fetch(
        """
        SELECT c.timezone, w.week, w.country, w.region, coalesce(
            (SELECT jsonb_object_agg(d.on, d.spans) FROM calendar_calendarday d
             WHERE d.company_id = c.id AND d.on > (platform_now() - interval '400 days')::date),
            '{}')
        FROM platform_company c LEFT JOIN calendar_workcalendar w ON w.company_id = c.id
        WHERE c.id = %s
        """,
        [company],
    )
    [(timezone, week, country, region, days)] = rows
    own = {date.fromisoformat(on): parse_spans(spans) for on, spans in json.loads(days).items()}
    spans = tuple(map(parse_spans, json.loads(week))) if week else USUAL_WEEK
    makeup = next((day for day in spans if day), USUAL)
    country = "CN" if country is None else country

    def special(on: date) -> Sequence[Span] | None:
        if on in own:
            return own[on]
        off, worked = public_days(country, region or "", on.year)
        if on in worked:
            return makeup
        return () if on in off else None

    return Calendar(ZoneInfo(timezone), spans, special)


def add_working_hours(company: int | None, start: datetime, hours: int | float) -> datetime:
    """The instant at which so many working hours have passed since `start`."""
    return calendar_of(company).add(start, timedelta(hours=hours))


def due(company: int | None, hours: int | float) -> datetime:
    """The instant so many working hours from now."""
    return add_working_hours(company, clock.now(), hours)


def is_working_day(company: int, on: date) -> bool:
    """Whether the company works on a day at all."""
    return calendar_of(company).works(on)


@lru_cache(maxsize=64)
def public_days(country: str, region: str, year: int) -> tuple[frozenset[date], frozenset[date]]:
    """A country's holidays in a year, and the weekend days worked to make up for them."""
    if not country or country not in holidays.list_supported_countries(include_aliases=False):
        return frozenset(), frozenset()
    subdivisions = holidays.list_supported_countries(include_aliases=False)[country]
    found = holidays.country_holidays(
        country, subdiv=region if region in subdivisions else None, years=year
    )
    worked: set[date] = getattr(found, "weekend_workdays", None) or set()
    return frozenset(found), frozenset(d for d in worked if d.year == year)
