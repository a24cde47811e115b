"""The columns a file for a screen may have, what they may be headed, and which column is which."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from heyi.platform.access import Actor
from heyi.platform.imports.errors import NotImportable
from heyi.platform.messages import LANGUAGES, catalogue, resolve
from heyi.platform.screens import Compiled, Spec, asked_for, label_words

KEY = "@key"  # what tells the rows of one document from those of the next
_OPEN_KINDS = frozenset({"instant", "state"})
_CLOSE_ENOUGH = 0.86
_ASIDE = re.compile(r"[\s*_:/.\-'\"()\[\]{}（）【】《》「」：・·]+")
_BRACKETS = re.compile(r"[(（\[【].*?[)）\]】]")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the template.

    Args:
        path: "supplier", "lines.product", or `KEY`.
        spec: None for the key.
        on_lines: Whether it is of the lines.
        labels: Its head in each language; no two columns of a screen share one.
    """

    path: str
    spec: Spec | None
    on_lines: bool
    required: bool
    labels: Mapping[str, str]


@dataclass(frozen=True)
class Layout:
    """All columns of a screen, as one person may fill them in.

    Args:
        key: The path that says which record a row is about: the code, or `KEY`.
    """

    screen: Compiled
    columns: dict[str, Column]
    key: str


def layout(screen_id: str, actor: Actor) -> Layout:
    """The columns a person may import on a screen.

    Raises:
        NotAllowed: They may not enter records there.
        NotImportable: Nobody may.
    """
    screen = asked_for(screen_id, actor)
    screen.access.require(actor, "edit")
    if not screen.can_create:
        raise NotImportable(screen_id)
    by_code = "code" in screen.fields and screen.fields["code"].edit != "never"
    key = "code" if by_code and not screen.is_document else KEY
    columns: dict[str, Column] = {}
    taken: set[tuple[str, str]] = set()
    if key == KEY:
        words = {x: resolve(f"imports.key.{'document' if screen.is_document else 'record'}", language=x) for x in LANGUAGES}  # fmt: skip
        _add(columns, taken, KEY, None, False, screen.line_model is not None, words)
    for spec in screen.entered:
        if spec.kind not in _OPEN_KINDS:
            _add(columns, taken, spec.path, spec, False, spec.required, _words(spec))
    for spec in screen.line_entered:
        if spec.kind not in _OPEN_KINDS:
            needed = spec.required and screen.is_document
            _add(columns, taken, f"lines.{spec.path}", spec, True, needed, _words(spec))
    return Layout(screen, columns, key)


def _words(spec: Spec) -> dict[str, str]:
    return {language: label_words(spec, language) for language in LANGUAGES}


def _add(
    columns: dict[str, Column],
    taken: set[tuple[str, str]],
    path: str,
    spec: Spec | None,
    on_lines: bool,
    required: bool,
    words: Mapping[str, str],
) -> None:
    """A head that is in use already says that this one is of the lines."""
    clash = any((language, word) in taken for language, word in words.items())
    labels = {
        language: resolve("imports.of_lines", {"field": word}, language) if clash else word
        for language, word in words.items()
    }
    taken |= set(labels.items())
    columns[path] = Column(path, spec, on_lines, required, labels)


# ---------------------------------------------------------------- which column is which


def guessed(layout: Layout, head: Sequence[str]) -> list[str | None]:
    """For each column of a file the path it is, or None: by path, head in any language, synonym,
    and last by likeness. No path is given twice."""
    exact = {column.path.casefold(): column.path for column in layout.columns.values()}
    whole: dict[str, str] = {}
    by_word: dict[str, str] = {}
    for column in layout.columns.values():
        for word in column.labels.values():
            whole.setdefault(folded(word), column.path)
            by_word.setdefault(plain(word), column.path)
    for column in layout.columns.values():
        for word in _synonyms(column):
            by_word.setdefault(plain(word), column.path)
    found: list[str | None] = [
        exact.get(text.strip().casefold()) or whole.get(folded(text)) or by_word.get(plain(text))
        for text in head
    ]
    for at, path in enumerate(found):
        if path is not None and path in found[:at]:
            found[at] = None
    for at, text in enumerate(head):
        if found[at] is None and len(plain(text)) > 2:
            free = [word for word, path in by_word.items() if path not in found]
            if close := get_close_matches(plain(text), free, 1, _CLOSE_ENOUGH):
                found[at] = by_word[close[0]]
    return found


def folded(text: str) -> str:
    """A head without width, case, blanks and stars."""
    return _ASIDE.sub("", unicodedata.normalize("NFKC", text).casefold())


def plain(text: str) -> str:
    """The same without what stands in brackets: a unit, a remark."""
    return folded(_BRACKETS.sub("", text)) or folded(text)


def _synonyms(column: Column) -> list[str]:
    """Words people use for a field, from the catalogue: "synonyms.<name>", parted by "|"."""
    name = "key" if column.path == KEY else column.path.rpartition(".")[2]
    texts = catalogue().texts
    return [w for x in LANGUAGES for w in texts[x].get(f"synonyms.{name}", "").split("|") if w]


def is_technical(layout: Layout, row: Sequence[str]) -> bool:
    """Whether a row is the hidden one of our template, which holds paths."""
    filled = [cell for cell in row if cell]
    return len(filled) > 1 and all(cell in layout.columns for cell in filled)
