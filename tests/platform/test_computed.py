"""Fields that are worked out: a module gives columns to a screen, also of a lower module."""

from decimal import Decimal as D

import pytest

from heyi.kernel.screens import Computed
from heyi.platform import modules, screens
from tests.platform.conftest import codes

RECEIPT = "purchase.receipt"


@pytest.fixture
def progress():
    """What a module of quality might say: how much of a receipt was inspected."""
    asked = []

    def heads(ids, actor):
        asked.append(list(ids))
        return {i: D("0.5") for i in ids}

    def lines(ids, actor):
        return {i: D(i) * 2 for i in ids}

    declared = modules.apps.get_app_config("sales").declared
    declared["computed"] = {RECEIPT: (
        Computed("inspected", "rate", heads), Computed("inspected", "quantity", lines, on="lines"),
    )}  # fmt: skip
    forget()
    yield asked
    del declared["computed"]
    forget()


def forget():
    screens._computed.cache_clear()
    screens.compiled.cache_clear()
    screens._projected.cache_clear()
    screens._extended.cache_clear()


def test_a_column_of_another_module_is_on_list_form_and_lines(progress, firm, li):
    screen = li.read(f"/screens/{RECEIPT}")
    assert screen["listing"]["columns"][-1] == "inspected"
    assert screen["lines"]["columns"][-1] == "inspected"
    assert screen["fields"]["inspected"]["edit"] == "never"
    made = li.creates(RECEIPT, firm.receipt(), [firm.line(), firm.line()])
    for record in (made, li.read(f"/records/{RECEIPT}/{made['id']}")):
        assert record["values"]["inspected"] == "0.5"
        assert [x["values"]["inspected"] for x in record["lines"]] == [
            str(x["id"] * 2) for x in record["lines"]
        ]  # fmt: skip
    progress.clear()
    li.creates(RECEIPT, firm.receipt(), [firm.line()])
    progress.clear()
    rows = li.read(f"/records/{RECEIPT}")["rows"]
    assert [r["values"]["inspected"] for r in rows] == ["0.5", "0.5"]
    assert progress == [[r["id"] for r in rows]]


def test_what_is_worked_out_cannot_be_sorted_filtered_or_written(progress, firm, li):
    for params in ({"order": "inspected"}, {"filter": {"inspected": {"from": "0"}}}):
        reply = li.read(f"/records/{RECEIPT}", 422, **params)
        assert [c for c, _, _ in codes(reply)] == ["platform.filter_unknown"]
    made = li.creates(RECEIPT, firm.receipt(inspected="1"), [firm.line(inspected="7")])
    assert made["values"]["inspected"] == "0.5"


def test_exports_have_it_typed(progress, firm, li):
    from heyi.platform import lists

    li.creates(RECEIPT, firm.receipt(), [firm.line()])
    [part] = lists.everything(
        RECEIPT, firm.actor("purchase.buyer"), lists.Query(), ("number", "inspected")
    )
    assert part[0]["inspected"] == D("0.5")
