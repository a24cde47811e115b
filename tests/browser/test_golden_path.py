"""Goods come in and their postings are seen, with the keyboard alone."""

from decimal import Decimal

from playwright.sync_api import expect

from heyi.purchase.models import Receipt
from tests.browser.conftest import Desk
from tests.scenario.people import Company


def test_three_lines_from_sign_in_to_the_trial_balance(desk: Desk, company: Company) -> None:
    """Ma signs in, receives three lines, submits, posts, reads the postings and the books."""
    for code in ("washer", "pin"):
        company.product(code)
    page = desk.page
    desk.signs_in("ma")
    desk.press("Control+k")
    desk.type("new goods receipt")
    expect(page.get_by_role("option").first).to_contain_text("New")
    desk.press("Enter")

    desk.is_at("Supplier")
    desk.chooses("V1")
    desk.is_at("Delivery note")
    desk.type("DN-77")
    desk.press("Enter")
    if page.evaluate("document.activeElement.getAttribute('aria-label')") == "Date":
        desk.press("Enter")
    desk.is_at("Warehouse")
    desk.chooses("WH")
    desk.is_at("Note")
    desk.press("Enter")

    for no, (code, quantity, price) in enumerate(
        [("bolt", "10", "2.5"), ("washer", "1,000", "0.12"), ("pin", "4", "12")], 1
    ):
        desk.is_at("Product")
        desk.type(code)
        desk.press("Enter")
        desk.is_at("Quantity")
        desk.type(quantity)
        desk.press("Enter")
        desk.is_at("Price")
        desk.type(price)
        desk.press("Enter")
        expect(desk.cell(no, "product")).to_contain_text(code.title())
    expect(page.locator(".hy-totals .hy-grand b")).to_have_text("193.00")
    expect(desk.cell(2, "value")).to_have_text("120.00")

    desk.press("Control+Enter")
    desk.state("Approved")
    desk.press("Control+Enter")
    desk.state("Posted")
    [receipt] = Receipt.objects.all()
    assert (receipt.state, receipt.value, receipt.lines.count()) == ("posted", Decimal("193.00"), 3)

    page.get_by_role("tab", name="Timeline").focus()
    desk.press("ArrowRight")
    slip = page.locator(".hy-slip").first
    expect(slip).to_contain_text("193.00")
    expect(slip.locator("tfoot td").nth(1)).to_have_text("193.00")

    desk.press("Control+k")
    desk.type("trial")
    expect(page.get_by_role("option").first).to_contain_text("Trial balance")
    desk.press("Enter")
    expect(page.locator(".hy-balanced")).to_have_text("Balanced")
    total = page.locator(".hy-books tfoot td")
    assert total.all_inner_texts() == ["–", "–", "193.00", "193.00", "193.00", "193.00"]
    page.locator(".hy-books tbody button").first.focus()
    desk.press("Enter")
    link = page.locator(".hy-books a.hy-link").first
    expect(link).to_contain_text(receipt.number)
    link.focus()
    desk.press("Enter")
    expect(page.locator(".hy-doc-head h1")).to_have_text(receipt.number)


def test_lines_come_from_a_spreadsheet(desk: Desk, company: Company) -> None:
    """A pasted block is shown before it is taken; what is not understood stays out."""
    page = desk.page
    desk.signs_in("ma")
    desk.opens("/purchase.receipt/new/1")
    expect(page.locator(".hy-lines")).to_be_visible()
    page.locator(".hy-lines .hy-input").focus()
    page.evaluate(
        """text => {
          const data = new DataTransfer(); data.setData('text/plain', text);
          document.activeElement.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
        }""",
        "bolt\t1,001\nnut\tmany\nnope\t3\n",
    )
    expect(page.locator(".hy-staged")).to_contain_text("3 rows × 2 columns, 1 cells not understood")
    desk.press("Enter")
    expect(desk.cell(1, "product")).to_contain_text("Bolt")
    expect(desk.cell(1, "quantity_unit")).to_have_text("1,001")
    expect(desk.cell(2, "quantity_unit")).to_have_text("")
    expect(desk.cell(3, "product")).to_have_attribute("data-problem", "danger")
    expect(page.locator(".hy-refusals")).to_contain_text("There is no code “nope”")


def test_work_survives_a_reload_and_an_expired_session(desk: Desk, company: Company) -> None:
    """What was typed is there after a reload; a session that ran out asks, and the step goes on."""
    page = desk.page
    desk.signs_in("ma")
    desk.opens("/purchase.receipt/new/7")
    desk.is_at("Supplier")
    desk.chooses("V1")
    desk.type("KEEP-ME")
    desk.press("Enter")
    expect(page.locator(".hy-saved")).to_be_visible()
    page.reload()
    expect(page.get_by_role("textbox", name="Delivery note")).to_have_value("KEEP-ME")
    expect(page.locator(".hy-tab .hy-dirty")).to_be_visible()
    page.get_by_role("combobox", name="Warehouse").focus()
    desk.chooses("WH")
    page.context.clear_cookies()
    desk.press("Control+s")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Sign in again")
    dialog.locator("input[name=password]").focus()
    desk.type("a-long-enough-secret-7")
    desk.press("Enter")
    expect(dialog).to_have_count(0)
    expect(page.locator(".hy-doc-head h1")).to_contain_text("PR")
    assert Receipt.objects.get().reference == "KEEP-ME"
