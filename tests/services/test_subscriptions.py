"""What a link may do to a subscription, on both databases."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from newsletter.domain.delivery import feed_token, subscriber_token
from newsletter.domain.subscribers import Cause, Preferences, Subscriber, SubscriptionState, Suppression
from newsletter.domain.subscribers.preferences import ProblemKind
from newsletter.services.links import Purpose
from newsletter.services.preferences_forms import PreferencesOutcome
from newsletter.store import Database, SqlStore
from tests.support.mails import SECRET
from tests.support.web import make_leaving, make_store, make_subscriptions

EMAIL = "ada@example.org"
NOW = datetime(2026, 6, 2, 6, 30, tzinfo=UTC)
FORM = {"interests": "retrieval", "cadence": "weekly"}


@pytest.fixture
def store(database: Database) -> SqlStore:
    """A store with two subscribers."""
    store = make_store(database)
    store.subscribers.upsert([Subscriber(email="other@example.org"), Subscriber(email=EMAIL, interests=("agents",))])
    return store


def reader(store: SqlStore, email: str = EMAIL) -> Subscriber:
    found = store.subscribers.get(email)
    assert found is not None
    return found


def token(store: SqlStore, purpose: str) -> str:
    return subscriber_token(SECRET, purpose, reader(store).id, EMAIL)


def test_a_token_finds_its_subscriber(store: SqlStore) -> None:
    found = make_subscriptions(store).find(Purpose.UNSUBSCRIBE, token(store, "unsubscribe"))
    assert found == reader(store)


@pytest.mark.parametrize("number", [-1, 0, 2**31 - 1, 2**31, 2**63, 10**18 - 1])
def test_a_number_that_nobody_has_finds_nobody(store: SqlStore, number: int) -> None:
    assert finds_nobody(store, number)


def test_the_number_of_who_comes_next_finds_nobody(store: SqlStore) -> None:
    # PostgreSQL goes on counting where the test before has ended: no number of its own is the next everywhere
    assert finds_nobody(store, max(someone.id for someone in store.subscribers.stream()) + 1)


def finds_nobody(store: SqlStore, number: int) -> bool:
    forged = subscriber_token(b"other secret", "unsubscribe", number, EMAIL)
    return store.subscribers.by_id(number) is None and (
        make_subscriptions(store).find(Purpose.UNSUBSCRIBE, forged) is None
    )


def test_the_token_of_another_secret_is_wrong(store: SqlStore) -> None:
    forged = subscriber_token(b"other secret", "unsubscribe", reader(store).id, EMAIL)
    assert make_leaving(store).leave(forged) is None
    assert reader(store).state is SubscriptionState.CONFIRMED


def test_links_made_with_an_earlier_secret_go_on_working(database: Database, store: SqlStore) -> None:
    renewed = SqlStore(database, clock=lambda: NOW, secret=b"n" * 32, earlier=[SECRET])
    service = make_subscriptions(renewed)
    feed = feed_token(SECRET, reader(store).id, EMAIL, 0)
    assert service.find(Purpose.FEED, feed) == reader(store)
    form = service.preferences(token(store, "preferences"))
    assert form is not None
    assert form.feed == feed_token(b"n" * 32, reader(store).id, EMAIL, 0), "what is made anew is made with the new one"
    assert make_leaving(renewed).leave(token(store, "unsubscribe")) is not None
    assert reader(store).state is SubscriptionState.UNSUBSCRIBED


def test_the_secret_that_the_database_made_counts_when_the_operator_sets_another(database: Database) -> None:
    before = SqlStore(database, clock=lambda: NOW)
    before.subscribers.upsert([Subscriber(email=EMAIL)])
    sent = subscriber_token(before.secret(), "unsubscribe", reader(before).id, EMAIL)
    after = SqlStore(database, clock=lambda: NOW, secret=b"n" * 32)
    assert make_leaving(after).leave(sent) is not None


def test_preferences_are_kept_whole_or_not_at_all(store: SqlStore) -> None:
    service = make_subscriptions(store)
    rejected = service.save(token(store, "preferences"), FORM | {"max_papers": "-1"})
    assert rejected is not None
    assert rejected.outcome is PreferencesOutcome.REJECTED
    assert reader(store).interests == ("agents",)
    saved = service.save(token(store, "preferences"), FORM)
    assert saved is not None
    assert saved.outcome is PreferencesOutcome.SAVED
    assert saved.subscriber == reader(store)
    assert reader(store).interests == ("retrieval",)


def test_saving_never_subscribes(store: SqlStore) -> None:
    store.subscribers.set_state(EMAIL, SubscriptionState.UNSUBSCRIBED)
    make_subscriptions(store).save(token(store, "preferences"), FORM)
    assert reader(store).state is SubscriptionState.UNSUBSCRIBED


def test_the_way_back_is_closed_to_a_suppressed_address(store: SqlStore) -> None:
    service = make_subscriptions(store)
    store.subscribers.set_state(EMAIL, SubscriptionState.UNSUBSCRIBED)
    returned = service.come_back(token(store, "preferences"), {})
    assert returned is not None
    assert returned.outcome is PreferencesOutcome.RETURNED
    store.subscribers.set_state(EMAIL, SubscriptionState.UNSUBSCRIBED)
    store.suppressions.suppress(EMAIL, "asked by letter")
    refused = service.come_back(token(store, "preferences"), {})
    assert refused is not None
    assert refused.outcome is PreferencesOutcome.SUPPRESSED
    assert reader(store).state is SubscriptionState.UNSUBSCRIBED


@pytest.mark.parametrize(
    ("cause", "after", "outcome"),
    [
        (Cause.HARD, timedelta(), PreferencesOutcome.RETURNED),
        (Cause.SOFT, timedelta(), PreferencesOutcome.RETURNED),
        (Cause.COMPLAINT, timedelta(days=364), PreferencesOutcome.SUPPRESSED),
        (Cause.COMPLAINT, timedelta(days=365), PreferencesOutcome.RETURNED),
    ],
)
def test_a_person_lifts_what_bounces_did_and_what_a_complaint_did_when_its_time_is_over(
    store: SqlStore, cause: Cause, after: timedelta, outcome: PreferencesOutcome
) -> None:
    store.suppressions.take_in([Suppression(email=EMAIL, cause=cause, created_at=NOW, event=1)])
    came = make_subscriptions(store, clock=lambda: NOW + after).come_back(token(store, "preferences"), {})
    assert came is not None
    assert came.outcome is outcome
    assert bool(store.suppressions.suppressed([EMAIL])) == (outcome is PreferencesOutcome.SUPPRESSED)


def test_who_bounced_is_shown_the_way_back_though_they_never_left(store: SqlStore) -> None:
    service = make_subscriptions(store)
    assert not service.preferences(token(store, "preferences")).stopped  # type: ignore[union-attr]
    store.suppressions.take_in([Suppression(email=EMAIL, cause=Cause.HARD, event=1)])
    assert service.preferences(token(store, "preferences")).stopped  # type: ignore[union-attr]
    assert not service.come_back(token(store, "preferences"), {}).stopped  # type: ignore[union-attr]


def test_a_language_that_is_no_longer_written_can_stay(store: SqlStore) -> None:
    store.subscribers.upsert([replace(reader(store), language="fr")])
    service = make_subscriptions(store)
    kept = service.save(token(store, "preferences"), FORM | {"language": "fr"})
    assert kept is not None
    assert kept.outcome is PreferencesOutcome.SAVED
    other = service.save(token(store, "preferences"), FORM | {"language": "de"})
    assert other is not None
    assert other.outcome is PreferencesOutcome.REJECTED


def test_changing_who_is_gone_changes_nothing(store: SqlStore) -> None:
    assert not store.subscribers.change(99, Preferences(name="Nobody"))
    assert store.subscribers.count() == 2


def test_a_roster_that_is_taken_in_meanwhile_does_not_undo_an_unsubscribe(store: SqlStore) -> None:
    """The roster's transaction has read the row; the unsubscribe comes; the roster writes."""
    has_read, may_write = threading.Event(), threading.Event()

    class Slow(Subscriber):
        """Waits where its row is made, between reading and writing."""

        @property
        def interests(self) -> tuple[str, ...]:
            has_read.set()
            may_write.wait(5)
            return ("from the roster",)

        @interests.setter
        def interests(self, value: tuple[str, ...]) -> None:
            """Ignore what the constructor sets."""

    roster = threading.Thread(target=store.subscribers.upsert, args=([Slow(email=EMAIL)],))
    link = threading.Thread(target=make_leaving(store).leave, args=(token(store, "unsubscribe"),))
    roster.start()
    assert has_read.wait(5)
    link.start()
    link.join(0.3)  # it waits for the roster's transaction, or it would be lost
    may_write.set()
    roster.join(10)
    link.join(10)
    assert reader(store).interests == ("from the roster",)
    assert reader(store).state is SubscriptionState.UNSUBSCRIBED


def test_what_a_reader_chose_holds_until_the_roster_row_is_edited(store: SqlStore) -> None:
    row = Subscriber(email=EMAIL, interests=("from the roster",), origin="roster")
    assert store.subscribers.upsert([row]) == (0, 1)
    make_subscriptions(store).save(token(store, "preferences"), FORM)
    assert store.subscribers.upsert([row]) == (0, 0)
    assert reader(store).interests == ("retrieval",)
    assert store.subscribers.upsert([replace(row, interests=("edited",))]) == (0, 1)
    assert reader(store).interests == ("edited",)


def test_who_comes_back_stays_back_when_the_roster_is_read_again(store: SqlStore) -> None:
    row = Subscriber(email=EMAIL, origin="roster")
    store.subscribers.upsert([row])
    make_leaving(store).leave(token(store, "unsubscribe"))
    store.subscribers.upsert([row, replace(row, email="third@example.org")])
    assert reader(store).state is SubscriptionState.UNSUBSCRIBED
    make_subscriptions(store).come_back(token(store, "preferences"), {})
    store.subscribers.upsert([row])
    assert reader(store).state is SubscriptionState.CONFIRMED


def test_a_new_address_ends_the_feeds_old_one_and_nothing_else(store: SqlStore) -> None:
    service = make_subscriptions(store)
    first = service.preferences(token(store, "preferences"))
    assert first is not None
    assert service.find(Purpose.FEED, first.feed) == reader(store)
    second = service.renew_feed(token(store, "preferences"), {})
    assert second is not None
    assert second.outcome is PreferencesOutcome.FEED_RENEWED
    assert service.find(Purpose.FEED, first.feed) is None
    assert service.find(Purpose.FEED, second.feed) == reader(store)
    assert service.find(Purpose.UNSUBSCRIBE, token(store, "unsubscribe")) == reader(store)
    assert reader(store) == replace(first.subscriber, feed_epoch=1)
    assert reader(store, "other@example.org").feed_epoch == 0


def test_no_other_token_renews_a_feed(store: SqlStore) -> None:
    service = make_subscriptions(store)
    form = service.preferences(token(store, "preferences"))
    assert form is not None
    for wrong in (form.feed, token(store, "unsubscribe"), "1.x"):
        assert service.renew_feed(wrong, {}) is None
    assert reader(store).feed_epoch == 0


def test_a_roster_that_is_taken_in_again_keeps_the_feeds_address(store: SqlStore) -> None:
    service = make_subscriptions(store)
    renewed = service.renew_feed(token(store, "preferences"), {})
    assert renewed is not None
    store.subscribers.upsert([Subscriber(email=EMAIL, interests=("other",), origin="roster")])
    assert service.find(Purpose.FEED, renewed.feed) == reader(store)


def test_a_feed_that_was_revoked_stays_so_for_the_same_address_subscribed_anew(store: SqlStore) -> None:
    service = make_subscriptions(store)
    first = service.preferences(token(store, "preferences"))
    assert first is not None
    service.renew_feed(token(store, "preferences"), {})
    old = reader(store)
    store.subscribers.remove(EMAIL)
    store.subscribers.upsert([Subscriber(email=EMAIL)])
    assert reader(store).id > old.id
    assert service.find(Purpose.FEED, first.feed) is None
    unsubscribe = subscriber_token(SECRET, "unsubscribe", old.id, EMAIL)
    assert service.find(Purpose.UNSUBSCRIBE, unsubscribe) is None


def test_how_new_lines_were_read_is_said_once(store: SqlStore) -> None:
    form = {"interests": "rag, llm\nlanguage models", "cadence": "daily"}
    service = make_subscriptions(store)
    saved = service.save(token(store, "preferences"), form)
    assert saved is not None
    assert [*map(str, saved.remarks)] == ["“rag, llm”: a list: read as rag OR llm."]
    again = service.save(token(store, "preferences"), form | {"interests": form["interests"] + "\nagents"})
    assert again is not None
    assert again.remarks == ()


def test_a_stored_list_above_the_limit_is_named_on_the_page(store: SqlStore) -> None:
    store.subscribers.upsert([replace(reader(store), interests=tuple(f"(a{n} OR b) AND mod*" for n in range(60)))])
    shown = make_subscriptions(store).preferences(token(store, "preferences"))
    assert shown is not None
    (problem,) = shown.problems
    assert (problem.kind, problem.text) == (ProblemKind.TOO_MANY_TERMS, "1,320")
