"""Takes pictures of what `tests.standards.make` wrote: `python -m tests.standards.pictures FOLDER PICTURES [--all]`.

Without `--all` those that README.md and docs/ show, of the bundled sample, sharp and few; `tests.standards.album` takes
those that need a newsletter that runs. With it every digest in both languages at every width, light and dark, as long
as it is: to be looked at, not to be kept.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, FloatRect, Page

from tests.standards.browser import PICTURES, SCHEMES, WIDTHS, launched, served
from tests.standards.digests import SIZES

_TALLEST = 12_000
"""Pixels of a long digest that one picture shows; Chromium draws no more than 16,384."""

_AIR = 8
"""Pixels above and below an element of which there is a picture."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that is kept: a screen of a page, or the first of its elements that `of` selects."""

    name: str
    path: str
    width: int = 375
    height: int = 1000
    scheme: Literal["light", "dark"] = "light"
    sharpness: int = 2
    of: str = ""


KEPT = (
    Picture("mail-light", "mails/en-some.html"),
    Picture("mail-dark", "mails/en-some.html", scheme="dark"),
    Picture("card-light", "mails/en-few.html", of=".card:has(.term)"),
    Picture("card-dark", "mails/en-few.html", scheme="dark", of=".card:has(.term)"),
    Picture("rating-light", "site/issues/{day}/index.html", of="article.paper:has(.p-stars)"),
    Picture("rating-dark", "site/issues/{day}/index.html", scheme="dark", of="article.paper:has(.p-stars)"),
    Picture("mail-zh-light", "mails/zh-Hans-some.html"),
    Picture("site-light", "site/issues/{day}/index.html"),
    Picture("site-dark", "site/issues/{day}/index.html", scheme="dark"),
    Picture("day-light", "site/day/en/page.html"),
    Picture("day-zh-dark", "site/day/zh-Hans/page.html", scheme="dark"),
    Picture("feed-light", "site/feed.atom", width=640, height=760, sharpness=1),
    Picture("outbox-light", "outbox/{day}/index.html", width=1280, height=760, sharpness=1),
)


def keep(browser: Browser, address: str, folder: Path, day: str) -> None:
    """Take the pictures that are shown in the documentation."""
    for one in KEPT:
        page = browser.new_page(
            color_scheme=one.scheme,
            viewport={"width": one.width, "height": one.height},
            device_scale_factor=one.sharpness,
        )
        page.goto(f"{address}/{one.path.format(day=day)}")
        page.wait_for_timeout(300)
        clip = _strip(page, one) if one.of else None
        page.screenshot(path=folder / f"{one.name}.jpg", type="jpeg", quality=72, full_page=bool(one.of), clip=clip)
        page.close()


def _strip(page: Page, picture: Picture) -> FloatRect:
    """The whole width of a page where an element stands, from a little above it to a little below."""
    box = page.locator(picture.of).first.bounding_box()
    assert box is not None
    height = min(box["height"] + 2 * _AIR, picture.height)
    return {"x": 0, "y": box["y"] - _AIR, "width": picture.width, "height": height}


def take_all(browser: Browser, address: str, folder: Path) -> None:
    """Take every digest at every width, in light and dark, and one whose pictures were not loaded."""
    for language, size, width, scheme in product(("en", "zh-Hans"), (*SIZES, "pictures"), WIDTHS, SCHEMES):
        page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 800})
        page.route(PICTURES, lambda route: route.abort())
        page.goto(f"{address}/mails/{language}-{size}.html")
        _whole(page, folder / f"{language}-{size}-{width}-{scheme}.jpg", width)
        page.close()


def _whole(page: Page, path: Path, width: int) -> None:
    tall = page.evaluate("document.documentElement.scrollHeight")
    clip: FloatRect = {"x": 0, "y": 0, "width": width, "height": min(tall, _TALLEST)}
    page.screenshot(path=path, type="jpeg", quality=50, full_page=True, clip=clip)
    print(f"{path.name}: {tall} px tall")


def main() -> None:
    """Take them."""
    made, folder = Path(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    day = next((made / "site" / "issues").iterdir()).name
    with served(made) as address, launched() as browser:
        if "--all" in sys.argv:
            take_all(browser, address, folder)
        else:
            keep(browser, address, folder, day)


if __name__ == "__main__":
    main()
