"""Leaving: one click, and what is offered instead of it before and after.

The rules, in the order in which they are applied:

1. the token of the link may end a subscription and lessen it, for ever and for whoever holds it: mail is passed on,
   and nobody may gain by that more than a reader less;
2. who has just left gets a proof with the page, which brings the subscription back for an hour: undone, or less of it.
   Whoever left earlier comes back by their mailbox alone;
3. nothing here lifts a suppression: to an address that complained or bounced no way back is offered.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from newsletter.domain.ports import Clock, SubscriberStore, SuppressionStore
from newsletter.domain.subscribers import Instead, Subscriber, SubscriptionState, alternatives, stay
from newsletter.services.links import Links, Purpose

__all__ = ["Leaving", "LeavingForm", "LeavingStep"]

_UNDONE_WITHIN = timedelta(hours=1)


class LeavingStep(StrEnum):
    """Where somebody stands who follows the link.

    `asked`: they are asked whether they want to leave. `left`: they just did. `gone`: they had left before. `stayed`:
    they chose something else. `late`: they chose something else when that could not be done any more.
    """

    ASKED = "asked"
    LEFT = "left"
    GONE = "gone"
    STAYED = "stayed"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class LeavingForm:
    """What the page shows: the reader as they are now, and what can be chosen.

    `proof` goes with what is chosen by somebody who has just left; empty otherwise. `chosen` is what they `stayed` by.
    """

    subscriber: Subscriber
    step: LeavingStep
    alternatives: tuple[Instead, ...] = ()
    proof: str = ""
    chosen: Instead | None = None


class Leaving:
    """The use cases."""

    def __init__(
        self,
        links: Links,
        subscribers: SubscriberStore,
        suppressions: SuppressionStore,
        *,
        clock: Clock,
        today: Callable[[], date],
    ) -> None:
        """`today` is the day where the newsletter is at home."""
        self._links = links
        self._subscribers = subscribers
        self._suppressions = suppressions
        self._clock = clock
        self._today = today

    def ask(self, token: str) -> LeavingForm | None:
        """What the link shows before anything is done; None where the token is wrong."""
        subscriber = self._find(token)
        return None if subscriber is None else self._standing(subscriber)

    def leave(self, token: str) -> LeavingForm | None:
        """End a subscription, whatever its state was; safe to repeat. None where the token is wrong.

        It holds when this returns: deliveries that are claimed from then on skip the subscriber. It is written even
        where a complaint has ended the subscription before: then nobody can take that back without asking them.
        """
        before = self._find(token)
        if before is None or not self._subscribers.set_state(before.email, SubscriptionState.UNSUBSCRIBED):
            return None
        gone = replace(before, state=SubscriptionState.UNSUBSCRIBED)
        if before.state is SubscriptionState.UNSUBSCRIBED:
            return LeavingForm(gone, LeavingStep.GONE)
        if before.state is not SubscriptionState.CONFIRMED or self._is_suppressed(before):
            return LeavingForm(gone, LeavingStep.LEFT)
        proof = self._links.proof(Purpose.UNDO, before, self._clock())
        return LeavingForm(gone, LeavingStep.LEFT, (Instead.UNDO, *alternatives(gone, self._today())), proof)

    def stay(self, token: str, choice: str, proof: str) -> LeavingForm | None:
        """Do what was chosen over leaving; None where the token is wrong.

        Args:
            token: as the link carries it.
            choice: an `Instead`; any other text chooses nothing.
            proof: what `leave` gave, for who has left.
        """
        subscriber = self._find(token)
        if subscriber is None:
            return None
        if choice not in frozenset(Instead) or subscriber.state is SubscriptionState.UNCONFIRMED:
            return self._standing(subscriber)
        if subscriber.state is SubscriptionState.UNSUBSCRIBED and not self._may_undo(subscriber, proof):
            return LeavingForm(subscriber, LeavingStep.LATE)
        chosen = Instead(choice)
        edited = self._subscribers.edit(subscriber.email, lambda current: stay(current, chosen, self._today()))
        return None if edited is None else LeavingForm(edited[1], LeavingStep.STAYED, chosen=chosen)

    def _find(self, token: str) -> Subscriber | None:
        """Whose link it is; who reads by feed alone gets no mail to leave."""
        subscriber = self._links.find(Purpose.UNSUBSCRIBE, token)
        return None if subscriber is None or subscriber.state is SubscriptionState.FEED else subscriber

    def _standing(self, subscriber: Subscriber) -> LeavingForm:
        if subscriber.state is SubscriptionState.UNSUBSCRIBED:
            return LeavingForm(subscriber, LeavingStep.GONE)
        offered = alternatives(subscriber, self._today()) if subscriber.state is SubscriptionState.CONFIRMED else ()
        return LeavingForm(subscriber, LeavingStep.ASKED, offered)

    def _may_undo(self, subscriber: Subscriber, proof: str) -> bool:
        return not self._is_suppressed(subscriber) and self._links.proves(
            Purpose.UNDO, subscriber, proof, now=self._clock(), within=_UNDONE_WITHIN
        )

    def _is_suppressed(self, subscriber: Subscriber) -> bool:
        return bool(self._suppressions.found([subscriber.email]))
