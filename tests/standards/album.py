"""Takes pictures of joining, tuning and leaving: `python -m tests.standards.album PICTURES`.

They come from a newsletter that runs on the bundled sample, through the life that `tests.standards.life` lives.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser

from tests.standards.browser import launched
from tests.standards.life import Life, Way
from tests.standards.running import Letter, RunningNewsletter, running_newsletter

_KEPT = {
    "1-filled": "subscribe",
    "2-mailbox": "mailbox",
    "4-welcome": "welcome",
    "5-preview": "preferences",
    "10-address": "address",
    "15-left": "leaving",
    "18-data": "data",
}
"""What the pages on the way are called in docs/screenshots."""
_WIDE = {"subscribe", "preferences"}
_SCREEN = 500
_TALL = 1250
_TALLEST = {"subscribe": 2400}
"""Pixels of a long page that one picture shows: of the form so many that what its lines find is seen."""
_SHARPNESS = {375: 1.5, 1280: 1}
_QUALITY = 60

WAYS = (
    Way("sqlite", 375, "light", "en", script=True),
    Way("sqlite", 375, "dark", "zh-Hans", script=True),
    Way("sqlite", 1280, "light", "en", script=True),
)


class Album(Life):
    """A life of which some pictures are kept."""

    folder: Path

    def look(self, name: str) -> None:
        """Keep a picture of the page as it stands, if its name is among those that are kept."""
        if name in _KEPT:
            self.keep(_KEPT[name])

    def keep(self, name: str) -> None:
        """Keep a picture of the page under a name that says in which way it was lived."""
        if self.way.width > 375 and name not in _WIDE:
            return
        place = "wide" if self.way.width > 375 else self.way.scheme
        language = "" if self.way.language == "en" else "zh-"
        tall = self.page.evaluate("document.body.scrollHeight")
        # a screen as tall as the picture: what stays at the lower end of a screen would else stand in its middle
        self.page.set_viewport_size({"width": self.way.width, "height": min(tall, _TALLEST.get(name, _TALL))})
        self.page.evaluate("window.scrollTo(0, 0)")
        path = self.folder / f"{name}-{language}{place}.jpg"
        self.page.screenshot(path=path, type="jpeg", quality=_QUALITY)
        self.page.set_viewport_size({"width": self.way.width, "height": _SCREEN})

    def confirm(self) -> None:
        """Look at the letter as well, in a page of its own."""
        self.keep_letter(self.house.next_mail(self.email, 0))
        super().confirm()

    def keep_letter(self, letter: Letter) -> None:
        """Keep a picture of a letter as a mail program shows it."""
        page, self.page = self.page, self.context.new_page()
        self.page.set_content(letter.text("html"))
        self.keep("letter")
        self.page.close()
        self.page = page


def take(browser: Browser, house: RunningNewsletter, way: Way, number: int, folder: Path) -> None:
    """Live once, and keep pictures of it."""
    context = browser.new_context(
        color_scheme=way.scheme,
        viewport={"width": way.width, "height": _SCREEN},
        device_scale_factor=_SHARPNESS[way.width],
        locale=way.language,
    )
    album = Album(house, context, Path(), way, number)
    album.folder = folder
    album.live()
    context.close()


def main() -> None:
    """Take them."""
    pictures = Path(sys.argv[1])
    pictures.mkdir(parents=True, exist_ok=True)
    with launched() as browser, tempfile.TemporaryDirectory() as name, running_newsletter(Path(name)) as house:
        for number, way in enumerate(WAYS):
            take(browser, house, way, number, pictures)


if __name__ == "__main__":
    main()
