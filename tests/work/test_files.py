"""Attachments: safe names, kinds by content, nothing half-saved, rights of the record."""

import io
import os
import sys
import zipfile
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from heyi.kernel.errors import BusinessError
from heyi.platform.access import NotAllowed, NotFound
from heyi.platform.exceptions.models import Case
from heyi.platform.files import scanning
from heyi.platform.files.api import attach, attachments, open_file, receive, withdraw
from heyi.platform.files.errors import (
    FileEmpty,
    FileInfected,
    FileMissing,
    FileNotReady,
    FileTooLarge,
    FileTypeRefused,
)
from heyi.platform.files.kinds import Refused, kind_of
from heyi.platform.files.models import Attachment
from heyi.platform.files.names import safe_name
from heyi.platform.files.proof import contents
from heyi.platform.files.store import forgotten, path_of
from heyi.platform.inbox.models import Notice
from heyi.platform.jobs.models import JobRun
from tests.work.approving import Firm

TYPE = "purchase.receipt"
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"


def zipped(*names, first=None):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        if first:
            archive.writestr("mimetype", first)
        for name in names:
            archive.writestr(name, "x")
    return held.getvalue()


@pytest.fixture
def firm(db, settings, tmp_path):
    settings.HEYI_FILES = tmp_path / "files"
    settings.HEYI_SCAN_COMMAND = ""
    return Firm("FI")


def add(firm, receipt, name="drawing.pdf", content=PDF, who="li"):
    stored = receive(firm[who], TYPE, receipt.pk, name, [content])
    with transaction.atomic():
        return attach(firm[who], TYPE, receipt.pk, stored)


def left(settings):
    return [p for p in Path(settings.HEYI_FILES).glob("**/*") if p.is_file()]


# ------------------------------------------------------------------------------ pure


@pytest.mark.parametrize(
    ("raw", "suffixes", "safe"),
    [
        ("drawing.pdf", (".pdf",), "drawing.pdf"),
        ("圖面 01.PDF", (".pdf",), "圖面 01.PDF"),
        ("../../etc/passwd", (".txt",), "passwd.txt"),
        ("C:\\temp\\a.pdf", (".pdf",), "a.pdf"),
        ("a\x00b\r\nc.pdf", (".pdf",), "abc.pdf"),
        ("invoice\u202efdp.exe", (".exe",), "invoicefdp.exe"),
        ("invoice\u202egpj.exe", (".jpg", ".jpeg"), "invoicegpj.exe.jpg"),
        ("photo.JPEG", (".jpg", ".jpeg"), "photo.JPEG"),
        ('a<b>:"|?*.pdf', (".pdf",), "a_b______.pdf"),
        ("con.txt", (".txt",), "_con.txt"),
        ("...", (".pdf",), "file.pdf"),
        ("", (".pdf",), "file.pdf"),
        ("a.", (), "a"),
        (" . a .pdf", (".pdf",), "a.pdf"),
    ],
)
def test_names(raw, suffixes, safe):
    assert safe_name(raw, suffixes) == safe


def test_a_long_name_keeps_its_suffix_and_whole_characters():
    name = safe_name("料" * 300 + ".pdf", (".pdf",))
    assert name.endswith("料.pdf")
    assert len(name.encode()) <= 200


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (PDF, "application/pdf"),
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"),
        (zipped("[Content_Types].xml", "xl/workbook.xml"), "spreadsheetml.sheet"),
        (zipped("[Content_Types].xml", "word/document.xml"), "wordprocessingml.document"),
        (zipped(first="application/vnd.oasis.opendocument.text"), "opendocument.text"),
        (zipped("a.txt"), "application/zip"),
        ("料號,數量\r\nA1,3\r\n".encode(), "text/plain"),
        ("料号,数量".encode("gb18030"), "text/plain"),
        ("料號".encode("utf-16"), "text/plain"),
        ("料".encode() * 30_000, "text/plain"),
        (b"<?xml version='1.0'?><order/>", "text/plain"),
        (b"#!AMR\n\x0c", "audio/amr"),
    ],
)
def test_kinds_by_content(content, found):
    kind = kind_of(io.BytesIO(content))
    assert not isinstance(kind, Refused), kind
    assert kind.media_type.endswith(found)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"MZ\x90\x00ftyp", "Windows program"),
        (b"\x7fELF\x02", "Linux program"),
        (b"#!/bin/sh\n", "script"),
        (b"<html><script>", "web page or drawing with script"),
        (b"\xef\xbb\xbf <!-- x --> <svg onload=1>", "web page or drawing with script"),
        (b"<?xml version='1.0'?>\n<svg/>", "web page or drawing with script"),
        (zipped("[Content_Types].xml", "word/vbaProject.bin"), "document with macros"),
        (b"PK\x03\x04broken", "broken zip"),
        (b"\x00\x01\x02\x03", "unknown"),
    ],
)
def test_refused_kinds(content, found):
    assert kind_of(io.BytesIO(content)) == Refused(found)


# ------------------------------------------------------------------------------ the store


def test_a_file_is_kept_by_its_content_and_listed(firm, settings):
    receipt = firm.receipt()
    one = add(firm, receipt, "圖面.pdf")
    two = add(firm, receipt, "copy.pdf")
    assert (one["name"], one["media_type"], one["size"], one["state"]) == (
        "圖面.pdf", "application/pdf", len(PDF), "ready",
    )  # fmt: skip
    assert one["sha256"] == two["sha256"]
    assert left(settings) == [path_of(one["sha256"])]
    assert [f["id"] for f in attachments(firm["wang"], TYPE, receipt.pk)] == [two["id"], one["id"]]
    file, path = open_file(firm["wang"], one["id"])
    assert (file.name, path.read_bytes()) == ("圖面.pdf", PDF)


@pytest.mark.parametrize(
    ("chunks", "error"),
    [
        ([], FileEmpty),
        ([b""], FileEmpty),
        ([b"MZ\x90"], FileTypeRefused),
        ([PDF] + [b"x" * 1024 * 1024] * 2, FileTooLarge),
    ],
)
def test_a_refused_file_leaves_nothing(firm, settings, chunks, error):
    settings.HEYI_ATTACHMENT_MB = 1
    with pytest.raises(error):
        receive(firm["li"], TYPE, firm.receipt().pk, "a.pdf", chunks)
    assert left(settings) == []
    assert Attachment.objects.count() == 0


def test_an_upload_that_breaks_off_leaves_nothing(firm, settings):
    def broken():
        yield PDF
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        receive(firm["li"], TYPE, firm.receipt().pk, "a.pdf", broken())
    assert left(settings) == []


def test_it_stops_reading_when_too_much_came(firm, settings):
    settings.HEYI_ATTACHMENT_MB = 1
    read = []

    def endless():
        while True:
            read.append(1)
            yield PDF + b"x" * 400_000

    with pytest.raises(FileTooLarge):
        receive(firm["li"], TYPE, firm.receipt().pk, "a.pdf", endless())
    assert len(read) == 3


def test_a_rolled_back_attachment_is_swept_away_later(firm, settings):
    receipt = firm.receipt()
    kept = add(firm, receipt, content=PDF + b"kept")
    stored = receive(firm["li"], TYPE, receipt.pk, "b.pdf", [PDF + b"lost"])
    with transaction.atomic():
        attach(firm["li"], TYPE, receipt.pk, stored)
        transaction.set_rollback(True)
    assert scanning.sweep_files() == 0  # it may still be on its way
    for file in left(settings):
        os.utime(file, (1, 1))
    assert len(list(forgotten())) == 2
    assert scanning.sweep_files() == 1
    assert left(settings) == [path_of(kept["sha256"])]


def test_the_proof_finds_a_content_that_is_not_what_it_was(firm):
    one, two = add(firm, firm.receipt()), add(firm, firm.receipt(), content=PDF + b"2")
    assert (contents(None, None).ok, contents(None, None).checked) == (True, 2)
    path = path_of(two["sha256"])
    path.chmod(0o600)
    path.write_bytes(PDF + b"3")
    assert contents(firm.company.pk, None).first_bad["found"] == "other content"
    path_of(one["sha256"]).unlink()
    assert contents(None, None).first_bad["attachment"] == one["id"]
    assert contents(None, two["id"]).ok


# ------------------------------------------------------------------------------ rights


def test_rights_follow_the_record(firm):
    other = Firm("FI2")
    receipt = firm.receipt()
    file = add(firm, receipt)
    for stranger in (firm["sun"], other["li"]):
        for attempt in (
            lambda who=stranger: receive(who, TYPE, receipt.pk, "a.pdf", [PDF]),
            lambda who=stranger: attachments(who, TYPE, receipt.pk),
            lambda who=stranger: open_file(who, file["id"]),
            lambda who=stranger: withdraw(who, file["id"]),
        ):
            with pytest.raises(NotFound):
                attempt()
    firm.hire("audit", "audit.auditor")
    open_file(firm["audit"], file["id"])
    with pytest.raises(NotAllowed):
        receive(firm["audit"], TYPE, receipt.pk, "a.pdf", [PDF])
    with pytest.raises(NotAllowed):
        withdraw(firm["wang"], file["id"])


def test_withdrawn_is_not_deleted(firm):
    receipt = firm.receipt()
    file = add(firm, receipt)
    withdraw(firm["li"], file["id"], reason="wrong drawing")
    [shown] = attachments(firm["li"], TYPE, receipt.pk)
    assert (shown["withdrawn"], shown["withdrawn_by"], shown["reason"]) == (
        True, "li", "wrong drawing",
    )  # fmt: skip
    with pytest.raises(NotFound):
        open_file(firm["li"], file["id"])
    assert path_of(file["sha256"]).exists()
    for change in (
        lambda: Attachment.objects.update(name="other.pdf"),
        lambda: Attachment.objects.update(withdrawn_at=None),
        lambda: Attachment.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_a_content_that_is_gone_is_said_plainly(firm):
    file = add(firm, firm.receipt())
    path_of(file["sha256"]).unlink()
    with pytest.raises(FileMissing):
        open_file(firm["li"], file["id"])


# ------------------------------------------------------------------------------ scanning

SCANNER = (
    "import sys; c = open(sys.argv[1], 'rb').read(); sys.exit(2 if b'jam' in c else b'evil' in c)"
)


@pytest.fixture
def scanner(settings, tmp_path):
    program = tmp_path / "scanner.py"
    program.write_text(SCANNER)
    settings.HEYI_SCAN_COMMAND = f"{sys.executable} {program} {{file}}"


def test_a_file_waits_in_quarantine_until_it_is_clean(firm, scanner):
    file = add(firm, firm.receipt())
    assert file["state"] == "quarantined"
    with pytest.raises(FileNotReady):
        open_file(firm["li"], file["id"])
    assert JobRun.objects.get().args == {"attachment": file["id"]}
    scanning.scan.function(None, attachment=file["id"])
    assert open_file(firm["li"], file["id"])[0].state == "ready"


def test_an_infected_file_is_locked_away(firm, scanner, django_capture_on_commit_callbacks):
    file = add(firm, firm.receipt(), content=PDF + b"evil")
    with django_capture_on_commit_callbacks(execute=True):
        scanning.scan.function(None, attachment=file["id"])
    with pytest.raises(FileInfected):
        open_file(firm["li"], file["id"])
    assert not path_of(file["sha256"]).exists()
    assert Case.objects.get().code == "files.infected_file_found"
    assert Notice.objects.get().user_id == firm["li"].id
    with pytest.raises(IntegrityError), transaction.atomic():
        Attachment.objects.update(state="ready")


def test_a_scanner_that_cannot_look_leaves_it_in_quarantine(firm, scanner):
    file = add(firm, firm.receipt(), content=PDF + b"jam")
    with pytest.raises(scanning.ScannerFailed):
        scanning.scan.function(None, attachment=file["id"])
    with pytest.raises(BusinessError, match=r"files\.file_not_ready"):
        open_file(firm["li"], file["id"])
