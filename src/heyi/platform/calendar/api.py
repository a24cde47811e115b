"""Working time of a company: due times, working days."""

from heyi.platform.calendar.companies import (
    add_working_hours,
    calendar_of,
    due,
    is_working_day,
)
from heyi.platform.calendar.hours import Calendar

__all__ = ["Calendar", "add_working_hours", "calendar_of", "due", "is_working_day"]
