"""Every word in three languages, and every refusal with its words."""

import datetime as dt
import re
from decimal import Decimal as D
from pathlib import Path

import pytest

from heyi.kernel.errors import BusinessError
from heyi.platform import messages
from heyi.platform.messages import catalogue, resolve

SOURCE = Path(messages.__file__).resolve().parent.parent


def raised():
    """The errors of the product, after everything that could declare one was imported."""
    import importlib

    for file in sorted(SOURCE.rglob("*.py")):
        parts = file.relative_to(SOURCE.parent).with_suffix("").parts
        if "migrations" not in parts and parts[-1] != "__main__":
            importlib.import_module(".".join(parts).removesuffix(".__init__"))
    return [e for e in BusinessError.registry.values() if e.__module__.startswith("heyi.")]


def test_every_message_is_complete_in_three_languages():
    assert list(catalogue().problems) == []


def test_every_refusal_has_words_and_its_remedy_too():
    missing = set()
    for error in raised():
        missing |= {error.code} - set(catalogue().texts["en"])
        if error.remedy is not None:
            missing |= {error.remedy.action} - set(catalogue().texts["en"])
    assert missing == set()


def test_a_message_asks_only_for_what_its_refusal_carries():
    import dataclasses

    wrong = {}
    for error in raised():
        carried = {f.name for f in dataclasses.fields(error)}
        if extra := messages.placeholders(error.code) - carried:
            wrong[error.code] = sorted(extra)
        if error.remedy and (extra := messages.placeholders(error.remedy.action) - carried):
            wrong[error.remedy.action] = sorted(extra)
    assert wrong == {}


@pytest.mark.parametrize("language", ["zh_hant", "zh_hans"])
def test_no_chinese_message_is_left_in_english(language):
    han = re.compile(r"[\u4e00-\u9fff]")
    plain = re.compile(r"[a-z]{3,} [a-z]{2,} [a-z]{2,}", re.IGNORECASE)
    suspicious = {
        key: text
        for key, text in catalogue().texts[language].items()
        if plain.search(text) and not han.search(text)
    }
    assert suspicious == {}


def test_the_two_chinese_languages_are_each_their_own():
    """Simplified characters do not stand in traditional texts, nor the other way round."""
    simplified = set("单据过账凭证审批库仓发货应对这个没为业务员数据")
    traditional = set("單據過帳憑證審批庫倉發貨應對這個沒為業務員數據")
    only_simplified, only_traditional = simplified - traditional, traditional - simplified
    wrong = [
        key
        for key in catalogue().texts["en"]
        if set(catalogue().texts["zh_hant"][key]) & only_simplified
        or set(catalogue().texts["zh_hans"][key]) & (only_traditional - set("帳"))
    ]
    assert wrong == []


@pytest.mark.parametrize("word", ["please", "invalid", "!", "illegal", "oops"])
def test_no_message_blames_begs_or_shouts(word):
    found = {k: t for k, t in catalogue().texts["en"].items() if word in t.lower()}
    assert found == {}


@pytest.mark.parametrize(("params", "language", "text"), [
    ({"field": "quantity", "value": D("-1234567.500")}, "en", "Quantity is −1,234,567.5; it cannot be negative here."),
    ({"field": "quantity", "value": D("-3")}, "zh_hans", "数量为 −3，这里不能是负数。"),
    ({"field": "unheard_of", "value": D("-0.001")}, "en", "unheard_of is −0.001; it cannot be negative here."),
])  # fmt: skip
def test_figures_and_fields_are_spoken(params, language, text):
    assert resolve("platform.value_negative", params, language) == text


@pytest.mark.parametrize(("value", "name", "language", "text"), [
    (dt.date(2026, 11, 5), "on", "en", "5 Nov 2026"),
    (dt.date(2026, 11, 5), "on", "zh_hant", "2026年11月5日"),
    (["A-1", "A-2"], "numbers", "en", "A-1, A-2"),
    (["A-1", "A-2"], "numbers", "zh_hans", "A-1、A-2"),
    ({"id": 1, "code": "BOLT", "name": "Bolt"}, "product", "en", "BOLT Bolt"),
    (1234, "count", "en", "1,234"),
    (2026, "year", "en", "2026"),
    (None, "party", "en", "–"),
    (True, "active", "zh_hans", "是"),
])  # fmt: skip
def test_values_are_spoken_the_way_people_write_them(value, name, language, text):
    assert messages.spoken(value, name, language) == text


def test_an_unknown_key_still_says_something():
    assert resolve("nowhere.stock_short") == "stock short"


@pytest.mark.parametrize(("asked", "accepted", "language"), [
    ("zh_hant", "", "zh_hant"), (None, "zh-HK,en;q=0.5", "zh_hant"), (None, "zh-CN", "zh_hans"),
    (None, "zh", "zh_hans"), (None, "fr-FR, en-GB;q=0.8", "en"), ("xx", "de", "en"), ("", "", "en"),
])  # fmt: skip
def test_languages_are_negotiated(asked, accepted, language):
    assert messages.negotiated(asked, accepted) == language
