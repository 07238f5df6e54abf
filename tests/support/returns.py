"""Mail that was sent and comes back: an issue in the ledger, and reports about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from newsletter.domain.bounces import Action, Arrival, Event, EventKind, KnownBy, Report
from newsletter.domain.delivery import Begin, Delivery, DeliveryStatus, Outcome, bounce_address, message_id
from newsletter.domain.issues import Issue
from newsletter.domain.subscribers import Subscriber
from newsletter.store import SqlStore
from tests.support.ledgers import all_get
from tests.support.samples import make_issue

__all__ = ["Mailing", "report"]


class Mailing:
    """An issue, sent to everybody who subscribes."""

    def __init__(self, store: SqlStore, *, at: datetime, issue: Issue | None = None) -> None:
        self.store = store
        self.at = at
        self.issue = issue or make_issue(1)
        self.key = self.issue.key

    def send(self, *emails: str, status: DeliveryStatus = DeliveryStatus.SENT) -> None:
        """Subscribe these, and bring their deliveries into a state."""
        self.store.subscribers.upsert([Subscriber(email=email) for email in emails])
        self.store.deliveries.plan(self.issue, all_get(self.issue), at=self.at)
        run = self.store.deliveries.open_run(self.key, "test", at=self.at, until=self.at + timedelta(hours=1))
        while claimed := self.store.deliveries.claim(run, at=self.at, limit=1000):
            begun = [Begin(d.id, self.message_id(d)) for d in claimed]
            self.store.deliveries.record(run, begun, at=self.at)
            if status is not DeliveryStatus.SENDING:
                outcomes = [Outcome(d.id, status, "why", "250 ok") for d in claimed]
                self.store.deliveries.record(run, outcomes, at=self.at)

    def message_id(self, delivery: Delivery) -> str:
        """The Message-ID of a delivery."""
        mac = bytes(12) + delivery.recipient.subscriber_id.to_bytes(3)
        return message_id(self.key, delivery.recipient.subscriber_id, mac, "example.org")

    def sender(self, email: str) -> str:
        """The envelope sender of the message to an address."""
        delivery = self.delivery(email)
        return bounce_address(self.store.secret(), "bounces@example.org", self.key, delivery.recipient.subscriber_id)

    def delivery(self, email: str) -> Delivery:
        """What became of an address."""
        delivery = self.store.deliveries.find(self.key, email)
        assert delivery is not None
        return delivery

    def status(self, email: str) -> DeliveryStatus:
        """The state of the delivery to an address."""
        return self.delivery(email).status

    def arrival(self, email: str, kind: EventKind, name: str = "", **changes: Any) -> Arrival:
        """A report of one event, which comes back to the envelope sender of an address."""
        return report(kind, email, name=name or f"{kind} {email}", to=(self.sender(email),), at=self.at, **changes)


def report(
    kind: EventKind,
    recipient: str,
    *,
    at: datetime,
    name: str,
    to: Sequence[str] = (),
    source: str = "file",
    returned: str = "",
    known_by: KnownBy = KnownBy.FIELD,
    evidence: bytes = b"evidence",
    is_verified: bool = False,
    **fields: Any,
) -> Arrival:
    """A report of one event."""
    event = Event(
        kind,
        recipient=recipient,
        known_by=known_by,
        status={EventKind.HARD: "5.1.1", EventKind.SOFT: "4.2.2", EventKind.POLICY: "5.7.1"}.get(kind, ""),
        reason={EventKind.HARD: "no such mailbox", EventKind.SOFT: "mailbox full"}.get(kind, ""),
        action=Action.FAILED,
        text="550 words of the server",
    )
    return Arrival(
        report=Report((replace(event, **fields),), returned, "", tuple(to)),
        source=source,
        name=name,
        at=at,
        evidence=evidence,
        is_verified=is_verified,
    )
