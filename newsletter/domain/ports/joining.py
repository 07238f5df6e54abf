"""What is kept of those who ask: requests, what limits count, and what was consented to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from newsletter.domain.subscribers import (
    Case,
    Consent,
    Decision,
    LinkState,
    Preferences,
    Quota,
    Request,
    RequestState,
    Subscriber,
    Suppression,
)

__all__ = ["DecideRequests", "JoiningStore", "RequestCounts", "Settled"]

DecideRequests = Callable[[Sequence[Case], int], Sequence[Decision]]
"""What becomes of each of some requests that wait; told too how many letters were decided on within the last hour."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What a round has done: requests that were decided on, letters that follow, and requests that go on waiting."""

    decided: int = 0
    letters: int = 0
    put_off: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCounts:
    """Requests since a moment, by their state, and how many wait now.

    And when the budget was last used up, and requests were last answered, if they ever were.
    """

    by_state: Mapping[RequestState, int]
    waiting: int = 0
    alarm: datetime | None = None
    answered: datetime | None = None


class JoiningStore(Protocol):
    """Requests. What depends on an address is read in `settle` and `confirm` alone."""

    def ask(self, request: Request, *, network: str, quota: Quota) -> datetime | None:
        """Keep a request, in one transaction that looks at nothing but how often this network has asked.

        Returns None where it is kept, else the moment from when on the network may ask again. An empty `network` is
        not counted.
        """
        ...

    def add_reader(self, wishes: Preferences, *, at: datetime, network: str, quota: Quota) -> Subscriber | datetime:
        """Add somebody who reads by feed alone.

        Or returns the moment from when on the network may ask again, as `ask` does.
        """
        ...

    def take(self, name: str, *, at: datetime, quota: Quota) -> bool:
        """Count one more of something that can be had so often, by whichever process; False where it cannot."""
        ...

    def find(self, request_id: int) -> Request | None:
        """The request of this number, or None."""
        ...

    def settle(self, decide: DecideRequests, *, now: datetime, limit: int) -> Settled:
        """Decide on the oldest requests that wait, and write all that follows, in one transaction."""
        ...

    def confirm(
        self, request: Request, *, now: datetime, client: str, may_return: Callable[[Suppression], bool]
    ) -> tuple[LinkState, Subscriber | None]:
        """Do what an open request asks for, once: the subscriber as they are then, unless it could not be done.

        `may_return` says whether a suppression of the address may be lifted by that.
        """
        ...

    def consents(self, subscriber_id: int) -> tuple[Consent, ...]:
        """What this subscriber has confirmed, the oldest first."""
        ...

    def alarm(self, now: datetime, every: timedelta) -> bool:
        """Note that the budget is used up; False where that was noted not so long ago, by whichever process."""
        ...

    def note_answered(self, now: datetime) -> None:
        """Note that somebody has looked at the requests and sent the letters that were due."""
        ...

    def counts(self, since: datetime) -> RequestCounts:
        """How requests stand."""
        ...

    def forget_tries(self, now: datetime) -> None:
        """Forget what no window reaches back to."""
        ...
