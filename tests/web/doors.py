"""What tests of the public door share: a clock, forms as browsers read them, and what was asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
from lxml import html
from sqlalchemy import text

from newsletter.domain.delivery import request_token
from newsletter.domain.subscribers import JoiningRules, Request, decide
from newsletter.store import SqlStore
from tests.support.mails import SECRET

__all__ = ["NEW", "Clock", "fill_in", "form_of", "heading", "link_of", "requests", "settle", "words"]

NEW = "grace@example.org"
"""An address that nobody has yet."""


class Clock:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def wait(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)


def form_of(answer: httpx.Response) -> dict[str, str]:
    """The fields that a browser would send of the form of a page, untouched."""
    page = html.document_fromstring(answer.text)
    form = next(form for form in page.forms if "moment" in form.fields)
    values = {name: value or "" for name, value in form.form_values()}
    if "interests" in values:  # the line end after <textarea> does not count
        values["interests"] = values["interests"].removeprefix("\n")
    return values


def requests(store: SqlStore) -> list[Request]:
    """All that was asked for, in order."""
    with store.database.read() as connection:
        numbers = connection.execute(text("SELECT id FROM request ORDER BY id")).scalars().all()
    return [request for number in numbers if (request := store.joining.find(number)) is not None]


def heading(answer: httpx.Response) -> str:
    """What the page is called."""
    (title,) = html.document_fromstring(answer.text).xpath("//h1")
    return str(title.text_content()).strip()


def words(answer: httpx.Response) -> str:
    """The text of the page."""
    return " ".join(html.document_fromstring(answer.text).get_element_by_id("main").text_content().split())


def fill_in(client: httpx.Client, clock: Clock, /, path: str = "/subscribe", **typed: str) -> httpx.Response:
    """Open the page, type, take five seconds, and press the button."""
    form = form_of(client.get(path)) | typed
    clock.wait(seconds=5)
    return client.post(path, data=form)


def settle(store: SqlStore, clock: Clock, rules: JoiningRules | None = None) -> None:
    """Decide on all requests that wait."""
    counts = rules or JoiningRules()
    store.joining.settle(lambda cases, used: decide(cases, counts, now=clock(), used=used), now=clock(), limit=1000)


def link_of(request: Request) -> str:
    """The path of the link in the letter that answers this request."""
    return f"/confirm/{request_token(SECRET, request.kind, request.id, request.email, request.asked_at)}"
