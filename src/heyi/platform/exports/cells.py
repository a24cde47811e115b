"""Cells of a file that a spreadsheet will open: nothing in them may run, no figure may drift."""

import re
from decimal import Decimal

_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_FIGURE = re.compile(r"[+-]?\d+(\.\d+)?")
_EXACT_DIGITS = 15  # what the binary number of a spreadsheet cell holds exactly
_UNWRITABLE = {c: None for c in range(0x20) if c not in (0x09, 0x0A, 0x0D)}
LONGEST_CELL = 32_767


def runs(text: str) -> bool:
    """Whether a spreadsheet would take the text for a formula. A plain figure is none."""
    return text.startswith(_RUNS) and not _FIGURE.fullmatch(text)


def csv_text(text: str) -> str:
    """A text for a csv cell; one that would run gets an apostrophe before it."""
    return "'" + text if runs(text) else text


def unquoted(text: str) -> str:
    """The text that `csv_text` was given, for reading our own files back."""
    return text[1:] if text.startswith("'") and runs(text[1:]) else text


def xlsx_text(text: str) -> str:
    """A text for a string cell of a workbook, which never runs; control codes are left out."""
    return text.translate(_UNWRITABLE)[:LONGEST_CELL]


def fits_number(value: Decimal) -> bool:
    """Whether a number cell keeps the figure exactly; otherwise it is written as text."""
    digits = value.normalize().as_tuple().digits
    return len(digits) <= _EXACT_DIGITS and -20 < value.adjusted() < 20


def number_format(value: Decimal, decimals: int) -> str:
    """As many decimals as the figure has, and no fewer than the field always shows."""
    shown = max(decimals, -int(value.normalize().as_tuple().exponent))
    return "#,##0" + ("." + "0" * shown if shown else "")
