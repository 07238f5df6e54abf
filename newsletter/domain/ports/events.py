"""What comes back, and what is kept of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from newsletter.domain.bounces import (
    Arrival,
    BounceRules,
    EventKind,
    Notification,
    Refusal,
    Report,
    StoredEvent,
    TakenIn,
    Ticket,
)
from newsletter.domain.issues import IssueKey

__all__ = ["EventStore", "NotificationReader", "ReadReport", "ReportBox", "WebhookStore"]

ReadReport = Callable[[bytes], Report]
"""What a mail says that came back. It reads whatever it is given, in bounded time, and raises nothing."""


class EventStore(Protocol):
    """What was reported of deliveries and addresses."""

    def take_in(self, arrivals: Sequence[Arrival], rules: BounceRules) -> TakenIn:
        """Store what these tell of, each event once, and decide what follows: in one transaction, all or nothing."""
        ...

    def reclassify(self, event_id: int, kind: EventKind, reason: str, rules: BounceRules, *, by_hand: bool) -> TakenIn:
        """Let an event be of another kind, and everything be as if it had been from the beginning."""
        ...

    def settle_waiting(self) -> int:
        """What was reported while it was being sent, and is sent now, has come back; returns how many that were."""
        ...

    def prune(self, *, events_before: datetime, evidence_before: datetime) -> int:
        """Delete old events and old evidence; returns how many events went."""
        ...

    def get(self, event_id: int) -> StoredEvent | None:
        """The event of this number, with its evidence; None if there is none."""
        ...

    def stream(
        self, *, kinds: Sequence[EventKind] = (), issue: IssueKey | None = None, since: datetime | None = None
    ) -> Iterator[StoredEvent]:
        """Events, the newest first, in batches, without their evidence."""
        ...

    def of_address(self, email: str) -> tuple[StoredEvent, ...]:
        """What is kept of an address, the oldest first."""
        ...

    def counts(self, since: date) -> Mapping[str, Mapping[str, int]]:
        """Of issues since a day, by the recipients' domain: mails that were accepted (`sent`), and what came back."""
        ...


class ReportBox(Protocol):
    """A mailbox that reports come to, opened. What stays in it is asked about again the next time."""

    def waiting(self) -> Sequence[int]:
        """The numbers of messages that nobody has taken out yet, the oldest first; a bounded number of them."""
        ...

    def content(self, number: int) -> bytes | None:
        """The beginning of a message, as much as is read of one; None where it cannot be had."""
        ...

    def put_away(self, numbers: Sequence[int], *, are_reports: bool) -> None:
        """Move messages to where reports that were stored lie, or to where the others wait for a person."""
        ...


class NotificationReader(Protocol):
    """Reads the requests of one sending service."""

    def read(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Notification | Refusal:
        """What a request tells, once it is verified; or why it is refused. `headers` have names in lower case."""
        ...


class WebhookStore(Protocol):
    """What processes that answer webhooks must know together."""

    def redeem(self, tickets: Sequence[Ticket], now: datetime) -> Collection[Ticket]:
        """Those whose signature comes for the first time, or again with the same content; it is kept from then on."""
        ...

    def count_refused(self, day: date, counts: Mapping[tuple[str, str], int]) -> None:
        """Add to the requests that were refused on a day, by service and reason."""
        ...

    def refused(self, since: date) -> Mapping[tuple[str, str], int]:
        """Requests that were refused since a day, by service and reason, in their order."""
        ...
