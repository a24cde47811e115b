"""What stands in the way is said where it stands, with figures and with what to do next."""

from playwright.sync_api import expect

from tests.browser.conftest import Desk
from tests.scenario.people import Company


def test_a_delivery_of_what_is_not_there(desk: Desk, company: Company) -> None:
    """Three bolts lie there, five are wanted: the cell says so, the list leads to it, three go out."""
    company.received({"product": company.bolt, "quantity_unit": "3", "price": "2"})
    page = desk.page
    desk.signs_in("ma")
    desk.opens("/sales.delivery/new/1")
    desk.is_at("Customer")
    desk.chooses("C1")
    page.get_by_role("combobox", name="Warehouse").focus()
    desk.chooses("WH")
    page.locator(".hy-lines .hy-input").focus()
    desk.type("bolt")
    desk.press("Enter")
    desk.is_at("Quantity")
    desk.type("5")
    desk.press("Enter")
    desk.press("Control+Enter")
    desk.state("Approved")
    desk.press("Control+Enter")
    refusals = page.locator(".hy-refusals")
    expect(refusals).to_contain_text("3")
    expect(refusals).to_contain_text("5")
    desk.state("Approved")
    where = refusals.get_by_role("button").filter(has_text="Line 1")
    expect(where).to_be_visible()
    where.focus()
    desk.press("Enter")
    cell = desk.cell(1, "quantity_unit")
    expect(cell).to_have_attribute("data-problem", "danger")
    expect(page.locator(".hy-cell-refusal")).to_contain_text("5")
    desk.is_at("Quantity")


def test_what_cannot_be_read_stays_in_its_cell(desk: Desk, company: Company) -> None:
    """A quantity of many is kept open with its reason, and Esc gives the old value back."""
    page = desk.page
    desk.signs_in("ma")
    desk.opens("/purchase.receipt/new/1")
    expect(page.locator(".hy-lines")).to_be_visible()
    page.locator(".hy-lines .hy-input").focus()
    desk.type("bolt")
    desk.press("Enter")
    desk.is_at("Quantity")
    desk.type("many")
    desk.press("Enter")
    expect(page.locator(".hy-cell-refusal")).to_contain_text("“many” is not a quantity")
    desk.is_at("Quantity")
    desk.press("Escape")
    expect(desk.cell(1, "quantity_unit").locator("input")).to_have_value("")


def test_two_people_change_the_same_receipt(desk: Desk, company: Company) -> None:
    """The second sees both values, keeps his own, and nothing of the first is lost unseen."""
    receipt = company.receipt(
        {"product": company.bolt, "quantity_unit": "3", "price": "2"}, reference="OLD"
    )
    page = desk.page
    desk.signs_in("ma")
    desk.opens(f"/purchase.receipt/{receipt['id']}")
    field = page.get_by_role("textbox", name="Delivery note")
    expect(field).to_have_value("OLD")

    answer = company.wang.changes(
        "purchase.receipt",
        company.wang.sees("purchase.receipt", receipt["id"]),
        {"reference": "WANG"},
    )
    assert answer.status == 200, answer

    field.focus()
    page.keyboard.press("Control+a")
    desk.type("MA")
    desk.press("Control+s")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("WANG")
    expect(dialog).to_contain_text("MA")
    expect(dialog.get_by_role("radio").first).to_be_checked()
    dialog.get_by_role("button", name="Save this choice").focus()
    desk.press("Enter")
    expect(dialog).to_have_count(0)
    expect(page.locator(".hy-tab .hy-dirty")).to_have_count(0)
    assert company.wang.sees("purchase.receipt", receipt["id"])["values"]["reference"] == "MA"


def test_pages_a_person_may_not_see(desk: Desk, company: Company) -> None:
    """No right, nothing there, no such page: three answers, none of them empty."""
    page = desk.page
    desk.signs_in("sun")
    desk.opens("/sales.delivery")
    expect(page.locator(".hy-state-page")).to_contain_text("No access")
    desk.opens("/purchase.receipt/999999")
    expect(page.locator(".hy-state-page")).to_contain_text("Not found")
    desk.opens("/nowhere")
    expect(page.locator(".hy-state-page")).to_contain_text("There is no such page")
