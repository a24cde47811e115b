"""Working time: pure counting, then a company's own days."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heyi.platform.access import Actor
from heyi.platform.calendar import edit
from heyi.platform.calendar.api import add_working_hours, calendar_of, is_working_day
from heyi.platform.calendar.companies import USUAL, USUAL_WEEK
from heyi.platform.calendar.hours import Calendar, parse_spans
from heyi.platform.models import Company

SHANGHAI = ZoneInfo("Asia/Shanghai")
PLAIN = Calendar(SHANGHAI, USUAL_WEEK, lambda on: None)  # 08:30–12:00, 13:00–17:30, Mon–Fri


def at(text, zone=SHANGHAI):
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-03-02T09:00", 1, "2026-03-02T10:00"),  # a Monday
        ("2026-03-02T11:30", 1, "2026-03-02T13:30"),  # over lunch
        ("2026-03-02T12:30", 1, "2026-03-02T14:00"),  # in the lunch break
        ("2026-03-02T06:00", 8, "2026-03-02T17:30"),  # before work; exactly one day
        ("2026-03-06T17:00", 1, "2026-03-09T09:00"),  # over the weekend
        ("2026-03-07T10:00", 0.5, "2026-03-09T09:00"),  # on a Saturday
        ("2026-03-02T09:00", 0, "2026-03-02T09:00"),
        ("2026-03-02T08:30", 40, "2026-03-06T17:30"),
    ],
)
def test_hours_are_counted_while_people_work(start, hours, end):
    assert PLAIN.add(at(start), timedelta(hours=hours)) == at(end)


def test_a_shift_over_midnight_belongs_to_the_day_it_ends_on_the_next():
    night = parse_spans([["22:00", "00:00"]])
    calendar = Calendar(SHANGHAI, (night,) * 7, lambda on: None)
    assert calendar.add(at("2026-03-02T23:00"), timedelta(hours=2)) == at("2026-03-03T23:00")


def test_the_change_of_clocks_keeps_real_hours():
    berlin = ZoneInfo("Europe/Berlin")
    day = parse_spans([["00:00", "00:00"]])
    calendar = Calendar(berlin, (day,) * 7, lambda on: None)
    start = at("2026-03-28T12:00", berlin)
    assert calendar.add(start, timedelta(hours=24)) - start.astimezone(UTC) == timedelta(hours=24)


def test_a_calendar_without_work_counts_by_the_clock():
    never = Calendar(SHANGHAI, ((),) * 7, lambda on: None)
    assert never.add(at("2026-03-02T09:00"), timedelta(hours=3)) == at("2026-03-02T12:00")


@given(st.integers(0, 330 * 24 * 60), st.integers(0, 100 * 60))
def test_adding_then_measuring_gives_back_the_duration(offset, minutes):
    """The working time between a start and its due time is what was added."""
    start = at("2026-01-01T00:00") + timedelta(minutes=offset)
    added = timedelta(minutes=minutes)
    assert PLAIN.between(start, PLAIN.add(start, added)) == added


@pytest.fixture
def admin(db):
    company = Company.objects.create(code="CAL", currency="CNY", timezone="Asia/Shanghai")
    return Actor(1, "wang", company.pk, frozenset({"system.administrator"}))


def test_chinese_holidays_and_their_make_up_days(admin):
    assert not is_working_day(admin.company, date(2026, 2, 17))  # Spring Festival
    assert is_working_day(admin.company, date(2026, 2, 28))  # a Saturday worked to make up
    assert not is_working_day(admin.company, date(2026, 3, 7))
    assert calendar_of(admin.company).spans(date(2026, 2, 28)) == USUAL


def test_the_company_overrules_the_country(admin):
    edit.set_day(admin, date(2026, 2, 17), [["09:00", "10:00"]], "stocktaking")
    edit.set_day(admin, date(2026, 3, 2), [], "founding day")
    assert is_working_day(admin.company, date(2026, 2, 17))
    assert not is_working_day(admin.company, date(2026, 3, 2))
    assert add_working_hours(admin.company, at("2026-02-27T17:30"), 1) == at("2026-02-28T09:30")
    edit.set_day(admin, date(2026, 3, 2), None)
    assert is_working_day(admin.company, date(2026, 3, 2))


def test_the_week_is_changed_by_an_administrator_who_saw_it(admin):
    week = [[["08:00", "16:00"]]] * 6 + [[]]
    edit.set_week(admin, week, country="TW", region="", version=0)
    assert is_working_day(admin.company, date(2026, 3, 7))
    with pytest.raises(edit.CalendarMoved):
        edit.set_week(admin, week, country="TW", region="", version=0)
    edit.set_week(admin, week, country="", region="", version=1)
    assert is_working_day(admin.company, date(2026, 2, 17))
    clerk = Actor(2, "li", admin.company, frozenset({"sales.clerk"}))
    with pytest.raises(Exception, match=r"platform\.not_allowed"):
        edit.set_week(clerk, week, country="", region="", version=2)


@pytest.mark.parametrize(
    "spans",
    [
        [["12:00", "08:00"]],
        [["08:00", "12:00"], ["11:00", "13:00"]],
        [["08:00", "00:00"], ["09:00", "10:00"]],
        [["8", "late"]],
        [["08:00"]],
    ],
)
def test_tangled_hours_are_refused(admin, spans):
    with pytest.raises(edit.HoursTangled):
        edit.set_day(admin, date(2026, 3, 2), spans)


def test_an_unknown_country_is_refused(admin):
    with pytest.raises(edit.CountryUnknown):
        edit.set_week(admin, [[]] * 7, country="XX", region="", version=0)


def test_due_times_cost_one_statement(admin, django_assert_num_queries):
    calendar_of(admin.company)
    with django_assert_num_queries(1):
        calendar_of(admin.company)
