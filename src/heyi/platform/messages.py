"""Words, in three languages, side by side. Code holds keys; people read what stands here.

Every module keeps its own `messages/*.toml`; all are merged into one catalogue. The browser
gets one catalogue per language; the server itself speaks only in refusals, on paper and in
notices, through `resolve`.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import orjson

from heyi.platform.modules import modules

LANGUAGES = ("zh_hant", "zh_hans", "en")
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_KEY = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*")

# Params of a refusal whose values are words of ours, by the prefix of their keys.
_SPOKEN = {
    "verb": "verb",
    "transition": "verb",
    "earlier": "verb",
    "state": "state",
    "module": "module",
    "role": "role",
    "roles": "role",
    "expected": "kind",
    "field": "field",
    "missing": "field",
    "purpose": "purpose",
}


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All messages. `texts[language][key]` is a text with {placeholders}."""

    texts: dict[str, dict[str, str]]
    problems: tuple[str, ...]

    def __contains__(self, key: str) -> bool:
        return key in self.texts["en"]


@cache
def catalogue() -> Catalogue:
    """The merged catalogue, with everything that is wrong with it: a sentence per problem."""
    texts: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES}
    where: dict[str, Path] = {}
    problems: list[str] = []
    for file in _files():
        for key, words in tomllib.loads(file.read_text(encoding="utf-8")).items():
            if key in where:
                problems.append(f"{key}: in {_short(file)} and in {_short(where[key])}")
            where[key] = file
            problems += [f"{key} ({_short(file)}): {fault}" for fault in _faults(key, words)]
            for language in LANGUAGES:
                texts[language][key] = words.get(language) or words.get("en") or key
    return Catalogue(texts, tuple(problems))


def _files() -> list[Path]:
    folders = [Path(module.path) / "messages" for module in modules()]
    return sorted({file for folder in folders for file in folder.glob("*.toml")})


def _short(file: Path) -> str:
    return "/".join(file.parts[-3:])


def _faults(key: str, words: Any) -> Iterable[str]:
    if not isinstance(words, dict):
        yield "not a table; quote the key"
        return
    if not _KEY.fullmatch(key):
        yield "a key is lower case words between dots"
    if missing := [language for language in LANGUAGES if not words.get(language)]:
        yield f"no words in {', '.join(missing)}"
    if unknown := sorted(set(words) - set(LANGUAGES)):
        yield f"unknown languages {', '.join(unknown)}"
    spoken = {lang: set(_PLACEHOLDER.findall(str(words.get(lang, "")))) for lang in LANGUAGES}
    if len({frozenset(names) for names in spoken.values()}) > 1:
        yield f"placeholders differ: { {lang: sorted(names) for lang, names in spoken.items()} }"


def placeholders(key: str) -> set[str]:
    """The names a message wants filled in."""
    return set(_PLACEHOLDER.findall(catalogue().texts["en"].get(key, "")))


@cache
def page(language: str) -> tuple[bytes, str]:
    """One language's catalogue as JSON, and its ETag."""
    body = orjson.dumps(catalogue().texts[language], option=orjson.OPT_SORT_KEYS)
    return body, f'"{blake2b(body, digest_size=12).hexdigest()}"'


def negotiated(wanted: str | None, accepted: str = "") -> str:
    """The language to speak: the one asked for, else the best of an Accept-Language header."""
    for name in [wanted or "", *(part.split(";")[0] for part in accepted.split(","))]:
        tag = name.strip().lower().replace("-", "_")
        if tag in LANGUAGES:
            return tag
        if tag.startswith("zh"):
            traditional = any(place in tag for place in ("hant", "tw", "hk", "mo"))
            return "zh_hant" if traditional else "zh_hans"
        if tag.startswith("en"):
            return "en"
    return "en"


def resolve(key: str, params: Mapping[str, Any] | None = None, language: str = "en") -> str:
    """A message in one language, its figures, dates and our own words written that language's way.

    An unknown key speaks its last words, so that nobody ever reads an empty refusal.
    """
    text = catalogue().texts[language].get(key)
    if text is None:
        return key.rpartition(".")[2].replace("_", " ")
    values = {name: spoken(value, name, language) for name, value in (params or {}).items()}
    return _PLACEHOLDER.sub(lambda match: values.get(match[1], "–"), text)


def spoken(value: Any, name: str, language: str) -> str:
    """One parameter as people write it: 1,234.5 · 2026年11月5日 · 5 Nov 2026 · a list with commas."""
    match value:
        case None | "":
            return "–"
        case bool():
            return resolve(f"boolean.{str(value).lower()}", language=language)
        case Decimal():
            return figure(value)
        case int():
            return str(value) if name in ("year", "number", "no", "line") else f"{value:,}"
        case datetime():
            return f"{_day(value.date(), language)} {value:%H:%M}"
        case date():
            return _day(value, language)
        case {"code": code, "name": text}:
            return f"{code} {text}".strip()
        case list() | tuple() | set() | frozenset():
            comma = ", " if language == "en" else "、"
            return comma.join(spoken(one, name, language) for one in value)
        case _ if name in _SPOKEN:
            return _word(f"{_SPOKEN[name]}.{value}", str(value), language)
        case _ if name in ("document_type", "what"):
            return _word(str(value), str(value), language)
    return str(value)


def figure(value: Decimal) -> str:
    """A number with its thousands apart and no trailing zeros. A true minus sign."""
    text = f"{value.normalize():,f}"
    return "−" + text[1:] if text.startswith("-") else text


def _word(key: str, otherwise: str, language: str) -> str:
    if otherwise in catalogue():
        return catalogue().texts[language][otherwise]
    last = otherwise.rpartition(".")[2]
    for candidate in (key, f"{key.partition('.')[0]}.{last}"):
        if candidate in catalogue():
            return catalogue().texts[language][candidate]
    return otherwise


def _day(day: date, language: str) -> str:
    if language == "en":
        return f"{day.day} {day:%b} {day.year}"
    return f"{day.year}年{day.month}月{day.day}日"
