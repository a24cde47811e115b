"""How wide the columns of a line table are, decided from what stands in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

PORTRAIT, LANDSCAPE = 180.0, 267.0  # mm between the margins of an A4 sheet
SIZES = (9.0, 8.0, 7.0)  # points
PADDING = 3.4  # mm, both sides of a cell
_MM = 0.3528  # one point
_BREAK = "\u200b"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table. Figures stand at the right and are never broken."""

    label: str
    right: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table that fits: sheet orientation, type size, width of each column in mm, the cells."""

    flipped: bool
    size: float
    widths: tuple[float, ...]
    lines: tuple[tuple[str, ...], ...]


def laid_out(columns: Sequence[Column], lines: Sequence[Sequence[str]]) -> Table:
    """Give figures the width they need and share the rest among the texts.

    The sheet is turned, and then the type made smaller, when the texts would become too narrow
    to read. Runs without a space that are wider than their column may then break anywhere.
    """
    if not columns:
        return Table(False, SIZES[0], (), ())
    cells = list(zip(*lines, strict=True)) if lines else [()] * len(columns)
    full = [max((_ems(c) for c in column), default=0.0) for column in cells]
    heads = [max((_ems(word) for word in c.label.split()), default=0.0) * 0.95 for c in columns]
    for flipped, size in [(False, s) for s in SIZES[:2]] + [(True, s) for s in SIZES]:
        room, em = (LANDSCAPE if flipped else PORTRAIT), size * _MM
        least = [
            max(f if c.right else min(f, 11.0), min(h, 5.0)) * em + PADDING
            for c, f, h in zip(columns, full, heads, strict=True)
        ]
        if sum(least) <= room:
            break
    else:
        least = [x * room / sum(least) for x in least]
    wanted = [
        0.0 if c.right else max(0.0, min(f, 60.0) * em + PADDING - x)
        for c, f, x in zip(columns, full, least, strict=True)
    ]
    spare, hunger = room - sum(least), sum(wanted)
    share = min(1.0, spare / hunger) if hunger else 0.0
    widths = [x + w * share for x, w in zip(least, wanted, strict=True)]
    rest = (room - sum(widths)) / len(widths)
    widths = [w + rest for w in widths]
    fits = [max(1, int((w - PADDING) / em / 0.6)) for w in widths]
    broken = tuple(
        tuple(
            cell if c.right else _breakable(cell, n)
            for cell, n, c in zip(line, fits, columns, strict=True)
        )
        for line in lines
    )
    return Table(flipped, size, tuple(int(w * 100) / 100 for w in widths), broken)


def _ems(text: str) -> float:
    """The width of a text on one line, in ems; a little more than the font needs."""
    return sum(1.0 if east_asian_width(c) in "WF" else 0.3 if c in ",. " else 0.6 for c in text)


def _breakable(text: str, fits: int) -> str:
    """Let a run of Latin letters that is longer than the column break, and only such a run."""
    return " ".join(
        _BREAK.join(word) if len(word) > fits and word.isascii() else word
        for word in text.split(" ")
    )
