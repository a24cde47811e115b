"""Changing a company's working week and its special days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

import holidays
from django.db.models import F

from heyi.kernel.errors import BusinessError, Remedy
from heyi.platform import clock
from heyi.platform.access import Actor, NotAllowed
from heyi.platform.calendar.models import CalendarDay, WorkCalendar

ADMINISTRATOR = "system.administrator"
Texts = Sequence[Sequence[str]]


@dataclass(eq=False)
class HoursTangled(BusinessError):
    """Spans of a day overlap, run backwards, or are no times at all."""

    code = "platform.hours_tangled"
    remedy = Remedy("platform.remedy.order_hours")
    spans: str


@dataclass(eq=False)
class CountryUnknown(BusinessError):
    """No holidays are known for a country of this code."""

    code = "platform.country_unknown"
    remedy = Remedy("platform.remedy.choose_country")
    country: str


@dataclass(eq=False)
class CalendarMoved(BusinessError):
    """Someone else just changed the working week."""

    code = "platform.calendar_moved"
    kind = "conflict"
    remedy = Remedy("platform.remedy.reload")


def set_week(
    actor: Actor, week: Sequence[Texts], *, country: str, region: str, version: int
) -> None:
    """Replace the working week of the actor's company.

    Args:
        week: Spans of Monday … Sunday.
        version: What the person saw; 0 if there was none yet.

    Raises:
        NotAllowed, HoursTangled, CountryUnknown, CalendarMoved
    """
    _may(actor)
    if len(week) != 7:
        raise HoursTangled(f"{len(week)} ≠ 7")
    for day in week:
        check(day)
    if country and country not in holidays.list_supported_countries(include_aliases=False):
        raise CountryUnknown(country)
    fields: dict[str, Any] = {"week": week, "country": country, "region": region}
    if version == 0:
        _, made = WorkCalendar.objects.get_or_create(company_id=actor.company, defaults=fields)
        if not made:
            raise CalendarMoved
    elif not WorkCalendar.objects.filter(company_id=actor.company, version=version).update(
        **fields, version=F("version") + 1
    ):
        raise CalendarMoved


def set_day(actor: Actor, on: date, spans: Texts | None, name: str = "") -> None:
    """Make one day special: a day off (no spans) or with its own hours; None makes it usual again.

    Raises:
        NotAllowed, HoursTangled
    """
    _may(actor)
    if spans is None:
        CalendarDay.objects.filter(company_id=actor.company, on=on).delete()
        return
    check(spans)
    CalendarDay.objects.update_or_create(
        company_id=actor.company,
        on=on,
        defaults={
            "spans": list(map(list, spans)),
            "name": name,
            "changed_by": actor.id,
            "changed_at": clock.now(),
        },
    )


def check(spans: Texts) -> None:
    """Refuse spans that overlap or run backwards. An end of 00:00 is midnight.

    Raises:
        HoursTangled
    """
    shown = ", ".join("–".join(map(str, span)) for span in spans)
    try:
        times = [(time.fromisoformat(a), time.fromisoformat(b)) for a, b in spans]
    except (TypeError, ValueError) as fault:
        raise HoursTangled(shown) from fault
    before = time.min
    for n, (opens, closes) in enumerate(times):
        midnight = closes == time.min and n == len(times) - 1
        if opens < before or not (opens < closes or midnight):
            raise HoursTangled(shown)
        before = closes


def _may(actor: Actor) -> None:
    if ADMINISTRATOR not in actor.roles:
        raise NotAllowed("edit", "platform.calendar", [ADMINISTRATOR])
