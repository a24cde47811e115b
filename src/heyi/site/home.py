"""Where Heyi keeps everything on a machine: the folder HEYI_HOME.

secrets.json   keys and passwords made on the first start; readable by its owner alone
postgres/      the embedded database: data, socket, log
files/         attachments
run/           what the processes of this minute share; safe to delete when nothing runs
"""

import json
import os
import secrets
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path


class Refused(Exception):
    """Something on this machine stands in the way; the text says what and what to do."""


def home() -> Path:
    """HEYI_HOME, by default ~/.heyi; made when it is not there."""
    folder = Path(os.environ.get("HEYI_HOME") or Path.home() / ".heyi").expanduser().absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(f"no right to write in {folder}")
    except OSError as error:
        raise Refused(f"HEYI_HOME {folder} cannot be used: {error}") from error
    return folder


@cache
def kept_secrets(folder: Path) -> Mapping[str, str]:
    """This installation's keys and passwords; made once, whoever comes first."""
    file = folder / "secrets.json"
    if not file.exists():
        names = ("secret_key", "postgres", "heyi", "heyi_app")
        made = {name: secrets.token_urlsafe(48 if name == "secret_key" else 24) for name in names}
        handle, draft = tempfile.mkstemp(dir=folder)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            json.dump(made, out)
            out.flush()
            os.fsync(out.fileno())
        if os.geteuid() == 0:
            os.chown(draft, folder.stat().st_uid, folder.stat().st_gid)
        try:
            os.link(draft, file)
        except FileExistsError:
            pass
        finally:
            os.unlink(draft)
    return json.loads(file.read_text(encoding="utf-8"))
