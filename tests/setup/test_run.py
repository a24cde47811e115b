"""`heyi run` is one tree: it starts, answers, heals and ends together."""

import json
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.setup.test_postgres import until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Running:
    """A started `heyi run`, seen from outside."""

    def __init__(self, place):
        self.place, self.port = place, free_port()
        self.process = place.start(
            sys.executable, "-m", "heyi.site.cli", "run", "--no-demo", "--port", str(self.port)
        )
        self.said = []
        while not self.said or "is ready" not in self.said[-1]:
            line = self.process.stderr.readline()
            assert line, "".join(self.said)
            self.said.append(line)

    def get(self, path, **headers):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read().decode()

    def answers(self):
        try:
            return self.get("/healthz")[0] == 200
        except OSError:
            return False

    def children(self, name):
        """Process numbers of this run's `web` or `worker`, children of children included."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                words = (process / "cmdline").read_bytes().split(b"\0")
                home = (process / "environ").read_bytes().split(b"\0")
            except OSError:
                continue
            mine = f"HEYI_HOME={self.place.home}".encode() in home
            if mine and b"heyi.site.run" in words and name.encode() in words:
                found.append(int(process.name))
        return sorted(found)

    def gone(self):
        return not (self.children("web") or self.children("worker") or self.place.servers())


@pytest.fixture
def running(installed):
    made = Running(installed)
    yield made
    if made.process.poll() is None:
        made.process.kill()
    until(made.gone)


def test_it_answers_heals_and_stops(running):
    status, headers, body = running.get("/healthz", **{"Heyi-Trace": "from-the-caller.1"})
    assert (status, json.loads(body)["state"]) == (200, "ready")
    assert headers["Heyi-Trace"] == "from-the-caller.1"
    assert running.get("/healthz", **{"Heyi-Trace": "<script>"})[1]["Heyi-Trace"] != "<script>"

    status, headers, body = running.get("/")
    assert status == 200
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert running.get("/purchase.receipt/7")[2] == body, "the app knows its own addresses"
    assert running.get("/assets/none.js")[0] == 404
    assert running.get("/", Host="evil.example")[0] == 400

    status, _, body = running.get("/metrics")
    assert status == 200
    assert "heyi_database_up 1.0" in body
    assert 'heyi_answers_total{method="GET",route="healthz",status="200"}' in body
    assert running.get("/metrics", **{"X-Forwarded-For": "203.0.113.9"})[0] == 404

    status, headers, body = running.get("/api/session")
    assert status == 401
    assert json.loads(body)["trace"] == headers["Heyi-Trace"]

    [worker] = running.children("worker")
    web, *workers = running.children("web")
    assert len(workers) >= 2
    os.kill(worker, signal.SIGKILL)
    os.kill(web, signal.SIGKILL)
    until(lambda: running.children("worker") not in ([], [worker]))
    until(lambda: web not in running.children("web") and running.answers())
    assert not set(workers) & set(running.children("web")), "nothing is left of the killed one"
    for pid in running.place.servers():
        os.kill(pid, signal.SIGKILL)
    until(lambda: running.answers() and running.place.servers())

    running.process.terminate()
    assert running.process.wait(60) == 0
    assert running.gone()


def test_it_ends_when_its_own_process_is_killed(running):
    running.process.kill()
    until(running.gone)


def test_a_busy_port_is_named_before_anything_starts(place):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = place.heyi("run", env={"HEYI_PORT": str(port)})
    assert done.returncode == 1
    assert done.stderr.startswith(f"heyi: Port {port} on 127.0.0.1 cannot be used: ")
    assert done.stderr.endswith("Choose another with HEYI_PORT or --port.\n")
    assert place.servers() == []


def test_figures_are_for_whoever_holds_the_token(client, settings):
    settings.HEYI_METRICS_TOKEN = "open sesame"
    assert client.get("/metrics").status_code == 404
    wrong = {"Authorization": "Bearer open barley"}
    assert client.get("/metrics", headers=wrong).status_code == 404
    right = {"Authorization": "Bearer open sesame"}
    with pytest.raises(Exception, match="Database access not allowed"):
        client.get("/metrics", headers=right)


def test_an_old_database_is_not_ready(client, transactional_db, monkeypatch):
    from heyi.site import health

    monkeypatch.setattr(health, "_known_current", False)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["state"]) == (
        503, "tables not up to date: run heyi upgrade",
    )  # fmt: skip


def test_ctrl_c_stops_it_and_it_starts_again_quickly(running):
    assert "heyi user add LOGIN --name NAME" in running.process.stderr.readline()
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(60) == 0
    assert running.gone()
    began = time.perf_counter()
    warm = Running(running.place)
    took = time.perf_counter() - began
    warm.process.send_signal(signal.SIGINT)
    assert warm.process.wait(60) == 0
    busy = os.getloadavg()[0] / (os.cpu_count() or 1)
    assert took < 10 * max(1, busy), f"ready after {took:.1f} s"
