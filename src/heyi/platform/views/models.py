"""Views of lists and who starts with which."""

from django.db import models

from heyi.platform.clock import DatabaseNow
from heyi.platform.models import link


class View(models.Model):
    """A way to look at one list. Taken away by setting `removed`: somebody may start with it.

    `filter`, `search`, `order` and `preset` are those of the list itself.
    """

    company = link("platform.Company")
    screen = models.CharField(max_length=64)
    owner = models.BigIntegerField(help_text="User id.")
    shared = models.BooleanField(default=False, help_text="For everybody in the company.")
    name = models.CharField(max_length=60)
    columns = models.JSONField(default=list, help_text='[{"path": …, "width": pixels or null}]')
    filter = models.JSONField(default=dict)
    search = models.CharField(max_length=200, blank=True, default="")
    order = models.CharField(max_length=200, blank=True, default="")
    preset = models.CharField(max_length=64, blank=True, default="")
    removed = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(db_default=DatabaseNow())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "screen", "owner", "name"],
                condition=models.Q(removed=False),
                name="view_name_once",
            )
        ]
        indexes = [models.Index(fields=["company", "screen"], name="view_screen")]

    def __str__(self) -> str:
        return self.name


class FirstView(models.Model):
    """The view a person's list opens with; without a row, the list as it is declared."""

    pk = models.CompositePrimaryKey("company_id", "user_id", "screen")
    company_id = models.BigIntegerField()
    user_id = models.BigIntegerField()
    screen = models.CharField(max_length=64)
    view = models.ForeignKey(
        View, on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
