"""What an operator does with an outbox, done in a browser and from disk."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Frame, Page

from newsletter.domain.ports import OutboxEntry, OutboxMessage
from newsletter.render.outbox import OutboxRenderer
from tests.support.mails import make_templates
from tests.support.samples import make_issue

__all__ = ["OutboxInBrowser"]

_HOSTILE = """<!DOCTYPE html><html><head><meta http-equiv="refresh" content="0;url=https://evil.example/refresh">
<style>body { background: url(https://evil.example/ground.png) } @import "https://evil.example/style.css";</style></head>
<body><script>document.title = top.document.title = "taken"</script><img src="https://evil.example/pixel.png" alt="">
<img src="x" onerror="document.body.id = 'taken'"><iframe src="https://evil.example/frame"></iframe>
<form action="https://evil.example/form"><button>send</button></form>
<a href="https://evil.example/link">a link</a></body></html>"""


class OutboxInBrowser:
    """The outbox in this folder, opened from disk."""

    def __init__(self, browser: Browser, folder: Path) -> None:
        self._browser = browser
        self._folder = folder
        self._deliveries = json.loads((folder / "manifest.json").read_bytes())["deliveries"]

    def check(self) -> Iterator[tuple[str, list[str]]]:
        """What was done, and what was wrong with it."""
        checks: tuple[Callable[[], Iterator[str]], ...] = (
            self._is_no_taller_than_the_screen,
            self._shows_the_first_message_beside_the_list,
            self._finds_by_address_title_and_interest,
            self._shows_a_message_in_dark_and_light,
            self._leads_to_messages_without_a_script,
            self._keeps_a_hostile_message_in_its_frame,
        )
        for one in checks:
            yield one.__name__.removeprefix("_").replace("_", " "), list(one())

    def _is_no_taller_than_the_screen(self) -> Iterator[str]:
        for width in (320, 375, 1280):
            with self._opened(width=width) as page:
                height = page.evaluate("document.documentElement.scrollHeight")
                if height > 800:
                    yield f"the list is {height} px tall at {width} px"

    def _shows_the_first_message_beside_the_list(self) -> Iterator[str]:
        with self._opened() as page:
            first = next(d for d in self._deliveries if d["page"])
            page.frame_locator("#message").get_by_role("heading", name=first["subject"]).wait_for(timeout=3000)
            second = [d for d in self._deliveries if d["page"]][1]
            page.get_by_role("link", name=second["email"]).click()
            page.frame_locator("#message").get_by_text(second["email"], exact=True).wait_for(timeout=3000)
            if not page.url.endswith("/index.html"):
                yield "a message takes the place of the list"

    def _finds_by_address_title_and_interest(self) -> Iterator[str]:
        some = [d for d in self._deliveries if d["matched"]]
        term = some[-1]["matched"][some[-1]["papers"][0]][0]
        expected = {
            some[0]["email"]: [some[0]["email"]],
            some[0]["subject"]: [d["email"] for d in self._deliveries if d["subject"] == some[0]["subject"]],
            f"{some[-1]['email']} {term}": [some[-1]["email"]],
            "skipped": [d["email"] for d in self._deliveries if d["status"] == "skipped"],
            "no-such-thing": [],
        }
        with self._opened() as page:
            for words, emails in expected.items():
                page.fill("#words", words)
                page.wait_for_function("document.getElementById('count').textContent !== ''", timeout=5000)
                found = page.locator("#rows bdi").all_inner_texts()
                if not set(emails) <= set(found) or (not emails and found):
                    yield f"{words!r} finds {found[:5]}, expected {emails[:5]}"
            page.fill("#words", "")
            if page.locator("#rows li").count() != min(len(self._deliveries), 250):
                yield "the whole list does not come back"

    def _shows_a_message_in_dark_and_light(self) -> Iterator[str]:
        for system in ("light", "dark"):
            with self._opened(self._first_page(), scheme=system) as page:
                grounds = {}
                for scheme in ("dark", "light"):
                    page.get_by_role("radio", name=scheme.title()).check(force=True)
                    page.wait_for_timeout(200)
                    grounds[scheme] = _ground(_mail(page))
                if grounds["dark"] == grounds["light"]:
                    yield f"dark and light are the same ground {grounds['dark']} where the system is {system}"
                page.get_by_role("radio", name="Phone").check(force=True)
                if _mail(page).evaluate("innerWidth") > 375:
                    yield "a phone's width is more than 375 px"

    def _leads_to_messages_without_a_script(self) -> Iterator[str]:
        context = self._browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 800})
        page = context.new_page()
        page.goto((self._folder / "index.html").as_uri())
        page.locator("#rows a[href$='.html']").first.click()
        for name, part in (("Text", "#part-text"), ("Why", "#part-why"), ("Header", "#part-header"), ("HTML", "#mail")):
            page.get_by_role("radio", name=name, exact=True).check(force=True)
            if not page.locator(part).is_visible():
                yield f"{name} is not shown"
        if page.locator("#schemes").is_visible():
            yield "a switch is offered that does nothing"
        context.close()

    def _keeps_a_hostile_message_in_its_frame(self) -> Iterator[str]:
        entry = OutboxEntry(
            email="ada@example.org",
            status="queued",
            reason="",
            papers=(),
            matched={},
            subject="</title><script>",
            file="a",
        )
        design = OutboxRenderer(make_templates(), make_issue(1))
        path = self._folder / "hostile.html"
        path.write_text(design.message(entry, OutboxMessage(_HOSTILE, _HOSTILE, _HOSTILE)), encoding="utf-8")
        try:
            with self._opened("hostile.html") as page:
                for scheme in ("Light", "Dark"):
                    page.get_by_role("radio", name=scheme).check(force=True)
                    page.wait_for_timeout(300)
                    mail = _mail(page)
                    if page.title() == "taken" or mail.evaluate("document.body.id || document.title"):
                        yield "a script of the message runs"
                    if mail.url != "about:srcdoc":
                        yield f"the frame was led to {mail.url}"
        finally:
            path.unlink()

    def _first_page(self) -> str:
        page: str = next(d["page"] for d in self._deliveries if d["page"])
        return page

    @contextmanager
    def _opened(self, name: str = "index.html", *, width: int = 1280, scheme: str = "light") -> Iterator[Page]:
        """A page of the outbox; whatever it asks of the network is a fault."""
        page = self._browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 800})  # type: ignore[arg-type]
        asked: list[str] = []
        page.on("requestfinished", lambda request: asked.append(request.url))
        # what the page's own policy refuses never leaves the browser
        page.on("requestfailed", lambda request: asked.append(request.url) if request.failure != "csp" else None)
        page.goto((self._folder / name).as_uri())
        page.wait_for_timeout(200)
        yield page
        page.close()
        foreign = [url for url in asked if not url.startswith(("file:", "about:", "data:"))]
        if foreign:
            msg = f"{name} asks the network: {foreign}"
            raise AssertionError(msg)


def _mail(page: Page) -> Frame:
    """The frame of the message on a message's page."""
    frame = page.locator("#mail").element_handle().content_frame()
    assert frame is not None
    return frame


def _ground(frame: Frame) -> str:
    return str(frame.evaluate("getComputedStyle(document.body).backgroundColor"))
