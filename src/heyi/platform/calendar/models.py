"""A company's working week, and the days that differ from it."""

from django.db import models

from heyi.platform.clock import DatabaseNow


def usual_week() -> list[list[list[str]]]:
    """Monday to Friday, 08:30–12:00 and 13:00–17:30."""
    day = [["08:30", "12:00"], ["13:00", "17:30"]]
    return [day] * 5 + [[], []]


class WorkCalendar(models.Model):
    """When a company works. Public holidays come from `country`; `CalendarDay` overrules them."""

    company = models.OneToOneField(
        "platform.Company", on_delete=models.PROTECT, related_name="+", primary_key=True
    )
    week = models.JSONField(default=usual_week, help_text="Spans of Monday … Sunday.")
    country = models.CharField(max_length=2, default="CN", blank=True)
    region = models.CharField(max_length=10, default="", blank=True)
    version = models.PositiveIntegerField(default=1)


class CalendarDay(models.Model):
    """One day that is not like its weekday: a holiday of the house, or a make-up working day."""

    company = models.ForeignKey("platform.Company", on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    spans = models.JSONField(default=list, help_text='[["08:30", "12:00"], …]; none is a day off.')
    name = models.CharField(max_length=100, blank=True, default="")
    changed_by = models.BigIntegerField(default=0)
    changed_at = models.DateTimeField(db_default=DatabaseNow())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "on"], name="calendar_day_once")]
