"""A subscriber's private feed: what their mails hold, for whoever would rather read it in a feed reader.

Feed readers ask every few minutes and mostly for nothing new, so the work is split:

1. `look` reads which issues the feed is made of, and no paper. Its `tag` changes when anything changes that the
   document is a function of, so a reader that has this tag already needs nothing else;
2. `prepare` selects, a step at a time, so that whoever asks for much lets others in between;
3. `write` renders. What a subscriber gets of an issue is selected once and kept, so that the next issue costs its own
   selection alone; an issue is read and indexed once for all subscribers.

All that is kept is bounded, whatever the number of subscribers and the size of issues (`services.held_issues`).
"""

from __future__ import annotations

import hashlib
import json
from array import array
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from newsletter.domain.issues import Edition, Issue, IssueStatus, SelectionRequest, series_of
from newsletter.domain.notation import Weekday
from newsletter.domain.ports import FeedWriter, IssueStore
from newsletter.domain.subscribers import Subscriber
from newsletter.services.held_issues import HeldIssues, step_terms

__all__ = ["SubscriberFeed", "SubscriberFeeds"]

MOST_ISSUES = 10
"""How many issues a feed looks back."""
MOST_PAPERS = 3000
"""How many papers those issues may have together: fewer than are held in memory."""
_LOOK_BACK = 30
"""Issues among which those with papers are found: there may be one for every day without."""
_KEPT_SELECTIONS = 30_000
"""At most some 25 MB; enough for 3,000 subscribers' last ten issues."""


@dataclass(frozen=True, slots=True)
class SubscriberFeed:
    """What one subscriber's feed is made of at this moment. `tag` stands for all of it in one format: 32 hex digits."""

    subscriber: Subscriber
    issues: tuple[IssueStatus, ...]
    address: str
    form: str
    tag: str


class SubscriberFeeds:
    """The use case. Safe to use from threads; documents are written one at a time."""

    def __init__(
        self,
        issues: IssueStore,
        held: HeldIssues,
        writer: FeedWriter,
        *,
        entries: int,
        variant: str,
        weekly_on: Weekday = Weekday.FRIDAY,
    ) -> None:
        """`entries` bounds a document; `variant` stands for everything else that documents depend on.

        That is the program's version, templates, titles, topics.
        """
        self._issues = issues
        self._held = held
        self._writer = writer
        self._entries = entries
        self._variant = variant
        self._weekly_on = weekly_on
        self._selections: OrderedDict[tuple[str, bytes], array[int]] = OrderedDict()

    def look(self, subscriber: Subscriber, *, address: str, form: str) -> SubscriberFeed:
        """What the feed is made of. Cheap: no paper is read."""
        issues = self._window(subscriber)
        depends = [
            self._variant,
            subscriber.id,
            subscriber.language,
            subscriber.interests,
            subscriber.max_papers,
            [subscriber.rhythm.order, subscriber.rhythm.reads],
            address,
            form,
            [(one.key.slug, one.hash, one.frozen_at.isoformat()) for one in issues],
        ]
        tag = hashlib.sha256(json.dumps(depends).encode()).hexdigest()[:32]
        return SubscriberFeed(subscriber, issues, address, form, tag)

    def prepare(self, feed: SubscriberFeed) -> bool:
        """Look up some of the interests in the issues that are still to be selected from; False where none is left.

        A step looks up all of most lists in some issues, a part of a long one in one. Whoever
        makes documents for many readers asks for one step at a time, so that nobody waits for all of what another asks
        for.
        """
        room = step_terms(feed.subscriber.interests)
        papers = 0
        with self._held.lock:
            for status in feed.issues:
                if papers >= self._entries:
                    break
                if not self._knows(feed.subscriber, status):
                    if room <= 0:
                        return True
                    selector = self._held.selector(status)
                    room -= 1 + selector.look_up_some(feed.subscriber.interests, room)
                    if not selector.has_looked_up(feed.subscriber.interests):
                        self._held.make_room()
                        return True
                papers += len(self._places(feed.subscriber, status))
        return False

    def write(self, feed: SubscriberFeed) -> bytes:
        """The document: the newest papers that match, in the order of the mails, `entries` at most."""
        with self._held.lock:
            picked: list[tuple[Issue, Sequence[int]]] = []
            papers = 0
            for status in feed.issues:
                if papers >= self._entries:
                    break
                if places := self._places(feed.subscriber, status):
                    picked.append((self._held.issue(status), places))
                    papers += len(places)
            return self._writer.write(
                picked,
                subscriber_id=feed.subscriber.id,
                language=feed.subscriber.language_of(picked[0][0].languages if picked else ()),
                address=feed.address,
                form=feed.form,
                updated=feed.issues[0].frozen_at if feed.issues else None,
            )

    def _window(self, subscriber: Subscriber) -> tuple[IssueStatus, ...]:
        """The newest published issues of the reader's rhythm; one at least, whatever its size."""
        weekly = subscriber.cadence is Edition.WEEKLY
        published = self._issues.published(subscriber.cadence, limit=_LOOK_BACK * (7 if weekly else 1))
        window: list[IssueStatus] = []
        papers = 0
        for status in series_of(published, subscriber.rhythm.weekly_on or self._weekly_on):
            if status.is_silent:
                continue
            papers += status.papers
            if window and (papers > MOST_PAPERS or len(window) == MOST_ISSUES):
                break
            window.append(status)
        return tuple(window)

    def _knows(self, subscriber: Subscriber, status: IssueStatus) -> bool:
        return (status.hash, _digest(subscriber)) in self._selections

    def _places(self, subscriber: Subscriber, status: IssueStatus) -> Sequence[int]:
        """Which papers of an issue a subscriber gets, best first, no more than a feed shows."""
        key = status.hash, _digest(subscriber)
        places = self._selections.get(key)
        if places is not None:
            self._selections.move_to_end(key)
            return places
        selection = self._held.select(status, _request(subscriber))
        places = self._selections[key] = array("I", selection.places[: self._entries])
        while len(self._selections) > _KEPT_SELECTIONS:
            self._selections.popitem(last=False)
        return places


def _digest(subscriber: Subscriber) -> bytes:
    """Names a list of interests with its limit and order: subscribers with the same get the same."""
    wanted = json.dumps([subscriber.interests, subscriber.max_papers, subscriber.rhythm.order]).encode()
    return hashlib.blake2b(wanted, digest_size=16).digest()


def _request(subscriber: Subscriber) -> SelectionRequest:
    return SelectionRequest(subscriber.interests, subscriber.max_papers, subscriber.rhythm.order)
