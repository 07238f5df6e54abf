"""Deliveries, and all stores together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from newsletter.domain.delivery import (
    Change,
    Delivery,
    DeliveryStatus,
    DispatchStatus,
    DomainRest,
    Recipient,
    UncertainPolicy,
)
from newsletter.domain.issues import Issue, IssueKey
from newsletter.domain.ports.events import EventStore, WebhookStore
from newsletter.domain.ports.issue_stores import ArchiveStore, IssueStore, NoteStore
from newsletter.domain.ports.paper_stores import ListingStore, PaperStore, SummaryStore
from newsletter.domain.ports.subscriber_stores import SubscriberStore
from newsletter.domain.subscribers import Subscriber

__all__ = ["DecideAudience", "DeliveryStore", "Store"]

DecideAudience = Callable[[Sequence[Subscriber]], Iterable[tuple[Recipient, DeliveryStatus, str, datetime | None]]]
"""For each of some subscribers, in their order: as whom they are frozen, in which state, the reason, when it is due."""


class DeliveryStore(Protocol):
    """The ledger: one row a (issue, address).

    Who sends is a *run*, which holds rows by a lease. A run whose lease has ended can be retired by anybody; from then
    on it can change nothing, so that a process that wakes up late cannot send what another has taken over.
    """

    def plan(self, issue: Issue, decide: DecideAudience, *, at: datetime) -> int:
        """Freeze the audience in one transaction; returns how many rows are new. Existing rows are not touched.

        `decide` is asked about every subscriber with an id above `planned_through`, many at a time; about one who
        changed before the transaction began, again.
        """
        ...

    def include(self, key: IssueKey, recipient: Recipient, *, at: datetime) -> Delivery | None:
        """Plan an issue for one recipient more; returns their delivery, an earlier one where there is one.

        None where the issue was never planned. Who was passed over for not being subscribed then is planned anew.
        """
        ...

    def status(self, key: IssueKey) -> DispatchStatus | None:
        """What is known of the dispatch of an issue; None before it was planned."""
        ...

    def planned_through(self, key: IssueKey) -> int:
        """The greatest id of a subscriber that was planned; 0 before."""
        ...

    def pause(self, key: IssueKey, reason: str) -> None:
        """Pause an issue, or let it go on with an empty reason."""
        ...

    def open_run(self, key: IssueKey, owner: str, *, at: datetime, until: datetime) -> int:
        """Begin a run with a lease; returns its id, which is the fence."""
        ...

    def keep_run(self, run: int, *, until: datetime, sent: int) -> int:
        """Extend the lease, note how many it sent so far; returns how many runs are open, 0 if this one was retired."""
        ...

    def crew(self, run: int, *, at: datetime) -> tuple[int, int]:
        """The place of a run among those that send at this moment, whatever issue, from 0; and how many these are."""
        ...

    def close_run(self, run: int, *, at: datetime, sent: int, uncertain: UncertainPolicy) -> None:
        """End a run: what it holds is given back, what it has begun and not settled is uncertain."""
        ...

    def retire_runs(
        self, key: IssueKey, *, at: datetime, is_dead: Callable[[str], bool], uncertain: UncertainPolicy
    ) -> int:
        """End the runs whose lease is over or whose owner is dead; returns how many deliveries were left uncertain.

        What they held goes back into the queue; what was `sending` becomes `uncertain`, or `queued` under `resend`.
        """
        ...

    def claim(
        self,
        run: int,
        *,
        at: datetime,
        limit: int,
        after: int = 0,
        without: Sequence[str] = (),
        only: Sequence[int] = (),
    ) -> tuple[Delivery, ...]:
        """Take deliveries that may be sent now: due, held by no run, with an id above `after`, of no such domain.

        Where some are named by `only`, no others.
        """
        ...

    def record(self, run: int, changes: Sequence[Change], *, at: datetime) -> frozenset[int]:
        """Write these steps in one transaction, durably; returns the ids that this run does not hold (any more)."""
        ...

    def rests(self, *, at: datetime) -> tuple[DomainRest, ...]:
        """The domains that rest at this moment."""
        ...

    def sent_since(self, at: datetime) -> int:
        """How many messages the runs that ended since a moment had accepted: at least what a daily quota has used."""
        ...

    def next_due(self, key: IssueKey) -> datetime | None:
        """When the next deferred delivery of an issue is due."""
        ...

    def waiting(self, key: IssueKey, *, at: datetime) -> tuple[int, datetime | None]:
        """How many deliveries of an issue wait for their reader's hour at a moment, and until when the first does."""
        ...

    def unfinished(self, *, at: datetime, since: datetime) -> tuple[IssueKey, ...]:
        """The issues planned since a moment that have mail which may be sent now, and that nobody is sending."""
        ...

    def settle_uncertain(self, key: IssueKey, status: DeliveryStatus, *, at: datetime, email: str = "") -> int:
        """Decide on uncertain deliveries (all of an issue, or one): `queued`, `sent` or `failed`; returns how many."""
        ...

    def totals(self, key: IssueKey) -> Mapping[DeliveryStatus, int]:
        """How many deliveries of an issue are in each state."""
        ...

    def reasons(self, key: IssueKey) -> Mapping[tuple[DeliveryStatus, str], int]:
        """How many deliveries of an issue are in each state for each reason."""
        ...

    def open_runs(self, key: IssueKey) -> int:
        """How many processes are sending an issue, or were when they ended without a word."""
        ...

    def missing(self, key: IssueKey, *, limit: int) -> tuple[str, ...]:
        """Addresses (some) of subscribers whom planning has passed over without a row: there should be none."""
        ...

    def find(self, key: IssueKey, email: str) -> Delivery | None:
        """The delivery of an issue to an address, or None."""
        ...

    def refused(self, since: datetime) -> Iterator[Delivery]:
        """The deliveries that failed since a moment, or that a 5xx put off, of whatever issue, streamed."""
        ...

    def of_address(self, email: str, *, limit: int) -> tuple[Delivery, ...]:
        """The newest deliveries to an address, of whatever issue, the oldest of them first."""
        ...

    def latest_of(self, subscriber_id: int, *, issues: int) -> tuple[Delivery, ...]:
        """What became of the newest issues for a subscriber, newest first; of those that were planned for them."""
        ...

    def of_issue(self, key: IssueKey, *, batch: int = 1000) -> Iterator[Delivery]:
        """Every delivery of an issue, streamed."""
        ...


class Store(Protocol):
    """All repositories over one database, and the newsletter's own secret."""

    @property
    def papers(self) -> PaperStore:
        """Announcements and papers."""
        ...

    @property
    def listings(self) -> ListingStore:
        """How each feed ended."""
        ...

    @property
    def summaries(self) -> SummaryStore:
        """What engines wrote."""
        ...

    @property
    def notes(self) -> NoteStore:
        """What editors wrote."""
        ...

    @property
    def archives(self) -> ArchiveStore:
        """Digests that were imported."""
        ...

    @property
    def issues(self) -> IssueStore:
        """Frozen issues."""
        ...

    @property
    def subscribers(self) -> SubscriberStore:
        """Who gets the newsletter."""
        ...

    @property
    def deliveries(self) -> DeliveryStore:
        """The ledger."""
        ...

    @property
    def events(self) -> EventStore:
        """What came back."""
        ...

    @property
    def webhooks(self) -> WebhookStore:
        """What processes that answer webhooks know together."""
        ...

    def secret(self) -> bytes:
        """32 random bytes made when the database was created; signs unsubscribe links and envelope senders."""
        ...
