"""The private feed of a subscriber: `/feed/<token>.atom`, `.rss` and `.json`.

The rules, in the order in which they are applied:

1. a token that is wrong, or whose subscriber never confirmed, gets the page of every wrong link (404);
2. a subscriber who has left gets 410, by which feed readers stop asking (RFC 9110 §15.5.11);
3. everybody else gets the document, made and kept as `web.own_documents` says.
"""

from __future__ import annotations

from functools import partial

from fastapi import FastAPI, Request
from starlette.responses import Response

from newsletter.domain.subscribers import Subscriber, SubscriptionState
from newsletter.services.held_issues import asks_for_much
from newsletter.services.housekeeping import FeedReadings
from newsletter.services.links import Purpose
from newsletter.services.subscriber_feeds import SubscriberFeed, SubscriberFeeds
from newsletter.services.subscriptions import Subscriptions
from newsletter.web.pages import Pages
from newsletter.web.published import media_type
from newsletter.web.readers.own_documents import OwnDocument, OwnDocuments
from newsletter.web.serving.lanes import Lane

__all__ = ["FEED_FORMS", "SubscriberFeedRoute"]

FEED_FORMS = ("atom", "rss", "json")
"""The formats, which are also what addresses end in."""


class SubscriberFeedRoute:
    """Answers for private feeds."""

    def __init__(
        self,
        subscriptions: Subscriptions,
        feeds: SubscriberFeeds,
        pages: Pages,
        documents: OwnDocuments,
        reads: Lane,
        *,
        readings: FeedReadings,
        base_url: str,
    ) -> None:
        """`readings` is told who reads by feed alone; `base_url` is where readers reach this server."""
        self._subscriptions = subscriptions
        self._feeds = feeds
        self._readings = readings
        self._pages = pages
        self._documents = documents
        self._reads = reads
        self._base_url = base_url.rstrip("/")

    def register(self, app: FastAPI) -> None:
        """Put the address on the application."""
        app.api_route("/feed/{name}", methods=["GET", "HEAD"])(self.answer)

    async def answer(self, name: str, request: Request) -> Response:
        """One request."""
        token, _, form = name.rpartition(".")
        feed = await self._reads.run(self._look, token, form) if form in FEED_FORMS else None
        if feed is None:
            return self._pages.notice("unknown-link", 404, depth=1)
        if not isinstance(feed, SubscriberFeed):
            return self._pages.notice("feed-ended", 410, depth=1, language=feed.language)
        document = OwnDocument(
            tag=feed.tag,
            name=f"feed.{form}",
            media_type=media_type(f"feed.{form}"),
            prepare=partial(self._feeds.prepare, feed),
            write=partial(self._feeds.write, feed),
            is_long=partial(asks_for_much, feed.subscriber.interests),
        )
        return await self._documents.answer(document, request)

    def _look(self, token: str, form: str) -> SubscriberFeed | Subscriber | None:
        subscriber = self._subscriptions.find(Purpose.FEED, token)
        if subscriber is None or subscriber.state is SubscriptionState.UNCONFIRMED:
            return None
        if subscriber.state is SubscriptionState.UNSUBSCRIBED:
            return subscriber
        if subscriber.state is SubscriptionState.FEED:  # who stops is let go of, when the time for that is over
            self._readings.note(subscriber.id)
        address = f"{self._base_url}/feed/{token}" if self._base_url else ""
        return self._feeds.look(subscriber, address=address, form=form)
