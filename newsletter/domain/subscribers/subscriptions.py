"""Subscribers: an address with a subscription."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from newsletter.domain.issues import Edition

__all__ = ["Origin", "Preferences", "Subscriber", "SubscriptionState"]


class SubscriptionState(StrEnum):
    """Only `confirmed` subscribers are mailed."""

    UNCONFIRMED = "unconfirmed"
    CONFIRMED = "confirmed"
    UNSUBSCRIBED = "unsubscribed"


class Origin(StrEnum):
    """Where a subscription came from.

    `roster`: a file that the subscribers are kept equal to, so that who stands in it no more is removed. `import`: a
    file that was taken in once. `cli`: the command line.
    """

    ROSTER = "roster"
    IMPORT = "import"
    CLI = "cli"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """An address with a subscription. `id` is 0 before the store has given one.

    `interests` are expressions as the subscriber wrote them; no interest at all means every paper. `language` is a BCP
    47 tag, empty for the newsletter's own. `max_papers` None means no limit. `origin` is an
    `Origin`, empty where nobody knows it. `feed_epoch` counts how often the private feed got a new address.
    """

    email: str
    name: str = ""
    interests: tuple[str, ...] = ()
    language: str = ""
    cadence: Edition = Edition.DAILY
    max_papers: int | None = None
    state: SubscriptionState = SubscriptionState.CONFIRMED
    origin: str = ""
    id: int = 0
    created_at: datetime | None = None
    feed_epoch: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """What a subscriber may change alone; the fields are those of `Subscriber`."""

    name: str = ""
    interests: tuple[str, ...] = ()
    language: str = ""
    cadence: Edition = Edition.DAILY
    max_papers: int | None = None
