"""Leaving: `/unsubscribe/<token>`, and `/unsubscribe/<token>/instead` for what is chosen over it.

GET shows a page and changes nothing, because mail scanners follow every link. A POST to the first means leaving,
whatever its body says (RFC 8058); a POST to the second never does. A wrong token gets one and the same page, whether
such a subscriber exists or not.
"""

from __future__ import annotations

from fastapi import FastAPI
from starlette.responses import Response

from newsletter.services.leaving import Leaving, LeavingForm
from newsletter.web.pages import Pages
from newsletter.web.serving.bodies import Click, Form

__all__ = ["LeavingRoutes"]

_READ = ["GET", "HEAD"]


class LeavingRoutes:
    """Answers for who wants to leave."""

    def __init__(self, leaving: Leaving, pages: Pages) -> None:
        self._leaving = leaving
        self._pages = pages

    def register(self, app: FastAPI) -> None:
        """Put the addresses on the application."""
        app.api_route("/unsubscribe/{token}", methods=_READ)(self.ask)
        app.post("/unsubscribe/{token}")(self.leave)
        app.api_route("/unsubscribe/{token}/instead", methods=_READ)(self.ask_again)
        app.post("/unsubscribe/{token}/instead")(self.stay)

    def ask(self, token: str) -> Response:
        """The one button, and the ways to less mail."""
        return self._page(self._leaving.ask(token), token)

    def leave(self, token: str, _body: Click) -> Response:
        """The click, by a mail service or by the button."""
        return self._page(self._leaving.leave(token), token)

    def ask_again(self, token: str) -> Response:
        """The page again, for who reads the address of an answer."""
        return self._page(self._leaving.ask(token), f"../{token}", depth=2)

    def stay(self, token: str, fields: Form) -> Response:
        """What was chosen over leaving."""
        form = self._leaving.stay(token, fields.get("choice", ""), fields.get("proof", ""))
        return self._page(form, f"../{token}", depth=2)

    def _page(self, form: LeavingForm | None, href: str, *, depth: int = 1) -> Response:
        if form is None:
            return self._pages.notice("unknown-link", 404, depth=depth)
        return self._pages.leaving(form, href=href, depth=depth)
