"""What is kept of subscribers, and the addresses never to be mailed again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Protocol

from newsletter.domain.delivery import SkipReason
from newsletter.domain.notation import Weekday
from newsletter.domain.subscribers import Preferences, Subscriber, SubscriptionState, Suppression

__all__ = ["SubscriberStore", "SuppressionStore"]


class SubscriberStore(Protocol):
    """Subscribers, and the addresses never to be mailed again."""

    def upsert(self, subscribers: Iterable[Subscriber], *, dry_run: bool = False) -> tuple[int, int]:
        """Add or change by address; returns (added, changed). An unsubscribed address stays unsubscribed.

        One out of a file (`Origin.ROSTER`, `Origin.IMPORT`) that is the same as when it was last given is left as it is
        in the store. With `dry_run` it is only counted.
        """
        ...

    def add(self, subscriber: Subscriber) -> bool:
        """Add somebody whose address is not known yet; False, and nothing is changed, if it is."""
        ...

    def edit(self, email: str, change: Callable[[Subscriber], Subscriber]) -> tuple[Subscriber, Subscriber] | None:
        """Change a subscriber, all of it or nothing; returns them before and after, None if nobody has the address."""
        ...

    def prune(self, ids: Sequence[int]) -> int:
        """Forget these at once, but for those who have unsubscribed since; returns how many went."""
        ...

    def get(self, email: str) -> Subscriber | None:
        """The subscriber of this address, or None."""
        ...

    def by_id(self, subscriber_id: int) -> Subscriber | None:
        """The subscriber of this number, or None."""
        ...

    def set_state(self, email: str, state: SubscriptionState) -> bool:
        """Confirm or unsubscribe an address; False if nobody has it."""
        ...

    def change(self, subscriber_id: int, preferences: Preferences) -> bool:
        """Keep what a subscriber chose; address and state are not touched. False if there is no such subscriber."""
        ...

    def pause(self, subscriber_id: int, *, since: date, until: date, catch_up: int = 0) -> bool:
        """Let no issue come from one day until another; `catch_up` papers missed come then. False if nobody is it."""
        ...

    def end_pause(self, subscriber_id: int, *, on: date | None = None) -> bool:
        """Let mail come again from the issue of a day; without one, forget the pause. False if nobody is it.

        A pause that has ended before that day stays as it was, so that what was missed is still known.
        """
        ...

    def awaiting_catch_up(self, day: date) -> tuple[Subscriber, ...]:
        """Those whose pause has ended by this day, and who want the best of what they missed."""
        ...

    def weekdays(self) -> frozenset[Weekday]:
        """The days that close the week of some confirmed reader's weekly digest, beside the newsletter's own."""
        ...

    def note_read(self, subscriber_ids: Collection[int], day: date) -> None:
        """Note that these have read their feed on a day."""
        ...

    def renew_feed(self, subscriber_id: int) -> bool:
        """Begin another epoch of a subscriber's private feed; False if there is no such subscriber."""
        ...

    def stream(self, *, batch: int = 1000, after: int = 0) -> Iterator[Subscriber]:
        """Every subscriber with an id above `after`, ordered by id, in batches: memory does not grow with them."""
        ...

    def count(self) -> int:
        """How many there are."""
        ...

    def remove(self, email: str) -> bool:
        """Forget a subscriber; False if there was none."""
        ...

    def suppressed(self, emails: Sequence[str]) -> frozenset[str]:
        """Which of these addresses are suppressed."""
        ...

    def barred(self, emails: Sequence[str], *, day: date) -> Mapping[str, SkipReason]:
        """Which of these addresses must get no issue of a day, as it is at this moment, and why.

        One without a subscriber is among them.
        """
        ...


class SuppressionStore(Protocol):
    """The addresses never to be mailed again."""

    def keys(self) -> tuple[bytes, ...]:
        """The keys that the hashes were made with, this database's own first."""
        ...

    def add_keys(self, keys: Iterable[bytes]) -> None:
        """Try these keys too from now on.

        Raises:
            StoreError: these would be more than are tried on every address.
        """
        ...

    def take_in(self, suppressions: Iterable[Suppression]) -> int:
        """Keep these, by address or by hash; returns how many are new."""
        ...

    def found(self, emails: Sequence[str]) -> Mapping[str, Suppression]:
        """What is kept about those of these addresses that are suppressed."""
        ...

    def stream(self) -> Iterator[Suppression]:
        """Every suppression, ordered by hash, in batches."""
        ...

    def lift(self, email: str) -> bool:
        """Let an address be mailed again; False if it was not suppressed."""
        ...
