"""Saving, reading and previewing records through the API."""

import pytest

from tests.platform.conftest import codes

RECEIPT = "purchase.receipt"


def test_a_receipt_is_kept_with_number_base_quantities_and_value(firm, li):
    made = li.creates(
        RECEIPT, firm.receipt(reference="LS-7"),
        [firm.line(), firm.line(quantity_unit="2", unit=firm.box.pk, price="18")],
    )  # fmt: skip
    assert made["number"] == "PR2611-00001"
    assert (made["state"], made["version"]) == ("draft", 1)
    assert made["values"]["value"] == "61.00"
    assert made["values"]["supplier"] == {
        "id": firm.supplier.pk, "code": "S001", "name": "浙江鋼材"
    }  # fmt: skip
    assert [x["values"]["value"] for x in made["lines"]] == ["25.00", "36.00"]
    assert [x["values"]["unit"]["code"] for x in made["lines"]] == ["pc", "box"]
    assert made["can"] == ["edit", "submit", "cancel"]
    assert li.read(f"/records/{RECEIPT}/{made['id']}") == made
