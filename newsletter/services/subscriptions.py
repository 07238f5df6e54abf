"""What readers do with their own subscription, through the preferences link in their mail (`services.links`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import TypedDict

from newsletter.domain.interests import LineRemark, Remark, remarks
from newsletter.domain.ports import Clock, SubscriberStore, SuppressionStore
from newsletter.domain.subscribers import (
    FIELDS,
    Cause,
    Problem,
    Subscriber,
    SubscriptionState,
    boxes,
    fill_form,
    may_lift,
    read_form,
    surplus,
)
from newsletter.services.links import Links, Purpose

__all__ = ["PreferencesForm", "PreferencesOutcome", "Purpose", "Subscriptions"]


MOST_REMARKS = 20
"""Remarks on new interests that are shown at once."""


class PreferencesOutcome(StrEnum):
    """What came of a change of preferences."""

    UNTOUCHED = "untouched"
    SAVED = "saved"
    REJECTED = "rejected"
    RETURNED = "returned"
    SUPPRESSED = "suppressed"
    FEED_RENEWED = "feed-renewed"


@dataclass(frozen=True, slots=True)
class PreferencesForm:
    """A subscriber's preferences as a page shows them.

    `fields` are texts by field name: what is stored, or what was typed where that was `rejected`. `languages` are the
    tags that can be chosen. `feed` is the token of the private feed, `day` that of the reader's own pages; empty for
    who is not subscribed. `remarks` say how new interests were read where that may not be what was meant.
    `stopped` says why nothing is sent, whatever their subscription says: mail came back, the reader complained, or the
    operator wants it so; None while mail is sent. `may_return` is whether they can change that themselves; after a
    complaint they can from the day `returns_on`.
    """

    subscriber: Subscriber
    fields: Mapping[str, str]
    languages: tuple[str, ...]
    outcome: PreferencesOutcome = PreferencesOutcome.UNTOUCHED
    problems: tuple[Problem, ...] = ()
    feed: str = ""
    day: str = ""
    remarks: tuple[LineRemark, ...] = ()
    stopped: Cause | None = None
    may_return: bool = True
    returns_on: date | None = None


class _Stopped(TypedDict, total=False):
    stopped: Cause
    may_return: bool
    returns_on: date | None


class Subscriptions:
    """The use cases."""

    def __init__(
        self,
        links: Links,
        subscribers: SubscriberStore,
        suppressions: SuppressionStore,
        *,
        check_interest: Callable[[str], Remark | None],
        clock: Clock,
        complaint_wait: timedelta,
        languages: Sequence[str],
        topics: Sequence[str] = (),
    ) -> None:
        """`languages` are those the newsletter is written in.

        `complaint_wait` is how long after a complaint nobody can come back; `topics` are the slugs that can be ticked,
        in the catalogue's order.
        """
        self._links = links
        self._subscribers = subscribers
        self._suppressions = suppressions
        self._clock = clock
        self._complaint_wait = complaint_wait
        self._check = check_interest
        self._languages = tuple(languages)
        self._topics = tuple(topics)

    def find(self, purpose: Purpose, token: str) -> Subscriber | None:
        """Whose token this is, see `Links.find`."""
        return self._links.find(purpose, token)

    def preferences(self, token: str) -> PreferencesForm | None:
        """What is stored; None where the token is wrong."""
        subscriber = self._links.find(Purpose.PREFERENCES, token)
        if subscriber is None:
            return None
        return self._form(subscriber, PreferencesOutcome.UNTOUCHED, problems=surplus(subscriber.interests))

    def save(self, token: str, fields: Mapping[str, str]) -> PreferencesForm | None:
        """Keep these preferences if all of them can be used; None where the token is wrong. Never subscribes again."""
        subscriber = self._links.find(Purpose.PREFERENCES, token)
        if subscriber is None:
            return None
        offered = self._offered(subscriber)
        chosen, problems = read_form(
            fields,
            languages=offered,
            check_interest=self._check,
            topics=self._topics,
            before=subscriber.interests,
        )
        if chosen is None:
            ticked = {box: "on" for box in boxes(self._topics, offered) if box in fields}
            typed = {name: fields.get(name, "") for name in FIELDS} | ticked
            return self._form(subscriber, PreferencesOutcome.REJECTED, typed, problems)
        if not self._subscribers.change(subscriber.id, chosen):
            return None
        changed = replace(
            subscriber,
            name=chosen.name,
            interests=chosen.interests,
            language=chosen.language,
            cadence=chosen.cadence,
            max_papers=chosen.max_papers,
            rhythm=chosen.rhythm,
        )
        said = remarks(text for text in chosen.interests if text not in subscriber.interests)
        return replace(self._form(changed, PreferencesOutcome.SAVED), remarks=tuple(said[:MOST_REMARKS]))

    def come_back(self, token: str) -> PreferencesForm | None:
        """Subscribe again: the link came by mail, so the address is proved. None where the token is wrong.

        That lifts a suppression after bounces, and one after a complaint when its time is over (`may_lift`); any other
        stays, and is the operator's to lift.
        """
        subscriber = self._links.find(Purpose.PREFERENCES, token)
        if subscriber is None:
            return None
        suppression = self._suppressions.found([subscriber.email]).get(subscriber.email)
        if suppression is not None:
            if not may_lift(suppression, self._clock(), complaint_wait=self._complaint_wait):
                return self._form(subscriber, PreferencesOutcome.SUPPRESSED)
            self._suppressions.lift(subscriber.email)
        if not self._subscribers.set_state(subscriber.email, SubscriptionState.CONFIRMED):
            return None
        return self._form(replace(subscriber, state=SubscriptionState.CONFIRMED), PreferencesOutcome.RETURNED)

    def renew_feed(self, token: str) -> PreferencesForm | None:
        """Give the private feed a new address, and end the one it had. None where the token is wrong."""
        subscriber = self._links.find(Purpose.PREFERENCES, token)
        if subscriber is None or not self._subscribers.renew_feed(subscriber.id):
            return None
        # read again, not counted: somebody else may have done the same
        renewed = self._subscribers.by_id(subscriber.id)
        return None if renewed is None else self._form(renewed, PreferencesOutcome.FEED_RENEWED)

    def _form(
        self,
        subscriber: Subscriber,
        outcome: PreferencesOutcome,
        fields: Mapping[str, str] | None = None,
        problems: tuple[Problem, ...] = (),
    ) -> PreferencesForm:
        subscribed = subscriber.state is SubscriptionState.CONFIRMED
        return PreferencesForm(
            subscriber,
            fill_form(subscriber, self._topics) if fields is None else fields,
            self._offered(subscriber),
            outcome,
            problems,
            self._links.token(Purpose.FEED, subscriber) if subscribed else "",
            self._links.token(Purpose.DAY, subscriber) if subscribed else "",
            **self._stopped(subscriber.email),
        )

    def _stopped(self, email: str) -> _Stopped:
        suppression = self._suppressions.found([email]).get(email)
        if suppression is None:
            return {}
        wait = self._complaint_wait
        returns_on = None
        if suppression.cause is Cause.COMPLAINT and suppression.created_at is not None:
            returns_on = (suppression.created_at + wait).date()
        return {
            "stopped": suppression.cause,
            "may_return": may_lift(suppression, self._clock(), complaint_wait=wait),
            "returns_on": returns_on,
        }

    def _offered(self, subscriber: Subscriber) -> tuple[str, ...]:
        """The newsletter's languages, and the one a subscriber has already: saving must not take it away."""
        return tuple(dict.fromkeys(filter(None, (*self._languages, subscriber.language))))
