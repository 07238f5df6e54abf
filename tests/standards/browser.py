"""Looks at mails and pages with the system's Chromium: axe-core for accessibility, and pictures.

`python -m tests.standards.browser FOLDER AXE_JS [PICTURES]` serves FOLDER/site and FOLDER/mails on loopback.
"""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

PAGES = (
    "mails/en-30.html",
    "mails/zh-Hans-30.html",
    "mails/en-1.html",
    "site/index.html",
    "site/archive/index.html",
    "site/topics/index.html",
    "site/topics/retrieval/index.html",
    "site/issues/{day}/index.html",
    "site/issues/{day}/zh-Hans/index.html",
    "site/preferences/index.html",
    "site/feed.atom",
)
PICTURES = {
    "mail": "mails/en-30.html",
    "mail-zh": "mails/zh-Hans-30.html",
    "issue": "site/issues/{day}/index.html",
    "feed": "site/feed.atom",
}
WIDTHS = (320, 375, 640)
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
    handler = functools.partial(_Handler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def check(browser: Browser, address: str, axe: Path, day: str) -> int:
    """Run axe-core on every page in light and dark; returns how many violations there are."""
    violations = 0
    for path in (page.format(day=day) for page in PAGES):
        for scheme in ("light", "dark"):
            page = browser.new_page(color_scheme=scheme, viewport={"width": 375, "height": 800})
            foreign: list[str] = []
            page.on("request", lambda request, found=foreign: found.append(request.url))
            page.goto(f"{address}/{path}")
            others = [url for url in foreign if not url.startswith(address)]
            width = page.evaluate("(document.documentElement || {}).scrollWidth || 0")
            found = []
            if not path.endswith(".atom"):
                page.add_script_tag(path=str(axe))
                found = page.evaluate("async () => (await axe.run()).violations")
            for one in found:
                print(f"axe {path} ({scheme}): {one['id']}: {one['help']}, {one['nodes'][0]['html'][:120]}")
            for url in others:
                print(f"{path}: asks a third party: {url}")
            if width > 375:
                print(f"{path}: is {width} px wide on a screen of 375")
            violations += len(found) + len(others) + (width > 375)
            page.close()
        print(f"axe {path}: looked at in light and dark")
    return violations


def picture(browser: Browser, address: str, folder: Path, day: str) -> None:
    """Keep pictures of what a reader sees first, at three widths, in light and dark."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, path in PICTURES.items():
        for width in WIDTHS:
            for scheme in ("light", "dark"):
                page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 800})
                page.goto(f"{address}/{path.format(day=day)}")
                page.screenshot(path=str(folder / f"{name}-{width}-{scheme}.jpg"), type="jpeg", quality=45)
                page.close()


def main() -> int:
    """Check, and take pictures where a folder for them is named."""
    folder, axe = Path(sys.argv[1]), Path(sys.argv[2])
    day = next((folder / "site" / "issues").iterdir()).name
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with served(folder) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        violations = check(browser, address, axe, day)
        if len(sys.argv) > 3:
            picture(browser, address, Path(sys.argv[3]), day)
        browser.close()
    print(f"axe: {violations} violations")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
