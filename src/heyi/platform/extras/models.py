"""What customers added to which screen."""

from django.db import models

from heyi.platform.clock import DatabaseNow
from heyi.platform.models import link


class Definition(models.Model):
    """One field of one screen, in one company. It is retired, never deleted: its values stay.

    Its kind and key never change, because values were written under them.
    """

    company = link("platform.Company")
    screen = models.CharField(max_length=64)
    on = models.CharField(max_length=6, choices=[("header", "header"), ("lines", "lines")])
    key = models.CharField(max_length=32)
    kind = models.CharField(max_length=8)
    texts = models.JSONField(help_text='{"zh_hant": …, "zh_hans": …, "en": …}')
    required = models.BooleanField(default=False)
    decimals = models.PositiveSmallIntegerField(null=True)
    max_length = models.PositiveSmallIntegerField(null=True)
    choices = models.JSONField(
        default=list, help_text='[{"value": …, "texts": {…}, "retired": bool}]'
    )
    place = models.PositiveSmallIntegerField(default=0, help_text="Order on the screen.")
    retired = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    changed_by = models.BigIntegerField(help_text="User id; 0 system.")
    changed_at = models.DateTimeField(db_default=DatabaseNow())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "screen", "on", "key"], name="extra_definition_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.screen} extra.{self.key}"
