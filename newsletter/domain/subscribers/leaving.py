"""What a reader who is about to leave may choose instead: everything here means less mail, never more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import StrEnum

from newsletter.domain.issues import Edition
from newsletter.domain.subscribers.subscriptions import Subscriber, SubscriptionState

__all__ = ["FEWER_PAPERS", "Instead", "alternatives", "stay"]

FEWER_PAPERS = 10
"""The most papers in one issue for who wants fewer: what is read in a few minutes."""


class Instead(StrEnum):
    """What can be chosen over leaving; `UNDO` takes back that somebody has left, and changes nothing else."""

    WEEKLY = "weekly"
    FEWER = "fewer"
    UNDO = "undo"


def _weekly(subscriber: Subscriber) -> Subscriber:
    return replace(subscriber, cadence=Edition.WEEKLY)


def _fewer(subscriber: Subscriber) -> Subscriber:
    return replace(subscriber, max_papers=min(subscriber.max_papers or FEWER_PAPERS, FEWER_PAPERS))


_LESS: Mapping[Instead, Callable[[Subscriber], Subscriber]] = {Instead.WEEKLY: _weekly, Instead.FEWER: _fewer}


def alternatives(subscriber: Subscriber) -> tuple[Instead, ...]:
    """What would change something for this reader, in the order in which it is offered."""
    return tuple(instead for instead, less in _LESS.items() if less(subscriber) != subscriber)


def stay(subscriber: Subscriber, instead: Instead) -> Subscriber:
    """The reader who has chosen this, subscribed; whoever never confirmed stays as they are."""
    if subscriber.state is SubscriptionState.UNCONFIRMED:
        return subscriber
    changed = _LESS[instead](subscriber) if instead in _LESS else subscriber
    return replace(changed, state=SubscriptionState.CONFIRMED)
