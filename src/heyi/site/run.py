"""`heyi run`: database, web and worker as one tree that starts, lives and ends together."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from time import sleep
from types import FrameType

from heyi.platform.clock import ticks
from heyi.site.children import GRACE_SECONDS, die_with_parent, end_with_parent
from heyi.site.home import Refused, home
from heyi.site.postgres import Database

READY_SECONDS = 120
STEADY_SECONDS = 60  # Who lived that long and then crashed is started again at once.
LONGEST_WAIT_SECONDS = 30
THREADS = 8
Progress = Callable[[str], None]


def listening(host: str, port: int) -> None:
    """Refuse early when the address is taken.

    Raises:
        Refused: Another program listens there, or the host is none of ours.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except (OSError, OverflowError) as error:
        raise Refused(
            f"Port {port} on {host} cannot be used: {error}. "
            "Choose another with HEYI_PORT or --port."
        ) from error


def serve(database: Database, host: str, port: int, progress: Progress, welcome: str) -> int:
    """Run web and worker until told to stop. Crashed ones are started again.

    Returns:
        0 after Ctrl-C or SIGTERM.

    Raises:
        Refused: They do not come up.
    """
    tree = _Tree(_environment(database, host, port), progress)
    with _told_to_stop() as stop:
        try:
            for name in ("web", "worker"):
                tree.start(name)
            if not _ready(host, port, tree, stop):
                if stop():
                    return 0
                raise Refused("Web or worker do not come up; what they said is above.")
            progress(welcome)
            while not stop():
                database.again()
                tree.tend()
                sleep(0.2)
            progress("Stopping …")
        finally:
            tree.stop()
    return 0


@dataclass
class _Child:
    """One process of the tree, through all its lives."""

    name: str
    process: subprocess.Popen[bytes]
    born: float
    crashes: int = 0
    due: float | None = None


@dataclass
class _Tree:
    environment: dict[str, str]
    progress: Progress
    children: dict[str, _Child] = field(default_factory=dict)

    def start(self, name: str) -> None:
        process = subprocess.Popen(
            [sys.executable, "-m", "heyi.site.run", name],
            stdin=subprocess.PIPE, env=self.environment, start_new_session=True,
        )  # fmt: skip
        known = self.children.get(name)
        self.children[name] = _Child(name, process, ticks(), known.crashes if known else 0)

    def tend(self) -> None:
        """Start again who crashed: at once the first time, then after longer and longer waits."""
        for child in list(self.children.values()):
            if child.process.poll() is None:
                continue
            if child.due is None:
                _end_group(child)
                child.crashes = 1 if ticks() - child.born > STEADY_SECONDS else child.crashes + 1
                wait = min(LONGEST_WAIT_SECONDS, 2 ** (child.crashes - 1) - 1)
                child.due = ticks() + wait
                self.progress(f"{child.name} ended ({child.process.returncode}), starting it again")
            if ticks() >= child.due:
                self.start(child.name)

    def stop(self) -> None:
        """In good order; by force after a while."""
        for child in self.children.values():
            with contextlib.suppress(ProcessLookupError):
                child.process.terminate()
        deadline = ticks() + GRACE_SECONDS
        for child in self.children.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.1, deadline - ticks()))
            _end_group(child)
            child.process.wait()


def _end_group(child: _Child) -> None:
    """Whatever a child leaves behind, such as the workers of a web server that was killed."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.process.pid, signal.SIGKILL)


def _environment(database: Database, host: str, port: int) -> dict[str, str]:
    figures = home() / "run" / f"metrics-{port}"
    shutil.rmtree(figures, ignore_errors=True)
    figures.mkdir(parents=True)
    mine = {name: value for name, value in os.environ.items() if name != "HEYI_DATABASE_OWNER_URL"}
    mine.setdefault("HEYI_WORKER_GRACE", "8")
    mine.setdefault("HEYI_DATABASE_POOL", str(THREADS + 2))
    return {
        **mine,
        "DJANGO_SETTINGS_MODULE": "heyi.site.settings",
        "HEYI_DATABASE_URL": database.application,
        "HEYI_HOST": host,
        "HEYI_PORT": str(port),
        "PROMETHEUS_MULTIPROC_DIR": str(figures),
    }


def _ready(host: str, port: int, tree: _Tree, stop: Callable[[], bool]) -> bool:
    asked = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    deadline = ticks() + READY_SECONDS
    while not stop() and ticks() < deadline:
        try:
            direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with direct.open(f"http://{asked}:{port}/healthz", timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            tree.tend()
            if any(child.crashes >= 3 for child in tree.children.values()):
                return False
            sleep(0.1)
    return False


@contextlib.contextmanager
def _told_to_stop():  # type: ignore[no-untyped-def]
    """A question: has Ctrl-C or SIGTERM come? A second one ends this process as usual."""
    told: list[int] = []

    def hear(number: int, _: FrameType | None) -> None:
        if told:
            raise KeyboardInterrupt
        told.append(number)

    before = {s: signal.signal(s, hear) for s in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield lambda: bool(told)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _web() -> None:
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    import heyi.site.wsgi  # noqa: F401  Loaded once, before the workers are forked from here.

    os.register_at_fork(after_in_child=die_with_parent)
    workers = int(os.environ.get("HEYI_WEB_WORKERS") or min(4, max(2, os.cpu_count() or 2)))
    Granian(
        "heyi.site.wsgi:application",
        address=os.environ["HEYI_HOST"],
        port=int(os.environ["HEYI_PORT"]),
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        backpressure=256,
        respawn_failed_workers=True,
        respawn_interval=1,
        workers_kill_timeout=10,
        log_level=LogLevels.error,
    ).serve()


def _worker() -> None:
    from heyi.platform.jobs.worker import main

    main()


if __name__ == "__main__":
    end_with_parent()
    {"web": _web, "worker": _worker}[sys.argv[1]]()
