"""Subscribers, and the addresses never to be mailed again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, inspect, text

from newsletter.domain.issues import Edition
from newsletter.domain.subscribers import Preferences, Subscriber, SubscriptionState
from newsletter.store import Database, SqlStore
from tests.store.conftest import NOW

ADA = Subscriber(
    email="Ada@example.org",
    name="Ada Łovelace",
    interests=("retrieval-augmented generation", "-survey", "作者:王"),
    language="zh-Hans",
    cadence=Edition.WEEKLY,
    max_papers=30,
    origin="roster",
)
BO = Subscriber(email="bo@example.net")


def test_a_subscriber_is_found_again_whatever_the_case_of_the_address(store: SqlStore) -> None:
    assert store.subscribers.upsert([ADA]) == (1, 0)
    found = store.subscribers.get(" ADA@example.ORG")
    assert found is not None
    assert found.id > 0
    assert found == replace(ADA, id=found.id, created_at=NOW)
    assert store.subscribers.get("nobody@example.org") is None


def test_the_moment_of_an_import_is_kept(store: SqlStore) -> None:
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    store.subscribers.upsert([replace(ADA, created_at=long_ago)])
    store.subscribers.upsert([replace(ADA, name="Ada", created_at=NOW)])
    found = store.subscribers.get(ADA.email)
    assert found is not None
    assert (found.name, found.created_at) == ("Ada", long_ago)


def test_adding_again_counts_only_what_changed(store: SqlStore) -> None:
    store.subscribers.upsert([ADA, BO])
    before = list(store.subscribers.stream())
    assert store.subscribers.upsert([ADA, BO]) == (0, 0)
    assert store.subscribers.upsert([replace(ADA, interests=()), BO, Subscriber(email="cy@example.net")]) == (1, 1)
    assert [s.id for s in store.subscribers.stream()][:2] == [s.id for s in before]


def test_an_address_that_comes_twice_at_once_is_one_subscriber(store: SqlStore) -> None:
    assert store.subscribers.upsert([ADA, replace(ADA, email="ada@example.org", name="Later")]) == (1, 0)
    [found] = store.subscribers.stream()
    assert found.name == "Later"


def test_who_unsubscribed_stays_so_whatever_a_file_says(store: SqlStore) -> None:
    store.subscribers.upsert([ADA])
    assert store.subscribers.set_state("ada@example.org", SubscriptionState.UNSUBSCRIBED)
    store.subscribers.upsert([replace(ADA, name="Ada again", state=SubscriptionState.CONFIRMED)])
    found = store.subscribers.get(ADA.email)
    assert found is not None
    assert (found.state, found.name) == (SubscriptionState.UNSUBSCRIBED, "Ada again")


def test_the_state_of_nobody_cannot_be_set(store: SqlStore) -> None:
    assert not store.subscribers.set_state("nobody@example.org", SubscriptionState.CONFIRMED)


def test_a_subscriber_can_be_forgotten_once(store: SqlStore) -> None:
    store.subscribers.upsert([ADA, BO])
    assert store.subscribers.remove("ADA@example.org")
    assert not store.subscribers.remove("ADA@example.org")
    assert [s.email for s in store.subscribers.stream()] == [BO.email]
    assert store.subscribers.count() == 1


def _many(count: int) -> Iterator[Subscriber]:
    return (Subscriber(email=f"s{n:05}@example.org") for n in range(count))


def test_subscribers_are_taken_in_and_streamed_in_batches(store: SqlStore, database: Database) -> None:
    """Memory does not grow with their number: no statement reads or writes them all."""
    assert store.subscribers.upsert(_many(2500)) == (2500, 0)
    statements: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    streamed = list(store.subscribers.stream(batch=1000))
    assert [s.email for s in streamed] == [s.email for s in _many(2500)]
    assert len([s for s in statements if "SELECT" in s]) == 4
    assert [s.id for s in streamed] == sorted(s.id for s in streamed)


def test_whoever_comes_or_goes_during_a_stream_disturbs_nobody_else(store: SqlStore) -> None:
    store.subscribers.upsert(_many(10))
    seen = []
    for subscriber in store.subscribers.stream(batch=3):
        seen.append(subscriber.email)
        if len(seen) == 2:
            store.subscribers.remove("s00004@example.org")
            store.subscribers.upsert([Subscriber(email="late@example.org")])
    assert seen == [*(f"s{n:05}@example.org" for n in range(10) if n != 4), "late@example.org"]


# --- suppression ------------------------------------------------------------------------------------------------------


def test_a_suppressed_address_is_known_in_every_spelling_that_was_asked(store: SqlStore) -> None:
    store.suppressions.suppress("Ada@Exämple.org", "complaint")
    store.suppressions.suppress("ada@exämple.org", "again")
    asked = ["ada@exämple.org", "ADA@EXÄMPLE.ORG", "ada@xn--exmple-cua.org", "bo@example.net"]
    assert store.subscribers.suppressed(asked) == set(asked[:3])
    assert store.subscribers.suppressed([]) == frozenset()


def test_suppression_outlives_the_subscriber(store: SqlStore) -> None:
    store.subscribers.upsert([ADA])
    store.suppressions.suppress(ADA.email, "hard bounce")
    store.subscribers.remove(ADA.email)
    assert store.subscribers.suppressed([ADA.email]) == {ADA.email}


def test_only_a_keyed_hash_of_a_suppressed_address_is_kept(store: SqlStore, database: Database) -> None:
    """The address stands in no table, and without the key nobody can find out whose hash it is."""
    store.suppressions.suppress("zoe@example.org", "complaint")
    with database.read() as connection:
        kept = "".join(
            repr(row)
            for table in inspect(connection).get_table_names()
            for row in connection.execute(text(f'SELECT * FROM "{table}"'))
        )
    assert "complaint" in kept
    assert "zoe" not in kept
    assert "example.org" not in kept


def test_thousands_of_addresses_can_be_asked_for(store: SqlStore) -> None:
    store.suppressions.suppress("s00042@example.org", "complaint")
    asked = [s.email for s in _many(2500)]
    assert store.subscribers.suppressed(asked) == {"s00042@example.org"}


@pytest.mark.parametrize("moment", [NOW.replace(tzinfo=None)])
def test_a_moment_without_a_time_zone_is_a_mistake_of_the_caller(store: SqlStore, moment: datetime) -> None:
    with pytest.raises(Exception, match="an aware datetime was expected"):
        store.subscribers.upsert([replace(ADA, created_at=moment + timedelta(hours=1))])


def test_every_change_of_a_subscriber_is_counted_and_nothing_else(store: SqlStore, database: Database) -> None:
    def changes() -> int:
        with database.read() as connection:
            return int(connection.execute(text("SELECT changes FROM subscriber")).scalar_one())

    store.subscribers.upsert([ADA])
    (ada,) = store.subscribers.stream()
    assert changes() == 0
    store.subscribers.upsert([ADA])
    assert changes() == 0
    store.subscribers.upsert([replace(ADA, name="Ada")])
    assert changes() == 1
    store.subscribers.change(ada.id, Preferences(interests=("retrieval",)))
    assert changes() == 2
    store.subscribers.set_state(ADA.email, SubscriptionState.UNSUBSCRIBED)
    assert changes() == 3
