"""One database server for the whole run, and a HEYI_HOME of its own.

With HEYI_DATABASE_URL set, that server is used instead. Browser tests may be skipped where there
is no browser, unless HEYI_REQUIRE_BROWSER says that there must be one.
"""

import os
import shutil
import sys
import tempfile
from contextlib import ExitStack

import pytest

UNDO = pytest.StashKey[ExitStack]()
_browsed: list[str] = []


def pytest_configure(config: pytest.Config) -> None:
    config.stash[UNDO] = ExitStack()
    if hasattr(config, "workerinput") or config.option.collectonly:
        return  # The environment comes from the process that leads the run.
    undo = config.stash[UNDO]
    if not os.environ.get("HEYI_HOME"):
        home = tempfile.mkdtemp(prefix="heyi-test-", dir="/tmp")
        undo.callback(_remove, home)
        os.environ["HEYI_HOME"] = home
        undo.callback(os.environ.pop, "HEYI_HOME")
    if not os.environ.get("HEYI_DATABASE_URL"):
        from heyi.site.postgres import database, named

        os.environ["HEYI_DATABASE_CONNECTIONS"] = "300"
        found = undo.enter_context(database(lambda text: print(text, file=sys.stderr)))
        os.environ["HEYI_DATABASE_URL"] = named(found.superuser, "heyi")
        undo.callback(os.environ.pop, "HEYI_DATABASE_URL")
        from django.conf import settings

        from heyi.site.settings import database as connection

        settings.DATABASES["default"].update(connection(os.environ["HEYI_DATABASE_URL"]))


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[UNDO].close()


def _remove(home: str) -> None:
    for folder in (os.path.realpath(f"{home}/postgres"), home):
        shutil.rmtree(folder, ignore_errors=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    report = yield
    browses = item.get_closest_marker("browser")
    if report.skipped and browses and os.environ.get("HEYI_REQUIRE_BROWSER"):
        report.outcome = "failed"
        report.longrepr = f"HEYI_REQUIRE_BROWSER: a browser test was skipped: {report.longrepr}"
    return report


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if "browser" in report.keywords and report.when == "call" and report.passed:
        _browsed.append(report.nodeid)


def _must_browse(config: pytest.Config) -> bool:
    """Whether this run has to drive a browser: not where a marker leaves it to another run."""
    led = not hasattr(config, "workerinput")
    return bool(led and os.environ.get("HEYI_REQUIRE_BROWSER")) and (
        "not browser" not in config.option.markexpr
    )


def pytest_sessionfinish(session: pytest.Session) -> None:
    if _must_browse(session.config) and not _browsed and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _must_browse(terminalreporter.config) and not _browsed:
        terminalreporter.write_line("HEYI_REQUIRE_BROWSER: no browser test ran", red=True)
