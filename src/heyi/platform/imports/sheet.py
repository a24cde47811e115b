"""Run as a child process: a workbook on stdin, the texts of its first sheet as JSON on stdout.

Exit codes: 0 read, 3 too long, 4 too wide, anything else broken. The reader lays a sheet out as a
full rectangle, so a single cell far out would take all memory there is: the corners are looked up
in the file first.
"""

import re
import resource
import sys
import zipfile
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import orjson
from python_calamine import CalamineWorkbook

MOST_ROWS, MOST_COLUMNS = 200_010, 250
MOST_MEMORY, MOST_SECONDS = 2 << 30, 90
TOO_LONG, TOO_WIDE = 3, 4
_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br="(\d+)"')
_CELL = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]+)(\d+)"')
_CHUNK = 1 << 20


def main() -> int:
    _limit()
    content = sys.stdin.buffer.read()
    with zipfile.ZipFile(BytesIO(content)) as package:
        for part in package.namelist():
            if part.startswith("xl/worksheets/") and part.endswith(".xml"):
                rows, columns = _corner(package, part)
                if rows > MOST_ROWS:
                    return TOO_LONG
                if columns > MOST_COLUMNS:
                    return TOO_WIDE
    workbook = CalamineWorkbook.from_filelike(BytesIO(content))
    sheet = workbook.get_sheet_by_index(0)
    rows_ = sheet.to_python(skip_empty_area=False)
    said = {"sheet": sheet.name, "rows": [[_text(cell) for cell in row] for row in rows_]}
    sys.stdout.buffer.write(orjson.dumps(said))
    return 0


def _limit() -> None:
    """Memory and time end with this process; not every system keeps the limit on memory."""
    for what, most in ((resource.RLIMIT_AS, MOST_MEMORY), (resource.RLIMIT_CPU, MOST_SECONDS)):
        try:
            resource.setrlimit(what, (most, most))
        except (ValueError, OSError):
            continue


def _corner(package: zipfile.ZipFile, part: str) -> tuple[int, int]:
    """The last row and column that a sheet mentions, found without building anything."""
    rows = columns = 0
    with package.open(part) as stream:
        rest = b""
        while chunk := stream.read(_CHUNK):
            text = rest + chunk
            cut = text.rfind(b"<") + 1 or len(text)
            text, rest = text[: cut - 1], text[cut - 1 :]
            for found in _ROW.finditer(text):
                rows = max(rows, int(found[1][:9]))
            widest = max(
                (f[1] for f in _CELL.finditer(text)), key=lambda x: (len(x), x), default=b""
            )
            rows = max([rows, *(int(f[2][:9]) for f in _CELL.finditer(text))])
            columns = max(columns, _column(widest))
    return rows, columns


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters[:6]:
        number = number * 26 + letter - 64
    return number


def _text(cell: Any) -> str:
    """What a person sees: figures without a drift, days as days."""
    match cell:
        case str():
            return cell
        case bool():
            return "true" if cell else "false"
        case float():
            return f"{Decimal(repr(cell)).normalize():f}"
        case datetime():
            return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
        case date() | time():
            return cell.isoformat()
        case timedelta():
            return str(cell)
    return "" if cell is None else str(cell)


if __name__ == "__main__":
    sys.exit(main())
