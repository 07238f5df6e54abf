"""The score of an address whose mail comes back for now: it rises with soft bounces, and falls with time and mail.

One soft bounce a day counts, whatever comes on it: a server that says twice that a mailbox is full has said it once.
Each mail that was accepted and did not come back takes one away. What is left counts half after the half-life.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

__all__ = ["ACCEPTED_AFTER", "SoftScore", "soft_score"]

ACCEPTED_AFTER = timedelta(days=5)
"""A mail that has not come back by then was accepted: servers give up after four or five days (RFC 5321 §4.5.4.1)."""
_NOTHING = 0.05
"""A score below this is none: what comes after it begins anew."""


@dataclass(frozen=True, slots=True)
class SoftScore:
    """The score at the moment of the last soft bounce, `until`; `since` is the first of those that still count."""

    value: float = 0.0
    count: int = 0
    since: datetime | None = None
    until: datetime | None = None

    @property
    def span(self) -> timedelta:
        """For how long mail has been coming back."""
        return self.until - self.since if self.since and self.until else timedelta()


def soft_score(softs: Iterable[datetime], accepted: Iterable[datetime], *, half_life: timedelta) -> SoftScore:
    """The score of these soft bounces and accepted mails, in any order."""
    steps = sorted([*((at, 1) for at in set(softs)), *((at, -1) for at in accepted)])
    last_soft = max((at for at, step in steps if step > 0), default=None)
    value, count, since, before = 0.0, 0, None, None
    counted: object = None
    for at, step in steps:
        if last_soft is None or at > last_soft:
            break
        if before is not None:
            value *= 0.5 ** ((at - before) / half_life)
        before = at
        if step < 0:
            value = max(0.0, value - 1)
        elif at.date() != counted:
            if value < _NOTHING:
                value, count, since = 0.0, 0, at
            value, count, counted = value + 1, count + 1, at.date()
    return SoftScore(value, count, since, last_soft if since else None)
