"""The clock comes before every table, whose defaults ask it for the time."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "clock.sql"


class Migration(migrations.Migration):
    initial = True
    dependencies: list = []
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
