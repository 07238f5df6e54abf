"""Looks at mails and pages with the system's Chromium and axe-core, as their readers would meet them.

`python -m tests.standards.browser FOLDER AXE_JS` serves what `tests.standards.make` wrote into FOLDER on loopback.
"""

from __future__ import annotations

import http.server
import os
import re
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, Page, Request, Route, sync_playwright

from tests.standards.outbox import OutboxInBrowser

PAGES = (
    "site/index.html",
    "site/archive/index.html",
    "site/topics/index.html",
    "site/topics/retrieval/index.html",
    "site/issues/{day}/index.html",
    "site/issues/{day}/zh-Hans/index.html",
    "site/preferences/index.html",
    "site/preferences/zh-Hans.html",
    "site/preferences/paused.html",
    "site/preferences/wrong.html",
    "site/unsubscribe/index-asked.html",
    "site/unsubscribe/index-left.html",
    "site/unsubscribe/zh-Hans-left.html",
    "site/unsubscribe/index-gone.html",
    "site/day/en/page.html",
    "site/day/zh-Hans/page.html",
    "site/feed.atom",
    "outbox/{day}/index.html",
    "outbox/{day}/{message}",
)
PICTURES = re.compile(r"https://cdn-thumbnails\.huggingface\.co/")
WIDTHS = (320, 375, 640)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class _Handler(http.server.SimpleHTTPRequestHandler):
    # a browser shows a feed with its style sheet where it comes as XML, not as a feed
    extensions_map = {**http.server.SimpleHTTPRequestHandler.extensions_map, ".atom": "application/xml"}  # noqa: RUF012

    def end_headers(self) -> None:
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def log_message(self, *_: Any) -> None:
        """Nothing: the tool's own lines are what is read."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on loopback."""
    handler = partial(_Handler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@contextmanager
def launched() -> Iterator[Browser]:
    """The system's Chromium."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def violations(page: Page, axe: Path) -> list[str]:
    """What axe-core finds wrong with a page as it stands."""
    # a page's own policy lets no script of others in; one that is evaluated is no script of the page
    page.evaluate(axe.read_text(encoding="utf-8"))
    found = page.evaluate("async () => (await axe.run()).violations")
    return [f"axe: {one['id']}: {one['help']}, {one['nodes'][0]['html'][:120]}" for one in found]


def _note(asked: list[str], request: Request) -> None:
    asked.append(request.url)


def _leave_out(route: Route) -> None:
    """Pictures are off: most mail programs ask before they load any, and nothing is fetched here."""
    route.abort()


def check(browser: Browser, address: str, path: str, axe: Path) -> list[str]:
    """What is wrong with a page, in light and dark, at every width, and what it asks third parties for."""
    faults: list[str] = []
    for scheme in SCHEMES:
        page = browser.new_page(color_scheme=scheme, viewport={"width": 375, "height": 800})
        asked: list[str] = []
        page.on("request", partial(_note, asked))
        page.route(PICTURES, _leave_out)
        page.goto(f"{address}/{path}")
        if not path.endswith(".atom"):
            faults += violations(page, axe)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            actual = page.evaluate("(document.documentElement || {}).scrollWidth || 0")
            if actual > width:
                faults.append(f"is {actual} px wide on a screen of {width}")
        foreign = [url for url in asked if not url.startswith(address)]
        if "-pictures" in path and not (foreign and all(map(PICTURES.match, foreign))):
            faults.append(f"asks for other than its pictures: {foreign}")
        elif "-pictures" not in path:
            faults += [f"asks a third party: {url}" for url in foreign]
        page.close()
    return [f"{path}: {fault}" for fault in faults]


def main() -> int:
    """Check every page that was made, and how the outbox behaves from disk."""
    folder, axe = Path(sys.argv[1]), Path(sys.argv[2])
    day = next((folder / "site" / "issues").iterdir()).name
    message = next(path.name for path in sorted((folder / "outbox").glob("*/*@*.html")))
    mails = [f"mails/{path.name}" for path in sorted((folder / "mails").glob("*.html"))]
    faults: list[str] = []
    with served(folder) as address, launched() as browser:
        for path in (*mails, *(page.format(day=day, message=message) for page in PAGES)):
            found = check(browser, address, path, axe)
            print(f"axe {path}: {len(found)} faults in light and dark, at {', '.join(map(str, WIDTHS))} px")
            faults += found
        outbox = OutboxInBrowser(browser, folder / "outbox" / day)
        for name, found in outbox.check():
            print(f"outbox {name}: {len(found)} faults")
            faults += found
    print(*faults, f"axe: {len(faults)} faults", sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
