"""Subscribers: an address with a subscription."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from newsletter.domain.issues import Edition
from newsletter.domain.subscribers.rhythm import AT_ONCE, Rhythm

__all__ = ["Origin", "Preferences", "Subscriber", "SubscriptionState"]


class SubscriptionState(StrEnum):
    """Only `confirmed` subscribers are mailed. Who reads by `feed` alone has no address, and is none of an audience."""

    UNCONFIRMED = "unconfirmed"
    CONFIRMED = "confirmed"
    UNSUBSCRIBED = "unsubscribed"
    FEED = "feed"


class Origin(StrEnum):
    """Where a subscription came from.

    `roster`: a file that the subscribers are kept equal to, so that who stands in it no more is removed. `import`: a
    file that was taken in once. `cli`: the command line. `signup`: the page where anybody can join.
    """

    ROSTER = "roster"
    IMPORT = "import"
    CLI = "cli"
    SIGNUP = "signup"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """An address with a subscription. `id` is 0 before the store has given one.

    `interests` are expressions as the subscriber wrote them; no interest at all means every paper. `language` is a BCP
    47 tag, empty for the newsletter's own. `max_papers` None means no limit. `origin` is an
    `Origin`, empty where nobody knows it. `feed_epoch` counts how often the private feed got a new address.

    Mail pauses from the day `paused_since` until the issue of `paused_until`, which comes again; both are None, or
    neither is. No row is changed when a pause ends by itself. `catch_up` is how many of the papers missed are to be
    sent then, in one mail; 0 for none, and as soon as that mail is planned.
    """

    email: str
    name: str = ""
    interests: tuple[str, ...] = ()
    language: str = ""
    cadence: Edition = Edition.DAILY
    max_papers: int | None = None
    rhythm: Rhythm = AT_ONCE
    state: SubscriptionState = SubscriptionState.CONFIRMED
    origin: str = ""
    id: int = 0
    created_at: datetime | None = None
    feed_epoch: int = 0
    paused_since: date | None = None
    paused_until: date | None = None
    catch_up: int = 0

    def language_of(self, offered: Sequence[str]) -> str:
        """The first language that they read of those offered; the one they chose where they read none of them."""
        if not self.language or self.language in offered:
            return self.language
        return next((tag for tag in self.rhythm.reads if tag in offered), self.language)

    def is_paused_on(self, day: date) -> bool:
        """Whether the issue of this day is not to come because of a pause."""
        return self.paused_until is not None and day < self.paused_until


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """What a subscriber chooses in one form; the fields are those of `Subscriber`. Pausing is an act of its own."""

    name: str = ""
    interests: tuple[str, ...] = ()
    language: str = ""
    cadence: Edition = Edition.DAILY
    max_papers: int | None = None
    rhythm: Rhythm = AT_ONCE
