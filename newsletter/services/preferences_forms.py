"""A reader's preferences as a page shows them: what is stored or typed, and all that the reader may want to know."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import TypedDict

from newsletter.domain.delivery import DeliveryStatus, SkipReason
from newsletter.domain.interests import LineRemark
from newsletter.domain.issues import Edition, IssueKey
from newsletter.domain.ports import Clock, DeliveryStore, SuppressionStore
from newsletter.domain.subscribers import (
    FIELDS,
    LONGEST_PAUSE,
    TOPIC,
    Cause,
    Problem,
    Subscriber,
    SubscriptionState,
    boxes,
    choose_limit,
    fill_form,
    may_lift,
    typed_interests,
)
from newsletter.services.links import Links, Purpose

__all__ = ["PastDigest", "PreferencesForm", "PreferencesForms", "PreferencesOutcome"]

_PAUSE = ("paused_until", "catch_up")
"""Fields of the form that are no preferences: they are read when a pause begins or ends."""
_DIGESTS = 7
"""Digests of which a page tells what became of them."""
_LOOK_BACK = 30
"""Issues among which those are: most daily ones are none of who reads weekly."""


class PreferencesOutcome(StrEnum):
    """What came of a change of preferences."""

    UNTOUCHED = "untouched"
    SAVED = "saved"
    REJECTED = "rejected"
    EVERYTHING = "everything"
    PAUSED = "paused"
    RESUMED = "resumed"
    RETURNED = "returned"
    SUPPRESSED = "suppressed"
    FEED_RENEWED = "feed-renewed"


@dataclass(frozen=True, slots=True)
class PastDigest:
    """What became of an issue for one reader."""

    issue: IssueKey
    status: DeliveryStatus
    reason: str

    @property
    def day(self) -> date:
        """The issue's day."""
        return self.issue.day

    @property
    def weekly(self) -> bool:
        """Whether it is of a week."""
        return self.issue.edition is Edition.WEEKLY


@dataclass(frozen=True, slots=True)
class PreferencesForm:
    """A subscriber's preferences as a page shows them.

    `fields` are texts by field name: what is stored, or what was typed where that is not kept; `unsaved` is whether
    they differ. They ask for these `interests`, and for `max_papers` at most. `languages` are the tags that can be
    chosen. A pause may end on a day from `first_day` to `last_day`. `preferences` is the token of this page, `feed`
    that of the private feed, `day` that of the reader's own pages (both empty for who is not subscribed), `unsubscribe`
    that of leaving (empty for who gets no mail). `digests` are the last ones, newest first. `remarks` say how new
    interests were read where that may not be what was meant.

    `stopped` says why nothing is sent, whatever their subscription says: mail came back, the reader complained, or the
    operator wants it so; None while mail is sent. `may_return` is whether they can change that themselves; after a
    complaint they can from the day `returns_on`.
    """

    subscriber: Subscriber
    fields: Mapping[str, str]
    languages: tuple[str, ...]
    interests: tuple[str, ...] = ()
    max_papers: int | None = None
    outcome: PreferencesOutcome = PreferencesOutcome.UNTOUCHED
    problems: tuple[Problem, ...] = ()
    unsaved: bool = False
    paused: bool = False
    first_day: date | None = None
    last_day: date | None = None
    preferences: str = ""
    feed: str = ""
    day: str = ""
    unsubscribe: str = ""
    digests: tuple[PastDigest, ...] = ()
    remarks: tuple[LineRemark, ...] = ()
    stopped: Cause | None = None
    may_return: bool = True
    returns_on: date | None = None

    @property
    def ticked(self) -> int:
        """How many topics are ticked."""
        return sum(name.startswith(TOPIC) for name in self.fields)


class _Stopped(TypedDict, total=False):
    stopped: Cause
    may_return: bool
    returns_on: date | None


class PreferencesForms:
    """Fills the form."""

    def __init__(
        self,
        links: Links,
        suppressions: SuppressionStore,
        deliveries: DeliveryStore,
        *,
        clock: Clock,
        today: Callable[[], date],
        complaint_wait: timedelta,
        languages: Sequence[str],
        topics: Sequence[str] = (),
    ) -> None:
        """`languages` are those the newsletter is written in; `today` is the day where it is at home.

        `complaint_wait` is how long after a complaint nobody can come back; `topics` are the slugs that can be ticked,
        in the catalogue's order.
        """
        self._links = links
        self._suppressions = suppressions
        self._deliveries = deliveries
        self._clock = clock
        self._today = today
        self.complaint_wait = complaint_wait
        self._languages = tuple(languages)
        self.topics = tuple(topics)

    def fill(
        self,
        subscriber: Subscriber,
        outcome: PreferencesOutcome = PreferencesOutcome.UNTOUCHED,
        typed: Mapping[str, str] | None = None,
        problems: tuple[Problem, ...] = (),
    ) -> PreferencesForm:
        """The form with what was `typed`, or else what is stored."""
        today = self._today()
        bare = self.bare(subscriber, typed)
        preferences = {name: text for name, text in bare.fields.items() if name not in _PAUSE}
        mailed = subscriber.state is SubscriptionState.CONFIRMED
        reads = mailed or subscriber.state is SubscriptionState.FEED
        return replace(
            bare,
            outcome=outcome,
            problems=problems,
            unsaved=preferences != fill_form(subscriber, self.topics),
            paused=subscriber.is_paused_on(today),
            first_day=today + timedelta(days=1),
            last_day=today + LONGEST_PAUSE,
            preferences=self._links.token(Purpose.PREFERENCES, subscriber),
            feed=self._links.token(Purpose.FEED, subscriber) if reads else "",
            day=self._links.token(Purpose.DAY, subscriber) if reads else "",
            unsubscribe=self._links.token(Purpose.UNSUBSCRIBE, subscriber) if mailed else "",
            digests=self._digests(subscriber) if subscriber.email else (),
            **self._stopped(subscriber.email),
        )

    def bare(self, subscriber: Subscriber, typed: Mapping[str, str] | None = None) -> PreferencesForm:
        """The fields alone, and what they ask for: what a preview needs, at the cost of reading lines."""
        if typed is None or "interests" not in typed:
            fields: Mapping[str, str] = fill_form(subscriber, self.topics)
        else:
            fields = self._typed(subscriber, typed)
        interests = typed_interests(fields, self.topics)
        return PreferencesForm(
            subscriber, fields, self.offered(subscriber), interests=interests, max_papers=_limit(fields)
        )

    def offered(self, subscriber: Subscriber) -> tuple[str, ...]:
        """The newsletter's languages, and those a subscriber has already: saving must not take them away."""
        return tuple(dict.fromkeys(filter(None, (*self._languages, subscriber.language, *subscriber.rhythm.reads))))

    def _typed(self, subscriber: Subscriber, typed: Mapping[str, str]) -> Mapping[str, str]:
        fields = {name: typed.get(name, "") for name in FIELDS}
        # browsers send lines with CRLF whatever a form holds (WHATWG HTML §4.10.22.4)
        fields["interests"] = fields["interests"].replace("\r\n", "\n").removesuffix("\n")
        ticked = (box for box in (*boxes(self.topics, self.offered(subscriber)), "catch_up") if box in typed)
        return fields | dict.fromkeys(ticked, "on") | {"paused_until": typed.get("paused_until", "")}

    def _digests(self, subscriber: Subscriber) -> tuple[PastDigest, ...]:
        deliveries = self._deliveries.latest_of(subscriber.id, issues=_LOOK_BACK)
        theirs = [one for one in deliveries if one.reason != SkipReason.OTHER_CADENCE]
        return tuple(PastDigest(one.issue, one.status, one.reason) for one in theirs[:_DIGESTS])

    def _stopped(self, email: str) -> _Stopped:
        suppression = self._suppressions.found([email]).get(email) if email else None
        if suppression is None:
            return {}
        wait = self.complaint_wait
        returns_on = None
        if suppression.cause is Cause.COMPLAINT and suppression.created_at is not None:
            returns_on = (suppression.created_at + wait).date()
        return {
            "stopped": suppression.cause,
            "may_return": may_lift(suppression, self._clock(), complaint_wait=wait),
            "returns_on": returns_on,
        }


def _limit(fields: Mapping[str, str]) -> int | None:
    try:
        return choose_limit(fields.get("max_papers", ""))
    except ValueError:
        return None
