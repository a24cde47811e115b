"""Pictures of the screens with the demo company, for docs and for judging.

    .venv/bin/python -m tools.shots [http://127.0.0.1:8000] [--to docs/shots] [name …]

Needs a running `heyi run` with the demo data, and Debian's chromium.
"""

import argparse
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

PASSWORD = "heyi-demo-2026"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
LOCALES = {"zh-hans": "zh-CN", "zh-hant": "zh-TW", "en": "en-US"}
WIDE, PHONE = (1440, 900), (390, 844)
Draw = Callable[[Page, str], None]


def sign_in(page: Page, base: str, login: str) -> None:
    page.goto(base)
    page.fill("input[name=username]", login)
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector(".hy-shell")


def quiet(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(400)


def home(page: Page, base: str) -> None:
    page.goto(base)
    quiet(page)


def receipts(page: Page, base: str) -> None:
    page.goto(f"{base}/purchase.receipt")
    page.wait_for_selector("[data-index='4']")
    page.click("[data-index='4'] [data-kind=reference]")
    quiet(page)


def receipt(page: Page, base: str) -> None:
    rows(page, base)
    page.locator("[data-index] [data-lead]").nth(4).click()
    page.wait_for_selector(".hy-panel-tabs")
    page.locator(".hy-panel-tabs [role=tab]").nth(1).click()
    quiet(page)


def typing(page: Page, base: str) -> None:
    """A delivery being written; one quantity cannot be read."""
    page.goto(f"{base}/sales.delivery/new/shot")
    page.wait_for_selector(".hy-lines")
    fields = page.locator(".hy-sections [role=combobox]")
    for no, text in ((0, "C001"), (1, "FG01")):
        fields.nth(no).focus()
        page.keyboard.type(text, delay=40)
        page.wait_for_selector("[role=option]")
        page.keyboard.press("Enter")
    page.locator(".hy-lines .hy-input").focus()
    for code, quantity in (("GP-16", "12"), ("GP-25", "8"), ("PB-32-L", "24 boxes")):
        page.keyboard.type(code, delay=40)
        page.wait_for_timeout(500)
        page.keyboard.press("Enter")
        page.wait_for_timeout(300)
        page.keyboard.type(quantity, delay=40)
        page.keyboard.press("Enter")
        page.wait_for_timeout(700)
    quiet(page)


def books(page: Page, base: str) -> None:
    page.goto(f"{base}/reports/trial-balance")
    page.wait_for_selector(".hy-books tbody tr")
    quiet(page)


def products(page: Page, base: str) -> None:
    page.goto(f"{base}/product.product")
    page.wait_for_selector("[data-index='4']")
    quiet(page)


def rows(page: Page, base: str) -> None:
    page.goto(f"{base}/purchase.receipt")
    page.wait_for_selector("[data-index='4']")
    quiet(page)


def opened(page: Page, base: str) -> None:
    rows(page, base)
    page.locator("[data-index]").nth(4).click()
    page.wait_for_selector(".hy-doc-head")
    quiet(page)


# name: who, what, language, light or dark, size
SHOTS: dict[str, tuple[str, Draw, str, str, tuple[int, int]]] = {
    "list-zh-hans-light": ("zhao", receipts, "zh-hans", "light", WIDE),
    "list-en-dark": ("zhao", receipts, "en", "dark", WIDE),
    "document-zh-hans-light": ("chen", receipt, "zh-hans", "light", WIDE),
    "document-en-dark": ("chen", receipt, "en", "dark", WIDE),
    "document-zh-hant-light": ("chen", receipt, "zh-hant", "light", WIDE),
    "typing-zh-hant-light": ("li", typing, "zh-hant", "light", WIDE),
    "typing-en-light": ("li", typing, "en", "light", WIDE),
    "books-zh-hans-light": ("chen", books, "zh-hans", "light", WIDE),
    "books-en-dark": ("chen", books, "en", "dark", WIDE),
    "home-zh-hant-light": ("chen", home, "zh-hant", "light", WIDE),
    "products-en-light": ("zhao", products, "en", "light", WIDE),
    "list-phone-zh-hans-light": ("zhao", rows, "zh-hans", "light", PHONE),
    "document-phone-zh-hant-light": ("chen", opened, "zh-hant", "light", PHONE),
    "document-phone-en-dark": ("chen", opened, "en", "dark", PHONE),
}


def shoot(browser: Browser, base: str, name: str, folder: Path) -> None:
    login, draw, language, scheme, (width, height) = SHOTS[name]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale=LOCALES[language],
        color_scheme="dark" if scheme == "dark" else "light",
        device_scale_factor=2 if width < 640 else 1,
    )
    page = context.new_page()
    page.on("pageerror", lambda error: print(name, error))
    page.add_init_script(
        "localStorage.setItem('heyi.language.chosen','true');"
        f"localStorage.setItem('heyi.language','\"{language.replace('-', '_')}\"')"
    )
    sign_in(page, base, login)
    draw(page, base)
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        print(name, "is wider than the screen")
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{name}.webp"
    taken = context.new_cdp_session(page).send(
        "Page.captureScreenshot", {"format": "webp", "quality": 90}
    )
    target.write_bytes(b64decode(taken["data"]))
    print(target, f"{target.stat().st_size // 1024} kB")
    context.close()


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("base", nargs="?", default="http://127.0.0.1:8000")
    asked.add_argument("names", nargs="*")
    asked.add_argument("--to", type=Path, default=Path("build/shots"))
    options = asked.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        for name in options.names or SHOTS:
            shoot(browser, options.base.rstrip("/"), name, options.to)
        browser.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
