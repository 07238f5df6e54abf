"""What `newsletter serve` does beside the pages, by the clock: notes who reads their feed, lets go of what is old."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import date

from newsletter.domain.ports import SubscriberStore
from newsletter.errors import NewsletterError
from newsletter.services.retention import Retention

__all__ = ["FeedReadings", "Housekeeper"]

_log = logging.getLogger(__name__)
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
        self._close = close
        self._every = every
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._work, name="housekeeping", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def end(self, grace: float) -> None:
        """End after the transaction of the moment; what is left is done another day."""
        self._ending.set()
        self._thread.join(grace)

    def _goes_on(self) -> bool:
        return not self._ending.is_set()

    def _work(self) -> None:
        try:
            while self._goes_on():
                self._round()
                self._ending.wait(self._every)
            self._round()
        finally:
            self._close()

    def _round(self) -> None:
        try:
            if ids := self._readings.take():
                self._subscribers.note_read(ids, self._today())
            if self._goes_on():
                self._retention.run_daily(goes_on=self._goes_on)
        except NewsletterError as error:  # a database that is locked or gone is mended while this goes on
            _log.error("What is old is still kept: %s", error)
