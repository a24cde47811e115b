"""Print forms: any declared screen becomes paper, in three languages, within the person's rights."""

from io import BytesIO

import pypdf
import pytest

from heyi.platform.access import NotAllowed, NotFound
from heyi.platform.printing import forms


def pages(pdf):
    return [page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf)).pages]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh_hant", ["進貨單", "供應商", "數量", "第 1 頁，共 1 頁", "製單", "草稿", "大寫", "元"]),
        ("zh_hans", ["采购入库单", "供应商", "数量", "第 1 页，共 1 页", "制单", "草稿", "大写"]),
        ("en", ["Goods receipt", "Supplier", "Quantity", "Page 1 of 1", "Prepared by", "Draft"]),
    ],
)
def test_a_receipt_on_paper(world, language, words):
    made = world.receipt("PR26-000123", reference="SF-77")
    actor = world.speaking(world.buyer, language)
    [text] = pages(forms.print("purchase.receipt", "purchase.receipt", [made.pk], actor))
    flat = text.replace("\n", "")
    for word in [*words, "PR26-000123", "SF-77", "6204-2RS", "深溝球軸承", "12.345", "24.69",
                 world.supplier.name, world.supplier.address, world.company.name]:  # fmt: skip
        assert word in flat, word


def test_a_batch_keeps_the_order_asked_for(world):
    made = [world.receipt(f"PR26-{n}", lines=1) for n in range(3)]
    ids = [made[2].pk, made[0].pk, made[1].pk]
    texts = pages(forms.print("purchase.receipt", "purchase.receipt", ids, world.buyer))
    assert [n for text in texts for n in ("PR26-0", "PR26-1", "PR26-2") if n in text] == [
        "PR26-2", "PR26-0", "PR26-1",
    ]  # fmt: skip


def test_the_number_of_statements_does_not_grow(world, django_assert_num_queries):
    ids = [world.receipt(f"PR26-{n}", lines=3).pk for n in range(12)]
    forms.print("purchase.receipt", "purchase.receipt", ids[:1], world.buyer)
    with django_assert_num_queries(5):  # company, heads, lines, parties, audit
        forms.print("purchase.receipt", "purchase.receipt", ids, world.buyer)


def test_what_a_person_may_not_see_is_not_printed(world, build):
    theirs = build("OTHER").receipt("PR99-1")
    with pytest.raises(NotFound):
        forms.print("purchase.receipt", "purchase.receipt", [theirs.pk], world.buyer)
    with pytest.raises(NotFound):
        forms.print("purchase.receipt", "purchase.receipt", [], world.buyer)
    with pytest.raises(NotAllowed):
        forms.print("purchase.receipt", "purchase.receipt", [theirs.pk], world.stranger)
    with pytest.raises(forms.FormUnknown):
        forms.print("invoice", "purchase.receipt", [theirs.pk], world.buyer)


def test_typed_text_is_only_text(world):
    note = '#read("/etc/passwd") *x* $y$ <z> @w \\ ```'
    made = world.receipt("PR26-1", note=note, reference="#panic()")
    [text] = pages(forms.print("purchase.receipt", "purchase.receipt", [made.pk], world.buyer))
    assert "#panic()" in text
    assert '#read("/etc/passwd") *x* $y$ <z> @w' in text


def test_paper_over_http(world):
    made = [world.receipt(f"PR26-{n}", lines=1) for n in range(2)]
    li = world.hires("li8", "purchase.buyer", language="zh_hans")
    path = "/records/purchase.receipt"
    reply = li.ask("GET", f"{path}/{made[0].pk}/print/purchase.receipt.pdf")
    assert (reply.status_code, reply["Content-Type"]) == (200, "application/pdf")
    assert "采购入库单" in pages(reply.content)[0]
    body = {"ids": [made[1].pk, made[0].pk]}
    reply = li.ask("POST", f"{path}/print/purchase.receipt.pdf", body)
    assert len(pages(reply.content)) == 2
    li.reads(f"{path}/{made[0].pk}/print/invoice.pdf", 422)
    li.reads(f"{path}/999999999/print/purchase.receipt.pdf", 404)
    li.reads("/records/no.screen/1/print/x.pdf", 404)


def test_a_form_of_a_module_may_say_more(world, monkeypatch):
    form = forms.Form(
        "purchase.receipt", "purchase.receipt", facts=("on",), columns=("product", "price"),
        signatures=("print.signature.received",),
    )  # fmt: skip
    monkeypatch.setattr(forms, "_declared", lambda: {form.id: form})
    made = world.receipt("PR26-1", reference="SF-77")
    [text] = pages(forms.print(form.id, form.screen, [made.pk], world.buyer))
    assert "Received by" in text
    assert "Prepared by" not in text
    assert "SF-77" not in text
    assert "Quantity" not in text


def test_every_screen_prints_without_a_template_of_its_own(world, monkeypatch):
    """A master, too: only `prints` has to name a form."""
    from dataclasses import replace

    from heyi.platform import screens

    seen = screens.seen_by("product.product", world.accountant)
    declared = replace(seen.declared, prints=("product.product",))
    monkeypatch.setattr(forms, "asked_for", lambda *_: replace(seen, declared=declared))
    pdf = forms.print("product.product", "product.product", [world.bearing.pk], world.accountant)
    [text] = pages(pdf)
    assert "6204-2RS" in text
    assert "深溝球軸承" in text
