"""Leaving by mail: whoever writes to the address that a mail names for it is unsubscribed, whoever they are.

The address holds a token that only the newsletter can have made and only its reader was told (RFC 2369 §3.2), so the
sender, whom anybody can forge, proves nothing and is not looked at. What a machine sends counts for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from newsletter.domain.delivery import SigningSecrets, read_unsubscribe_address, unsubscribe_address
from newsletter.domain.ports import SubscriberStore
from newsletter.domain.subscribers import SubscriptionState

__all__ = ["LeaveByMail"]


class LeaveByMail:
    """The use case."""

    def __init__(self, subscribers: SubscriberStore, secrets: Callable[[], SigningSecrets]) -> None:
        """`secrets` are what the mails' addresses were made with."""
        self._subscribers = subscribers
        self._secrets = secrets

    def who(self, addresses: Iterable[str]) -> int:
        """Whose unsubscribe address is among these, as their number; 0 where none is, or its time is over."""
        for address in addresses:
            claimed = read_unsubscribe_address(address)
            subscriber = None if claimed is None else self._subscribers.by_id(claimed[0])
            if claimed is None or subscriber is None:
                continue
            number, email, given = subscriber.id, subscriber.email, f"x+{claimed[1]}@x"
            if self._secrets().signed(given, lambda secret: unsubscribe_address(secret, "x@x", number, email)):  # noqa: B023  # called at once
                return number
        return 0

    def end(self, numbers: Iterable[int]) -> int:
        """End these subscriptions, whatever their state was; returns how many had not ended before."""
        count = 0
        for number in numbers:
            subscriber = self._subscribers.by_id(number)
            if subscriber is None:
                continue
            count += subscriber.state is not SubscriptionState.UNSUBSCRIBED
            self._subscribers.set_state(subscriber.email, SubscriptionState.UNSUBSCRIBED)
        return count
