"""What a reader who is about to leave may choose instead: everything here means less mail, never more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum

from newsletter.domain.issues import Edition
from newsletter.domain.subscribers.subscriptions import Subscriber, SubscriptionState

__all__ = ["FEWER_PAPERS", "REST", "Instead", "alternatives", "stay"]

FEWER_PAPERS = 10
"""The most papers in one issue for who wants fewer: what is read in a few minutes."""

REST = timedelta(days=28)
"""How long mail pauses for who wants none for a while."""


class Instead(StrEnum):
    """What can be chosen over leaving; `UNDO` takes back that somebody has left, and changes nothing else."""

    WEEKLY = "weekly"
    FEWER = "fewer"
    PAUSE = "pause"
    UNDO = "undo"


def _weekly(subscriber: Subscriber, _today: date) -> Subscriber:
    return replace(subscriber, cadence=Edition.WEEKLY)


def _fewer(subscriber: Subscriber, _today: date) -> Subscriber:
    return replace(subscriber, max_papers=min(subscriber.max_papers or FEWER_PAPERS, FEWER_PAPERS))


def _pause(subscriber: Subscriber, today: date) -> Subscriber:
    if subscriber.paused_until is not None and subscriber.paused_until >= today + REST:
        return subscriber
    since = subscriber.paused_since if subscriber.is_paused_on(today) else today
    return replace(subscriber, paused_since=since, paused_until=today + REST)


_LESS: Mapping[Instead, Callable[[Subscriber, date], Subscriber]] = {
    Instead.WEEKLY: _weekly,
    Instead.FEWER: _fewer,
    Instead.PAUSE: _pause,
}


def alternatives(subscriber: Subscriber, today: date) -> tuple[Instead, ...]:
    """What would change something for this reader, in the order in which it is offered."""
    return tuple(instead for instead, less in _LESS.items() if less(subscriber, today) != subscriber)


def stay(subscriber: Subscriber, instead: Instead, today: date) -> Subscriber:
    """The reader who has chosen this, subscribed; whoever never confirmed stays as they are."""
    if subscriber.state is SubscriptionState.UNCONFIRMED:
        return subscriber
    changed = _LESS[instead](subscriber, today) if instead in _LESS else subscriber
    return replace(changed, state=SubscriptionState.CONFIRMED)
