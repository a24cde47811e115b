"""A company, people, and a real worker process."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from heyi.platform.jobs import api as jobs
from heyi.platform.rows import fetch
from heyi.site.postgres import named
from tests.work import stage

RETRY = "0.2,0.2,0.2,0.2,0.2"


@contextmanager
def worker(**options):
    """A worker process of its own on the test database."""
    url = named(os.environ["HEYI_DATABASE_URL"], connection.settings_dict["NAME"])
    environment = {
        **os.environ, "HEYI_DATABASE_URL": url, "HEYI_WORKER_RETRY": RETRY,
        "HEYI_WORKER_POLL": "0.1", "HEYI_WORKER_HEARTBEAT": "0.3", "HEYI_WORKER_STALLED": "1.5",
        "PYTHONPATH": os.pathsep.join(["src", "."]),
        **{f"HEYI_WORKER_{name.upper()}": str(value) for name, value in options.items()},
    }  # fmt: skip
    process = subprocess.Popen([sys.executable, "-m", "tests.work.worker"], env=environment)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


def until(true, seconds=60):
    """Wait for something to become true, and return it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := true():
            return found
        time.sleep(0.03)
    raise AssertionError(f"not within {seconds} s")


@pytest.fixture(scope="module")
def crew(django_db_setup, django_db_blocker):
    """One worker for the tests of a module that do not care which."""
    with django_db_blocker.unblock(), worker() as process:
        yield process


@pytest.fixture
def on_stage(transactional_db):
    """The stage module is installed and its tables are empty."""
    with connection.cursor() as cursor:
        cursor.execute(stage.TABLES)
    stage.enter()
    yield
    stage.leave()


def publish(*events):
    with transaction.atomic():
        jobs.publish(events)


def effects(handler="first"):
    return [n for (n,) in fetch(
        "SELECT number FROM stage_effect WHERE handler = %s ORDER BY id", [handler])]  # fmt: skip


def tries(handler, number):
    return fetch(
        "SELECT count(*) FROM stage_try WHERE handler = %s AND number = %s", [handler, number]
    )[0][0]


def script(what, failures, act="fail"):
    fetch("INSERT INTO stage_script VALUES (%s, %s, %s)", [what, failures, act])


def waiting():
    return fetch("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'heyi.handle'")[0][0]


@pytest.fixture
def li(transactional_db):
    """A sales clerk."""
    from heyi.platform.access import Actor
    from heyi.platform.models import Company

    company, _ = Company.objects.get_or_create(code="HY", defaults={"currency": "CNY"})
    return Actor(7, "li", company.pk, frozenset({"sales.clerk"}))
