"""What is old is let go of a little at a time, and nothing else is, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from newsletter.domain.bounces import BounceRules, EventKind
from newsletter.domain.delivery import DeliveryStatus
from newsletter.domain.subscribers import Origin, Stale, Subscriber, SubscriptionState
from newsletter.services.retention import Retention
from newsletter.store import SqlStore
from tests.store.conftest import NOW
from tests.support.ledgers import all_get
from tests.support.returns import Mailing
from tests.support.samples import make_issue

DAY = timedelta(days=1)
PERIODS = dict.fromkeys(Stale, 30 * DAY)
S = SubscriptionState


def retention(store: SqlStore, *, after: timedelta = timedelta()) -> Retention:
    return Retention(
        store.retention,
        store.remains,
        PERIODS,
        clock=lambda: NOW + after,
        today=(NOW + after).date,
        pause=lambda _: None,
    )


def add(store: SqlStore, email: str, state: SubscriptionState, age: int, origin: str = Origin.SIGNUP) -> None:
    store.subscribers.add(Subscriber(email=email, state=state, origin=origin, created_at=NOW - age * DAY))


def test_who_never_confirmed_is_forgotten_and_nobody_else(store: SqlStore) -> None:
    add(store, "old@example.org", S.UNCONFIRMED, 31)
    add(store, "new@example.org", S.UNCONFIRMED, 29)
    add(store, "confirmed@example.org", S.CONFIRMED, 900)
    add(store, "left@example.org", S.UNSUBSCRIBED, 900)
    add(store, "roster@example.org", S.UNCONFIRMED, 900, Origin.ROSTER)
    service = retention(store)
    assert service.count()[Stale.UNCONFIRMED] == 1
    assert service.run()[Stale.UNCONFIRMED] == 1
    left = {subscriber.email.partition("@")[0] for subscriber in store.subscribers.stream()}
    assert left == {"new", "confirmed", "left", "roster"}


def test_of_old_issues_the_numbers_stay(store: SqlStore) -> None:
    mailing = Mailing(store, at=NOW - 40 * DAY)
    mailing.send(*(f"reader{n}@example.org" for n in range(2500)))
    young = Mailing(store, at=NOW - 20 * DAY, issue=make_issue(1, day=mailing.key.day + 20 * DAY))
    young.send("young@example.org")
    before = store.deliveries.totals(mailing.key)
    service = retention(store)
    assert service.count()[Stale.DELIVERIES] == 2500
    assert service.run()[Stale.DELIVERIES] == 2500
    assert store.deliveries.totals(mailing.key) == before
    assert {d.recipient.email for d in store.deliveries.of_issue(mailing.key)} == {""}
    assert all(d.recipient.email for d in store.deliveries.of_issue(young.key))
    assert service.count()[Stale.DELIVERIES] == service.run()[Stale.DELIVERIES] == 0


def test_an_issue_that_still_waits_for_something_is_left(store: SqlStore) -> None:
    issue = make_issue(1)
    store.subscribers.add(Subscriber(email="a@example.org"))
    store.deliveries.plan(issue, all_get(issue), at=NOW - 400 * DAY)
    assert retention(store).run()[Stale.DELIVERIES] == 0
    assert [d.status for d in store.deliveries.of_issue(issue.key)] == [DeliveryStatus.QUEUED]


def test_a_late_bounce_of_an_issue_that_is_forgotten_hurts_nobody(store: SqlStore) -> None:
    mailing = Mailing(store, at=NOW - 40 * DAY)
    mailing.send("a@example.org")
    arrival = mailing.arrival("a@example.org", EventKind.HARD)
    retention(store).run()
    assert store.events.take_in([arrival], BounceRules()).suppressed == 0
    assert store.suppressions.found(["a@example.org"]) == {}


def test_who_reads_by_feed_alone_is_kept_while_they_read(store: SqlStore) -> None:
    numbers = []
    for n in range(3):
        reader = Subscriber(email="", state=S.FEED, origin=Origin.SIGNUP, created_at=NOW - 90 * DAY)
        with store.database.write() as connection:
            numbers.append(store.subscribers.insert_within(connection, replace(reader, name=str(n))).id)
    store.subscribers.note_read({numbers[0]}, NOW.date())
    store.subscribers.note_read({numbers[1]}, (NOW - 60 * DAY).date())
    assert retention(store).run()[Stale.FEEDS] == 2
    assert [subscriber.id for subscriber in store.subscribers.stream()] == [numbers[0]]


def test_a_reading_is_never_dated_back(store: SqlStore) -> None:
    reader = Subscriber(email="", state=S.FEED, origin=Origin.SIGNUP, created_at=NOW - 90 * DAY)
    with store.database.write() as connection:
        number = store.subscribers.insert_within(connection, reader).id
    store.subscribers.note_read({number}, NOW.date())
    store.subscribers.note_read({number}, (NOW - 60 * DAY).date())
    assert retention(store).run()[Stale.FEEDS] == 0


def test_events_lose_their_words_first(store: SqlStore) -> None:
    mailing = Mailing(store, at=NOW)
    mailing.send("a@example.org")
    store.events.take_in([mailing.arrival("a@example.org", EventKind.SOFT)], BounceRules())
    periods = PERIODS | {Stale.EVENTS: 100 * DAY, Stale.DELIVERIES: 900 * DAY}
    for days, evidence, events in ((29, 0, 0), (31, 1, 0), (99, 0, 0), (101, 0, 1)):
        service = Retention(
            store.retention,
            store.remains,
            periods,
            clock=lambda days=days: NOW + days * DAY,  # type: ignore[misc]
            today=NOW.date,
            pause=lambda _: None,
        )
        counts = service.run()
        assert (counts[Stale.EVIDENCE], counts[Stale.EVENTS]) == (evidence, events), days


def test_once_a_day_whoever_comes_first(store: SqlStore) -> None:
    assert retention(store).run_daily() is not None
    assert retention(store).run_daily() is None
    assert retention(store, after=DAY).run_daily() is not None
    assert retention(store).run_daily() is None, "a clock that is behind"


def test_it_ends_between_two_transactions(store: SqlStore) -> None:
    mailing = Mailing(store, at=NOW - 40 * DAY)
    mailing.send(*(f"reader{n}@example.org" for n in range(2100)))
    asked = iter([True] * 5 + [False] * 20)
    assert retention(store).run(goes_on=lambda: next(asked))[Stale.DELIVERIES] == 1000
    assert retention(store).run()[Stale.DELIVERIES] == 1100


def test_remains_are_cleared_where_there_may_be_some(store: SqlStore) -> None:
    store.remains.suspect()
    retention(store).run()
    assert not store.remains.are_suspected
