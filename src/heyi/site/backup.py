"""One file that holds everything, and the way back that is proved before it is taken.

A backup is a tar: `manifest.json` (what is in it, with check sums), `database.dump` (pg_dump's
custom format) and `files/` (attachments). Restoring goes into a fresh database beside the present
one; only when the books prove right there do the two change places.
"""

import contextlib
import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg
from psycopg import sql

from heyi import __version__
from heyi.platform import clock
from heyi.site.home import Refused, home
from heyi.site.postgres import Database, named

FORMAT = 1
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Manifest:
    """What a backup says about itself."""

    format: int
    release: str
    at: str
    database_sha256: str
    files: int
    files_bytes: int


def write(target: Path, database: Database, progress: Progress) -> Manifest:
    """Save the database as of one instant, and every attachment, in `target`.

    Attachments are never changed in place, so those the database knows of are all there after it
    was read. The file appears whole or not at all.

    Raises:
        Refused: No pg_dump for this server, or no room.
    """
    if not target.parent.is_dir():
        raise Refused(f"There is no folder {target.parent}.")
    with tempfile.TemporaryDirectory(prefix=".heyi-backup-", dir=target.parent) as folder:
        dump = Path(folder) / "database.dump"
        progress("Reading the database …")
        _tool(
            database, "pg_dump", "--format=custom", "--no-owner", "--no-privileges",
            "--file", str(dump), database.owner,
        )  # fmt: skip
        kept = home() / "files"
        papers = sorted(p for p in kept.rglob("*") if p.is_file()) if kept.exists() else []
        manifest = Manifest(
            FORMAT, __version__, clock.world().isoformat(timespec="seconds"), _sum(dump),
            len(papers), sum(p.stat().st_size for p in papers),
        )  # fmt: skip
        progress(f"Packing {len(papers)} files …")
        draft = Path(folder) / "backup"
        with tarfile.open(draft, "w") as tar:
            text = json.dumps(asdict(manifest), indent=1).encode()
            entry = tarfile.TarInfo("manifest.json")
            entry.size, entry.mode = len(text), 0o600
            tar.addfile(entry, io.BytesIO(text))
            tar.add(dump, "database.dump", filter=_plain)
            for paper in papers:
                tar.add(paper, f"files/{paper.relative_to(kept).as_posix()}", filter=_plain)
        draft.chmod(0o600)
        with open(draft, "rb") as out:
            os.fsync(out.fileno())
        draft.replace(target)
    return manifest


def restore(
    source: Path, database: Database, prove: Callable[[str], dict[str, Any]], progress: Progress
) -> dict[str, Any]:
    """Put a backup in the place of the present data, if the books in it prove right.

    Args:
        prove: Brings the database at an address to this release and checks it in full; the
            result's "ok" decides.

    Returns:
        What `prove` said. The data that was there is kept as `<name>_before` and files_before.

    Raises:
        Refused: The file is no backup or is damaged; somebody is using the database.
    """
    name = unquote(urlsplit(database.owner).path.lstrip("/"))
    fresh, before = f"{name}_restored", f"{name}_before"
    with _opened(source) as (folder, manifest):
        _alone(database, name)
        progress(f"Restoring the backup of {manifest.at} (Heyi {manifest.release}) …")
        with _maintenance(database) as work:
            _drop(work, fresh)
            work.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(fresh))
            )
        copy = named(database.owner, fresh)
        try:
            _tool(
                database, "pg_restore", "--no-owner", "--no-privileges", "--exit-on-error",
                "--dbname", copy, str(folder / "database.dump"),
            )  # fmt: skip
            progress("Proving the restored books …")
            result = prove(copy)
            if result["ok"]:
                _alone(database, name)
                _change_places(database, name, fresh, before, folder / "files")
        finally:
            with _maintenance(database) as work:
                _drop(work, fresh)
    return result


@contextlib.contextmanager
def _opened(source: Path) -> Iterator[tuple[Path, Manifest]]:
    """The backup, unpacked beside its future place and compared with its manifest."""
    with tempfile.TemporaryDirectory(prefix=".heyi-restore-", dir=home()) as place:
        folder = Path(place)
        try:
            with tarfile.open(source) as tar:
                tar.extractall(folder, filter="data")
            manifest = Manifest(
                **json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
            )
            if manifest.format != FORMAT:
                raise Refused(f"{source} was written by a later Heyi ({manifest.release}).")
            (folder / "files").mkdir(exist_ok=True)
            papers = [p for p in (folder / "files").rglob("*") if p.is_file()]
            found = (
                _sum(folder / "database.dump"),
                len(papers),
                sum(p.stat().st_size for p in papers),
            )
            if found != (manifest.database_sha256, manifest.files, manifest.files_bytes):
                raise Refused(f"{source} is damaged: its contents are not what its manifest says.")
        except FileNotFoundError as error:
            raise Refused(f"{source} is no backup of Heyi, or is not there.") from error
        except (tarfile.TarError, TypeError, ValueError, KeyError) as error:
            raise Refused(f"{source} is no backup of Heyi, or is cut short: {error}") from error
        yield folder, manifest


def _change_places(database: Database, name: str, fresh: str, before: str, files: Path) -> None:
    with _maintenance(database) as work:
        _drop(work, before)
        for old, new in ((name, before), (fresh, name)):
            work.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                    sql.Identifier(old), sql.Identifier(new)
                )
            )
    kept, aside = home() / "files", home() / "files_before"
    shutil.rmtree(aside, ignore_errors=True)
    if kept.exists():
        kept.replace(aside)
    files.replace(kept)


def _alone(database: Database, name: str) -> None:
    with _maintenance(database) as work:
        [others] = work.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'",
            [name],
        ).fetchone() or [0]
    if others:
        raise Refused(f"{others} connections are using the database. Stop `heyi run` first.")


def _maintenance(database: Database) -> psycopg.Connection:
    return psycopg.connect(named(database.owner, "postgres"), autocommit=True)


def _drop(work: psycopg.Connection, name: str) -> None:
    work.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _tool(database: Database, program: str, *arguments: str) -> None:
    if not database.tools or not (database.tools / program).exists():
        raise Refused(f"There is no {program} here; install PostgreSQL's client programs.")
    run = subprocess.run(
        [database.tools / program, "--no-password", *arguments],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
    )  # fmt: skip
    if run.returncode:
        raise Refused(f"{program} failed:\n  {run.stderr.strip()}")


def _sum(file: Path) -> str:
    with open(file, "rb") as read:
        return hashlib.file_digest(read, "sha256").hexdigest()


def _plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mode = 0o600
    return entry
