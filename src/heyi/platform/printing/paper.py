"""From a job (plain data) to PDF: the only place that calls typst.

typst keeps what it has set in memory, about 3 MB a page. A long batch is therefore set in parts,
each in a process of its own that ends with its part, and the parts are joined: memory stays
bounded however many pages there are.
"""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import orjson
import pypdf
import typst

ROOT = Path(__file__).resolve().parents[2]  # the package: templates of every module lie below
BASE = Path(__file__).parent / "templates" / "document.typ"


@dataclass(frozen=True, slots=True)
class Labelled:
    """A value under its label. `wide` facts take a whole row, `strong` totals are bold."""

    label: str
    text: str
    wide: bool = False
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A name with lines under it: the company at the head, the party addressed."""

    name: str
    lines: tuple[str, ...] = ()
    label: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One document as it stands on paper: words and figures only, already in the language.

    Args:
        mark: Set large and pale behind the text ("Draft"); None for paper that counts.
        code: SVG of a QR code that holds the number, for scanners.
        columns, lines, flipped, size: From `layout.laid_out`.
        words: The amount in words, where the paper is about money.
        more: What a module's own template wants beyond the base.
    """

    company: Block
    title: str
    number: str
    mark: str | None = None
    code: str | None = None
    party: Block | None = None
    facts: tuple[Labelled, ...] = ()
    columns: tuple[dict[str, Any], ...] = ()
    lines: tuple[tuple[str, ...], ...] = ()
    totals: tuple[Labelled, ...] = ()
    words: Labelled | None = None
    note: Labelled | None = None
    signatures: tuple[str, ...] = ()
    flipped: bool = False
    size: float = 9.0
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Job:
    """Sheets that go into one PDF. `page` is a text with {page} and {pages}."""

    language: Literal["zh_hant", "zh_hans", "en"]
    title: str
    printed: str
    page: str
    documents: tuple[Sheet, ...]
    author: str = ""


@cache
def _fonts() -> typst.Fonts:
    """Noto Sans CJK from its package: the machine needs no font of its own."""
    folder = str(files("manimgx_fonts_cjk"))
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder]
    )


def pdf(job: Job, template: Path = BASE) -> bytes:
    """The job as one PDF. About 20 ms a page.

    Data travels as JSON beside the template, never inside it, so no text can act as markup.
    """
    parts = list(_parts(job))
    if len(parts) == 1 and _weight(job) <= _APART:
        return _compile(_data(job), template, "pdf", pdf_tags=False)
    whole = pypdf.PdfWriter()
    for part in parts:
        whole.append(BytesIO(_apart(part, template)))
    whole.add_metadata({"/Title": job.title, "/Author": job.author})
    result = BytesIO()
    whole.write(result)
    return result.getvalue()


def pictures(job: Job, template: Path = BASE, *, ppi: float = 110) -> Iterator[bytes]:
    """The pages as PNG, for previews."""
    made = _compile(_data(job), template, "png", ppi=ppi)
    yield from made if isinstance(made, list) else [made]


_PART, _APART = 2500, 400  # lines set by one child process; lines set in this process


def _weight(job: Job) -> int:
    return sum(_rows(sheet) for sheet in job.documents)


def _rows(sheet: Sheet) -> int:
    return 15 + len(sheet.lines)


def _parts(job: Job) -> Iterator[Job]:
    """The job in pieces of about equal length; a document is never cut."""
    piece: list[Sheet] = []
    rows = 0
    for sheet in job.documents:
        if piece and rows + _rows(sheet) > _PART:
            yield replace(job, documents=tuple(piece))
            piece, rows = [], 0
        piece.append(sheet)
        rows += _rows(sheet)
    yield replace(job, documents=tuple(piece))


def _apart(job: Job, template: Path) -> bytes:
    """Set one part in a child process (this module run as a script)."""
    child = subprocess.run(
        [sys.executable, "-I", __file__, str(template)],
        input=_data(job).encode(),
        stdout=subprocess.PIPE,
        timeout=300,
        check=True,
    )
    return child.stdout


def _data(job: Job) -> str:
    return orjson.dumps(asdict(job)).decode()


def _compile(data: str, template: Path, format: Literal["pdf", "png"], **options: Any) -> Any:
    compiler = typst.Compiler(
        input=str(template), root=str(ROOT), font_paths=_fonts(), sys_inputs={"job": data}
    )
    return compiler.compile(format=format, **options)


if __name__ == "__main__":
    made = _compile(sys.stdin.buffer.read().decode(), Path(sys.argv[1]), "pdf", pdf_tags=False)
    sys.stdout.buffer.write(made)
