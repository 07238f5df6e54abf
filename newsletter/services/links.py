"""What a link proves: whose it is, and what it is for.

The link is the proof: its token names one subscriber and one purpose, and only the newsletter can have made it
(`domain.delivery.tokens`). A token stops working when the address changes or the subscriber is gone. Nothing here says
whether a number or an address exists to somebody whose token is wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum

from newsletter.domain.delivery import SigningSecrets, feed_token, read_token, subscriber_token
from newsletter.domain.ports import SubscriberStore
from newsletter.domain.subscribers import Subscriber

__all__ = ["Links", "Purpose"]

_LONGEST_MOMENT = 11
"""Digits of a moment in seconds since 1970, for some thousand years."""


class Purpose(StrEnum):
    """What a token may be used for. One never opens what another does."""

    UNSUBSCRIBE = "unsubscribe"
    PREFERENCES = "preferences"
    FEED = "feed"
    DAY = "day"
    UNDO = "undo"
    ERASE = "erase"


class Links:
    """Makes tokens, and finds out whose they are."""

    def __init__(self, subscribers: SubscriberStore, *, secrets: Callable[[], SigningSecrets]) -> None:
        """`secrets` are what the mails' tokens were made with."""
        self._subscribers = subscribers
        self._secrets = secrets

    def find(self, purpose: Purpose, token: str) -> Subscriber | None:
        """Whose token this is; None where it is wrong, for something else, or of an address that has changed."""
        number = read_token(token)
        subscriber = None if number is None else self._subscribers.by_id(number)
        if number is None or subscriber is None:
            return None
        ours = self._secrets().signed(token, lambda secret: _token(secret, purpose, subscriber))
        return subscriber if ours else None

    def token(self, purpose: Purpose, subscriber: Subscriber) -> str:
        """The token of a link that works for as long as the subscriber has this address."""
        return _token(self._secrets().present, purpose, subscriber)

    def proof(self, purpose: Purpose, subscriber: Subscriber, at: datetime) -> str:
        """A token that carries its moment: it counts for a while."""
        moment = int(at.timestamp())
        return _proof(self._secrets().present, purpose, subscriber, moment)

    def proves(self, purpose: Purpose, subscriber: Subscriber, proof: str, *, now: datetime, within: timedelta) -> bool:
        """Whether this proof is the subscriber's, for this purpose, and no older than `within`."""
        text = proof.partition("-")[0]
        if not (text.isascii() and text.isdecimal() and len(text) <= _LONGEST_MOMENT):
            return False
        moment = int(text)
        age = now.timestamp() - moment
        return -1 <= age <= within.total_seconds() and self._secrets().signed(
            proof, lambda secret: _proof(secret, purpose, subscriber, moment)
        )


def _token(secret: bytes, purpose: Purpose, subscriber: Subscriber) -> str:
    if purpose is Purpose.FEED:
        return feed_token(secret, subscriber.id, subscriber.email, subscriber.feed_epoch)
    return subscriber_token(secret, purpose, subscriber.id, subscriber.email)


def _proof(secret: bytes, purpose: Purpose, subscriber: Subscriber, moment: int) -> str:
    return f"{moment}-{subscriber_token(secret, f'{purpose} {moment}', subscriber.id, subscriber.email)}"
