"""The private feed of a subscriber: `/feed/<token>.atom`, `.rss` and `.json`.

The rules, in the order in which they are applied:

1. a token that is wrong, or whose subscriber never confirmed, gets the page of every wrong link (404);
2. a subscriber who has left gets 410, by which feed readers stop asking (RFC 9110 §15.5.11);
3. a copy that is still good is a 304, for which no paper is read;
4. documents are made one at a time, so that however many are asked for at once, the other pages are answered; one that
   takes long is made in steps, between which others have their turn, in the order in which they asked.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from pathlib import Path

from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from newsletter.domain.ports import Clock
from newsletter.domain.subscribers import Subscriber, SubscriptionState
from newsletter.services.subscriber_feeds import SubscriberFeed, SubscriberFeeds
from newsletter.services.subscriptions import Purpose, Subscriptions
from newsletter.web.pages import Pages
from newsletter.web.published import Document, make_document, media_type
from newsletter.web.site_routes import accepts_gzip, answer_document, is_current

__all__ = ["FEED_FORMS", "SubscriberFeedRoute"]

FEED_FORMS = ("atom", "rss", "json")
"""The formats, which are also what addresses end in."""

_CACHE = "private, max-age=300"
_KEPT_TAGS = 50_000
"""About 10 MB."""


class SubscriberFeedRoute:
    """Answers for private feeds."""

    def __init__(
        self,
        subscriptions: Subscriptions,
        feeds: SubscriberFeeds,
        pages: Pages,
        *,
        base_url: str,
        clock: Clock,
        memory: int = 16 * 1024 * 1024,
    ) -> None:
        """`base_url` is where readers reach this server; `memory` is how many bytes of documents are kept."""
        self._subscriptions = subscriptions
        self._feeds = feeds
        self._pages = pages
        self._base_url = base_url.rstrip("/")
        self._clock = clock
        self._memory = memory
        # these are touched from the event loop alone
        self._first_seen: OrderedDict[str, float] = OrderedDict()
        self._documents: OrderedDict[str, Document] = OrderedDict()
        self._held = 0
        self._one_at_a_time = asyncio.Lock()

    @property
    def held(self) -> int:
        """Bytes of documents that are kept."""
        return self._held

    def register(self, app: FastAPI) -> None:
        """Put the address on the application."""
        app.api_route("/feed/{name}", methods=["GET", "HEAD"])(self.answer)

    async def answer(self, name: str, request: Request) -> Response:
        """One request."""
        token, _, form = name.rpartition(".")
        feed = await run_in_threadpool(self._look, token, form) if form in FEED_FORMS else None
        if feed is None:
            return self._pages.notice("unknown-link", 404, depth=1)
        if not isinstance(feed, SubscriberFeed):
            return self._pages.notice("feed-ended", 410, depth=1, language=feed.language)
        modified = self._seen(feed.tag)
        zipped = accepts_gzip(request.headers.get("accept-encoding", ""))
        tag = f'"{feed.tag}{"-gzip" if zipped else ""}"'
        if is_current(request, tag, modified, self._clock()):
            return Response(status_code=304, headers={"ETag": tag, "Cache-Control": _CACHE, "Vary": "Accept-Encoding"})
        document = await self._document(feed, modified)
        return answer_document(document, request, cache=_CACHE, now=self._clock())

    def _look(self, token: str, form: str) -> SubscriberFeed | Subscriber | None:
        subscriber = self._subscriptions.find(Purpose.FEED, token)
        if subscriber is None or subscriber.state is SubscriptionState.UNCONFIRMED:
            return None
        if subscriber.state is SubscriptionState.UNSUBSCRIBED:
            return subscriber
        address = f"{self._base_url}/feed/{token}" if self._base_url else ""
        return self._feeds.look(subscriber, address=address, form=form)

    def _seen(self, tag: str) -> float:
        """When this tag was first asked for: the document is no younger, so it serves as its Last-Modified."""
        moment = self._first_seen.setdefault(tag, self._clock().timestamp())
        self._first_seen.move_to_end(tag)
        if len(self._first_seen) > _KEPT_TAGS:
            self._first_seen.popitem(last=False)
        return moment

    async def _document(self, feed: SubscriberFeed, modified: float) -> Document:
        if (document := self._kept(feed.tag)) is not None:
            return document
        while True:
            # an asyncio lock is fair: who waits has it before who lets it go can have it again
            async with self._one_at_a_time:
                if (document := self._kept(feed.tag)) is not None:
                    return document
                if await run_in_threadpool(self._feeds.prepare, feed):
                    continue
                return await self._make_and_keep(feed, modified)

    async def _make_and_keep(self, feed: SubscriberFeed, modified: float) -> Document:
        document = await run_in_threadpool(self._make, feed, modified)
        self._documents[feed.tag] = document
        self._held += document.size
        while self._held > self._memory and len(self._documents) > 1:
            self._held -= self._documents.popitem(last=False)[1].size
        return document

    def _kept(self, tag: str) -> Document | None:
        document = self._documents.get(tag)
        if document is not None:
            self._documents.move_to_end(tag)
        return document

    def _make(self, feed: SubscriberFeed, modified: float) -> Document:
        content = self._feeds.write(feed)
        return make_document(
            Path(f"feed.{feed.form}"), content, kind=media_type(f"feed.{feed.form}"), tag=feed.tag, modified=modified
        )
