"""The preferences page in Chromium, with JavaScript and without."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from newsletter.store import SqlStore
from tests.standards.browser import launched
from tests.support.web import make_app, running
from tests.web.readers.test_choosing import MONDAY, Held, about, publish, reader

pytestmark = pytest.mark.skipif(
    not (shutil.which("chromium") or shutil.which("chromium-browser")), reason="needs Chromium on the path"
)

BASE = "https://news.example.org"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    with launched() as browser:
        yield browser


@pytest.fixture
def held(store: SqlStore) -> Held:
    """Look-ups that go on at once, unless the test says otherwise."""
    held = Held(store)
    held.go_on.set()
    return held


@pytest.fixture
def address(store: SqlStore, site: Path, held: Held, preferences: str) -> Iterator[str]:
    """Where Ada's preferences page is served, with an issue to look things up in."""
    subjects = ("retrieval", "zebrafish", "zebrafish", "retrieval", "zebrafish")
    publish(store, MONDAY, *(about(number, subject) for number, subject in enumerate(subjects, 1)))
    with running(make_app(store, site, base_url=BASE, previews=held)) as url:
        yield f"{url}{preferences}"
        held.go_on.set()


def opened(browser: Browser, address: str, *, scripts: bool = True) -> tuple[Page, list[str]]:
    """The page at the width of a phone, and what its console says."""
    page = browser.new_context(java_script_enabled=scripts, viewport={"width": 375, "height": 800}).new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(address)
    return page, said


def test_what_is_typed_is_looked_up_while_one_types(browser: Browser, store: SqlStore, address: str) -> None:
    before = reader(store)
    page, said = opened(browser, address)
    panel = page.locator("#preview")
    expect(panel).to_contain_text("retrieval 2")
    page.fill("#interests", "zebrafish\nunicorn")
    expect(panel).to_contain_text("zebrafish 3")
    expect(panel).to_contain_text("never found anything")
    expect(page.locator("#interests")).to_have_value("zebrafish\nunicorn")
    assert not [line for line in said if "icon.svg" not in line and "404" not in line], "the policy allows all of it"
    assert reader(store) == before


def test_one_look_up_is_under_way_at_a_time_and_the_last_words_count(
    browser: Browser, held: Held, address: str
) -> None:
    page, _ = opened(browser, address)
    expect(page.locator("#preview")).to_contain_text("retrieval 2")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.post_data or "") if "/preview" in request.url else None)
    held.go_on.clear()
    page.fill("#interests", "fish")
    page.wait_for_selector("#preview[aria-busy]")
    for words in ("fish tank", "zebra", "zebrafish"):
        page.fill("#interests", words)
        page.wait_for_timeout(700)
    assert len(asked) == 1
    held.go_on.set()
    expect(page.locator("#preview")).to_contain_text("zebrafish 3")
    assert len(asked) == 2
    assert "interests=zebrafish" in asked[1]
    assert "name=" not in asked[1], "nothing is sent but what the preview depends on"


def test_a_topic_that_is_suggested_is_ticked_in_the_list_too(browser: Browser, store: SqlStore, address: str) -> None:
    page, _ = opened(browser, address)
    page.fill("#interests", "paper OR study")
    page.check("#preview input[name='topic:fish']")
    expect(page.locator("details.more input[name='topic:fish']")).to_be_checked()
    expect(page.locator("#preview .line >> nth=0")).to_have_text("Fish")
    expect(page.locator("#preview input[name='topic:fish']")).to_have_count(0)
    page.click("p.save button")
    expect(page.locator("main")).to_contain_text("Saved")
    assert reader(store).interests == ("topic:fish", "paper OR study")


def test_the_feeds_address_is_selected_when_it_is_touched(browser: Browser, address: str) -> None:
    page, _ = opened(browser, address)
    page.focus("#feed-address")
    assert page.evaluate("window.getSelection().toString()").startswith(f"{BASE}/feed/")


def test_enter_in_a_field_saves(browser: Browser, store: SqlStore, address: str) -> None:
    page, _ = opened(browser, address)
    page.fill("#name", "Countess")
    page.press("#name", "Enter")
    expect(page.locator("main")).to_contain_text("Saved")
    assert reader(store).name == "Countess"


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_everything_can_be_done_by_buttons(browser: Browser, store: SqlStore, address: str, *, scripts: bool) -> None:
    page, _ = opened(browser, address, scripts=scripts)
    page.fill("#interests", "zebrafish")
    page.click("button[value=preview]")
    expect(page.locator("#preview")).to_contain_text("zebrafish 3")
    page.fill("#paused_until", str(page.locator("#paused_until").get_attribute("min")))
    page.check("input[name=catch_up]")
    page.click("button[value=pause]")
    expect(page.locator("main")).to_contain_text("Paused: no issue is sent to you until")
    expect(page.locator("#interests")).to_have_value("zebrafish")
    assert reader(store).catch_up == 10
    page.click("button[value=resume]")
    expect(page.locator("main")).to_contain_text("The next issue comes to you.")
    page.fill("#interests", "")
    page.click("p.save button")
    expect(page.locator("main")).to_contain_text("about 5 papers a day")
    page.check("input[name=everything]")
    page.click(".banner button[value=save]")
    expect(page.locator("main")).to_contain_text("Saved")
    assert reader(store).interests == ()
    page.click("text=Unsubscribe")
    page.click("main button >> nth=0")
    expect(page.locator("h1")).to_have_text("You are unsubscribed")
    page.click("text=Undo")
    expect(page.locator("h1")).to_have_text("You are subscribed again")
