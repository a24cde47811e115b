"""An empty HEYI_HOME for each test, and programs that run in it as a person would run them."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


class Place:
    """A HEYI_HOME with verbs. Every process started here is ended here."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.started: list[subprocess.Popen[str]] = []

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: text for name, text in os.environ.items() if not name.startswith("HEYI_")}
        return {**kept, "HEYI_HOME": str(self.home), "PYTHONPATH": str(ROOT / "src")}

    def python(self, code: str, *arguments: str, **more: object) -> subprocess.Popen[str]:
        return self.start(sys.executable, "-c", code, *arguments, **more)

    def heyi(self, *arguments: str, **more: object) -> subprocess.CompletedProcess[str]:
        """Run a `heyi` command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "heyi.site.cli", *arguments],
            capture_output=True, text=True, cwd="/", timeout=240,
            env={**self.environment, **more.pop("env", {})}, **more,
        )  # fmt: skip

    def start(self, *command: str, **more: object) -> subprocess.Popen[str]:
        made = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, cwd="/", env={**self.environment, **more.pop("env", {})}, **more,
        )  # fmt: skip
        self.started.append(made)
        return made

    def servers(self) -> list[int]:
        """Process numbers of the PostgreSQL servers on this home's data."""
        data = (self.home / "postgres").resolve() / "data"
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                words = (process / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if str(data).encode() in words and words[0].endswith(b"/postgres"):
                found.append(int(process.name))
        return found


@pytest.fixture
def place():
    signal.signal(signal.SIGALRM, lambda *_: pytest.fail("this took more than four minutes"))
    signal.alarm(240)
    yield from _place()
    signal.alarm(0)


@pytest.fixture(scope="module")
def installed():
    """A HEYI_HOME that was an empty folder before `heyi upgrade`, shared by one file of tests."""
    for made in _place():
        done = made.heyi("upgrade", "--json")
        assert done.returncode == 0, done.stderr
        said = json.loads(done.stdout)
        assert (said["ok"], said["migrations"] > 50) == (True, True)
        assert made.servers() == [], "the call that started the database stopped it"
        yield made


def _place() -> Iterator[Place]:
    # Not pytest's tmp_path: its long names leave no room for a socket.
    home = Path(tempfile.mkdtemp(prefix="heyi-", dir="/tmp"))
    made = Place(home)
    yield made
    for process in made.started:
        if process.poll() is None:
            process.kill()
            process.wait()
    shutil.rmtree((made.home / "postgres").resolve(), ignore_errors=True)
    shutil.rmtree(home, ignore_errors=True)
