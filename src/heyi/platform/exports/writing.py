"""Writing rows to a file as they come: memory does not grow with their number."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import TextIOWrapper
from tempfile import NamedTemporaryFile
from typing import IO, Any

import xlsxwriter

from heyi.platform.exports.cells import csv_text, fits_number, number_format, xlsx_text

_WIDEST, _NARROWEST = 48, 9


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of the file. Figures show at least `decimals`."""

    text: str
    decimals: int = 0
    width: int = 14


def write_csv(headings: Sequence[Heading], rows: Iterable[Sequence[Any]]) -> IO[bytes]:
    """A csv that Excel opens in the right encoding: UTF-8 with a mark, CRLF, safe texts."""
    file = NamedTemporaryFile(prefix="heyi-", suffix=".csv")  # noqa: SIM115 - the caller closes it
    text = TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)  # type: ignore[type-var]
    text.write("\ufeff")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([csv_text(h.text) for h in headings])
    writer.writerows([_csv_cell(value) for value in row] for row in rows)
    text.flush()
    text.detach()
    file.seek(0)
    return file


def _csv_cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case Decimal():
            return f"{value:f}"
        case datetime():
            return f"{value:%Y-%m-%d %H:%M:%S}"
        case date():
            return value.isoformat()
    return csv_text(str(value))


def write_xlsx(
    headings: Sequence[Heading], rows: Iterable[Sequence[Any]], *, sheet: str
) -> IO[bytes]:
    """A workbook of one sheet: head frozen and filterable, real dates, exact figures."""
    file = NamedTemporaryFile(prefix="heyi-", suffix=".xlsx")  # noqa: SIM115 - the caller closes it
    book = xlsxwriter.Workbook(file.name, {"constant_memory": True, "in_memory": False})
    page = book.add_worksheet(sheet_name(sheet))
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    writer = _Cells(book, page)
    page.freeze_panes(1, 0)
    for n, heading in enumerate(headings):
        page.set_column(n, n, min(_WIDEST, max(_NARROWEST, heading.width)))
        page.write_string(0, n, xlsx_text(heading.text), bold)
    last = 0
    for last, row in enumerate(rows, 1):
        for n, (value, heading) in enumerate(zip(row, headings, strict=True)):
            writer.write(last, n, value, heading.decimals)
    if headings:
        page.autofilter(0, 0, max(1, last), len(headings) - 1)
    book.close()
    file.seek(0)
    return file


class _Cells:
    """Writes values in the cell type that keeps them; formats are made once."""

    def __init__(self, book: xlsxwriter.Workbook, page: Any) -> None:
        self.book, self.page = book, page
        self.formats: dict[str, Any] = {}

    def write(self, row: int, column: int, value: Any, decimals: int) -> None:
        match value:
            case None | "":
                return
            case bool():
                self.page.write_boolean(row, column, value)
            case Decimal() if fits_number(value):
                shape = self._format(number_format(value, decimals))
                self.page.write_number(row, column, value, shape)
            case Decimal():
                self.page.write_string(row, column, f"{value:f}")
            case int() if abs(value) < 10**15:
                self.page.write_number(row, column, value)
            case datetime():
                plain = value.replace(tzinfo=None)
                self.page.write_datetime(row, column, plain, self._format("yyyy-mm-dd hh:mm"))
            case date():
                self.page.write_datetime(row, column, value, self._format("yyyy-mm-dd"))
            case _:
                self.page.write_string(row, column, xlsx_text(str(value)))

    def _format(self, shape: str) -> Any:
        if shape not in self.formats:
            self.formats[shape] = self.book.add_format({"num_format": shape})
        return self.formats[shape]


def sheet_name(text: str) -> str:
    """A name a workbook accepts: 31 characters, none of []:*?/\\."""
    return "".join(c for c in text if c not in "[]:*?/\\'")[:31].strip() or "Heyi"
