"""When a message may go: what a run holds and has not tried, in order, behind limits and rests."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass

from newsletter.domain.delivery import Delivery, Pacer
from newsletter.domain.issues import Selection

__all__ = ["Claimed", "PacedLine"]


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that this run holds, and its digest where that was selected with others."""

    delivery: Delivery
    selection: Selection | None = None

    @property
    def domain(self) -> str:
        """What is paced by."""
        return self.delivery.recipient.domain


class PacedLine:
    """First come, first served, but for those whom a limit of their domain holds back: they are parked.

    Attributes:
        limit: the limit that holds mail back at this moment; empty where none does.
    """

    def __init__(self, pacer: Pacer) -> None:
        self._pacer = pacer
        self._loop = asyncio.get_running_loop()
        self._ready: deque[Claimed] = deque()
        self._parked: dict[str, deque[Claimed]] = {}
        self._relay_until = 0.0
        self.limit = ""

    def __len__(self) -> int:
        return len(self._ready) + sum(map(len, self._parked.values()))

    @property
    def ready(self) -> int:
        """How many are here and not parked."""
        return len(self._ready)

    def add(self, claimed: Claimed) -> None:
        """Put one at the end."""
        self._ready.append(claimed)

    def put_back(self, claimed: Claimed) -> None:
        """Put one at the front that was not tried after all."""
        self._ready.appendleft(claimed)

    def take(self) -> Claimed | None:
        """The first one that no limit and no rest holds back; it counts as gone."""
        now = self._loop.time()
        if self._relay_until > now:
            self.limit = "the relay is busy"
            return None
        if self._pacer.is_free and not self._parked:
            self.limit = ""
            return self._ready.popleft() if self._ready else None
        wait, self.limit = self._pacer.wait(now)
        return None if wait > 0 else self._unparked(now) or self._next(now)

    def wait(self) -> float | None:
        """Seconds until something that is here may go; None where nothing is here."""
        if not self._ready and not self._parked:
            return None
        now = self._loop.time()
        waits = [self._relay_until - now, self._pacer.wait(now)[0]]
        if self._parked and not self._ready:
            waits.append(min(self._pacer.wait_for(domain, now)[0] for domain in self._parked))
        return max(0.001, *waits)

    def rest_relay(self, seconds: float) -> None:
        """Let nothing go for so long."""
        self._relay_until = self._loop.time() + seconds

    def crowded(self, most: int) -> list[str]:
        """The domains of which so many are parked that no more are wanted."""
        return [domain for domain, parked in self._parked.items() if len(parked) >= most]

    def remove(self, domain: str) -> list[Delivery]:
        """Give up all that is here of a domain."""
        removed = [claimed for claimed in self._ready if claimed.domain == domain]
        self._ready = deque(claimed for claimed in self._ready if claimed.domain != domain)
        return [claimed.delivery for claimed in (*removed, *self._parked.pop(domain, ()))]

    def _unparked(self, now: float) -> Claimed | None:
        """One of a domain whose limit lets another one go by now."""
        for domain, parked in self._parked.items():
            if self._pacer.wait_for(domain, now)[0] <= 0:
                claimed = parked.popleft()
                if not parked:
                    del self._parked[domain]
                self._pacer.take(domain, now)
                return claimed
        return None

    def _next(self, now: float) -> Claimed | None:
        """The first one in order whose domain lets it go; those before it are parked."""
        while self._ready:
            claimed = self._ready.popleft()
            domain = claimed.domain
            wait, limit = self._pacer.wait_for(domain, now)
            if wait > 0 or domain in self._parked:
                self._parked.setdefault(domain, deque()).append(claimed)
                self.limit = limit
                continue
            self._pacer.take(domain, now)
            return claimed
        return None
