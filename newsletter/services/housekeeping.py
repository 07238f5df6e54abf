"""What `newsletter serve` does beside the pages, by the clock: notes who reads their feed, lets go of what is old."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date

from newsletter.domain.ports import SubscriberStore
from newsletter.services.retention import Retention
from newsletter.services.rounds import Rounds

__all__ = ["FeedReadings", "Housekeeper"]

_EVERY = 600.0
"""Seconds between two rounds."""


class FeedReadings:
    """Who has read their feed since it was last written down: one write for all, and none while they wait."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ids: set[int] = set()

    def note(self, subscriber_id: int) -> None:
        """They have read it."""
        with self._lock:
            self._ids.add(subscriber_id)

    def take(self) -> frozenset[int]:
        """Those who have; they are forgotten here."""
        with self._lock:
            ids, self._ids = frozenset(self._ids), set()
        return ids


class Housekeeper:
    """A thread of its own, with a database connection of its own."""

    def __init__(
        self,
        retention: Retention,
        subscribers: SubscriberStore,
        readings: FeedReadings,
        *,
        today: Callable[[], date],
        close: Callable[[], None],
        every: float = _EVERY,
    ) -> None:
        """`close` gives back what it has opened."""
        self._retention = retention
        self._subscribers = subscribers
        self._readings = readings
        self._today = today
        self._rounds = Rounds(
            "housekeeping",
            self._round,
            every=every,
            trouble="What is old is still kept",
            close=close,
            once_more=True,
        )

    def start(self) -> None:
        """Begin."""
        self._rounds.start()

    def end(self, grace: float) -> None:
        """End after the transaction of the moment; what is left is done another day."""
        self._rounds.end(grace)

    def _round(self) -> str:
        if ids := self._readings.take():
            self._subscribers.note_read(ids, self._today())
        if self._rounds.goes_on():
            self._retention.run_daily(goes_on=self._rounds.goes_on)
        return ""
