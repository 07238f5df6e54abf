"""A reader's preferences: `/preferences/<token>`.

GET shows the page and changes nothing; POST changes. A wrong token gets one and the same page, whether such a
subscriber exists or not.
"""

from __future__ import annotations

from fastapi import FastAPI
from starlette.responses import Response

from newsletter.services.subscriptions import PreferencesForm, Subscriptions
from newsletter.web.bodies import Form
from newsletter.web.pages import Pages

__all__ = ["PreferencesRoutes"]

_READ = ["GET", "HEAD"]


class PreferencesRoutes:
    """Answers for what readers choose."""

    def __init__(self, subscriptions: Subscriptions, pages: Pages) -> None:
        self._subscriptions = subscriptions
        self._pages = pages

    def register(self, app: FastAPI) -> None:
        """Put the addresses on the application."""
        app.api_route("/preferences/{token}", methods=_READ)(self.show)
        app.post("/preferences/{token}")(self.change)

    def show(self, token: str) -> Response:
        """The form, filled in."""
        return self._page(self._subscriptions.preferences(token))

    def change(self, token: str, fields: Form) -> Response:
        """The form, sent."""
        match fields.get("action"):
            case "return":
                form = self._subscriptions.come_back(token)
            case "renew-feed":
                form = self._subscriptions.renew_feed(token)
            case _:
                form = self._subscriptions.save(token, fields)
        return self._page(form)

    def _page(self, form: PreferencesForm | None) -> Response:
        return self._pages.notice("unknown-link", 404, depth=1) if form is None else self._pages.preferences(form)
