"""Asking and confirming: to join, to move to another address, for the link to one's preferences.

Whoever asks gets the same answer in the same time, whatever is known of the address: a request is one row, and nothing
is looked up but how often their network has asked. What follows from it is decided later (`settling.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from newsletter.domain.delivery import SigningSecrets, read_token, request_token, subscriber_token
from newsletter.domain.ports import Clock, JoiningStore
from newsletter.domain.subscribers import (
    JoiningRules,
    LinkState,
    Preferences,
    Request,
    RequestKind,
    Subscriber,
    Suppression,
    check_address,
    link_state,
    may_lift,
)

__all__ = ["Asker", "Joining", "Link"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks, and how.

    `address` is the network address, `network` what limits count by (`web.clients.Client.network`); both are empty
    where that is not known. `language` is that of the page, `form` the version of the form that was filled in.
    """

    address: str = ""
    network: str = ""
    language: str = ""
    form: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What the link of a letter leads to.

    `request` says what was asked with which address; `subscriber` is who has been confirmed or moved just now, and
    `preferences` the token of their preferences (only where `state` is `done`).
    """

    request: Request
    state: LinkState
    subscriber: Subscriber | None = None
    preferences: str = ""


class Joining:
    """The use cases."""

    def __init__(
        self,
        store: JoiningStore,
        *,
        rules: JoiningRules,
        secrets: Callable[[], SigningSecrets],
        clock: Clock,
        record_ip: bool = False,
        sends_first: bool = True,
    ) -> None:
        """`secrets` sign tokens; `record_ip` keeps who asked as proof; `sends_first` lets who joins get an issue."""
        self._store = store
        self._rules = rules
        self._secrets = secrets
        self._clock = clock
        self._record_ip = record_ip
        self._sends_first = sends_first

    def ask_to_join(
        self, email: str, wishes: Preferences, *, asker: Asker, wants_first: bool = False
    ) -> datetime | None:
        """Take in that somebody wants the newsletter at this address, with these preferences.

        Returns None where that is taken in; else their network has asked too often, and may again from that moment on.

        Raises:
            AddressInvalid: it is no address.
        """
        return self._ask(RequestKind.JOIN, email, asker, wishes=wishes, wants_first=wants_first)

    def ask_for_link(self, email: str, *, asker: Asker) -> datetime | None:
        """Take in that somebody has lost the link to their preferences; returns and raises as `ask_to_join`."""
        return self._ask(RequestKind.LINK, email, asker)

    def ask_to_move(self, subscriber: Subscriber, email: str, *, asker: Asker) -> datetime | None:
        """Take in that a subscriber wants the newsletter at another address; returns and raises as `ask_to_join`.

        Who asks must have proved to be the subscriber, by the link to their preferences.
        """
        return self._ask(RequestKind.MOVE, email, asker, subscriber_id=subscriber.id)

    def _ask(
        self,
        kind: RequestKind,
        email: str,
        asker: Asker,
        *,
        wishes: Preferences | None = None,
        wants_first: bool = False,
        subscriber_id: int = 0,
    ) -> datetime | None:
        request = Request(
            kind=kind,
            email=check_address(email),
            asked_at=self._clock(),
            wishes=wishes,
            subscriber_id=subscriber_id,
            language=asker.language,
            form=asker.form,
            wants_first=wants_first and self._sends_first,
            client=asker.address if self._record_ip else "",
        )
        return self._store.ask(request, network=asker.network, quota=self._rules.per_client)

    def feed_only(self, wishes: Preferences, *, asker: Asker) -> Subscriber | datetime:
        """Add somebody who reads by a private feed, without an address; or the moment from when on they may ask again.

        There is nobody to ask: the page that shows the feed's address and the link to the preferences is all they have.
        """
        now = self._clock()
        quota = self._rules.per_client
        return self._store.add_reader(wishes, at=now, network=asker.network, quota=quota)

    def preferences_token(self, subscriber: Subscriber) -> str:
        """The token of a subscriber's preferences, for who has just proved to be them."""
        return subscriber_token(self._secrets().present, "preferences", subscriber.id, subscriber.email)

    def find(self, token: str) -> Link | None:
        """What a link leads to; nothing changes. None where the token is wrong, or there never was such a link."""
        number = read_token(token)
        request = None if number is None else self._store.find(number)
        if request is None or not self._secrets().signed(token, lambda secret: _token(secret, request)):
            return None
        state = link_state(request, self._clock(), self._rules.lifetime)
        return None if state is None else Link(request=request, state=state)

    def confirm(self, token: str, *, asker: Asker) -> Link | None:
        """The button was pressed: do what was asked, once. None where the token is wrong."""
        link = self.find(token)
        if link is None or link.state is not LinkState.OPEN:
            return link
        client = asker.address if self._record_ip else ""
        state, subscriber = self._store.confirm(
            link.request, now=self._clock(), client=client, may_return=self._may_return
        )
        token = self.preferences_token(subscriber) if subscriber is not None else ""
        return Link(request=link.request, state=state, subscriber=subscriber, preferences=token)

    def _may_return(self, suppression: Suppression) -> bool:
        return may_lift(suppression, self._clock(), complaint_wait=self._rules.complaint_wait)


def _token(secret: bytes, request: Request) -> str:
    return request_token(secret, request.kind, request.id, request.email, request.asked_at)
