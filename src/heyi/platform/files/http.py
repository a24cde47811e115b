"""Attachments over HTTP."""

from datetime import datetime
from typing import Any

from django.http import FileResponse, HttpResponse
from django.utils.http import content_disposition_header
from ninja import File, Router, Schema
from ninja.files import UploadedFile

from heyi.platform.files import attachments as files
from heyi.platform.files.store import CHUNK
from heyi.platform.idempotency import KeyMissing, answer, once, write
from heyi.platform.requests import Key, Request, Words

router = Router(tags=["files"])
_LONGEST_KEY = 80


class AttachmentOut(Schema):
    """A file of a record. `state`: ready, quarantined (being scanned), infected."""

    id: int
    name: str
    media_type: str
    size: int
    sha256: str
    state: str
    added_by: str
    added_at: datetime
    withdrawn: bool
    withdrawn_by: str | None
    reason: str


@router.get("/records/{screen}/{int:id}/attachments", response=list[AttachmentOut])
def attachments(request: Request, screen: str, id: Key) -> list[dict[str, Any]]:
    """The files of a record, newest first."""
    return files.attachments(request.actor, screen, id)


@router.post("/records/{screen}/{int:id}/attachments", response={201: AttachmentOut})
def attach(request: Request, screen: str, id: Key, file: UploadedFile = File(...)) -> HttpResponse:
    """Attach a file (multipart, field `file`)."""
    actor, key = request.actor, request.headers.get("Idempotency-Key", "")
    if not 0 < len(key) <= _LONGEST_KEY or not key.isprintable():
        raise KeyMissing
    stored = files.receive(actor, screen, id, file.name or "", file.chunks(CHUNK))
    asked = [actor.id, "attach", screen, id, stored.name, stored.sha256]
    return answer(
        *once(actor.company, key, asked, lambda: (201, files.attach(actor, screen, id, stored)))
    )


@router.get("/attachments/{int:attachment}")
def download(request: Request, attachment: Key) -> FileResponse:
    """The file itself. A browser saves it and never runs what is in it."""
    file, path = files.open_file(request.actor, attachment)
    response = FileResponse(path.open("rb"), content_type=file.media_type)
    response["Content-Disposition"] = content_disposition_header(True, file.name)
    response["Content-Length"] = str(file.size)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response


@router.delete("/attachments/{int:attachment}", response=AttachmentOut)
def withdraw(request: Request, attachment: Key, reason: Words = "") -> HttpResponse:
    """Take a file back. It leaves a mark, and its content stays for the auditor."""
    return write(request, lambda: (200, files.withdraw(request.actor, attachment, reason=reason)))
