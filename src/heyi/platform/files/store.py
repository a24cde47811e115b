"""Contents by their digest: HEYI_HOME/files/ab/cd/abcd….

A content is written aside, flushed, and moved into place before any row names it; so a row never
points at half a file. What no row names any more is swept away after a day.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.conf import settings

from heyi.platform import clock
from heyi.platform.files.errors import FileEmpty, FileTooLarge, FileTypeRefused
from heyi.platform.files.kinds import Kind, Refused, kind_of
from heyi.platform.files.names import safe_name

CHUNK = 256 * 1024
DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Stored:
    """A content that lies in the store."""

    name: str
    kind: Kind
    size: int
    sha256: str


def limit_mb() -> int:
    """How large an attachment may be (HEYI_ATTACHMENT_MB)."""
    return settings.HEYI_ATTACHMENT_MB


def store(name: str, chunks: Iterable[bytes]) -> Stored:
    """Write a content as it comes in, and refuse it as soon as it is too large.

    Raises:
        FileEmpty, FileTooLarge, FileTypeRefused: Nothing is left behind.
    """
    digest, size, limit = sha256(), 0, limit_mb() * 1024 * 1024
    with NamedTemporaryFile(dir=_folder("incoming"), delete=False) as aside:
        try:
            for chunk in chunks:
                size += len(chunk)
                if size > limit:
                    raise FileTooLarge(limit_mb())
                digest.update(chunk)
                aside.write(chunk)
            if size == 0:
                raise FileEmpty
            aside.flush()
            kind = kind_of(aside)  # type: ignore[arg-type]
            if isinstance(kind, Refused):
                raise FileTypeRefused(safe_name(name, ()), kind.found)
            os.fsync(aside.fileno())
            _keep(Path(aside.name), digest.hexdigest())
        finally:
            Path(aside.name).unlink(missing_ok=True)
    return Stored(safe_name(name, kind.suffixes), kind, size, digest.hexdigest())


def path_of(digest: str) -> Path:
    """Where a content lies."""
    return Path(settings.HEYI_FILES) / digest[:2] / digest[2:4] / digest


def digest_of(path: Path) -> str:
    """The digest of what lies at a path."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def discard(digest: str) -> None:
    """Take a content out of the store."""
    path_of(digest).unlink(missing_ok=True)


def forgotten(seconds: float = DAY_SECONDS) -> Iterator[str]:
    """Digests of contents untouched for so long, and clean up what never arrived."""
    before = clock.world().timestamp() - seconds
    root = Path(settings.HEYI_FILES)
    for file in root.glob("*/**/*"):
        with suppress(FileNotFoundError):
            if not file.is_file() or file.stat().st_mtime > before:
                continue
            if file.parent.name == "incoming":
                file.unlink()
            else:
                yield file.name


def _keep(aside: Path, digest: str) -> None:
    place = path_of(digest)
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists():
        os.utime(place)  # so that no sweep takes it before its new row is committed
        return
    os.replace(aside, place)
    place.chmod(0o440)
    folder = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _folder(name: str) -> Path:
    folder = Path(settings.HEYI_FILES) / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder
