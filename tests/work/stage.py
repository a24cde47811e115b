"""A module on stage: events, handlers and jobs that do as the test tells them.

`script` rows say how a handler behaves; `effect` rows are what it wrote. Both live in the test
database, so the worker process sees them.
"""

import os
import signal
import threading
import time
from dataclasses import dataclass
from typing import ClassVar

from django.apps import apps
from django.db import connection

from heyi.platform.jobs.api import Run, event_id, job
from heyi.platform.rows import fetch

TABLES = """
    CREATE TABLE IF NOT EXISTS stage_script (what text PRIMARY KEY, failures int, act text);
    CREATE TABLE IF NOT EXISTS stage_effect (id bigserial PRIMARY KEY, handler text, number int,
                                             event text, at timestamptz DEFAULT clock_timestamp());
    CREATE TABLE IF NOT EXISTS stage_try (handler text, number int,
                                          at timestamptz DEFAULT clock_timestamp());
    TRUNCATE stage_script, stage_effect, stage_try;
    DELETE FROM procrastinate_jobs;
"""


_aside = threading.local()


@dataclass(frozen=True, slots=True)
class Shipped:
    topic: ClassVar[str] = "stage.shipped"
    number: int
    thing: str
    company: int | None = None

    @property
    def key(self) -> str:
        return f"stage.thing:{self.thing}"


def on_shipped(event: Shipped) -> None:
    _act("first", event.number)


def tell_someone(event: Shipped) -> None:
    _act("second", event.number)


def _act(handler: str, number: int) -> None:
    _tried(handler, number)
    fetch(
        "INSERT INTO stage_effect (handler, number, event) VALUES (%s, %s, %s)",
        [handler, number, str(event_id())],
    )
    what = f"{handler}:{number}"
    script = fetch("SELECT failures, act FROM stage_script WHERE what = %s", [what])
    for failures, act in script:
        tries = fetch(
            "SELECT count(*) FROM stage_try WHERE handler = %s AND number = %s", [handler, number]
        )[0][0]
        if tries > failures:
            return
        if act == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if act == "sleep":
            time.sleep(1)
            return
        raise RuntimeError(f"{what} fails")


def _tried(handler: str, number: int) -> None:
    """Counts outside the handler's transaction, so that a rollback does not forget it."""
    if not hasattr(_aside, "connection"):
        _aside.connection = connection.copy()
    with _aside.connection.cursor() as cursor:
        cursor.execute("INSERT INTO stage_try (handler, number) VALUES (%s, %s)", [handler, number])


@job("stage.count")
def count_up(run: Run, to: int, pause: float = 0) -> dict[str, int]:
    for n in range(to):
        run.progress(n + 1, to)
        time.sleep(pause)
    return {"counted": to}


@job("stage.break", retries=1)
def break_down(run: Run) -> None:
    _tried("break", 0)
    raise RuntimeError("the machine broke")


@job("stage.tick", every="* * * * * *")
def tick(run: Run) -> None:
    if fetch("SELECT to_regclass('stage_try')")[0][0]:
        _tried("tick", 0)


def enter() -> None:
    """Let the platform find the handlers above."""
    from heyi.platform.jobs import outbox

    apps.get_app_config("party").declared["handlers"] = {"stage.shipped": (on_shipped,)}
    apps.get_app_config("product").declared["handlers"] = {"stage.shipped": (tell_someone,)}
    outbox.consumers_of.cache_clear()


def leave() -> None:
    from heyi.platform.jobs import outbox

    for label in ("party", "product"):
        apps.get_app_config(label).declared.pop("handlers", None)
    outbox.consumers_of.cache_clear()
