"""The workbook to fill in: heads in the person's language, a hidden row of paths, and notes."""

from tempfile import NamedTemporaryFile
from typing import IO

import xlsxwriter

from heyi.platform.access import Actor
from heyi.platform.exports.cells import xlsx_text
from heyi.platform.exports.writing import sheet_name
from heyi.platform.imports.fields import KEY, Column, Layout, layout
from heyi.platform.messages import resolve
from heyi.platform.screens import FIGURES, choice_words

_PREPARED_ROWS = 2000  # rows with drop-down lists and formats


def template(screen_id: str, *, actor: Actor) -> IO[bytes]:
    """An xlsx for the records of a screen. The caller closes the file, which removes it.

    Raises:
        NotAllowed, NotFound, NotImportable
    """
    form = layout(screen_id, actor)
    file = NamedTemporaryFile(prefix="heyi-", suffix=".xlsx")  # noqa: SIM115 - the caller closes it
    book = xlsxwriter.Workbook(file.name)
    _fill_in(book, form, actor.language)
    _notes(book, form, actor.language)
    book.close()
    file.seek(0)
    return file


def _fill_in(book: xlsxwriter.Workbook, form: Layout, language: str) -> None:
    title = resolve(f"{form.screen.id}.plural", language=language)
    page = book.add_worksheet(sheet_name(title))
    plain = {"text_wrap": True, "valign": "top", "bottom": 1, "bold": True}
    needed = book.add_format({**plain, "bg_color": "#FFF4D6"})
    free = book.add_format({**plain, "bg_color": "#F3F4F6"})
    days = book.add_format({"num_format": "yyyy-mm-dd"})
    text = book.add_format({"num_format": "@"})
    for n, column in enumerate(form.columns.values()):
        kind = column.spec.kind if column.spec else "text"
        shape = days if kind == "date" else None if _is_figure(kind) else text
        page.set_column(n, n, 28 if kind in ("longtext",) else 16, shape)
        star = " *" if column.required else ""
        page.write_string(0, n, xlsx_text(column.labels[language]) + star, needed if star else free)
        page.write_string(1, n, column.path)
        offered = _offered(column, language)
        if offered and len(",".join(offered)) <= 250:
            rule = {"validate": "list", "source": offered, "error_type": "warning"}
            page.data_validation(2, n, _PREPARED_ROWS, n, rule)
    page.set_row(1, None, None, {"hidden": True})
    page.freeze_panes(2, 0)


def _is_figure(kind: str) -> bool:
    return kind in FIGURES or kind == "integer"


def _offered(column: Column, language: str) -> list[str]:
    if column.spec is None:
        return []
    if column.spec.kind == "boolean":
        return [resolve(f"boolean.{x}", language=language) for x in ("true", "false")]
    return list(choice_words(column.spec, language).values())


def _notes(book: xlsxwriter.Workbook, form: Layout, language: str) -> None:
    page = book.add_worksheet(sheet_name(resolve("imports.notes", language=language)))
    bold = book.add_format({"bold": True, "bottom": 1})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    page.set_column(0, 0, 26)
    page.set_column(1, 1, 12)
    page.set_column(2, 2, 90)
    heads = ("imports.notes.column", "imports.notes.required", "imports.notes.value")
    for n, key in enumerate(heads):
        page.write_string(0, n, resolve(key, language=language), bold)
    for row, column in enumerate(form.columns.values(), 1):
        page.write_string(row, 0, xlsx_text(column.labels[language]), wrap)
        yes = "boolean.true" if column.required else "boolean.false"
        page.write_string(row, 1, resolve(yes, language=language), wrap)
        page.write_string(row, 2, xlsx_text(note(column, language)), wrap)


def note(column: Column, language: str) -> str:
    """What may stand in a column, in a sentence."""
    if column.path == KEY or column.spec is None:
        return resolve("imports.notes.key", language=language)
    spec = column.spec
    params = {
        "most": spec.max_length or 0,
        "decimals": spec.decimals or 0,
        "values": _offered(column, language),
    }
    kind = "choice" if spec.choices else "figure" if spec.kind in FIGURES else spec.kind
    return resolve(f"imports.notes.{kind}", params, language)
