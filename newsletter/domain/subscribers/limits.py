"""How often somebody may ask: sliding windows over what was tried."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

__all__ = ["Quota", "free_at", "longest"]


@dataclass(frozen=True, slots=True)
class Quota:
    """At most `count` of something within any `span`."""

    count: int
    span: timedelta


def free_at(tries: Iterable[datetime], quotas: Sequence[Quota], now: datetime) -> datetime:
    """From when on one more may be tried: `now`, or later where a window is full.

    A window slides: what was tried exactly `span` ago is out of it.
    """
    recent = sorted(tries, reverse=True)
    free = now
    for quota in quotas:
        if quota.count <= 0:
            return datetime.max.replace(tzinfo=now.tzinfo)
        if len(recent) >= quota.count:
            free = max(free, recent[quota.count - 1] + quota.span)
    return free


def longest(quotas: Iterable[Quota]) -> timedelta:
    """How far back one has to look to know whether these are used up."""
    return max((quota.span for quota in quotas), default=timedelta(0))
