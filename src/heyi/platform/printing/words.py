"""Figures as people read them: grouped, aligned, and amounts in words for paper that counts."""

from decimal import Decimal

_DIGITS = {"zh_hans": "零壹贰叁肆伍陆柒捌玖", "zh_hant": "零壹貳參肆伍陸柒捌玖"}
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = {"zh_hans": ("", "万", "亿", "兆"), "zh_hant": ("", "萬", "億", "兆")}
_WORDS = {
    "zh_hans": {"yuan": "元", "jiao": "角", "fen": "分", "whole": "整", "minus": "负"},
    "zh_hant": {"yuan": "元", "jiao": "角", "fen": "分", "whole": "整", "minus": "負"},
}
_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = [
    "zero",
    "ten",
    "twenty",
    "thirty",
    "forty",
    "fifty",
    "sixty",
    "seventy",
    "eighty",
    "ninety",
]
_SCALES = ("", "thousand", "million", "billion", "trillion", "quadrillion")


def grouped(value: Decimal, decimals: int | None = None) -> str:
    """12345.6 as "12,345.60". Without `decimals` as many as the value has, no idle zeros."""
    if decimals is None:
        text = f"{value:,f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    else:
        text = f"{value:,.{decimals}f}"
    return text.replace("-", "\u2212")


def in_words(value: Decimal, language: str) -> str:
    """An amount of money in words: capitals 大寫 in Chinese, "… and 56/100" in English.

    At most two decimals and 16 digits before the point.
    """
    minus, value = value < 0, abs(value)
    whole, cents = int(value), int(value * 100) % 100
    if language == "en":
        words = f"{_english(whole)} and {cents:02d}/100"
        return (("minus " if minus else "") + words).capitalize()
    signs = _WORDS[language]
    digits = _DIGITS[language]
    text = _chinese(whole, language) + signs["yuan"] if whole or not cents else ""
    if not cents:
        text += signs["whole"]
    else:
        jiao, fen = divmod(cents, 10)
        text += digits[jiao] + signs["jiao"] if jiao else digits[0] if whole else ""
        text += digits[fen] + signs["fen"] if fen else signs["whole"]
    return (signs["minus"] if minus else "") + text


def _chinese(value: int, language: str) -> str:
    digits, groups = _DIGITS[language], _GROUPS[language]
    if not value:
        return digits[0]
    text, gap = "", False
    for n in range((len(str(value)) - 1) // 4, -1, -1):
        group = value // 10 ** (4 * n) % 10000
        if not group:
            gap = bool(text)
            continue
        if text and (gap or group < 1000):
            text += digits[0]
        gap, inner = False, ""
        for place in range(3, -1, -1):
            digit = group // 10**place % 10
            if digit:
                inner += digits[digit] + _PLACES[place]
            elif inner and group % 10**place and not inner.endswith(digits[0]):
                inner += digits[0]
        text += inner + groups[n]
    return text


def _english(value: int) -> str:
    if not value:
        return _ONES[0]
    parts: list[str] = []
    for n, scale in enumerate(_SCALES):
        group = value // 1000**n % 1000
        if group:
            parts.insert(0, f"{_below_thousand(group)} {scale}".strip())
    return " ".join(parts)


def _below_thousand(value: int) -> str:
    hundreds, rest = divmod(value, 100)
    words = [f"{_ONES[hundreds]} hundred"] if hundreds else []
    if rest:
        tens, ones = divmod(rest, 10)
        small = _ONES[rest] if rest < 20 else _TENS[tens] + (f"-{_ONES[ones]}" if ones else "")
        words.append(small)
    return " ".join(words)
