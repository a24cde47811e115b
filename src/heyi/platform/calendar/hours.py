"""Counting working hours. Arithmetic only: local times in, instants out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Span = tuple[time, time]  # from, until; the end 00:00 is midnight
DAY = timedelta(days=1)
FARTHEST_DAYS = 3660


@dataclass(frozen=True)
class Calendar:
    """A company's working time.

    Args:
        week: Spans of Monday … Sunday.
        special: Spans of a date that differs from its weekday (() is a day off), or None.
    """

    zone: ZoneInfo
    week: Sequence[Sequence[Span]]
    special: Callable[[date], Sequence[Span] | None]

    def spans(self, on: date) -> Sequence[Span]:
        """The working spans of one day, in order."""
        found = self.special(on)
        return self.week[on.weekday()] if found is None else found

    def works(self, on: date) -> bool:
        return bool(self.spans(on))

    def add(self, start: datetime, duration: timedelta) -> datetime:
        """The instant at which `duration` of working time has passed since `start`, in UTC.

        A start outside working time counts from the next span. A calendar without any working
        time in ten years counts by the clock.
        """
        left, on = duration, start.astimezone(self.zone).date()
        for _ in range(FARTHEST_DAYS):
            for opens, closes in self._instants(on):
                begin = max(opens, start)
                if begin < closes:
                    if begin + left <= closes:
                        return (begin + left).astimezone(UTC)
                    left -= closes - begin
            on += DAY
        return (start + duration).astimezone(UTC)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Working time between two instants; zero if the end is not later."""
        total, on = timedelta(0), start.astimezone(self.zone).date()
        while on <= end.astimezone(self.zone).date():
            for opens, closes in self._instants(on):
                total += max(timedelta(0), min(closes, end) - max(opens, start))
            on += DAY
        return total

    def _instants(self, on: date) -> list[tuple[datetime, datetime]]:
        """The day's spans as UTC instants, so that a change of clocks keeps real durations."""
        return [
            (self._at(on, opens), self._at(on if closes > opens else on + DAY, closes))
            for opens, closes in self.spans(on)
        ]

    def _at(self, on: date, at: time) -> datetime:
        return datetime.combine(on, at, self.zone).astimezone(UTC)


def parse_spans(texts: Sequence[Sequence[str]]) -> tuple[Span, ...]:
    """`[["08:00", "12:00"], …]` to spans."""
    return tuple((time.fromisoformat(a), time.fromisoformat(b)) for a, b in texts)
