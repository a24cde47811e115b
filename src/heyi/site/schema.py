"""The tables of this release: whether the database has them, and how it gets them.

Tables come from migrations. Guards (triggers, functions) and the application's rights are
re-runnable SQL files; they are run again, and companies get what is new for them, whenever their
text or the tables of facts beside them have changed. The schema's comment says which text it was.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from django.apps import apps
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, ProgrammingError, connection
from django.db.migrations.executor import MigrationExecutor

from heyi import __version__
from heyi.platform import companies
from heyi.platform.transactions import unit_of_work

ONE_AT_A_TIME = 0x68657969  # Advisory lock: two upgrades at once.


def current() -> bool:
    """Whether nothing is left to upgrade."""
    return not pending() and _recorded() == _fingerprint()


def pending() -> list[str]:
    """Migrations that have not run yet: `ledger.0001_tables`."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{step.app_label}.{step.name}" for step, _ in plan]


def upgrade(progress: Callable[[str], None], *, always: bool = False) -> int:
    """Bring the database to this release, as its owner.

    Args:
        always: Run guards and rights again even if their text is the same: in a restored copy,
            whose rights were left behind.

    Returns:
        How many migrations ran.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
        try:
            steps = pending()
            if steps:
                progress(f"Preparing the tables ({len(steps)} steps) …")
                call_command("migrate", interactive=False, verbosity=0)
            if always or _recorded() != _fingerprint():
                progress("Setting guards and rights …")
                for file in _files():
                    cursor.execute(file.read_text(encoding="utf-8"))
                unit_of_work(companies.furnish_again)
                said = f"heyi {__version__} guards {_fingerprint()}"
                cursor.execute(f"COMMENT ON SCHEMA public IS '{said}'")
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [ONE_AT_A_TIME])
    return len(steps)


def unused() -> bool:
    """Whether nobody has set up a company here yet."""
    return not apps.get_model("platform.Company")._base_manager.exists()


def _files() -> Iterator[Path]:
    """The clock, every module's guards, lowest first, then the rights."""
    places = [Path(config.path) for config in apps.get_app_configs()]
    platform = Path(apps.get_app_config("platform").path)
    for file in [
        platform / "clock.sql",
        *(p / "guards.sql" for p in places),
        platform / "roles.sql",
    ]:
        if file.exists():
            yield file


def _fingerprint() -> str:
    places = [Path(config.path) for config in apps.get_app_configs() if config.name[:5] == "heyi."]
    facts = sorted(file for place in places for file in place.rglob("*.csv"))
    text = "".join(file.read_text(encoding="utf-8") for file in (*_files(), *facts))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _recorded() -> str:
    with connection.cursor() as cursor:
        try:
            cursor.execute("SELECT obj_description('public'::regnamespace)")
        except ProgrammingError:
            return ""
        [said] = cursor.fetchone()
    found = re.search(r"guards (\w+)", said or "")
    return found[1] if found and connection.alias == DEFAULT_DB_ALIAS else ""
