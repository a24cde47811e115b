"""What a file is, by its content. A name proves nothing."""

import codecs
import re
import zipfile
from dataclasses import dataclass
from typing import BinaryIO

HEAD_BYTES = 64 * 1024
_MOST_ENTRIES = 20_000


@dataclass(frozen=True, slots=True)
class Kind:
    """A media type and the suffixes that go with it, the usual one first."""

    media_type: str
    suffixes: tuple[str, ...]


PDF = Kind("application/pdf", (".pdf",))
ZIP = Kind("application/zip", (".zip",))
TEXT = Kind("text/plain", (".txt", ".csv", ".tsv", ".log", ".md", ".json", ".xml", ".step", ".stp", ".iges", ".igs", ".nc",
                            ".dxf"))  # fmt: skip
_OFFICE = {
    "word/": Kind(
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document", (".docx",)
    ),
    "xl/": Kind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (".xlsx",)),
    "ppt/": Kind(
        "application/vnd.openxmlformats-officedocument.presentationml.presentation", (".pptx",)
    ),
}
_OPEN_DOCUMENT = {
    b"application/vnd.oasis.opendocument.text": (".odt",),
    b"application/vnd.oasis.opendocument.spreadsheet": (".ods",),
    b"application/vnd.oasis.opendocument.presentation": (".odp",),
}
_OLD_OFFICE = Kind("application/x-ole-storage", (".doc", ".xls", ".ppt", ".msg", ".wps", ".et"))

# (offset, bytes, kind); the first that fits.
_MAGIC: tuple[tuple[int, bytes, Kind], ...] = (
    (0, b"%PDF-", PDF),
    (0, b"\x89PNG\r\n\x1a\n", Kind("image/png", (".png",))),
    (0, b"\xff\xd8\xff", Kind("image/jpeg", (".jpg", ".jpeg"))),
    (0, b"GIF87a", Kind("image/gif", (".gif",))),
    (0, b"GIF89a", Kind("image/gif", (".gif",))),
    (8, b"WEBP", Kind("image/webp", (".webp",))),
    (0, b"II*\x00", Kind("image/tiff", (".tif", ".tiff"))),
    (0, b"MM\x00*", Kind("image/tiff", (".tif", ".tiff"))),
    (4, b"ftypheic", Kind("image/heic", (".heic",))),
    (4, b"ftypmif1", Kind("image/heic", (".heic",))),
    (4, b"ftyp", Kind("video/mp4", (".mp4", ".m4a", ".mov"))),
    (0, b"OggS", Kind("audio/ogg", (".ogg",))),
    (0, b"ID3", Kind("audio/mpeg", (".mp3",))),
    (0, b"#!AMR", Kind("audio/amr", (".amr",))),
    (0, b"AC10", Kind("image/vnd.dwg", (".dwg",))),
    (0, b"OFD", Kind("application/ofd", (".ofd",))),
)
# Kinds that run or script; named, so that a refusal can say what was found.
_REFUSED: tuple[tuple[bytes, str], ...] = (
    (b"MZ", "Windows program"),
    (b"\x7fELF", "Linux program"),
    (b"\xca\xfe\xba\xbe", "Java or macOS program"),
    (b"\xcf\xfa\xed\xfe", "macOS program"),
    (b"#!", "script"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "Windows shortcut"),
)
_MARKUP = re.compile(rb"^\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype\s+html|html|svg|script|head|body|iframe)", re.I | re.S)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Refused:
    """What was found instead of something allowed."""

    found: str


def kind_of(file: BinaryIO) -> Kind | Refused:
    """What a file is. Reads its beginning, and a zip's table of contents; the position is reset."""
    file.seek(0)
    head = file.read(HEAD_BYTES)
    file.seek(0)
    for magic, found in _REFUSED:
        if head.startswith(magic) and not head.startswith(b"#!AMR"):
            return Refused(found)
    for offset, magic, kind in _MAGIC:
        if head[offset : offset + len(magic)] == magic:
            return kind
    if head.startswith(b"PK\x03\x04"):
        return _zipped(file)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _OLD_OFFICE
    if head.startswith(b"BM") and len(head) > 26 and head[6:10] == b"\0\0\0\0":
        return Kind("image/bmp", (".bmp",))
    if _MARKUP.match(head.removeprefix(b"\xef\xbb\xbf")[:4096]):
        return Refused("web page or drawing with script")
    return TEXT if _is_text(head) else Refused("unknown")


def _zipped(file: BinaryIO) -> Kind | Refused:
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()[:_MOST_ENTRIES]
            mimetype = _first_entry(archive, names)
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError):
        return Refused("broken zip")
    finally:
        file.seek(0)
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return Refused("document with macros")
    if "[Content_Types].xml" in names:
        for folder, kind in _OFFICE.items():
            if any(name.startswith(folder) for name in names):
                return kind
    if mimetype in _OPEN_DOCUMENT:
        return Kind(mimetype.decode(), _OPEN_DOCUMENT[mimetype])
    if "OFD.xml" in names:
        return Kind("application/ofd", (".ofd",))
    return ZIP


def _first_entry(archive: zipfile.ZipFile, names: list[str]) -> bytes:
    """What an OpenDocument says it is; never more than 100 bytes are unpacked."""
    if not names or names[0] != "mimetype":
        return b""
    with archive.open("mimetype") as entry:
        return entry.read(100)


def _is_text(head: bytes) -> bool:
    if b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    for encoding in ("utf-8", "gb18030", "utf-16"):
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(head)
        except UnicodeDecodeError:
            continue
        controls = sum(1 for c in text if ord(c) < 32 and c not in "\t\n\r\f")
        if controls == 0:
            return True
    return False
