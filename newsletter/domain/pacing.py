"""How fast mail may go out: limits as people state them, and when the next message may leave."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

__all__ = ["Limit", "Pacer"]

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


class _Gauge:
    """Watches one limit. Up to a second messages are spread evenly; over longer times they are counted.

    The count is kept in slots of a 24th of the time, and a slot is forgotten when all of it is older than the time: no
    window of that length ever holds more than the limit, wherever it begins.
    """

    __slots__ = ("_counts", "_head", "_limit", "_next", "_total")

    def __init__(self, limit: Limit, now: float, used: int = 0) -> None:
        self._limit = limit
        self._next = now
        self._counts = [0.0] * (_SLOTS + 1)
        self._head = int(now / self._width)
        self._counts[self._head % (_SLOTS + 1)] = used
        self._total: float = used

    @property
    def _width(self) -> float:
        return self._limit.seconds / _SLOTS

    def _forget(self, now: float) -> None:
        head = int(now / self._width)
        for slot in range(max(self._head + 1, head - _SLOTS), head + 1):
            index = slot % (_SLOTS + 1)
            self._total -= self._counts[index]
            self._counts[index] = 0
        self._head = max(self._head, head)

    def wait(self, now: float, share: int) -> float:
        """Seconds until one more may go."""
        if self._limit.seconds <= 1:
            return max(0.0, self._next - now)
        self._forget(now)
        if self._total + share <= self._limit.count:
            return 0.0
        # the oldest slot that holds something is the next to be forgotten
        for slot in range(self._head - _SLOTS, self._head + 1):
            if self._counts[slot % (_SLOTS + 1)]:
                return max(0.001, (slot + _SLOTS + 1) * self._width - now)
        return self._width

    def take(self, now: float, share: int) -> None:
        """One more goes. `share` runs send at once, and each of them counts for all."""
        if self._limit.seconds <= 1:
            interval = self._limit.seconds / self._limit.count * share
            # what was not used a moment ago is not saved up beyond one interval
            self._next = max(self._next, now - interval) + interval
        else:
            self._forget(now)
            self._counts[self._head % (_SLOTS + 1)] += share
            self._total += share


class Pacer:
    """Says when the next message to a domain may leave. Time (in seconds, of any clock) comes in as an argument.

    Attributes:
        share: how many runs send at once under the same limits; each takes its part.
    """

    def __init__(
        self, limits: Sequence[Limit] = (), per_domain: Sequence[Limit] = (), *, now: float, used_today: int = 0
    ) -> None:
        """`used_today` messages went out in the last 24 hours."""
        self._gauges = [(limit, _Gauge(limit, now, used_today if limit.seconds >= 86400 else 0)) for limit in limits]
        self._per_domain = tuple(per_domain)
        self._domains: dict[str, list[tuple[Limit, _Gauge]]] = {}
        self.share = 1

    @property
    def is_free(self) -> bool:
        """Whether there is no limit at all."""
        return not self._gauges and not self._per_domain

    def wait(self, now: float) -> tuple[float, str]:
        """Seconds until anything may go, and the limit that holds it back."""
        return self._longest(self._gauges, now)

    def wait_for(self, domain: str, now: float) -> tuple[float, str]:
        """Seconds until a message to this domain may go, as far as the limits a domain are concerned."""
        if not self._per_domain:
            return 0.0, ""
        wait, name = self._longest(self._of(domain, now), now)
        return wait, f"{name} to {domain}" if name else ""

    def take(self, domain: str, now: float) -> None:
        """A message to this domain goes."""
        for _, gauge in self._gauges:
            gauge.take(now, self.share)
        if self._per_domain:
            for _, gauge in self._of(domain, now):
                gauge.take(now, self.share)

    def _of(self, domain: str, now: float) -> list[tuple[Limit, _Gauge]]:
        return self._domains.setdefault(domain, [(limit, _Gauge(limit, now)) for limit in self._per_domain])

    def _longest(self, gauges: Sequence[tuple[Limit, _Gauge]], now: float) -> tuple[float, str]:
        wait, name = 0.0, ""
        for limit, gauge in gauges:
            if (seconds := gauge.wait(now, self.share)) > wait:
                wait, name = seconds, str(limit)
        return wait, name
