"""The whole life of a subscription in a browser: `python -m tests.standards.life AXE_JS [--pictures FOLDER] [--all]`.

Somebody joins, confirms, gets the last issue, looks what their interests would find, pauses and resumes, moves to
another address, leaves, takes that back, takes their data along, and has everything erased. The newsletter, the relay,
the databases and the browser are real. Of all ways to live it (database, width, colours, language, with JavaScript and
without) so many are tried that each pair of them occurs; `--all` tries every one. Every page on the way is looked at by
axe-core, asks no third party for anything, and is no wider than the screen.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Literal
from urllib.parse import urljoin

from playwright.sync_api import Browser, BrowserContext, Page, Request

from tests.standards.browser import launched, violations
from tests.standards.running import RunningNewsletter, running_newsletter, until
from tests.support.postgres import running_postgres

_PATIENCE = 2.2
"""Seconds before a form is sent: whoever is quicker is taken for a program."""
_DATABASES = ("sqlite", "postgresql")
_SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
_INTEREST = "retrieval-augmented generation"


@dataclass(frozen=True, slots=True)
class Way:
    """How somebody lives it."""

    database: str
    width: int
    scheme: Literal["light", "dark"]
    language: str
    script: bool

    def __str__(self) -> str:
        return (
            f"{self.database} {self.width} px {self.scheme} {self.language} {'with' if self.script else 'without'} JS"
        )


ALL_WAYS = tuple(Way(*one) for one in product(_DATABASES, (375, 1280), _SCHEMES, ("en", "zh-Hans"), (True, False)))


def pairs_of(ways: tuple[Way, ...]) -> tuple[Way, ...]:
    """Few of these ways, in which each value of one kind meets each of every other."""

    def met(way: Way) -> set[tuple[object, ...]]:
        values = (way.database, way.width, way.scheme, way.language, way.script)
        return {(i, a, j, b) for i, a in enumerate(values) for j, b in enumerate(values) if i < j}

    left = set().union(*map(met, ways))
    chosen: list[Way] = []
    while left:
        best = max(ways, key=lambda way: len(met(way) & left))
        chosen.append(best)
        left -= met(best)
    return tuple(chosen)


@dataclass
class Life:
    """One life, step by step; each leaves the browser on a page that is then looked at."""

    house: RunningNewsletter
    context: BrowserContext
    axe: Path
    way: Way
    number: int
    pictures: Path | None = None
    faults: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.email = f"ada{self.number}@example.org"
        self.moved = f"lovelace{self.number}@example.net"
        self.page: Page = self.context.new_page()
        self.page.on("request", self._note)

    def _note(self, request: Request) -> None:
        self.asked.append(request.url)

    def live(self) -> None:
        """From the first page to the last."""
        self.join()
        self.confirm()
        self.first_digest()
        self.preview_and_change()
        self.pause_and_resume()
        self.move()
        self.lose_the_link()
        self.leave_and_return()
        self.take_along_and_erase()
        strangers = {url for url in self.asked if not url.startswith(self.house.address)}
        self.faults += [f"asks a third party: {url}" for url in sorted(strangers)]

    def look(self, name: str) -> None:
        """Look at the page as it stands, through axe and for its width; keep a picture of it."""
        # what evaluates a script needs one: pages that are shown without are looked at in the other lives
        if self.way.script:
            self.faults += [f"{name}: {fault}" for fault in violations(self.page, self.axe)]
            actual = self.page.evaluate("document.documentElement.scrollWidth")
            if actual > self.way.width:
                self.faults.append(f"{name}: is {actual} px wide on a screen of {self.way.width}")
        if self.pictures:
            self.pictures.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=self.pictures / f"{name}.png", full_page=True)

    def go(self, address: str) -> None:
        """Open a page that has to be there."""
        answer = self.page.goto(address)
        assert answer is not None
        assert answer.status == 200, f"{address} answers {answer.status}"

    def ended(self, *links: str) -> None:
        """Follow links that lead nowhere any more."""
        for address in links:
            answer = self.page.goto(address)
            assert answer is not None
            assert answer.status == 404, f"a link that has ended answers {answer.status}"

    def press(self, selector: str) -> None:
        """Press a button, and wait for the page that follows."""
        with self.page.expect_navigation():
            self.page.locator(f"{selector} >> visible=true").first.click()

    def join(self) -> None:
        """Fill in the form; nobody is subscribed by that, nor told anything but to look in their mailbox."""
        self.go(f"{self.house.address}/subscribe")
        self.look("1-subscribe")
        self.page.fill("#email", self.email)
        self.page.locator("input[type=checkbox][name^='topic:']").first.check()
        self.page.fill("#interests", f"{_INTEREST}\nauthor:Okafor")
        if self.page.locator("#language").count():
            self.page.select_option("#language", self.way.language)
        if self.way.script:
            until(lambda: _INTEREST in self.page.locator("#preview").inner_text(), "the preview while typing")
        self.look("1-filled")
        time.sleep(_PATIENCE)
        self.press("button[name=way][value=mail]")
        self.look("2-mailbox")

    def confirm(self) -> None:
        """Follow the link of the letter; only the button counts."""
        letter = self.house.next_mail(self.email, 0)
        assert _INTEREST not in letter.text(), "the letter repeats what somebody wrote into the form"
        self.go(letter.link(self.house.address, "/confirm/"))
        assert len(self.house.mails(self.email)) == 1
        self.look("3-confirm")
        self.press("main form button[type=submit]")
        self.look("4-welcome")
        self.preferences = self.link("preferences/")

    def link(self, path: str) -> str:
        """Where the first link of the page leads whose path begins so."""
        href = self.page.locator(f"main a[href*='{path}']").first.get_attribute("href")
        assert href is not None
        return urljoin(self.page.url, href)

    def first_digest(self) -> None:
        """The last issue comes at once."""
        self.unsubscribe = self.house.next_mail(self.email, 1).link(self.house.address, "/unsubscribe/")

    def preview_and_change(self) -> None:
        """See what a line finds before it is kept, then keep it."""
        self.go(self.preferences)
        self.page.fill("#interests", f"{_INTEREST}\nrobot*")
        if self.way.script:
            until(lambda: "robot*" in self.page.locator("#preview").inner_text(), "the preview while typing")
        else:
            self.press("button[name=action][value=preview]")
            assert "robot*" in self.page.locator("#preview").inner_text()
        self.look("5-preview")
        self.page.select_option("#hour", "0")
        self.press(".save button[value=save]")
        assert "robot*" in self.page.input_value("#interests")
        self.look("6-saved")
        self.page.fill("#interests", "")
        for box in self.page.locator("input[name^='topic:']:checked").all():
            box.uncheck()
        self.press(".save button[value=save]")
        assert self.page.locator("input[name=everything]").count() == 1, "everything is not asked about"
        self.look("7-everything")

    def pause_and_resume(self) -> None:
        """No issue comes while they are away; afterwards the best of what they missed."""
        before = len(self.house.mails(self.email))
        self.go(self.preferences)
        self.page.fill("#paused_until", str(_today() + timedelta(days=10)))
        self.page.check("input[name=catch_up]")
        self.press("button[name=action][value=pause]")
        self.look("8-paused")
        assert len(self.house.mails(self.email)) == before
        self.press("button[name=action][value=resume]")
        self.look("9-resumed")

    def move(self) -> None:
        """Move to another address: the new one confirms, the old one is told, and its links end."""
        old = self.preferences
        self.go(f"{old}/address")
        self.page.fill("#email", self.moved)
        self.look("10-address")
        self.press("main form button[type=submit]")
        letter = self.house.next_mail(self.moved, 0)
        before = len(self.house.mails(self.email))
        self.go(letter.link(self.house.address, "/confirm/"))
        self.press("main form button[type=submit]")
        self.look("11-moved")
        self.house.next_mail(self.email, before)
        self.ended(old, self.unsubscribe)
        self.look("12-ended")

    def lose_the_link(self) -> None:
        """Ask for the link to the preferences by mail."""
        before = len(self.house.mails(self.moved))
        self.go(f"{self.house.address}/preferences")
        self.page.fill("#email", self.moved)
        time.sleep(_PATIENCE)
        self.look("13-lost")
        self.press("main form button[type=submit]")
        letter = self.house.next_mail(self.moved, before)
        self.preferences = letter.link(self.house.address, "/preferences/")
        self.go(self.preferences)
        self.unsubscribe = self.link("unsubscribe/")

    def leave_and_return(self) -> None:
        """One click; undone by one; a second visit says that it is done already."""
        self.go(self.unsubscribe)
        self.look("14-unsubscribe")
        self.press("main form button[type=submit]")
        self.look("15-left")
        self.press("button[name=choice][value=undo]")
        self.look("16-undone")
        self.go(self.unsubscribe)
        self.press("main form button[type=submit]")
        self.go(self.unsubscribe)
        self.look("17-already")

    def take_along_and_erase(self) -> None:
        """Download what is kept, and have it erased: afterwards nothing of it is there, and no link works."""
        self.go(f"{self.preferences}/data")
        self.look("18-data")
        with self.page.expect_download() as download:
            self.page.locator("form[action$='/export'] button").click()
        assert self.moved in Path(download.value.path()).read_text(encoding="utf-8")
        self.press("main form[method=post] button[type=submit]")
        self.look("19-erase")
        self.press("main form[method=post] button[type=submit]")
        self.look("20-erased")
        self.ended(self.preferences, self.unsubscribe)
        self.scan()

    def scan(self) -> None:
        """No file of the newsletter's holds an address of who was erased."""
        for path in filter(Path.is_file, self.house.folder.rglob("*")):
            content = path.read_bytes()
            if self.email.encode() in content or self.moved.encode() in content:
                self.faults.append(f"{path.name} still holds an address of who was erased")


def _today() -> date:
    return datetime.now(UTC).date()


def live(
    browser: Browser, house: RunningNewsletter, way: Way, number: int, axe: Path, pictures: Path | None
) -> list[str]:
    """One life in one way; what was wrong with the pages on it."""
    context = browser.new_context(
        color_scheme=way.scheme,
        viewport={"width": way.width, "height": 900},
        locale=way.language,
        java_script_enabled=way.script,
    )
    folder = pictures / str(way).replace(" ", "-") if pictures else None
    life = Life(house, context, axe, way, number, folder)
    began = time.monotonic()
    life.live()
    context.close()
    print(f"life {way}: {len(life.faults)} faults, {time.monotonic() - began:.0f} s", flush=True)
    return [f"{way}: {fault}" for fault in life.faults]


def main() -> int:
    """Live in several ways; 1 where a page has a fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("axe", type=Path)
    parser.add_argument("--pictures", type=Path)
    parser.add_argument("--all", action="store_true")
    options = parser.parse_args()
    ways = ALL_WAYS if options.all else pairs_of(ALL_WAYS)
    faults: list[str] = []
    with launched() as browser, running_postgres() as postgres, tempfile.TemporaryDirectory() as folder:
        for database in _DATABASES:
            urls = postgres.database() if database == "postgresql" else nullcontext("sqlite:///newsletter.db")
            with urls as url, running_newsletter(Path(folder) / database, url) as house:
                for number, way in enumerate(ways):
                    if way.database == database:
                        faults += live(browser, house, way, number, options.axe, options.pictures)
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
