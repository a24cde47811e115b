"""Looking at new files with the customer's scanner before anyone may open them.

HEYI_SCAN_COMMAND is a command with {file} in it, "clamdscan --fdpass --no-summary {file}": exit 0
is clean, 1 infected, anything else means it could not look, and the job tries again.
"""

import shlex
import subprocess

from django.conf import settings
from django.db import transaction

from heyi.platform import exceptions
from heyi.platform.exceptions import ExceptionKind
from heyi.platform.files.models import Attachment
from heyi.platform.files.store import discard, forgotten, path_of
from heyi.platform.inbox.api import Tell, notify
from heyi.platform.jobs.api import Run, job
from heyi.platform.rows import array, fetch

SECONDS = 120
FILE_INFECTED = ExceptionKind(
    "files.infected_file_found", kind="external", owner="system.administrator", due_hours=4,
    severity="critical", screens=("exceptions.case",),
)  # fmt: skip


class ScannerFailed(RuntimeError):
    """The scanner could not look at the file."""


def command() -> str:
    """The scanner's command line; empty where none is set up."""
    return settings.HEYI_SCAN_COMMAND


@job("platform.scan_file", retries=5)
def scan(run: Run, attachment: int) -> dict[str, str]:
    """Scan one attachment and let it out of quarantine, or lock it away."""
    file = Attachment.objects.get(pk=attachment)
    clean = is_clean(file.sha256)
    with transaction.atomic():
        settle(attachment, clean)
    return {"state": "ready" if clean else "infected"}


def is_clean(digest: str) -> bool:
    """Ask the scanner.

    Raises:
        ScannerFailed
    """
    words = [word.replace("{file}", str(path_of(digest))) for word in shlex.split(command())]
    done = subprocess.run(words, capture_output=True, timeout=SECONDS, check=False)
    if done.returncode not in (0, 1):
        raise ScannerFailed(done.stderr.decode(errors="replace")[-500:])
    return done.returncode == 0


def settle(attachment: int, clean: bool) -> None:
    """Record what the scanner said. An infected content is removed, with a case and a notice."""
    file = Attachment.objects.select_for_update().get(pk=attachment)
    if file.state != "quarantined":
        return
    file.state = "ready" if clean else "infected"
    file.save(update_fields=["state"])
    if clean:
        return
    params = {"name": file.name, "person": file.added_by_login}
    exceptions.open(
        FILE_INFECTED.code, [(file.subject_type, file.subject_id)], params,
        company=file.company_id, same=file.sha256,
    )  # fmt: skip
    notify(
        file.company_id,
        [Tell(file.added_by, "files.file_infected", {"name": file.name},
              (file.subject_type, file.subject_id))],
    )  # fmt: skip
    transaction.on_commit(lambda: discard(file.sha256))


@job("platform.sweep_files", every="7 4 * * *")
def sweep(run: Run) -> dict[str, int]:
    """Remove contents that no attachment names any more, a day after they came."""
    return {"gone": sweep_files()}


def sweep_files() -> int:
    """Remove what is forgotten; how many contents went."""
    gone = 0
    batch: list[str] = []
    for digest in forgotten():
        batch.append(digest)
        if len(batch) == 500:
            gone += _sweep(batch)
            batch = []
    return gone + _sweep(batch)


def _sweep(digests: list[str]) -> int:
    named = {
        digest
        for (digest,) in fetch(
            "SELECT DISTINCT sha256 FROM files_attachment WHERE sha256 = ANY(%s::text[])"
            " AND state <> 'infected'",
            [array(digests)],
        )
    }
    for digest in set(digests) - named:
        discard(digest)
    return len(set(digests) - named)
