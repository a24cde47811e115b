"""Languages, lists, phones, and what a screen reader or a low screen needs."""

import gzip
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Desk
from tests.scenario.people import Company

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"


def test_the_same_page_speaks_three_languages(desk: Desk, company: Company) -> None:
    """Each person arrives in their own language; switching keeps the page and what was typed."""
    page = desk.page
    desk.signs_in("lin")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hant")
    desk.opens("/purchase.receipt/new/1")
    expect(page.locator(".hy-doc-head h1")).to_have_text("新增進貨單")
    page.get_by_role("textbox", name="送貨單號").focus()
    desk.type("STAYS")
    desk.press("Enter")
    for name, lang, title in (
        ("简体中文", "zh-Hans", "新建采购入库单"), ("English", "en", "New goods receipt"), ("繁體中文", "zh-Hant", "新增進貨單"),
    ):  # fmt: skip
        page.locator(".hy-top-end .hy-icon").filter(has_text=re.compile("繁|简|EN")).focus()
        desk.press("Enter")
        page.get_by_role("menuitem", name=name).click()
        expect(page.locator("html")).to_have_attribute("lang", lang)
        expect(page.locator(".hy-doc-head h1")).to_have_text(title)
        assert (
            page.locator(".hy-sections input")
            .evaluate_all("all => all.map(x => x.value)")
            .count("STAYS")
            == 1
        )


def test_a_list_is_searched_filtered_sorted_and_walked(desk: Desk, company: Company) -> None:
    """Sixty receipts: more come by scrolling, a filter becomes a chip, Alt walks the order."""
    for no in range(60):
        company.receipt(
            {"product": company.bolt, "quantity_unit": str(no + 1), "price": "1"},
            reference=f"R{no:02}",
        )
    page = desk.page
    desk.signs_in("ma")
    desk.opens("/purchase.receipt")
    rows = page.locator(".hy-table [data-index]")
    expect(rows).to_have_count(50)
    expect(page.locator(".hy-list-foot")).to_contain_text("50+")
    page.locator(".hy-table").evaluate("el => el.scrollTo(0, el.scrollHeight)")
    expect(rows).to_have_count(60)

    desk.press("/")
    desk.type("R07")
    desk.press("Enter")
    expect(rows).to_have_count(1)
    assert "search=R07" in page.url
    desk.press("Escape")
    expect(rows).to_have_count(60)

    page.get_by_role("tab", name="To post").focus()
    desk.press("Enter")
    expect(page.locator(".hy-empty")).to_be_visible()
    page.get_by_role("tab", name="All").focus()
    desk.press("Enter")
    expect(rows).to_have_count(60)

    head = page.get_by_role("columnheader", name="Value")
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    expect(rows.first).to_contain_text("1.00")
    page.locator(".hy-table").focus()
    desk.press("ArrowDown", "Enter")
    expect(page.locator(".hy-head-amount")).to_contain_text("2.00")
    page.wait_for_load_state("networkidle")
    desk.press("Alt+ArrowDown")
    expect(page.locator(".hy-head-amount:visible")).to_contain_text("3.00")


def test_several_at_once_are_all_or_none(desk: Desk, company: Company) -> None:
    """Two drafts are submitted together from the list."""
    for _ in range(2):
        company.receipt({"product": company.bolt, "quantity_unit": "1", "price": "1"})
    page = desk.page
    desk.signs_in("ma")
    desk.opens("/purchase.receipt")
    expect(page.locator("[data-index]")).to_have_count(2)
    page.locator(".hy-table").focus()
    desk.press(" ", "ArrowDown", " ")
    expect(page.locator(".hy-list-foot")).to_contain_text("2 selected")
    page.locator(".hy-list-foot").get_by_role("button", name="Submit").focus()
    desk.press("Enter")
    expect(page.locator("[data-index] .hy-state").first).to_have_text("Approved")
    expect(page.locator("[data-index] .hy-state").nth(1)).to_have_text("Approved")


def test_a_phone_shows_cards_and_never_scrolls_sideways(desk: Desk, company: Company) -> None:
    receipt = company.received({"product": company.bolt, "quantity_unit": "3", "price": "2"})
    desk.page.set_viewport_size({"width": 390, "height": 844})
    desk.signs_in("ma")
    for path in (
        "/",
        "/purchase.receipt",
        f"/purchase.receipt/{receipt['id']}",
        "/purchase.receipt/new/1",
        "/inbox",
    ):
        desk.opens(path)
        expect(desk.page.locator("main")).to_be_visible()
        desk.page.wait_for_load_state("networkidle")
        assert desk.page.evaluate("document.documentElement.scrollWidth") <= 390, path
    desk.opens(f"/purchase.receipt/{receipt['id']}")
    expect(desk.page.locator(".hy-card")).to_have_count(1)


def findings(page: Page) -> list[str]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})"
    )
    return [
        f"{v['id']}: {v['nodes'][0]['target']} {v['nodes'][0]['failureSummary'][:200]}"
        for v in found["violations"]
        if v["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_stands_in_a_screen_readers_way(
    desk: Desk, company: Company, scheme
) -> None:
    receipt = company.received({"product": company.bolt, "quantity_unit": "3", "price": "2"})
    page = desk.page
    page.emulate_media(color_scheme=scheme)
    desk.opens("/")
    expect(page.locator("input[name=username]")).to_be_visible()
    assert findings(page) == []
    desk.signs_in("ma")
    for path in (
        "/",
        "/purchase.receipt",
        f"/purchase.receipt/{receipt['id']}",
        "/purchase.receipt/new/1",
        "/product.product",
        "/reports/trial-balance",
        "/inbox",
    ):
        desk.opens(path)
        expect(page.locator("main h1")).to_be_visible()
        page.wait_for_load_state("networkidle")
        assert findings(page) == [], path


def test_the_first_page_is_light(desk: Desk, company: Company) -> None:
    """Everything fetched until a list stands there: at most 300 kB, compressed."""
    fetched: dict[str, int] = {}
    desk.page.on(
        "response",
        lambda r: "/assets/" in r.url and fetched.update({r.url: len(gzip.compress(r.body()))}),
    )
    desk.signs_in("ma")
    desk.opens("/purchase.receipt")
    expect(desk.page.locator(".hy-table")).to_be_visible()
    desk.page.wait_for_load_state("networkidle")
    assert 0 < sum(fetched.values()) <= 300_000, fetched
