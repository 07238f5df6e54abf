"""A reader's own pages: `/day/<token>` (the latest issue of their rhythm) and `/day/<token>/<date>`.

What is shown of a day stands in the query: `interest`, `order`, and `format` for a file of citations.

The rules, in the order in which they are applied:

1. a token that is wrong, or whose subscriber never confirmed, gets the page of every wrong link (404);
2. a subscriber who has left gets 410;
3. a day without an issue gets 404 with the way to the latest;
4. everybody else gets the page, made and kept as `web.own_documents` says.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from fastapi import FastAPI, Request
from starlette.responses import Response

from newsletter.domain.subscribers import Subscriber, SubscriptionState
from newsletter.render.citations import CITATION_FORMS
from newsletter.services.held_issues import asks_for_much
from newsletter.services.links import Purpose
from newsletter.services.reader_pages import DayWish, ReaderPage, ReaderPages
from newsletter.services.subscriptions import Subscriptions
from newsletter.web.pages import Pages
from newsletter.web.readers.own_documents import OwnDocument, OwnDocuments
from newsletter.web.serving.lanes import Lane

__all__ = ["ReaderPageRoute"]

_READ = ["GET", "HEAD"]


class ReaderPageRoute:
    """Answers for readers' own pages."""

    def __init__(
        self, subscriptions: Subscriptions, days: ReaderPages, pages: Pages, documents: OwnDocuments, reads: Lane
    ) -> None:
        self._subscriptions = subscriptions
        self._days = days
        self._pages = pages
        self._documents = documents
        self._reads = reads

    def register(self, app: FastAPI) -> None:
        """Put the addresses on the application."""
        app.api_route("/day/{token}", methods=_READ)(self.latest)
        app.api_route("/day/{token}/{day}", methods=_READ)(self.of_day)

    async def latest(self, token: str, request: Request) -> Response:
        """The page of the latest issue."""
        return await self._answer(token, "", request, folder=f"{token}/", depth=1)

    async def of_day(self, token: str, day: str, request: Request) -> Response:
        """The page of one day."""
        return await self._answer(token, day, request, folder="", depth=2)

    async def _answer(self, token: str, day: str, request: Request, *, folder: str, depth: int) -> Response:
        page = await self._reads.run(self._look, token, day, request.query_params, folder)
        if page is None:
            return self._pages.notice("unknown-link", 404, depth=depth)
        if isinstance(page, Subscriber):
            if page.state is SubscriptionState.UNSUBSCRIBED:
                return self._pages.notice("page-ended", 410, depth=depth, language=page.language)
            return self._pages.notice("no-issue", 404, depth=depth, language=page.language, href=f"../{token}")
        return await self._documents.answer(self._document(page), request)

    def _look(self, token: str, day: str, query: Mapping[str, str], folder: str) -> ReaderPage | Subscriber | None:
        """What the page is made of; the subscriber alone where there is none for them, None where there is nobody."""
        subscriber = self._subscriptions.find(Purpose.DAY, token)
        if subscriber is None or subscriber.state is SubscriptionState.UNCONFIRMED:
            return None
        if subscriber.state is SubscriptionState.UNSUBSCRIBED:
            return subscriber
        wish = DayWish.read(query, tuple(CITATION_FORMS))
        return self._days.look(subscriber, day, wish, folder=folder) or subscriber

    def _document(self, page: ReaderPage) -> OwnDocument:
        form = CITATION_FORMS.get(page.wish.form) if page.issue else None
        name = f"papers-{page.issue.key.slug}.{form.suffix}" if form and page.issue else "day.html"
        return OwnDocument(
            tag=page.tag,
            name=name,
            media_type=form.media_type if form else "text/html; charset=utf-8",
            prepare=partial(self._days.prepare, page),
            write=partial(self._days.write, page),
            is_long=partial(asks_for_much, page.subscriber.interests),
            headers={"Content-Disposition": f'attachment; filename="{name}"'} if form else {},
        )
