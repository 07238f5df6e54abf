"""Catching up after a pause: which days somebody missed, and which of their papers are the best.

The rules, in the order in which they are applied:

1. a daily reader missed the issues from the day their pause began until the one it ended with, which comes again; of a
   pause that began or ended in the middle of a day, what was skipped of that day and nothing that was sent;
2. who reads on weekdays only misses no weekend; who reads weekly misses what the next weekly issue does not have;
3. of the newest `MOST_ISSUES` the best papers are sent, in the order that the reader asks for. Scores of two days are
   those of one reader's interests and stand beside each other; of equals the first of each day come before the second,
   later days before earlier ones. A paper stands once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from newsletter.domain.issues import Edition
from newsletter.domain.notation import Weekday
from newsletter.domain.papers import PaperId
from newsletter.domain.subscribers import Subscriber

__all__ = ["MOST_ISSUES", "MissedPaper", "best_missed", "is_missed", "missed_days"]

MOST_ISSUES = 31
"""Issues that are looked at, the newest ones: what is older than a month is no news."""
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedPaper:
    """One paper of an issue that somebody missed: where it stands, and what it is sorted by.

    `precedence` is that of the order asked for (`domain.issues.precedence`), `score` what their interests say.
    """

    day: date
    place: int
    paper_id: PaperId
    score: float
    precedence: Any


def missed_days(subscriber: Subscriber, *, weekly_on: Weekday) -> tuple[date, date] | None:
    """The first and the last day of the daily issues that a pause has kept back; None where there is none.

    The last may be one of which only what was skipped counts.
    """
    since, until = subscriber.paused_since, subscriber.paused_until
    if since is None or until is None or until < since:
        return None
    if subscriber.cadence is Edition.WEEKLY:
        closes = subscriber.rhythm.weekly_on or weekly_on
        next_week = next(d for n in range(7) if Weekday.of(d := until + timedelta(days=n)) is closes)
        last = min(until, next_week - _WEEK)
        return (since, last) if since <= last else None
    return since, until


def is_missed(subscriber: Subscriber, day: date, *, was_skipped: bool | None) -> bool:
    """Whether the daily issue of one of those days was missed.

    `was_skipped` is whether its delivery to them was skipped because of a pause; None where they have no delivery.
    """
    if subscriber.rhythm.weekdays_only and subscriber.cadence is Edition.DAILY and Weekday.of(day).is_weekend:
        return False
    if subscriber.cadence is Edition.DAILY and subscriber.paused_until is not None and day >= subscriber.paused_until:
        return was_skipped is True
    return was_skipped is not False


def best_missed(papers: Iterable[MissedPaper], count: int) -> tuple[MissedPaper, ...]:
    """The best of these, at most `count`, each paper once."""
    ordered = sorted(papers, key=lambda one: one.day, reverse=True)
    ordered.sort(key=lambda one: one.place)
    ordered.sort(key=lambda one: (one.precedence, one.score), reverse=True)
    first: dict[PaperId, MissedPaper] = {}
    for one in ordered:
        first.setdefault(one.paper_id, one)
    return tuple(first.values())[:count]
