"""Requests in the store: one row without a look, decided on together, confirmed once."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text

from newsletter.domain.ports import DecideRequests
from newsletter.domain.subscribers import (
    JoiningRules,
    LinkState,
    Origin,
    Preferences,
    Quota,
    Request,
    RequestKind,
    RequestState,
    SubscriptionState,
    decide,
)
from newsletter.store import SqlStore
from tests.store.conftest import NOW

RULES = JoiningRules()
TEN = Quota(10, timedelta(hours=1))


def by_the_rules(rules: JoiningRules = RULES) -> DecideRequests:
    return lambda cases, used: decide(cases, rules, now=NOW, used=used)


def asks(store: SqlStore, email: str = "ada@example.org", kind: RequestKind = RequestKind.JOIN) -> None:
    wishes = Preferences(interests=("rag",)) if kind is RequestKind.JOIN else None
    request = Request(kind=kind, email=email, asked_at=NOW, wishes=wishes, form="page-1")
    assert store.joining.ask(request, network="", quota=TEN) is None


def settled(store: SqlStore) -> Request:
    """Decide on all that wait; the request that came last."""
    store.joining.settle(by_the_rules(), now=NOW, limit=1000)
    with store.database.read() as connection:
        number = connection.execute(text("SELECT max(id) FROM request")).scalar_one()
    request = store.joining.find(number)
    assert request is not None
    return request


def test_who_asks_is_written_down_when_the_request_is_accepted(store: SqlStore) -> None:
    asks(store)
    assert store.subscribers.get("ada@example.org") is None
    settled(store)
    subscriber = store.subscribers.get("ada@example.org")
    assert subscriber is not None
    assert (subscriber.state, subscriber.origin) == (SubscriptionState.UNCONFIRMED, Origin.SIGNUP)
    assert subscriber.interests == ("rag",)


def test_an_open_request_is_confirmed_once(store: SqlStore) -> None:
    asks(store)
    request = settled(store)
    state, subscriber = store.joining.confirm(request, now=NOW, client="", may_return=lambda _: True)
    assert state is LinkState.DONE
    assert subscriber is not None
    assert subscriber.state is SubscriptionState.CONFIRMED
    assert store.subscribers.get("ada@example.org") == subscriber
    assert [consent.form for consent in store.joining.consents(subscriber.id)] == ["page-1"]
    again = store.joining.confirm(request, now=NOW, client="", may_return=lambda _: True)
    assert again == (LinkState.USED, None)


def test_a_network_asks_ten_times_an_hour_and_hears_from_when_on_it_may_again(store: SqlStore) -> None:
    request = Request(kind=RequestKind.LINK, email="ada@example.org", asked_at=NOW)
    answers = [store.joining.ask(request, network="192.0.2.7", quota=TEN) for _ in range(11)]
    assert answers == [None] * 10 + [NOW + timedelta(hours=1)]
    assert store.joining.ask(request, network="192.0.2.8", quota=TEN) is None
    assert store.joining.counts(NOW).waiting == 11


def test_of_what_led_to_nothing_no_address_is_kept(store: SqlStore) -> None:
    asks(store, kind=RequestKind.LINK)
    request = settled(store)
    assert (request.state, request.email, request.reason) == (RequestState.DROPPED, "", "nobody has this address")
