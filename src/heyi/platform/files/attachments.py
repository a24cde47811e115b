"""Attaching files to records, listing, opening and withdrawing them. Rights follow the record."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.db import connection

from heyi.platform import clock
from heyi.platform.access import Access, Actor, NotAllowed, NotFound
from heyi.platform.files.errors import FileInfected, FileMissing, FileNotReady
from heyi.platform.files.models import Attachment
from heyi.platform.files.scanning import command, scan
from heyi.platform.files.store import Stored, path_of, store
from heyi.platform.subjects import require_readable, require_writable

ADMINISTRATOR = "system.administrator"


def receive(
    actor: Actor, subject_type: str, subject_id: int, name: str, chunks: Iterable[bytes]
) -> Stored:
    """Take a content in for a record the actor may work on. No row names it yet.

    Raises:
        NotFound, NotAllowed, FileEmpty, FileTooLarge, FileTypeRefused
    """
    require_writable(actor, subject_type, subject_id)
    return store(name, chunks)


def attach(actor: Actor, subject_type: str, subject_id: int, stored: Stored) -> dict[str, Any]:
    """Attach a received content, in the current transaction; scanned first if a scanner is set up."""
    assert connection.in_atomic_block
    require_writable(actor, subject_type, subject_id)
    scanned = bool(command())
    file = Attachment.objects.create(
        company_id=actor.company, subject_type=subject_type, subject_id=subject_id,
        name=stored.name, media_type=stored.kind.media_type, size=stored.size,
        sha256=stored.sha256, state="quarantined" if scanned else "ready",
        added_by=actor.id, added_by_login=actor.name, added_at=clock.now(),
    )  # fmt: skip
    if scanned:
        scan.start(actor, attachment=file.pk)
    return shown(file)


def attachments(actor: Actor, subject_type: str, subject_id: int) -> list[dict[str, Any]]:
    """The files of a record, newest first; withdrawn ones leave their mark.

    Raises:
        NotFound
    """
    require_readable(actor, subject_type, subject_id)
    rows = Attachment.objects.filter(
        company_id=actor.company, subject_type=subject_type, subject_id=subject_id
    )
    return [shown(file) for file in rows.order_by("-pk")[:500]]


def open_file(actor: Actor, attachment: int) -> tuple[Attachment, Path]:
    """A file to be read, for whoever may see its record.

    Raises:
        NotFound, FileNotReady, FileInfected, FileMissing
    """
    file = _take(actor, attachment)
    if file.withdrawn_at is not None:
        raise NotFound("files.attachment", [attachment])
    if file.state == "infected":
        raise FileInfected(file.name)
    if file.state != "ready":
        raise FileNotReady(file.name)
    path = path_of(file.sha256)
    if not path.is_file():
        raise FileMissing(file.name)
    return file, path


def withdraw(actor: Actor, attachment: int, *, reason: str = "") -> dict[str, Any]:
    """Take a file back: nobody opens it any more, the content stays for the auditor.

    Raises:
        NotFound, NotAllowed: Only who added it, may edit the record, or administers may.
    """
    file = _take(actor, attachment, lock=True)
    access = Access.registry[file.subject_type]
    allowed = (
        file.added_by == actor.id or ADMINISTRATOR in actor.roles or access.allows(actor, "edit")
    )
    if not allowed:
        raise NotAllowed("withdraw", "files.attachment", sorted(access.verbs.get("edit", ())))
    if file.withdrawn_at is None:
        file.withdrawn_by, file.withdrawn_at, file.reason = actor.name, clock.now(), reason[:500]
        file.save(update_fields=["withdrawn_by", "withdrawn_at", "reason"])
    return shown(file)


def shown(file: Attachment) -> dict[str, Any]:
    """A file as a list shows it."""
    return {
        "id": file.pk, "name": file.name, "media_type": file.media_type, "size": file.size,
        "sha256": file.sha256, "state": file.state, "added_by": file.added_by_login,
        "added_at": file.added_at, "withdrawn": file.withdrawn_at is not None,
        "withdrawn_by": file.withdrawn_by, "reason": file.reason,
    }  # fmt: skip


def _take(actor: Actor, attachment: int, *, lock: bool = False) -> Attachment:
    rows = Attachment.objects.select_for_update() if lock else Attachment.objects.all()
    file = rows.filter(pk=attachment, company_id=actor.company).first()
    if file is None:
        raise NotFound("files.attachment", [attachment])
    require_readable(actor, file.subject_type, file.subject_id)
    return file
