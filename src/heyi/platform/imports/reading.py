"""A file that somebody hands in, read as a table of texts, however it was written.

Nothing in it is trusted. A workbook is unpacked and read by a child process with limits on memory
and time, so a file built to exhaust the machine exhausts only the child.
"""

import csv
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO, StringIO
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import orjson

from heyi.platform.imports.errors import (
    EncodingUnknown,
    FileBroken,
    FileEmpty,
    FileTooLarge,
    FormatUnknown,
    SheetTooLong,
    SheetTooWide,
)

MEGABYTE = 1 << 20
MOST_PACKED, MOST_UNPACKED = 20 * MEGABYTE, 400 * MEGABYTE
MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 200_000, 250, 4000
_CHILD_SECONDS = 100  # the child itself stops at 90 s of work


@dataclass(frozen=True, slots=True)
class Table:
    """A file as texts. `rows` are the rows under the head, each as wide as the head.

    Args:
        numbers: The number of each row in the file, as a person sees it there.
    """

    format: Literal["xlsx", "csv", "tsv"]
    head: tuple[str, ...]
    rows: list[list[str]]
    numbers: list[int]
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""


def read_table(content: bytes, name: str) -> Table:
    """The first sheet of a workbook, or a text table, from the head on.

    Raises:
        FileEmpty, FileTooLarge, SheetTooLong, SheetTooWide: Too little, too much.
        FileBroken, FormatUnknown, EncodingUnknown: It is not what it says.
    """
    if not content.strip():
        raise FileEmpty
    if len(content) > MOST_PACKED:
        raise FileTooLarge(len(content) // MEGABYTE, MOST_PACKED // MEGABYTE)
    if content.startswith(b"PK"):
        sheet, cells = _workbook(content, name)
        return _table(cells, "xlsx", sheet=sheet)
    if _is_binary(content):
        raise FormatUnknown(name)
    text, encoding = decoded(content, name)
    delimiter = _delimiter(text)
    format: Literal["csv", "tsv"] = "tsv" if delimiter == "\t" else "csv"
    return _table(_text_rows(text, delimiter, name), format, encoding, delimiter)


def _table(
    cells: Iterator[list[str]],
    format: Any,
    encoding: str = "",
    delimiter: str = "",
    sheet: str = "",
) -> Table:
    """Head and rows without the empty ones; the head is the first row that is not empty."""
    head: tuple[str, ...] = ()
    rows: list[list[str]] = []
    numbers: list[int] = []
    for number, row in enumerate(cells, 1):
        if not any(row):
            continue
        if not head:
            filled = max(n for n, cell in enumerate(row) if cell) + 1
            head = tuple(row[:filled])
            continue
        if len(rows) >= MOST_ROWS:
            raise SheetTooLong(MOST_ROWS)
        rows.append((row + [""] * len(head))[: max(len(head), _filled(row))])
        numbers.append(number)
    if not rows:
        raise FileEmpty
    if (widest := max(map(len, rows))) > len(head):
        head += ("",) * (widest - len(head))
        rows = [row + [""] * (widest - len(row)) for row in rows]
    return Table(format, head, rows, numbers, encoding, delimiter, sheet)


def _filled(row: list[str]) -> int:
    return next((n for n in range(len(row), 0, -1) if row[n - 1]), 0)


# ---------------------------------------------------------------- texts


def decoded(content: bytes, name: str) -> tuple[str, str]:
    """The text and its encoding: by its mark, else UTF-8, else the likelier of GB18030 and Big5."""
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if content.startswith(mark):
            try:
                return content.decode(encoding), encoding.removesuffix("-sig")
            except UnicodeDecodeError:
                raise FileBroken(name) from None
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    readings = []
    for encoding, common in (("gb18030", range(0xB0, 0xD8)), ("big5hkscs", range(0xA4, 0xC7))):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        readings.append((_likeness(text, encoding, common), encoding, text))
    if not readings:
        raise EncodingUnknown(name)
    likeness, encoding, text = max(readings)
    if likeness < 0.6:
        raise EncodingUnknown(name)
    return text, encoding.removesuffix("hkscs")


def _likeness(text: str, encoding: str, common: range) -> float:
    """The share of characters from the part of the code that everyday words come from."""
    sample = [c for c in islice((c for c in text if c > "\u3000"), 4000) if c.isalpha()]
    found = 0
    for character in sample:
        code = character.encode(encoding)
        found += (
            len(code) == 2 and code[0] in common and (encoding == "big5hkscs" or code[1] > 0xA0)
        )
    return found / len(sample) if sample else 0.0


def _is_binary(content: bytes) -> bool:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    return b"\x00" in content or content.startswith(
        (b"%PDF", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"Rar!")
    )


def _delimiter(text: str) -> str:
    """The sign that cuts the first lines into the same number of pieces, most of them."""
    sample = [line for line in text[:65536].splitlines() if line.strip()][:30]
    best, cut = ",", (0.0, 1)
    for sign in ",\t;|":
        counts = [len(row) for row in csv.reader(sample, delimiter=sign)]
        width = counts[0] if counts else 1
        agree = sum(n == width for n in counts) / max(1, len(counts))
        if width > 1 and (agree, width) > cut:
            best, cut = sign, (agree, width)
    return best


def _text_rows(text: str, delimiter: str, name: str) -> Iterator[list[str]]:
    csv.field_size_limit(MEGABYTE)
    try:
        for row in csv.reader(StringIO(text, newline=""), delimiter=delimiter):
            if len(row) > MOST_COLUMNS:
                raise SheetTooWide(MOST_COLUMNS)
            yield [clean(cell) for cell in row]
    except csv.Error:
        raise FileBroken(name) from None


def clean(cell: str) -> str:
    """A cell without what nobody sees: marks, zero-width and non-breaking spaces, control signs."""
    if not cell.isascii() or not cell.isprintable():
        cell = cell.translate(_UNSEEN)
    return cell.strip()[:LONGEST_CELL]


_UNSEEN = {
    **dict.fromkeys([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F]),
    **dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x200E, 0x200F, 0x202A, 0x202B, 0x202C,
                     0x202D, 0x202E]),
    0xA0: " ", 0x3000: " ", 0x09: " ", 0x0D: None,
}  # fmt: skip


# ---------------------------------------------------------------- workbooks


def _workbook(content: bytes, name: str) -> tuple[str, Iterator[list[str]]]:
    """The name and the cells of the first sheet, read in a child process."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            parts = package.infolist()
            unpacked = sum(part.file_size for part in parts)
            is_workbook = any(part.filename == "xl/workbook.xml" for part in parts)
    except (zipfile.BadZipFile, ValueError, OverflowError):
        raise FileBroken(name) from None
    if not is_workbook:
        raise FormatUnknown(name)
    if unpacked > MOST_UNPACKED or len(parts) > 2000:
        raise FileTooLarge(unpacked // MEGABYTE, MOST_UNPACKED // MEGABYTE)
    try:
        child = subprocess.run(
            [sys.executable, "-I", str(Path(__file__).with_name("sheet.py"))],
            input=content, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            timeout=_CHILD_SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise FileBroken(name) from None
    if child.returncode == 3:
        raise SheetTooLong(MOST_ROWS)
    if child.returncode == 4:
        raise SheetTooWide(MOST_COLUMNS)
    if child.returncode != 0:
        raise FileBroken(name)
    found = orjson.loads(child.stdout)
    return found["sheet"], ([clean(cell) for cell in row] for row in found["rows"])
