"""Numbers of documents: fast ones that may skip, and legal ones that may not.

A fast number is given when a draft is first kept. It comes from a database sequence, so nobody
waits for anybody; a draft that is refused leaves a gap. A gapless number locks its series until
the commit: ask for it last.
"""

import re
from datetime import date
from functools import lru_cache

from heyi.platform.clock import ticks
from heyi.platform.rows import fetch

_FIELDS = re.compile(r"\{(yyyy|yy|mm|dd|n(?::0\d{1,2})?)\}")
_FRESH_SECONDS = 10.0
_LONGEST_NAME = 63  # of anything in PostgreSQL
_patterns: dict[tuple[int, str], tuple[float, str]] = {}


class PatternUnusable(ValueError):
    """A pattern has one {n} and otherwise only {yyyy}, {yy}, {mm}, {dd} and plain characters."""


def check_pattern(pattern: str) -> None:
    """Raises PatternUnusable. `NumberRule.pattern` is kept only if this lets it through."""
    rest = _FIELDS.sub("", pattern)
    counters = [f for f in _FIELDS.findall(pattern) if f.startswith("n")]
    if len(counters) != 1 or "{" in rest or "}" in rest or not pattern.isprintable():
        raise PatternUnusable(pattern)


def fast(company: int, document_type: str, on: date, *, count: int = 1) -> list[str]:
    """The next numbers of a type of document, dated `on`. One statement, no lock.

    Gaps are possible; the same number twice is not.
    """
    pattern = _pattern(company, document_type)
    series = _series(company, document_type, _period(pattern, on))
    rows = fetch("SELECT platform_next_numbers(%s, %s)", [series, count])
    return [_filled(pattern, on, n) for (n,) in rows]


def gapless(company: int, series: str, period: str, *, count: int = 1) -> list[int]:
    """The next numbers of a legal series, without a gap: the last statement of its transaction.

    Args:
        series: What is counted ("invoice.special"); `period`: where counting starts anew ("2026").
    """
    [(last,)] = fetch(
        """
        INSERT INTO platform_gaplessseries AS s (company_id, series, period, last)
        VALUES (%s, %s, %s, %s)
        ON CONFLICT (company_id, series, period) DO UPDATE SET last = s.last + excluded.last
        RETURNING last
        """,
        [company, series, period, count],
    )
    return list(range(last - count + 1, last + 1))


def _pattern(company: int, document_type: str) -> str:
    """The company's pattern, read again after a while; a type without one uses its initials."""
    known = _patterns.get((company, document_type))
    if known is None or ticks() - known[0] > _FRESH_SECONDS:
        rows = fetch(
            "SELECT pattern FROM platform_numberrule WHERE company_id = %s AND document_type = %s",
            [company, document_type],
        )
        known = ticks(), rows[0][0] if rows else default_pattern(document_type)
        _patterns[company, document_type] = known
    return known[1]


def forget() -> None:
    """Read patterns again at the next number: one has just been changed."""
    _patterns.clear()


def default_pattern(document_type: str) -> str:
    """ "sales.delivery" → "SD{yy}{mm}-{n:05}"."""
    initials = "".join(word[0] for word in re.split(r"[._]", document_type)).upper()
    return initials + "{yy}{mm}-{n:05}"


@lru_cache(maxsize=4096)
def _period(pattern: str, on: date) -> str:
    """The part of the date the pattern names: counting starts again when it changes."""
    named = set(_FIELDS.findall(pattern))
    if "dd" in named:
        return f"{on:%Y%m%d}"
    if "mm" in named:
        return f"{on:%Y%m}"
    return f"{on:%Y}" if named & {"yy", "yyyy"} else "all"


def _series(company: int, document_type: str, period: str) -> str:
    name = f"number_{company}_{re.sub(r'[^a-z0-9]', '_', document_type)}_{period}"
    assert len(name) <= _LONGEST_NAME, name
    return name


def _filled(pattern: str, on: date, n: int) -> str:
    def part(match: re.Match[str]) -> str:
        match match[1]:
            case "yyyy":
                return f"{on:%Y}"
            case "yy":
                return f"{on:%y}"
            case "mm":
                return f"{on:%m}"
            case "dd":
                return f"{on:%d}"
            case counter:
                return f"{n:{counter[2:] or 'd'}}"

    return _FIELDS.sub(part, pattern)
