"""What a person wrote in a cell, as a form would send it. Nothing is guessed: what may mean two
things is refused."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from heyi.kernel.errors import BusinessError
from heyi.platform.exports.cells import unquoted
from heyi.platform.imports.errors import CellFaulty, NotChoice, NotDate, NotFigure, NotYesNo
from heyi.platform.messages import LANGUAGES, catalogue
from heyi.platform.screens import FIGURES, Spec, choice_words

_FAULTS = {"#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!"}
_MONEY_SIGNS = re.compile(r"^(?:NT\$|US\$|HK\$|[¥$€£]|CNY|RMB|TWD|NTD|USD|EUR)\s*|\s*元$", re.I)
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_PLAIN = re.compile(r"\d+(?:\.\d*)?|\.\d+")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE][+-]?\d{1,2}")
_SCALES = {"万": 4, "萬": 4, "亿": 8, "億": 8}
_DATES = (
    re.compile(r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?:[ T]00:00(?::00)?)?"),
    re.compile(r"(?P<y>\d{4})年(?P<m>\d{1,2})月(?P<d>\d{1,2})日?"),
    re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"),
)
_MINGUO = re.compile(
    r"(?:民[國国]|ROC)\s*(?P<y>\d{1,3})[年/.-](?P<m>\d{1,2})[月/.-](?P<d>\d{1,2})日?", re.I
)

Reader = Callable[[str], Any]


def reader(spec: Spec) -> Reader:
    """A function from the text of a cell to the value a form would send for this field.

    References come back as the text itself: they are looked up all together.
    """
    if spec.kind in FIGURES or spec.kind == "integer":
        return lambda text: figure(text, percent=spec.kind == "rate")
    match spec.kind:
        case "date":
            return day
        case "boolean":
            return _yes_no()
        case "choice" | "state":
            return _choices(spec)
        case "list":
            return lambda text: [x.strip() for x in re.split(r"[,，、;；]", text) if x.strip()]
    return unquoted


def read(text: str, as_: Reader) -> Any:
    """Raises a refusal of this package where the text cannot be meant."""
    if text in _FAULTS:
        raise CellFaulty(text)
    return as_(text)


def figure(text: str, *, percent: bool = False) -> str:
    """A figure without what people put around it: 1,234.50 · (1,234.50) · ¥12 · 3.5万 · 13 %."""
    plain = unicodedata.normalize("NFKC", text).replace("\u2212", "-").replace("'", "").strip()
    minus = plain.startswith("(") and plain.endswith(")")
    plain = plain.strip("()") if minus else plain
    if plain.endswith("-"):
        minus, plain = True, plain[:-1]
    plain = _MONEY_SIGNS.sub("", plain.strip())
    if plain[:1] in "+-" and plain:
        minus, plain = minus != (plain[0] == "-"), plain[1:]
    plain, scale = _MONEY_SIGNS.sub("", plain.strip()), 0
    if plain[-1:] in _SCALES:
        scale, plain = _SCALES[plain[-1]], plain[:-1].strip()
    if percent and plain.endswith("%"):
        scale, plain = scale - 2, plain[:-1].strip()
    plain = plain.replace(" ", "")
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    if len(plain) > 60 or not (_PLAIN.fullmatch(plain) or _SCIENTIFIC.fullmatch(plain)):
        raise NotFigure(text[:60])
    value = Decimal(plain).scaleb(scale) if scale else Decimal(plain)
    return f"{-value if minus else value:f}"


def day(text: str) -> str:
    """A day written year first: 2026-11-05 · 2026/11/5 · 2026年11月5日 · 20261105 · 民國115年11月5日."""
    plain = unicodedata.normalize("NFKC", text).strip()
    found = next((m for m in (p.fullmatch(plain) for p in _DATES) if m), None)
    years = 0
    if found is None:
        found, years = _MINGUO.fullmatch(plain), 1911
    if found is None:
        raise NotDate(text[:60])
    try:
        return date(int(found["y"]) + years, int(found["m"]), int(found["d"])).isoformat()
    except ValueError:
        raise NotDate(text[:60]) from None


def _yes_no() -> Reader:
    yes, no = _said("true"), _said("false")

    def read_yes_no(text: str) -> bool:
        plain = unicodedata.normalize("NFKC", text).strip().casefold()
        if plain in yes:
            return True
        if plain in no:
            return False
        raise NotYesNo(text[:60])

    return read_yes_no


def _said(value: str) -> set[str]:
    """What people write for true or false, in any language."""
    keys = (f"boolean.{value}", f"synonyms.{value}")
    texts = catalogue().texts
    said = "|".join(texts[language].get(key, "") for language in LANGUAGES for key in keys)
    return {word.casefold() for word in said.split("|") if word}


def _choices(spec: Spec) -> Reader:
    """By value, or by what it is called in any language."""
    known: dict[str, str] = {}
    for language in LANGUAGES:
        for value, word in choice_words(spec, language).items():
            known.setdefault(word.casefold(), value)
    known.update({value.casefold(): value for value, _ in spec.choices})
    words: Mapping[str, str] = choice_words(spec, "en")

    def read_choice(text: str) -> str:
        value = known.get(unicodedata.normalize("NFKC", text).strip().casefold())
        if value is None:
            raise NotChoice(text[:60], [words.get(v, v) for v, _ in spec.choices][:20])
        return value

    return read_choice


__all__ = ["BusinessError", "Reader", "day", "figure", "read", "reader"]
