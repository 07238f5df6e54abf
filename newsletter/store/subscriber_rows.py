"""A subscriber as a row, and a row as a subscriber; what of it a roster said, and what a roster cannot change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic_core import from_json
from sqlalchemy import Row

from newsletter.domain.issues import Edition
from newsletter.domain.subscribers import Origin, Subscriber, SubscriptionState
from newsletter.store.rhythms import rhythm_of, rhythm_text

__all__ = ["CHANGING", "CHOSEN", "remaining", "row_of", "subscriber_of"]

CHANGING = ("email", "name", "interests", "language", "cadence", "max_papers", "state", "origin")
_PAUSE = ("paused_since", "paused_until", "catch_up")
CHOSEN = ("rhythm", *_PAUSE)
"""What rosters did not know at first: where none of it is chosen, the hash of a row is what it was then."""
_FILES = {Origin.ROSTER, Origin.IMPORT}


def row_of(key: str, subscriber: Subscriber, now: datetime) -> dict[str, object]:
    """The columns of a subscriber; `now` dates what is new."""
    row: dict[str, object] = {
        "email": subscriber.email,
        "email_key": key,
        "name": subscriber.name,
        "interests": json.dumps(subscriber.interests, ensure_ascii=False),
        "language": subscriber.language,
        "cadence": subscriber.cadence.value,
        "max_papers": subscriber.max_papers,
        "state": subscriber.state.value,
        "origin": str(subscriber.origin),
        "rhythm": rhythm_text(subscriber.rhythm),
        "paused_since": subscriber.paused_since,
        "paused_until": subscriber.paused_until,
        "catch_up": subscriber.catch_up,
    }
    # a file that does not say when a pause began means now; what it says is what is compared the next time
    since = subscriber.paused_since or (now.date() if subscriber.paused_until else None)
    added = {"roster_row": _roster_row(row), "created_at": subscriber.created_at or now, "changes": 0}
    return row | added | {"paused_since": since}


def _roster_row(row: Mapping[str, object]) -> str:
    if row["origin"] not in _FILES:
        return ""
    chosen = {name: str(row[name]) for name in CHOSEN if row[name]}
    said = [*(row[name] for name in CHANGING), *([chosen] if chosen else [])]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:32]


def subscriber_of(row: Row[Any]) -> Subscriber:
    """The subscriber of a row."""
    # by attribute: a dictionary of the row costs as much as the rest
    return Subscriber(
        id=row.id,
        email=row.email,
        name=row.name,
        interests=tuple(from_json(row.interests)),
        language=row.language,
        cadence=Edition(row.cadence),
        max_papers=row.max_papers,
        state=SubscriptionState(row.state),
        origin=row.origin,
        created_at=row.created_at,
        feed_epoch=row.feed_epoch,
        rhythm=rhythm_of(row.rhythm),
        paused_since=row.paused_since,
        paused_until=row.paused_until,
        catch_up=row.catch_up,
    )


def remaining(row: Mapping[str, object], before: Row[Any]) -> Mapping[str, object]:
    """What a file cannot change of somebody who is there: the state that they gave themselves, a pause it says not."""
    state = row["state"]
    unsubscribed = before.state == SubscriptionState.UNSUBSCRIBED
    if unsubscribed or (before.state == SubscriptionState.CONFIRMED and state == SubscriptionState.UNCONFIRMED):
        state = before.state
    paused = row["paused_until"] is not None
    return {"state": state} | {name: row[name] if paused else getattr(before, name) for name in _PAUSE}
