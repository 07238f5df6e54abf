"""What readers do with their own subscription, through the links in their mail.

The link is the proof: its token names one subscriber and one purpose, and only the newsletter can have made it
(`domain.tokens`). A token stops working when the address changes or the subscriber is gone. Nothing here says
whether a number or an address exists to somebody whose token is wrong.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from newsletter.domain.ports import SubscriberStore
from newsletter.domain.preferences import FIELDS, Problem, fill_form, read_form
from newsletter.domain.subscriptions import Subscriber, SubscriptionState
from newsletter.domain.tokens import read_token, subscriber_token

__all__ = ["Outcome", "PreferencesForm", "Purpose", "Subscriptions"]


class Purpose(StrEnum):
    """What a token may be used for. One never opens what another does."""

    UNSUBSCRIBE = "unsubscribe"
    PREFERENCES = "preferences"


class Outcome(StrEnum):
    """What came of a change of preferences."""

    UNTOUCHED = "untouched"
    SAVED = "saved"
    REJECTED = "rejected"
    RETURNED = "returned"
    SUPPRESSED = "suppressed"


@dataclass(frozen=True, slots=True)
class PreferencesForm:
    """A subscriber's preferences as a page shows them.

    `fields` are texts by field name: what is stored, or what was typed where that was `rejected`. `languages` are the
    tags that can be chosen.
    """

    subscriber: Subscriber
    fields: Mapping[str, str]
    languages: tuple[str, ...]
    outcome: Outcome = Outcome.UNTOUCHED
    problems: tuple[Problem, ...] = ()


class Subscriptions:
    """The use cases."""

    def __init__(
        self,
        subscribers: SubscriberStore,
        *,
        secret: Callable[[], bytes],
        check_interest: Callable[[str], str | None],
        languages: Sequence[str],
    ) -> None:
        """`secret` is what the mails' tokens were made with; `languages` are those the newsletter is written in."""
        self._subscribers = subscribers
        self._secret = secret
        self._check = check_interest
        self._languages = tuple(languages)

    def find(self, purpose: Purpose, token: str) -> Subscriber | None:
        """Whose token this is; None where it is wrong, for something else, or of an address that has changed."""
        number = read_token(token)
        subscriber = None if number is None else self._subscribers.by_id(number)
        if number is None or subscriber is None:
            return None
        expected = subscriber_token(self._secret(), purpose, number, subscriber.email)
        return subscriber if hmac.compare_digest(expected.encode(), token.encode()) else None

    def unsubscribe(self, token: str) -> Subscriber | None:
        """End a subscription, whatever its state was; safe to repeat. None where the token is wrong.

        It holds when this returns: deliveries that are claimed from then on skip the subscriber.
        """
        subscriber = self.find(Purpose.UNSUBSCRIBE, token)
        if subscriber is None or subscriber.state is SubscriptionState.UNSUBSCRIBED:
            return subscriber
        if not self._subscribers.set_state(subscriber.email, SubscriptionState.UNSUBSCRIBED):
            return None
        return replace(subscriber, state=SubscriptionState.UNSUBSCRIBED)

    def preferences(self, token: str) -> PreferencesForm | None:
        """What is stored; None where the token is wrong."""
        subscriber = self.find(Purpose.PREFERENCES, token)
        return None if subscriber is None else self._form(subscriber, Outcome.UNTOUCHED)

    def save(self, token: str, fields: Mapping[str, str]) -> PreferencesForm | None:
        """Keep these preferences if all of them can be used; None where the token is wrong. Never subscribes again."""
        subscriber = self.find(Purpose.PREFERENCES, token)
        if subscriber is None:
            return None
        offered = self._offered(subscriber)
        chosen, problems = read_form(fields, languages=offered, check_interest=self._check)
        if chosen is None:
            typed = {name: fields.get(name, "") for name in FIELDS}
            return PreferencesForm(subscriber, typed, offered, Outcome.REJECTED, problems)
        if not self._subscribers.change(subscriber.id, chosen):
            return None
        kept = replace(
            subscriber,
            name=chosen.name,
            interests=chosen.interests,
            language=chosen.language,
            cadence=chosen.cadence,
            max_papers=chosen.max_papers,
        )
        return self._form(kept, Outcome.SAVED)

    def come_back(self, token: str) -> PreferencesForm | None:
        """Subscribe again: the link came by mail, so the address is proved. None where the token is wrong.

        A suppressed address (one that bounced or complained) stays so; that is the operator's to lift.
        """
        subscriber = self.find(Purpose.PREFERENCES, token)
        if subscriber is None:
            return None
        if self._subscribers.suppressed([subscriber.email]):
            return self._form(subscriber, Outcome.SUPPRESSED)
        if not self._subscribers.set_state(subscriber.email, SubscriptionState.CONFIRMED):
            return None
        return self._form(replace(subscriber, state=SubscriptionState.CONFIRMED), Outcome.RETURNED)

    def _form(self, subscriber: Subscriber, outcome: Outcome) -> PreferencesForm:
        return PreferencesForm(subscriber, fill_form(subscriber), self._offered(subscriber), outcome)

    def _offered(self, subscriber: Subscriber) -> tuple[str, ...]:
        """The newsletter's languages, and the one a subscriber has already: saving must not take it away."""
        return tuple(dict.fromkeys(filter(None, (*self._languages, subscriber.language))))
