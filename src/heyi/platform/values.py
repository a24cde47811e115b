"""Single values, between the JSON of a request and what a column holds.

`parse` refuses what no column could hold or no person could mean; `render` writes a value the
one way every screen, list and API answer has it. Figures travel as text, never as binary floats.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from heyi.kernel.errors import BusinessError, Remedy
from heyi.platform.messages import LANGUAGES
from heyi.platform.screens import FIGURES, Spec

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_FIGURE = re.compile(r"[+-]?\d{1,40}(\.\d{0,40})?|[+-]?\.\d{1,40}")
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_LONGEST_LIST = 200
MAX_LENGTH = 100_000  # of a text whose column sets no limit


@dataclass(eq=False)
class ValueMissing(BusinessError):
    code = "platform.value_missing"
    remedy = Remedy("platform.remedy.fill_in")
    field: str


@dataclass(eq=False)
class ValueUnreadable(BusinessError):
    """It is not of the kind the field holds: a word for a number, a number for a date."""

    code = "platform.value_unreadable"
    remedy = Remedy("platform.remedy.write_as")
    field: str
    expected: str
    value: str


@dataclass(eq=False)
class ValueTooFine(BusinessError):
    code = "platform.value_too_fine"
    remedy = Remedy("platform.remedy.round")
    field: str
    value: Decimal
    decimals: int


@dataclass(eq=False)
class ValueTooLarge(BusinessError):
    code = "platform.value_too_large"
    remedy = Remedy("platform.remedy.check_figure")
    field: str
    value: Decimal
    limit: Decimal


@dataclass(eq=False)
class ValueNegative(BusinessError):
    code = "platform.value_negative"
    remedy = Remedy("platform.remedy.reverse_instead")
    field: str
    value: Decimal


@dataclass(eq=False)
class ValueZero(BusinessError):
    code = "platform.value_zero"
    remedy = Remedy("platform.remedy.remove_line")
    field: str


@dataclass(eq=False)
class TextTooLong(BusinessError):
    code = "platform.text_too_long"
    remedy = Remedy("platform.remedy.shorten")
    field: str
    length: int
    limit: int


@dataclass(eq=False)
class TextUnprintable(BusinessError):
    """It holds characters nobody can see or type: control codes, broken surrogates."""

    code = "platform.text_unprintable"
    remedy = Remedy("platform.remedy.retype")
    field: str


@dataclass(eq=False)
class ValueNotOffered(BusinessError):
    code = "platform.value_not_offered"
    remedy = Remedy("platform.remedy.choose_from_list")
    field: str
    value: str


def parse(spec: Spec, raw: Any) -> Any:
    """The typed value of one field; None where it is empty.

    References come back as ids: whether they exist is asked for all at once, elsewhere.

    Raises:
        BusinessError: One of the refusals of this file.
    """
    if raw is None or raw == "" or raw == []:
        return _empty(spec)
    if spec.kind in FIGURES:
        return _figure(spec, raw)
    value = _PARSERS[spec.kind](spec, raw)
    return _empty(spec) if value is None else value


def _empty(spec: Spec) -> Any:
    if spec.required:
        raise ValueMissing(spec.path)
    if spec.nullable:
        return None
    return {"text": "", "longtext": "", "list": [], "localized": {}}.get(spec.kind)


def _unreadable(spec: Spec, raw: Any) -> ValueUnreadable:
    return ValueUnreadable(spec.path, spec.kind, printable(str(raw))[:60])


def printable(text: str) -> str:
    """The text without what cannot be printed, for showing back what was sent."""
    return "".join(c if unicodedata.category(c) not in ("Cc", "Cs") else "�" for c in text)


def text(path: str, raw: Any, *, lines: bool = False) -> str:
    """A text, trimmed, composed one way (NFC), without control characters.

    Raises:
        TextUnprintable: Line breaks in a one-line field count as well.
    """
    clean = unicodedata.normalize("NFC", raw.replace("\r\n", "\n")).strip() if raw else ""
    allowed = "\n\t" if lines else ""
    if not clean.isprintable() and any(
        unicodedata.category(c) in ("Cc", "Cs") and c not in allowed for c in clean
    ):
        raise TextUnprintable(path)
    return clean


def _text(spec: Spec, raw: Any) -> str | None:
    if not isinstance(raw, str):
        raise _unreadable(spec, raw)
    clean = text(spec.path, raw, lines=spec.kind == "longtext")
    limit = spec.max_length or MAX_LENGTH
    if len(clean) > limit:
        raise TextTooLong(spec.path, len(clean), limit)
    return clean or None


def decimal(raw: Any) -> Decimal | None:
    """A finite decimal from text or a JSON number; None where it is none."""
    match raw:
        case Decimal():
            return raw if raw.is_finite() else None
        case bool():
            return None
        case int():
            return Decimal(raw)
        case str() if _FIGURE.fullmatch(raw.strip()):
            try:
                return Decimal(raw.strip())
            except InvalidOperation:
                return None
    return None


def _figure(spec: Spec, raw: Any) -> Decimal:
    value = decimal(raw)
    if value is None or value.adjusted() > 40:
        raise _unreadable(spec, raw)
    check_figure(spec, value)
    return value + 0  # −0 is 0


def check_figure(spec: Spec, value: Decimal) -> None:
    """Refuse a figure that is too fine, too large, or has the wrong sign for its field."""
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > (spec.decimals or 0):
        trimmed = value.normalize().as_tuple().exponent
        if isinstance(trimmed, int) and -trimmed > (spec.decimals or 0):
            raise ValueTooFine(spec.path, value, spec.decimals or 0)
    if spec.whole is not None and abs(value) >= Decimal(10) ** spec.whole:
        raise ValueTooLarge(spec.path, value, Decimal(10) ** spec.whole)
    if value < 0 and spec.sign != "any":
        raise ValueNegative(spec.path, value)
    if value == 0 and spec.sign == "positive":
        raise ValueZero(spec.path)


def _integer(spec: Spec, raw: Any) -> int:
    value = decimal(raw)
    if value is None or value.adjusted() > 20 or value != value.to_integral_value():
        raise _unreadable(spec, raw)
    number = int(value)
    if spec.most is not None and number > spec.most:
        raise ValueTooLarge(spec.path, value, Decimal(spec.most))
    if spec.least is not None and number < spec.least:
        if spec.least == 0:
            raise ValueNegative(spec.path, value)
        raise ValueTooLarge(spec.path, value, Decimal(spec.least))
    return number


def _date(spec: Spec, raw: Any) -> date:
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return raw
    if isinstance(raw, str) and _DATE.fullmatch(raw):
        try:
            day = date.fromisoformat(raw)
        except ValueError:
            raise _unreadable(spec, raw) from None
        if _FIRST_YEAR <= day.year <= _LAST_YEAR:
            return day
    raise _unreadable(spec, raw)


def _instant(spec: Spec, raw: Any) -> datetime:
    try:
        at = raw if isinstance(raw, datetime) else datetime.fromisoformat(raw)
        at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (TypeError, ValueError, OverflowError):
        raise _unreadable(spec, raw) from None
    if not _FIRST_YEAR <= at.year <= _LAST_YEAR:
        raise _unreadable(spec, raw)
    return at


def _boolean(spec: Spec, raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise _unreadable(spec, raw)
    return raw


def _choice(spec: Spec, raw: Any) -> str:
    if raw not in [value for value, _ in spec.choices]:
        raise ValueNotOffered(spec.path, printable(str(raw))[:60])
    return raw


def _reference(spec: Spec, raw: Any) -> int:
    if isinstance(raw, Mapping):
        raw = raw.get("id")
    if isinstance(raw, str) and raw.isascii() and raw.isdigit():
        raw = int(raw) if len(raw) < 20 else None
    if isinstance(raw, bool) or not isinstance(raw, int) or not 0 <= raw < 2**63:
        raise _unreadable(spec, raw)
    return raw


def _localized(spec: Spec, raw: Any) -> dict[str, str]:
    if isinstance(raw, str):
        raw = dict.fromkeys(LANGUAGES, raw)
    if not isinstance(raw, Mapping) or set(raw) - set(LANGUAGES):
        raise _unreadable(spec, raw)
    words = {language: _text(spec, word) for language, word in raw.items() if word}
    return {language: word for language, word in words.items() if word}


def _list(spec: Spec, raw: Any) -> list[Any]:
    if not isinstance(raw, list) or len(raw) > _LONGEST_LIST:
        raise _unreadable(spec, raw)
    return [_text(spec, one) or "" for one in raw]


_PARSERS = {
    "text": _text, "longtext": _text, "integer": _integer, "date": _date, "instant": _instant,
    "boolean": _boolean, "choice": _choice, "state": _choice, "reference": _reference,
    "localized": _localized, "list": _list,
}  # fmt: skip


def render(spec: Spec, value: Any) -> Any:
    """A column's value as answers have it: money shows its decimals, other figures drop zeros."""
    if spec.kind not in FIGURES or value is None:
        return value
    figure = value if isinstance(value, Decimal) else Decimal(value)
    if spec.kind == "money":
        return f"{figure:.{spec.decimals or 0}f}"
    return f"{figure.normalize():f}" if figure else "0"
