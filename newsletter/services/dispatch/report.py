"""What a dispatch tells: while it runs, and when it has ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from newsletter.domain.delivery import DeliveryStatus, DomainRest
from newsletter.domain.issues import IssueKey

__all__ = ["INTERRUPTED", "DispatchReport", "Snapshot"]

INTERRUPTED = "interrupted"
"""Why a run ended that a person or the system has stopped."""

_OPEN = (DeliveryStatus.QUEUED, DeliveryStatus.SENDING, DeliveryStatus.DEFERRED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """How a dispatch stands at a moment: for a progress bar or a line in a log.

    `rate` is messages a second over the last seconds; `remaining` seconds, None while nobody can say. `limit` names the
    limit that is holding mail back at this moment.
    """

    sent: int
    failed: int
    deferred: int
    uncertain: int
    waiting: int
    rate: float
    remaining: float | None
    connections: int
    limit: str = ""
    rests: tuple[DomainRest, ...] = ()

    @property
    def line(self) -> str:
        """The snapshot as one line."""
        parts = [f"{self.sent:,} sent", f"{self.waiting:,} to go", f"{self.rate:,.0f}/s"]
        if self.remaining is not None:
            minutes, seconds = divmod(round(self.remaining), 60)
            parts.append(f"{minutes}:{seconds:02} left")
        parts += [
            f"{count:,} {word}"
            for count, word in ((self.failed, "failed"), (self.deferred, "deferred"), (self.uncertain, "uncertain"))
            if count
        ]
        if self.limit:
            parts.append(f"held back by the limit {self.limit}")
        if self.rests:
            parts.append(f"resting: {', '.join(r.domain for r in self.rests[:3])}{' …' if len(self.rests) > 3 else ''}")
        return " · ".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchReport:
    """How a dispatch ended.

    `now` counts what this run did, `totals` the whole issue, `reasons` why deliveries are not `sent`. `stopped` says
    why the run ended before all was tried; empty if it did not. `next_due` is when the next deferred one is due.
    `waiting` counts those that wait for their reader's hour, of which the next is at `next_hour`.
    """

    issue: IssueKey
    now: Mapping[DeliveryStatus, int]
    totals: Mapping[DeliveryStatus, int]
    reasons: Mapping[tuple[DeliveryStatus, str], int]
    seconds: float
    stopped: str = ""
    next_due: datetime | None = None
    rests: tuple[DomainRest, ...] = ()
    waiting: int = 0
    next_hour: datetime | None = None

    @property
    def open(self) -> int:
        """How many deliveries are still to be sent."""
        return sum(self.totals.get(s, 0) for s in _OPEN)

    @property
    def uncertain(self) -> int:
        """How many were handed over without an answer."""
        return self.totals.get(DeliveryStatus.UNCERTAIN, 0)

    @property
    def is_interrupted(self) -> bool:
        """Whether it was stopped from outside."""
        return self.stopped == INTERRUPTED

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to be sent now, or to be decided; what waits for its hour is in good order."""
        return not (self.open > self.waiting or self.uncertain)
