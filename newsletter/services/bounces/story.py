"""The story of an address: what was sent to it, what came back, and whether it is mailed any more, in order of time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from newsletter.domain.bounces import EventKind, Proof, StoredEvent
from newsletter.domain.delivery import Delivery, DeliveryStatus
from newsletter.domain.ports import DeliveryStore, EventStore, SubscriberStore, SuppressionStore
from newsletter.domain.subscribers import Cause, Subscriber, Suppression

__all__ = ["AddressStory", "Moment", "Story", "told_event"]

_LIMIT = 100
"""Deliveries of one address that are told, the newest."""
_KINDS = {
    EventKind.HARD: "came back for good",
    EventKind.SOFT: "came back for now",
    EventKind.POLICY: "was refused by policy, which is not held against the address",
    EventKind.COMPLAINT: "was reported as unwanted",
    EventKind.VACATION: "was answered by a vacation notice",
    EventKind.DELIVERED: "was reported as delivered",
    EventKind.CHALLENGE: "was answered by a challenge to the sender",
    EventKind.UNKNOWN: "was reported about, nobody can tell what",
}
_PROOFS = {
    Proof.VERP: "known by its envelope sender",
    Proof.MESSAGE_ID: "known by its Message-ID",
    Proof.LEDGER: "said by the relay while it was sent",
    Proof.SERVICE: "known by the sending service",
    Proof.FIELDS: "known by the report's own words alone",
    Proof.NOTHING: "nobody knows whose it is",
}
_CAUSES = {
    Cause.HARD: "it bounced",
    Cause.SOFT: "mail kept coming back",
    Cause.COMPLAINT: "its owner complained",
    Cause.OPERATOR: "an operator, or a list that was taken in, says so",
    Cause.ERASED: "its owner was erased, and a file may name them again",
}


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened: when, what it was (`subscribed`, `delivery`, `event`, `suppressed`), and in words."""

    at: datetime
    what: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressStory:
    """All that is known of an address, the oldest first."""

    email: str
    subscriber: Subscriber | None
    suppression: Suppression | None
    moments: tuple[Moment, ...]

    @property
    def standing(self) -> str:
        """Whether the address is mailed, in a sentence."""
        if self.suppression is not None:
            return f"{self.email} is suppressed: it gets no mail, whatever a roster says."
        if self.subscriber is None:
            return f"{self.email} is no subscriber."
        return f"{self.email} is a subscriber ({self.subscriber.state})."


class Story:
    """The use case. It only reads."""

    def __init__(
        self,
        deliveries: DeliveryStore,
        events: EventStore,
        subscribers: SubscriberStore,
        suppressions: SuppressionStore,
    ) -> None:
        self._deliveries = deliveries
        self._events = events
        self._subscribers = subscribers
        self._suppressions = suppressions

    def tell(self, email: str) -> AddressStory:
        """What is known of an address; its newest hundred deliveries."""
        subscriber = self._subscribers.get(email)
        suppression = self._suppressions.found([email]).get(email)
        moments = list(_known(subscriber, suppression))
        sent = self._deliveries.of_address(email, limit=_LIMIT)
        moments += self._dispatched(sent)
        moments += [Moment(one.updated_at, "delivery", _told_delivery(one)) for one in sent if one.updated_at]
        moments += [Moment(event.at, "event", told_event(event)) for event in self._events.of_address(email)]
        return AddressStory(
            email=email,
            subscriber=subscriber,
            suppression=suppression,
            moments=tuple(sorted(moments, key=lambda moment: moment.at)),
        )

    def _dispatched(self, sent: Iterable[Delivery]) -> Iterator[Moment]:
        """Of mails that came back: the ledger keeps the moment of that and of the dispatch, none between."""
        for delivery in sent:
            status = self._deliveries.status(delivery.issue) if delivery.status is DeliveryStatus.BOUNCED else None
            if status is not None:
                text = f"Dispatch of issue {delivery.issue.slug} began; the relay accepted it for them."
                yield Moment(status.planned_at, "delivery", text)


def told_event(event: StoredEvent) -> str:
    """An event in a sentence, without its address."""
    said = " ".join(filter(None, (event.status or event.reply, event.reason)))
    issue = f"Issue {event.issue.slug}" if event.issue else "A mail"
    notes = [_PROOFS[event.proof]]
    if event.by_hand:
        notes.append("judged by a person")
    if not event.is_believed:
        notes.append("so nothing follows")
    elif event.is_spent:
        notes.append("counts no more: the suppression was lifted")
    told = f"{_KINDS[event.kind]}: {said}" if said else _KINDS[event.kind]
    return f"{issue} {told} (event {event.id}, {event.source}; {', '.join(notes)})."


def _known(subscriber: Subscriber | None, suppression: Suppression | None) -> Iterator[Moment]:
    if subscriber is not None and subscriber.created_at is not None:
        yield Moment(subscriber.created_at, "subscribed", "Became a subscriber.")
    if suppression is not None and suppression.created_at is not None:
        event = f" (event {suppression.event})" if suppression.event else ""
        yield Moment(
            suppression.created_at,
            "suppressed",
            f"Suppressed, for {_CAUSES[suppression.cause]}: {suppression.reason or 'no reason is kept'}{event}.",
        )


def _told_delivery(delivery: Delivery) -> str:
    why = f" ({delivery.reason})" if delivery.reason else ""
    words = {
        DeliveryStatus.SENT: "was accepted by the relay",
        DeliveryStatus.BOUNCED: "came back",
        DeliveryStatus.SKIPPED: "was not for them",
        DeliveryStatus.FAILED: "could not be sent",
        DeliveryStatus.DEFERRED: "is put off",
        DeliveryStatus.UNCERTAIN: "was handed over, and no answer came",
    }.get(delivery.status, f"is {delivery.status}")
    return f"Issue {delivery.issue.slug} {words}{why}."
