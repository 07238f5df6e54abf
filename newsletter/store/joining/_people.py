"""What requests make of subscribers, within the transaction in which they are decided on or confirmed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from newsletter.domain.subscribers import (
    LetterKind,
    Origin,
    Preferences,
    Request,
    Subscriber,
    SubscriptionState,
    address_key,
)
from newsletter.store.joining._letters import write_letter
from newsletter.store.ledger import readdress
from newsletter.store.statements import among, chunks, table_of
from newsletter.store.subscribers import SqlSubscriberStore
from newsletter.store.tables import SubscriberRow

__all__ = ["People"]

_S = table_of(SubscriberRow).c
_STILL_WAITS = timedelta(days=7)
"""A mail of an issue that was planned before is not put off any more."""


class People:
    """Over the subscribers' own repository."""

    def __init__(self, subscribers: SqlSubscriberStore) -> None:
        self._subscribers = subscribers

    @staticmethod
    def states(connection: Connection, keys: Collection[str]) -> Mapping[str, tuple[int, SubscriptionState]]:
        """Number and state of those who have these addresses."""
        result: dict[str, tuple[int, SubscriptionState]] = {}
        for chunk in chunks(sorted(keys)):
            asked = select(_S.id, _S.email_key, _S.state).where(among(connection, _S.email_key, chunk))
            result.update((row.email_key, (row.id, SubscriptionState(row.state))) for row in connection.execute(asked))
        return result

    def add_unconfirmed(self, connection: Connection, request: Request, now: datetime) -> int:
        """Write down who has asked to join; returns their number."""
        newcomer = Subscriber(
            email=request.email,
            state=SubscriptionState.UNCONFIRMED,
            origin=Origin.SIGNUP,
            created_at=now,
            **_fields(request.wishes or Preferences()),
        )
        return self._subscribers.insert_within(connection, newcomer).id

    def add_reader(self, connection: Connection, wishes: Preferences, now: datetime) -> Subscriber:
        """Write down somebody without an address."""
        reader = Subscriber(
            email="", state=SubscriptionState.FEED, origin=Origin.SIGNUP, created_at=now, **_fields(wishes)
        )
        return self._subscribers.insert_within(connection, reader)

    def confirm(self, connection: Connection, request: Request, now: datetime) -> Subscriber:
        """Subscribe an address, with the wishes of the form where it had any."""
        wishes: Mapping[str, Any] = {} if request.wishes is None else _fields(request.wishes)
        subscriber = self._subscribers.read_within(connection, key=address_key(request.email))
        if subscriber is None:  # removed by the operator since
            newcomer = Subscriber(email=request.email, origin=Origin.SIGNUP, created_at=now, **wishes)
            subscriber = self._subscribers.insert_within(connection, newcomer)
        else:
            subscriber = replace(subscriber, state=SubscriptionState.CONFIRMED, **wishes)
            self._subscribers.replace_within(connection, subscriber)
        if request.wants_first:
            write_letter(
                connection,
                LetterKind.FIRST,
                email=subscriber.email,
                subscriber_id=subscriber.id,
                language=subscriber.language,
                now=now,
            )
        return subscriber

    def move(self, connection: Connection, request: Request, now: datetime) -> Subscriber | None:
        """Give a subscriber another address, and tell the one that was left; None where somebody else has it.

        Whoever has it without being subscribed makes way: the address was proved to be theirs who asked. A roster that
        still names the address that was left would subscribe it again: so much of it stays as keeps it from that.
        """
        subscriber = self._subscribers.read_within(connection, number=request.subscriber_id)
        if subscriber is None:
            return None
        other = self._subscribers.read_within(connection, key=address_key(request.email))
        if other is not None and other.id != subscriber.id:
            if other.state is SubscriptionState.CONFIRMED:
                return None
            self._subscribers.remove_within(connection, other.id)
        by_feed = subscriber.state is SubscriptionState.FEED
        state = SubscriptionState.CONFIRMED if by_feed else subscriber.state
        is_named = subscriber.origin == Origin.ROSTER
        origin = Origin.SIGNUP if is_named else subscriber.origin
        moved = replace(subscriber, email=request.email, state=state, origin=origin)
        self._subscribers.replace_within(connection, moved)
        readdress(connection, moved.id, moved.email, since=now - _STILL_WAITS)
        if address_key(subscriber.email) == address_key(moved.email):
            return moved
        if is_named:
            left = Subscriber(email=subscriber.email, state=SubscriptionState.UNSUBSCRIBED, origin=Origin.ROSTER)
            self._subscribers.insert_within(connection, left)
        if subscriber.email and subscriber.state is SubscriptionState.CONFIRMED:
            write_letter(
                connection,
                LetterKind.MOVED,
                email=subscriber.email,
                subscriber_id=subscriber.id,
                language=subscriber.language or request.language,
                request_id=request.id,
                now=now,
            )
        return moved


def _fields(wishes: Preferences) -> dict[str, Any]:
    """What somebody may choose, by the names that it has in a subscriber too."""
    return {name: getattr(wishes, name) for name in Preferences.__slots__}
