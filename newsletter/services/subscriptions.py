"""What readers do with their own subscription, through the preferences link in their mail (`services.links`).

Every act but saving leaves what was typed beside it as it was typed, unsaved: nothing that a reader wrote is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from newsletter.domain.interests import Remark, remarks
from newsletter.domain.ports import Clock, SubscriberStore, SuppressionStore
from newsletter.domain.subscribers import (
    CATCH_UP,
    Preferences,
    Problem,
    ProblemKind,
    Subscriber,
    SubscriptionState,
    asks_for_everything,
    may_lift,
    read_form,
    read_pause,
    surplus,
)
from newsletter.services.links import Links, Purpose
from newsletter.services.preferences_forms import PreferencesForm, PreferencesForms, PreferencesOutcome

__all__ = ["Subscriptions"]


MOST_REMARKS = 20
"""Remarks on new interests that are shown at once."""

Fields = Mapping[str, str]
"""A form as it came; one with the act alone has no interests typed beside it."""


class Subscriptions:
    """The use cases; each gives None where the token is wrong."""

    def __init__(
        self,
        links: Links,
        forms: PreferencesForms,
        subscribers: SubscriberStore,
        suppressions: SuppressionStore,
        *,
        check_interest: Callable[[str], Remark | None],
        clock: Clock,
        today: Callable[[], date],
    ) -> None:
        """`today` is the day where the newsletter is at home."""
        self._links = links
        self._forms = forms
        self._subscribers = subscribers
        self._suppressions = suppressions
        self._check = check_interest
        self._clock = clock
        self._today = today

    def find(self, purpose: Purpose, token: str) -> Subscriber | None:
        """Whose token this is, see `Links.find`."""
        return self._links.find(purpose, token)

    def preferences(self, token: str) -> PreferencesForm | None:
        """What is stored."""
        subscriber = self._reader(token)
        if subscriber is None:
            return None
        return self._forms.fill(subscriber, problems=surplus(subscriber.interests))

    def show(self, token: str, fields: Fields) -> PreferencesForm | None:
        """What was typed, unsaved, with what is wrong with it."""
        subscriber = self._reader(token)
        if subscriber is None:
            return None
        _, problems = self._read(subscriber, fields)
        return self._forms.fill(subscriber, typed=fields, problems=problems)

    def wish(self, token: str, fields: Fields) -> PreferencesForm | None:
        """What was typed, and nothing beside it: what a preview is made from, asked for with every pause in typing."""
        subscriber = self._reader(token)
        return None if subscriber is None else self._forms.bare(subscriber, fields)

    def save(self, token: str, fields: Fields) -> PreferencesForm | None:
        """Keep these preferences if all of them can be used. Never subscribes again.

        Who wanted something in particular and now wants everything is asked first; `everything` in the form is their
        yes.
        """
        subscriber = self._reader(token)
        if subscriber is None:
            return None
        chosen, problems = self._read(subscriber, fields)
        if chosen is None:
            return self._forms.fill(subscriber, PreferencesOutcome.REJECTED, {"interests": "", **fields}, problems)
        widens = asks_for_everything(chosen.interests) and not asks_for_everything(subscriber.interests)
        if widens and "everything" not in fields:
            return self._forms.fill(subscriber, PreferencesOutcome.EVERYTHING, fields)
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
        return replace(self._forms.fill(changed, PreferencesOutcome.SAVED), remarks=tuple(said[:MOST_REMARKS]))

    def pause(self, token: str, fields: Fields) -> PreferencesForm | None:
        """Send no mail until a day; whoever is paused already gets another end."""
        subscriber = self._reader(token)
        if subscriber is None:
            return None
        today = self._today()
        pause = read_pause(fields, today)
        if pause is None:
            problem = Problem("paused_until", ProblemKind.NO_DATE)
            return self._forms.fill(subscriber, PreferencesOutcome.REJECTED, fields, (problem,))
        since = subscriber.paused_since if subscriber.is_paused_on(today) else None
        paused = self._subscribers.pause(
            subscriber.id, since=since or today, until=pause.until, catch_up=pause.catch_up
        )
        return self._again(subscriber.id, PreferencesOutcome.PAUSED, fields) if paused else None

    def resume(self, token: str, fields: Fields) -> PreferencesForm | None:
        """End a pause today; with `catch_up` the best of what was missed comes."""
        subscriber = self._reader(token)
        if subscriber is None:
            return None
        today, since = self._today(), subscriber.paused_since
        if since is not None and since < today and "catch_up" in fields:
            done = self._subscribers.pause(subscriber.id, since=since, until=today, catch_up=CATCH_UP)
        else:
            done = self._subscribers.end_pause(subscriber.id)
        return self._again(subscriber.id, PreferencesOutcome.RESUMED, fields) if done else None

    def come_back(self, token: str, fields: Fields) -> PreferencesForm | None:
        """Subscribe again: the link came by mail, so the address is proved.

        That lifts a suppression after bounces, and one after a complaint when its time is over (`may_lift`); any other
        stays, and is the operator's to lift.
        """
        subscriber = self._reader(token)
        if subscriber is None:
            return None
        suppression = self._suppressions.found([subscriber.email]).get(subscriber.email)
        if suppression is not None:
            if not may_lift(suppression, self._clock(), complaint_wait=self._forms.complaint_wait):
                return self._forms.fill(subscriber, PreferencesOutcome.SUPPRESSED, fields)
            self._suppressions.lift(subscriber.email)
        if not self._subscribers.set_state(subscriber.email, SubscriptionState.CONFIRMED):
            return None
        return self._again(subscriber.id, PreferencesOutcome.RETURNED, fields)

    def renew_feed(self, token: str, fields: Fields) -> PreferencesForm | None:
        """Give the private feed a new address, and end the one it had."""
        subscriber = self._reader(token)
        if subscriber is None or not self._subscribers.renew_feed(subscriber.id):
            return None
        return self._again(subscriber.id, PreferencesOutcome.FEED_RENEWED, fields)

    def _reader(self, token: str) -> Subscriber | None:
        return self._links.find(Purpose.PREFERENCES, token)

    def _read(self, subscriber: Subscriber, fields: Fields) -> tuple[Preferences | None, tuple[Problem, ...]]:
        return read_form(
            fields,
            languages=self._forms.offered(subscriber),
            check_interest=self._check,
            topics=self._forms.topics,
            before=subscriber.interests,
        )

    def _again(self, number: int, outcome: PreferencesOutcome, fields: Fields) -> PreferencesForm | None:
        # read again, not counted or set: somebody else may have changed the same
        subscriber = self._subscribers.by_id(number)
        return None if subscriber is None else self._forms.fill(subscriber, outcome, fields)
