"""From whom an issue is withheld at this moment because of what their own row says: state and pause."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, select

from newsletter.domain.delivery import SkipReason
from newsletter.domain.subscribers import SubscriptionState, address_key
from newsletter.store.statements import among, chunks, table_of
from newsletter.store.tables import SubscriberRow

__all__ = ["withheld_from"]

_SUBSCRIBER = table_of(SubscriberRow)


def withheld_from(connection: Connection, emails: Sequence[str], day: date) -> dict[str, SkipReason]:
    """Which of these addresses get no issue of a day, and why; one without a subscriber is among them."""
    known: dict[str, tuple[str, date | None]] = {}
    keys = [address_key(email) for email in emails]
    for chunk in chunks(keys):
        statement = select(_SUBSCRIBER.c.email_key, _SUBSCRIBER.c.state, _SUBSCRIBER.c.paused_until)
        rows = connection.execute(statement.where(among(connection, _SUBSCRIBER.c.email_key, chunk)))
        known.update((key, (state, until)) for key, state, until in rows)
    result: dict[str, SkipReason] = {}
    for email, key in zip(emails, keys, strict=True):
        state, until = known.get(key, (SubscriptionState.UNSUBSCRIBED, None))
        if state != SubscriptionState.CONFIRMED:
            unconfirmed = state == SubscriptionState.UNCONFIRMED
            result[email] = SkipReason.UNCONFIRMED if unconfirmed else SkipReason.UNSUBSCRIBED
        elif until is not None and day < until:
            result[email] = SkipReason.PAUSED
    return result
