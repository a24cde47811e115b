"""What the database guarantees on its own; see `guards.sql`."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "guards.sql"


class Migration(migrations.Migration):
    dependencies = [("imports", "0001_tables"), ("platform", "0002_guards")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
