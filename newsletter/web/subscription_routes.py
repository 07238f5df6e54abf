"""What the links in every mail lead to: `/unsubscribe/<token>` and `/preferences/<token>`.

GET shows a page and changes nothing, because mail scanners follow every link; POST changes. A wrong token gets one and
the same page, whether such a subscriber exists or not.
"""

from __future__ import annotations

from fastapi import FastAPI
from starlette.responses import HTMLResponse, Response

from newsletter.services.subscriptions import Purpose, Subscriptions
from newsletter.web.bodies import Click, Form
from newsletter.web.pages import Pages

__all__ = ["SubscriptionRoutes"]

_READ = ["GET", "HEAD"]


class SubscriptionRoutes:
    """Answers for what readers do with their subscription."""

    def __init__(self, subscriptions: Subscriptions, pages: Pages) -> None:
        self._subscriptions = subscriptions
        self._pages = pages

    def register(self, app: FastAPI) -> None:
        """Put the addresses on the application."""
        app.api_route("/unsubscribe/{token}", methods=_READ)(self.ask_unsubscribe)
        app.post("/unsubscribe/{token}")(self.unsubscribe)
        app.api_route("/preferences/{token}", methods=_READ)(self.preferences)
        app.post("/preferences/{token}")(self.change_preferences)

    def ask_unsubscribe(self, token: str) -> Response:
        """The one button."""
        subscriber = self._subscriptions.find(Purpose.UNSUBSCRIBE, token)
        return self._unknown() if subscriber is None else self._pages.unsubscribe(subscriber, done=False)

    def unsubscribe(self, token: str, _body: Click) -> Response:
        """The click (RFC 8058), by a mail service or by the button."""
        subscriber = self._subscriptions.unsubscribe(token)
        return self._unknown() if subscriber is None else self._pages.unsubscribe(subscriber, done=True)

    def preferences(self, token: str) -> Response:
        """The form, filled in."""
        form = self._subscriptions.preferences(token)
        return self._unknown() if form is None else self._pages.preferences(form)

    def change_preferences(self, token: str, fields: Form) -> Response:
        """The form, sent."""
        match fields.get("action"):
            case "return":
                form = self._subscriptions.come_back(token)
            case "renew-feed":
                form = self._subscriptions.renew_feed(token)
            case _:
                form = self._subscriptions.save(token, fields)
        return self._unknown() if form is None else self._pages.preferences(form)

    def _unknown(self) -> HTMLResponse:
        return self._pages.notice("unknown-link", 404, depth=1)
