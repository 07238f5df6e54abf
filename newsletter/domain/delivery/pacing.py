"""How fast mail may go out: limits as people state them, and when the next message may leave.

Several processes send under the same limits without asking each other: each counts its own messages as often as there
are processes. Where a limit has fewer messages than there are processes they take turns instead, by a clock that all
of them read: a turn is a third longer than the limit's own distance between two messages, and is used in its first
fifth alone, so that messages of two turns never come closer than the limit lets them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, inf

__all__ = ["Limit", "Pacer", "Share"]

_UNITS = {
    "s": 1,
    "sec": 1,
    "second": 1,
    "min": 60,
    "m": 60,
    "minute": 60,
    "h": 3600,
    "hour": 3600,
    "d": 86400,
    "day": 86400,
}
_LIMIT = re.compile(r"(?P<count>\d+(?:\.\d+)?)(?:\s*/\s*(?P<unit>[a-z]+))?", re.ASCII)
_SLOTS = 24
_TURN = 4 / 3
_USED_OF_TURN = 0.2
_MOMENT = 1e-6
"""Seconds that are added to a wait: when it is over, what was waited for is certain to have passed."""
_LATE = 0.02
"""Seconds that a process may wake up late however often messages go."""
_FEW_DOMAINS = 1000


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` messages in any `seconds`."""

    count: float
    seconds: int = 1

    def __post_init__(self) -> None:
        if not (0 < self.count < inf and self.seconds > 0):
            msg = f"a limit is a positive number of messages in a time, got {self.count:g} in {self.seconds} s"
            raise ValueError(msg)

    def __str__(self) -> str:
        unit = {1: "s", 60: "min", 3600: "h", 86400: "day"}.get(self.seconds, f"{self.seconds} s")
        return f"{self.count:g}/{unit}"

    @classmethod
    def parse(cls, text: str) -> tuple[Limit, ...]:
        """Read `14/s, 900/min, 50000/day`; a bare number is a second, `0` and nothing mean no limit.

        Raises:
            ValueError: it says something else.
        """
        limits = []
        for part in re.split(r"[,\s]+(?=\d)", text.strip()) if text.strip() else []:
            match = _LIMIT.fullmatch(part.strip().rstrip(",").lower())
            if match is None or (match["unit"] or "s") not in _UNITS:
                msg = f"expected a limit such as 14/s, 30/min or 2000/day, got {part[:40]!r}"
                raise ValueError(msg)
            if float(match["count"]):
                limits.append(cls(float(match["count"]), _UNITS[match["unit"] or "s"]))
        return tuple(limits)


@dataclass(slots=True)
class Share:
    """How many processes send at once under the same limits, and which of them this is.

    `place` counts from 0. `offset` is what makes a moment of the clock that is passed in one of the clock that all of
    them read (seconds since the epoch).
    """

    processes: int = 1
    place: int = 0
    offset: float = 0.0


@dataclass(slots=True)
class _Sent:
    """Messages that went out at nearly the same time, and how much of the limit they count for."""

    first: float
    last: float
    weight: float


class _Gauge:
    """Watches one limit: no window of its length ever holds more than it allows, wherever the window begins.

    Up to a second messages are also spread evenly. Messages within a 24th of the time are kept as one, and forgotten
    with the last of them. Less than one message in a time is one message in a longer time.
    """

    __slots__ = ("_count", "_next", "_seconds", "_sent")

    def __init__(self, limit: Limit) -> None:
        self._seconds = limit.seconds / min(1.0, limit.count)
        self._count = max(1.0, limit.count)
        self._next = -inf
        self._sent: list[_Sent] = []

    def used(self, now: float, weight: float) -> None:
        """So much of the limit is used already."""
        if weight:
            self._sent.append(_Sent(now, now, weight))

    def is_at_rest(self, now: float) -> bool:
        """Whether it remembers nothing that matters any more."""
        self._forget(now)
        return not self._sent and self._next <= now

    def wait(self, now: float, share: Share) -> float:
        """Seconds until one more may go."""
        self._forget(now)
        if share.processes > self._count:
            last = self._sent[-1].last + self._seconds if self._sent else now
            wait = max(last - now, self._until_turn(now, share))
        else:
            wait = max(self._next - now, self._until_room(now, share.processes))
        return wait + _MOMENT if wait > 0 else 0.0

    def take(self, now: float, share: Share) -> None:
        """One more goes, and counts for all processes."""
        weight = min(share.processes, self._count)
        if self._sent and now - self._sent[-1].first < self._seconds / _SLOTS:
            self._sent[-1].last = now
            self._sent[-1].weight += weight
        else:
            self._sent.append(_Sent(now, now, weight))
        if self._seconds <= 1:
            interval = self._seconds / self._count * share.processes
            # who wakes up a little late catches up; what was not used before is not saved up
            self._next = (self._next if now - self._next < max(interval, _LATE) else now) + interval

    def _forget(self, now: float) -> None:
        while self._sent and self._sent[0].last + self._seconds <= now:
            del self._sent[0]

    def _until_room(self, now: float, weight: float) -> float:
        """Seconds until enough is forgotten for so much more."""
        excess = sum(sent.weight for sent in self._sent) + weight - self._count
        if excess <= 0:
            return 0.0
        for sent in self._sent:
            excess -= sent.weight
            if excess <= 0:
                return sent.last + self._seconds - now
        return 0.0

    def _until_turn(self, now: float, share: Share) -> float:
        """Seconds until the turn of this process comes."""
        length = self._seconds / floor(self._count) * _TURN
        turn, into = divmod(now + share.offset, length)
        ahead = (share.place - int(turn)) % share.processes
        if ahead == 0 and into < length * _USED_OF_TURN:
            return 0.0
        return (ahead or share.processes) * length - into


class Pacer:
    """Says when the next message to a domain may leave. Time (in seconds, of any clock) comes in as an argument.

    Attributes:
        share: this process among those that send at once.
    """

    def __init__(
        self,
        limits: Sequence[Limit] = (),
        per_domain: Sequence[Limit] = (),
        *,
        now: float,
        used_today: int = 0,
        share: Share | None = None,
    ) -> None:
        """`used_today` messages went out in the last 24 hours."""
        self._gauges = [(limit, _Gauge(limit)) for limit in limits]
        for limit, gauge in self._gauges:
            if limit.seconds >= 86400:
                gauge.used(now, used_today)
        # what a domain has that nothing was sent to
        self._fresh = [(limit, _Gauge(limit)) for limit in per_domain]
        self._domains: dict[str, list[tuple[Limit, _Gauge]]] = {}
        self._swept = _FEW_DOMAINS
        self.share = share or Share()

    @property
    def is_free(self) -> bool:
        """Whether there is no limit at all."""
        return not self._gauges and not self._fresh

    @property
    def watched(self) -> int:
        """How many domains are watched: those to which something went not long ago, and at most as many others."""
        return len(self._domains)

    def wait(self, now: float) -> tuple[float, str]:
        """Seconds until anything may go, and the limit that holds it back."""
        return self._longest(self._gauges, now)

    def wait_for(self, domain: str, now: float) -> tuple[float, str]:
        """Seconds until a message to this domain may go, as far as the limits a domain are concerned."""
        if not self._fresh:
            return 0.0, ""
        wait, name = self._longest(self._domains.get(domain, self._fresh), now)
        return wait, f"{name} to {domain}" if name else ""

    def take(self, domain: str, now: float) -> None:
        """A message to this domain goes."""
        for _, gauge in self._gauges:
            gauge.take(now, self.share)
        if self._fresh:
            gauges = self._domains.get(domain)
            if gauges is None:
                self._sweep(now)
                gauges = self._domains[domain] = [(limit, _Gauge(limit)) for limit, _ in self._fresh]
            for _, gauge in gauges:
                gauge.take(now, self.share)

    def _sweep(self, now: float) -> None:
        """Drop the domains at rest, whenever they may have become twice as many."""
        if len(self._domains) >= self._swept:
            at_rest = [d for d, gauges in self._domains.items() if all(g.is_at_rest(now) for _, g in gauges)]
            for domain in at_rest:
                del self._domains[domain]
            self._swept = max(_FEW_DOMAINS, 2 * len(self._domains))

    def _longest(self, gauges: Sequence[tuple[Limit, _Gauge]], now: float) -> tuple[float, str]:
        wait, name = 0.0, ""
        for limit, gauge in gauges:
            if (seconds := gauge.wait(now, self.share)) > wait:
                wait, name = seconds, str(limit)
        return wait, name
