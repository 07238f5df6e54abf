"""An audience in the ledger without a selector: everybody is queued, or what the test says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from newsletter.domain.delivery import DeliveryStatus, Recipient, freeze
from newsletter.domain.issues import Issue
from newsletter.domain.ports import DecideAudience
from newsletter.domain.subscribers import Subscriber

__all__ = ["all_get", "readers"]


def readers(numbers: Iterable[int], domain: str = "example.org") -> list[Subscriber]:
    """Subscribers with these numbers."""
    return [Subscriber(email=f"reader{n}@{domain}", interests=("a", "b")) for n in numbers]


def all_get(
    issue: Issue,
    status: DeliveryStatus = DeliveryStatus.QUEUED,
    reason: str = "",
    due: datetime | None = None,
) -> DecideAudience:
    """Decides the same for everybody."""

    def decide(people: Sequence[Subscriber]) -> Iterator[tuple[Recipient, DeliveryStatus, str, datetime | None]]:
        for person in people:
            yield freeze(person, issue), status, reason, due

    return decide
