"""Notifications of sending services that come as requests: verified, then taken in like every report.

Each event has the service's own number in its name, so that what comes again is known and changes nothing. A request is
answered well only when what it tells is stored; until then its service comes again.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from newsletter.domain.bounces import Arrival, Notification, Notified, Refusal
from newsletter.domain.ports import NotificationReader, WebhookStore
from newsletter.errors import StoreError
from newsletter.services.bounces.gathering import Gathering
from newsletter.services.bounces.intake import EVIDENCE, Intake

__all__ = ["Webhooks"]


class Webhooks:
    """The use case. Several threads may use one."""

    def __init__(
        self,
        readers: Mapping[str, NotificationReader],
        intake: Intake,
        store: WebhookStore,
        *,
        clock: Callable[[], datetime],
    ) -> None:
        """`readers` are those of the services that are set up, by the name that their address ends with."""
        self._readers = readers
        self._intake = intake
        self._store = store
        self._clock = clock
        self._refused: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()
        self._gathering = Gathering(self._take)

    def knows(self, service: str) -> bool:
        """Whether a service is set up."""
        return service in self._readers

    def receive(self, service: str, headers: Mapping[str, str], body: bytes) -> Refusal | None:
        """Verify a request of a service that is set up, and take in what it tells; returns why where it is refused.

        Raises:
            StoreError: it could not be stored.
        """
        told = self._readers[service].read(headers, body, self._clock())
        if isinstance(told, Refusal):
            return self.refuse(service, told)
        if not told.events and told.ticket is None:
            return None
        return None if self._gathering.put((service, told)) else self.refuse(service, Refusal.REPLAYED)

    def _take(self, told: Sequence[tuple[str, Notification]]) -> list[bool]:
        """Take in what several requests tell; of each, whether its signature is good for it."""
        tickets = [notification.ticket for _, notification in told if notification.ticket is not None]
        good = self._store.redeem(tickets, self._clock()) if tickets else frozenset()
        taken = [notification.ticket is None or notification.ticket in good for _, notification in told]
        self._intake.take(
            _arrival(service, event)
            for (service, notification), is_good in zip(told, taken, strict=True)
            if is_good
            for event in notification.events
        )
        return taken

    def refuse(self, service: str, refusal: Refusal) -> Refusal:
        """Count a request that is refused; `keep_counts` makes it last. So nobody can keep the disk busy by forging."""
        with self._lock:
            self._refused[service, refusal.value] += 1
        return refusal

    def keep_counts(self) -> None:
        """Store how many requests were refused. Where that cannot be done now it is done the next time."""
        with self._lock:
            counts, self._refused = self._refused, Counter()
        if not counts:
            return
        try:
            self._store.count_refused(self._clock().date(), counts)
        except StoreError:
            with self._lock:
                self._refused.update(counts)


def _arrival(service: str, event: Notified) -> Arrival:
    return Arrival(
        report=event.report,
        source=service,
        name=f"{service} {event.name}",
        at=event.at,
        evidence=event.evidence[:EVIDENCE],
        is_verified=True,
    )
