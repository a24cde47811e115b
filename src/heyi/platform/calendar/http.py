"""The working calendar over HTTP."""

from datetime import date, timedelta
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Router, Schema
from pydantic import Field

from heyi.platform.calendar import edit
from heyi.platform.calendar.companies import calendar_of
from heyi.platform.calendar.models import CalendarDay, WorkCalendar, usual_week
from heyi.platform.idempotency import write
from heyi.platform.requests import Key, Request, Words

router = Router(tags=["calendar"])
LONGEST_DAYS = 400


class WorkingDayOut(Schema):
    """A day: its working spans, and the name of what makes it special."""

    on: date
    spans: list[list[str]]
    special: bool
    name: str


class WorkingWeek(Schema):
    week: list[list[list[str]]]
    country: Annotated[Words, Field(max_length=2)] = "CN"
    region: Annotated[Words, Field(max_length=10)] = ""
    version: Key


class SpecialDay(Schema):
    spans: list[list[str]] | None
    name: Annotated[Words, Field(max_length=100)] = ""


@router.get("", response=WorkingWeek)
def week(request: Request) -> dict[str, Any]:
    """The company's working week."""
    found = WorkCalendar.objects.filter(company_id=request.actor.company).first()
    found = found or WorkCalendar(week=usual_week(), version=0)
    return {
        "week": found.week, "country": found.country, "region": found.region,
        "version": found.version,
    }  # fmt: skip


@router.put("", response=WorkingWeek)
def set_week(request: Request, body: WorkingWeek) -> HttpResponse:
    def work() -> tuple[int, Any]:
        edit.set_week(
            request.actor, body.week,
            country=body.country, region=body.region, version=body.version,
        )  # fmt: skip
        return 200, week(request)

    return write(request, work)


@router.get("/days", response=list[WorkingDayOut])
def days(request: Request, start: date, end: date) -> list[dict[str, Any]]:
    """Every day between two dates: its spans, and the name of what makes it special."""
    calendar = calendar_of(request.actor.company)
    names = dict(
        CalendarDay.objects.filter(
            company_id=request.actor.company, on__range=(start, end)
        ).values_list("on", "name")
    )
    count = min((end - start).days + 1, LONGEST_DAYS)
    dates = [start + timedelta(days=n) for n in range(count)]
    return [
        {
            "on": on,
            "spans": [[f"{a:%H:%M}", f"{b:%H:%M}"] for a, b in calendar.spans(on)],
            "special": calendar.special(on) is not None,
            "name": names.get(on, ""),
        }
        for on in dates
    ]


@router.put("/days/{on}", response=WorkingDayOut)
def set_day(request: Request, on: date, body: SpecialDay) -> HttpResponse:
    """Give a day its own hours, or (spans null) those of its weekday again."""

    def work() -> tuple[int, Any]:
        edit.set_day(request.actor, on, body.spans, body.name)
        return 200, days(request, on, on)[0]

    return write(request, work)
