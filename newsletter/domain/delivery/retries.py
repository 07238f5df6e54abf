"""When a deferred delivery is due again, how long a domain rests, and when an issue is too old to be sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from newsletter.domain.issues import Issue

__all__ = ["FailureWatch", "RetrySchedule", "is_awaited", "is_late"]

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RetrySchedule:
    """How long to wait after each attempt (RFC 5321 §4.5.4.1: at least 30 minutes, for four or five days).

    `waits` are counted from the attempt that failed; after the last one the delivery has failed. `rest` is how long a
    domain rests after a 421, `policy_rest` how long after a refusal by policy, where a person should look first.
    """

    waits: tuple[timedelta, ...] = (
        30 * _MINUTE,
        _HOUR,
        2 * _HOUR,
        4 * _HOUR,
        8 * _HOUR,
        *(12 * _HOUR,) * 7,
    )
    rest: timedelta = 30 * _MINUTE
    policy_rest: timedelta = _DAY

    def due_after(self, attempts: int, now: datetime) -> datetime | None:
        """When a delivery that was tried `attempts` times is due again; None when it was tried long enough."""
        return now + self.waits[attempts - 1] if 1 <= attempts <= len(self.waits) else None


class FailureWatch:
    """Pauses an issue when too many of its last messages were refused: a fault of ours, not of so many addresses.

    The share is looked at over the last `window` answers, and not before `least` of them came.
    """

    def __init__(self, *, window: int, share: float, least: int = 50) -> None:
        self._window, self._least, self._share = window, least, share
        self._answers: list[bool] = []
        self._next = 0
        self._refused = 0

    def saw(self, *, refused: bool) -> None:
        """One more answer to a message: refused for good or by policy, or not."""
        if len(self._answers) < self._window:
            self._answers.append(refused)
        else:
            self._refused -= self._answers[self._next]
            self._answers[self._next] = refused
            self._next = (self._next + 1) % self._window
        self._refused += refused

    @property
    def complaint(self) -> str:
        """Why the issue should pause, or an empty text."""
        seen = len(self._answers)
        if seen >= self._least and self._refused > seen * self._share:
            return f"{self._refused} of the last {seen} messages were refused"
        return ""


def is_late(day: date, now: datetime, after: timedelta, zone: tzinfo) -> bool:
    """Whether an issue of this day is too old to be sent without being asked for: its day ended `after` ago or more."""
    return now - datetime.combine(day + _DAY, time(), zone) >= after


def is_awaited(issue: Issue, now: datetime, within: timedelta) -> bool:
    """Whether an issue was frozen a short while ago, so that its readers wait for it whatever its date is.

    Nobody waits for one that says that its day has no papers.
    """
    if issue.silence is not None or issue.frozen_at is None:
        return False
    return now - issue.frozen_at < within
