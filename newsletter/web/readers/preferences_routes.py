"""A reader's preferences: `/preferences/<token>`, and `/preferences/<token>/preview` for what typed interests find.

GET shows the page and changes nothing; POST changes what its `action` says, and saves where it says nothing. A wrong
token gets one and the same page, whether such a subscriber exists or not.
"""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import FastAPI
from starlette.responses import HTMLResponse, Response

from newsletter.services.preferences_forms import PreferencesForm, PreferencesOutcome
from newsletter.services.subscriptions import Subscriptions
from newsletter.web.readers.preferences_pages import PreferencesPages
from newsletter.web.readers.preview_turns import Busy, PreviewTurns
from newsletter.web.serving.bodies import Form
from newsletter.web.serving.lanes import Lanes

__all__ = ["PreferencesRoutes"]

_READ = ["GET", "HEAD"]
_BUSY_SECONDS = 3


class PreferencesRoutes:
    """Answers for what readers choose."""

    def __init__(
        self, subscriptions: Subscriptions, pages: PreferencesPages, previews: PreviewTurns, lanes: Lanes
    ) -> None:
        self._subscriptions = subscriptions
        self._pages = pages
        self._previews = previews
        self._lanes = lanes

    def register(self, app: FastAPI) -> None:
        """Put the addresses on the application."""
        app.api_route("/preferences/preferences.js", methods=_READ)(self.script)
        app.api_route("/preferences/{token}", methods=_READ)(self.show)
        app.post("/preferences/{token}")(self.change)
        app.post("/preferences/{token}/preview")(self.preview)

    async def script(self) -> Response:
        """What makes the page quicker to use; it works without."""
        source = self._pages.pages.templates.source("web/preferences.js")
        return Response(source, media_type="text/javascript", headers={"Cache-Control": "private, max-age=300"})

    async def show(self, token: str) -> Response:
        """The form, filled in."""
        form = await self._lanes.reads.run(self._subscriptions.preferences, token)
        return await self._page(form)

    async def change(self, token: str, fields: Form) -> Response:
        """The form, sent."""
        lane = self._lanes.reads if fields.get("action") == "preview" else self._lanes.writes
        form = await lane.run(self._act, token, fields)
        everything = 0
        if form is not None and form.outcome is PreferencesOutcome.EVERYTHING:
            everything = await self._previews.papers_a_day()
        return await self._page(form, everything=everything, asked=fields.get("action") == "preview")

    async def preview(self, token: str, fields: Form) -> Response:
        """What the interests that were typed find, as a part of the page."""
        form = await self._lanes.reads.run(self._subscriptions.wish, token, fields)
        if form is None:
            return self._unknown(depth=2)
        try:
            return HTMLResponse(await self._previews.asked(form))
        except Busy:
            return Response(status_code=429, headers={"Retry-After": str(_BUSY_SECONDS)})

    def _act(self, token: str, fields: Mapping[str, str]) -> PreferencesForm | None:
        acts = {
            "preview": self._subscriptions.show,
            "pause": self._subscriptions.pause,
            "resume": self._subscriptions.resume,
            "return": self._subscriptions.come_back,
            "renew-feed": self._subscriptions.renew_feed,
        }
        return acts.get(fields.get("action", ""), self._subscriptions.save)(token, fields)

    async def _page(self, form: PreferencesForm | None, *, everything: int = 0, asked: bool = False) -> Response:
        if form is None:
            return self._unknown(depth=1)
        try:
            preview = await (self._previews.asked(form) if asked else self._previews.now(form))
        except Busy:
            preview = ""
        return await self._lanes.reads.run(self._pages.page, form, preview=preview, everything=everything)

    def _unknown(self, *, depth: int) -> Response:
        return self._pages.pages.notice("unknown-link", 404, depth=depth)
