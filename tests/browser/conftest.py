"""A real Chromium on the real, built UI of a live server with a real database.

Skipped with a message where there is no browser; HEYI_REQUIRE_BROWSER=1 makes that a failure.
"""

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from heyi.platform.identity.api import create_user, grant
from heyi.site import pages
from tests.scenario.people import PASSWORD, Company

HERE = Path(__file__).parent
CHROMIUM = next(
    (p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None
)
PATIENCE = 15_000  # milliseconds; two busy cores
WORDS = {"ma": "en", "lin": "zh_hant", "mei": "zh_hans"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents and item.path.name != "test_client.py":
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    arguments = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--no-first-run",
    ]
    found = {"executable_path": CHROMIUM} if CHROMIUM else {}
    return {**browser_type_launch_args, **found, "args": arguments}


@pytest.fixture(scope="session", autouse=True)
def _playwright_may_wait() -> Iterator[None]:
    """Playwright's own loop runs in this thread; Django must not take it for an async view."""
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    expect.set_options(timeout=PATIENCE)
    yield
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
    else:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@pytest.fixture(autouse=True)
def _needs(request: pytest.FixtureRequest) -> None:
    if "browser" not in request.keywords:
        return
    if not (pages.BUILT / "index.html").exists():
        pytest.skip("the user interface is not built: make setup")
    if CHROMIUM is None:
        pytest.skip("there is no Chromium on this machine: apt-get install chromium")


@pytest.fixture
def company(transactional_db: None, settings) -> Company:
    """A committed company, with three people who may do the whole story, one per language."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    firm = Company()
    roles = ["purchase.buyer", "inventory.keeper", "sales.clerk", "finance.accountant"]
    for login, language in WORDS.items():
        user = create_user(login, login.title(), password=PASSWORD, language=language)
        grant(user, firm.books, roles)
    return firm


@dataclass
class Desk:
    """Somebody at a browser who has no mouse."""

    page: Page
    address: str

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        """As a hand types, not as a scanner does."""
        self.page.keyboard.type(text, delay=35)

    def opens(self, path: str) -> None:
        self.page.goto(self.address + path)

    def signs_in(self, login: str) -> None:
        self.opens("/")
        expect(self.page.locator("input[name=username]")).to_be_focused()
        self.type(login)
        self.press("Tab")
        self.type(PASSWORD)
        self.press("Enter")
        expect(self.page.locator(".hy-shell")).to_be_visible()

    def is_at(self, label: str) -> None:
        """The focus stands in the field or cell of this name."""
        self.page.wait_for_function(
            "label => document.activeElement?.getAttribute('aria-label') === label",
            arg=label,
            timeout=PATIENCE,
        )

    def chooses(self, text: str) -> None:
        """Types until the list offers it, and takes the first."""
        self.type(text)
        expect(self.page.get_by_role("option").first).to_be_visible()
        self.press("Enter")

    def cell(self, row: int, column: str):
        return self.page.locator(
            f".hy-lines-body [aria-rowindex='{row + 1}'] [data-column='{column}']"
        )

    def state(self, word: str) -> None:
        expect(self.page.locator(".hy-steps [aria-current=step]")).to_have_text(re.compile(word))
        self.page.wait_for_timeout(400)  # a person looks before pressing the next key


@pytest.fixture
def desk(page: Page, live_server, company: Company) -> Iterator[Desk]:
    """Fails the test on a script error, whatever else it looks at."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_default_timeout(PATIENCE)
    yield Desk(page, live_server.url)
    assert errors == []
