"""Which papers of a day are worth a summary, most relevant first.

With `enrich.scope = "all"` that is every paper the day's issue is made from. With `"shown"` it is what somebody will
see in a digest or a feed: the picks of every confirmed subscriber, and the first papers of the issue, which its feeds
hold. Selecting needs no summary, so the same papers are found before and after; what subscribers share is summarised
once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import TYPE_CHECKING

from newsletter.domain.issues import Issue, IssueKey, SelectionRequest
from newsletter.domain.papers import Paper
from newsletter.domain.ports import SubscriberStore
from newsletter.domain.subscribers import SubscriptionState
from newsletter.services.compose import Compose

if TYPE_CHECKING:
    from newsletter.domain.matching import IssueSelector

__all__ = ["EnrichScope"]


class EnrichScope:
    """The use case."""

    def __init__(
        self,
        compose: Compose,
        subscribers: SubscriberStore,
        select: Callable[[Issue], IssueSelector],
        *,
        feed_entries: int,
        shown_only: bool,
    ) -> None:
        """`feed_entries` is how many papers the feeds hold."""
        self._compose = compose
        self._subscribers = subscribers
        self._select = select
        self._feed_entries = feed_entries
        self._shown_only = shown_only

    def papers(self, day: date) -> list[Paper]:
        """The papers to summarise, in the order of the issue that they will make."""
        entries = self._compose.arranged(day, whole=not self._shown_only)
        if not self._shown_only or not entries:
            return [entry.paper for entry in entries]
        draft = Issue(key=IssueKey(day), title="", languages=(), papers=tuple(entries))
        shown = set(range(self._feed_entries))
        for selection in self._select(draft).select_many(self._requests()):
            shown.update(selection.places)
        return [entry.paper for index, entry in enumerate(entries) if index in shown]

    def _requests(self) -> Iterator[SelectionRequest]:
        for subscriber in self._subscribers.stream():
            if subscriber.state is SubscriptionState.CONFIRMED:
                yield SelectionRequest(subscriber.interests, subscriber.max_papers)
