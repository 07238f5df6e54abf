"""A reader's own data: `/preferences/<token>/data`, and `/preferences/<token>/data/export` to take it along.

GET shows and gives, and changes nothing. Erasing takes two buttons: the first POST asks, the second one carries a proof
that it was asked not long ago. A wrong token gets one and the same page, and so does one whose reader was erased.
"""

from __future__ import annotations

import json
from datetime import timedelta

from fastapi import FastAPI
from starlette.responses import HTMLResponse, Response

from newsletter.domain.ports import Clock
from newsletter.domain.subscribers import Subscriber
from newsletter.services.links import Links, Purpose
from newsletter.services.personal_data import PersonalData
from newsletter.web.pages import Pages
from newsletter.web.serving.bodies import Form

__all__ = ["DataRoutes"]

_READ = ["GET", "HEAD"]
_ASKED_WITHIN = timedelta(hours=1)


class DataRoutes:
    """Answers for who asks what is kept of them."""

    def __init__(self, links: Links, data: PersonalData, pages: Pages, *, kept: timedelta, clock: Clock) -> None:
        """`kept` is how long it is on record what was sent to somebody."""
        self._links = links
        self._data = data
        self._pages = pages
        self._kept = kept
        self._clock = clock

    def register(self, app: FastAPI) -> None:
        """Put the addresses on the application."""
        app.api_route("/preferences/{token}/data", methods=_READ)(self.show)
        app.post("/preferences/{token}/data")(self.erase)
        app.api_route("/preferences/{token}/data/export", methods=_READ)(self.export)

    def show(self, token: str) -> Response:
        """What is kept, in plain words."""
        subscriber = self._links.find(Purpose.PREFERENCES, token)
        return self._unknown(depth=2) if subscriber is None else self._page("kept", subscriber, token)

    def export(self, token: str) -> Response:
        """All of it, as a file."""
        subscriber = self._links.find(Purpose.PREFERENCES, token)
        data = None if subscriber is None else self._data.export(subscriber_id=subscriber.id)
        if data is None:
            return self._unknown(depth=3)
        return Response(
            json.dumps(data, ensure_ascii=False, indent=2),
            media_type="application/json",
            headers={"Content-Disposition": 'attachment; filename="my-data.json"'},
        )

    def erase(self, token: str, fields: Form) -> Response:
        """The first button asks, the second one erases."""
        subscriber = self._links.find(Purpose.PREFERENCES, token)
        if subscriber is None:
            return self._unknown(depth=2)
        now, proof = self._clock(), fields.get("proof", "")
        if not self._links.proves(Purpose.ERASE, subscriber, proof, now=now, within=_ASKED_WITHIN):
            return self._page("asked", subscriber, token, proof=self._links.proof(Purpose.ERASE, subscriber, now))
        erased = self._data.erase(subscriber_id=subscriber.id)
        return self._page("erased", subscriber, token, is_kept_out=erased.is_kept_out)

    def _page(
        self, step: str, subscriber: Subscriber, token: str, *, proof: str = "", is_kept_out: bool = False
    ) -> HTMLResponse:
        counts = self._data.counts(subscriber_id=subscriber.id) if step == "kept" else {}
        days = max(1, round(self._kept / timedelta(days=1)))
        return self._pages.render(
            "web/data.html",
            200,
            subscriber.language,
            depth=2,
            step=step,
            subscriber=subscriber,
            href=f"../{token}",
            counts=counts,
            days=days,
            proof=proof,
            is_kept_out=is_kept_out,
        )

    def _unknown(self, *, depth: int) -> Response:
        return self._pages.notice("unknown-link", 404, depth=depth)
