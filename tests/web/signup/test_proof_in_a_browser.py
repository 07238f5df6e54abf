"""The sum of the sign-up form in a real browser: done while somebody types, waited for where they are fast."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from newsletter.domain.signup import AddressPolicy
from newsletter.services.signing_up import DoorRules
from newsletter.store import SqlStore
from tests.standards.browser import FLAGS
from tests.support.web import make_app, make_public, running
from tests.web.doors import NEW, requests

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (Debian: apt install chromium)")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def address(store: SqlStore, site: Path) -> Iterator[str]:
    """Where a door is that asks for a sum."""
    rules = DoorRules(addresses=AddressPolicy(), proof_of_work=True)
    with running(make_app(store, site, public=make_public(store, rules=rules))) as url:
        yield url


def subscribe(page: Page, address: str, *, pause: int) -> None:
    """Type an address, and press the button after so many milliseconds."""
    page.goto(f"{address}/subscribe")
    page.fill("#email", NEW)
    page.wait_for_timeout(pause)
    page.click("button[value=mail]:visible")


def test_a_browser_does_the_sum_by_itself(browser: Browser, address: str, store: SqlStore) -> None:
    page = browser.new_page()
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    subscribe(page, address, pause=2500)
    page.wait_for_selector("h1:has-text('Look in your mailbox')")
    assert [request.email for request in requests(store)] == [NEW]
    assert not errors
    page.close()


@pytest.mark.slow
def test_a_page_that_came_too_fast_does_another_sum(browser: Browser, address: str, store: SqlStore) -> None:
    page = browser.new_page()
    # so that the sum is done in no time, and the form sent before it is ripe
    subscribe(page, address, pause=0)
    page.wait_for_selector("h1:has-text('Look in your mailbox'), h1:has-text('One more click')")
    if page.inner_text("h1") == "One more click":
        page.wait_for_timeout(2500)
        page.click("form:has([name=moment]) button")
    page.wait_for_selector("h1:has-text('Look in your mailbox')")
    assert [request.email for request in requests(store)] == [NEW]
    page.close()


@pytest.mark.slow
def test_a_browser_without_scripts_is_told_how_long_to_wait(browser: Browser, address: str, store: SqlStore) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    subscribe(page, address, pause=2500)
    assert page.inner_text("h1") == "One more click"
    assert "Your browser runs no JavaScript here. Wait " in page.inner_text("main")
    assert "help@example.org" in page.inner_text("main")
    assert not requests(store)
    context.close()
