"""Subscribers, and the addresses never to be mailed again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event, inspect, text

from newsletter.domain.issues import Edition, PaperOrder
from newsletter.domain.notation import Weekday
from newsletter.domain.subscribers import (
    AT_ONCE,
    Preferences,
    Rhythm,
    Subscriber,
    SubscriptionState,
)
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


RHYTHM = Rhythm(
    weekdays_only=True,
    weekly_on=Weekday.MONDAY,
    more_than=4,
    hour=0,
    order=PaperOrder.NEWEST,
    reads=("zh-Hans", "de"),
)


def test_what_was_chosen_of_when_and_how_comes_back_and_nothing_is_kept_of_who_chose_nothing(
    store: SqlStore, database: Database
) -> None:
    store.subscribers.upsert([replace(BO, rhythm=RHYTHM), replace(ADA, rhythm=Rhythm(hour=7))])
    bo, ada = store.subscribers.stream()
    assert (bo.rhythm, ada.rhythm) == (RHYTHM, Rhythm(hour=7))
    store.subscribers.change(bo.id, Preferences())
    assert store.subscribers.by_id(bo.id) == replace(BO, id=bo.id, created_at=bo.created_at)
    with database.read() as connection:
        kept = connection.execute(text("SELECT rhythm FROM subscriber ORDER BY id")).scalars().all()
    assert kept == ["", '{"hour":7}']


def test_readers_who_chose_the_same_share_one_rhythm(store: SqlStore) -> None:
    store.subscribers.upsert([replace(BO, email=f"{n}@example.org", rhythm=RHYTHM) for n in range(3)])
    store.subscribers.upsert([BO])
    assert len({id(one.rhythm) for one in store.subscribers.stream()}) == 2
    assert [one.rhythm is AT_ONCE for one in store.subscribers.stream()][-1]


def test_a_pause_is_two_dates_and_ends_on_the_day_that_somebody_says(store: SqlStore) -> None:
    store.subscribers.upsert([BO])
    (bo,) = store.subscribers.stream()
    first, last = date(2026, 8, 3), date(2026, 8, 17)
    assert store.subscribers.pause(bo.id, since=first, until=last, catch_up=10)
    paused = store.subscribers.by_id(bo.id)
    assert paused is not None
    assert (paused.paused_since, paused.paused_until, paused.catch_up) == (first, last, 10)
    assert store.subscribers.end_pause(bo.id, on=date(2026, 8, 20))
    assert store.subscribers.by_id(bo.id) == paused  # it has ended before
    assert store.subscribers.end_pause(bo.id, on=date(2026, 8, 10))
    resumed = store.subscribers.by_id(bo.id)
    assert resumed == replace(paused, paused_until=date(2026, 8, 10))
    assert store.subscribers.end_pause(bo.id)
    assert store.subscribers.by_id(bo.id) == bo
    assert not store.subscribers.pause(bo.id + 1, since=first, until=last)


def test_who_is_paused_gets_no_issue_of_a_day_before_the_pause_ends(store: SqlStore) -> None:
    store.subscribers.upsert([BO, ADA])
    bo = store.subscribers.get(BO.email)
    assert bo is not None
    store.subscribers.pause(bo.id, since=date(2026, 8, 3), until=date(2026, 8, 5))
    emails = [BO.email, ADA.email, "nobody@example.org"]
    assert store.subscribers.barred(emails, day=date(2026, 8, 4)) == {
        BO.email: "paused",
        "nobody@example.org": "unsubscribed",
    }
    assert store.subscribers.barred(emails[:2], day=date(2026, 8, 5)) == {}


def test_the_days_on_which_somebodys_week_ends(store: SqlStore) -> None:
    monday, sunday = Rhythm(weekly_on=Weekday.MONDAY), Rhythm(weekly_on=Weekday.SUNDAY, hour=7)
    weekly = replace(BO, cadence=Edition.WEEKLY)
    people = [
        replace(weekly, rhythm=monday),
        replace(weekly, rhythm=sunday),
        replace(weekly, rhythm=replace(monday, hour=9)),
        replace(weekly, rhythm=Rhythm(weekly_on=Weekday.TUESDAY), state=SubscriptionState.UNSUBSCRIBED),
        replace(BO, rhythm=Rhythm(weekly_on=Weekday.WEDNESDAY)),
        weekly,
    ]
    store.subscribers.upsert([replace(one, email=f"{n}@example.org") for n, one in enumerate(people)])
    assert store.subscribers.weekdays() == {Weekday.MONDAY, Weekday.SUNDAY}


def test_a_roster_that_says_nothing_of_a_pause_leaves_it_and_a_row_that_is_edited_counts_for_the_rest(
    store: SqlStore,
) -> None:
    """As with everything else that a reader has chosen since."""
    store.subscribers.upsert([ADA])
    ada = store.subscribers.get(ADA.email)
    assert ada is not None
    store.subscribers.change(ada.id, Preferences(rhythm=RHYTHM))
    store.subscribers.pause(ada.id, since=date(2026, 8, 3), until=date(2026, 8, 17), catch_up=10)
    assert store.subscribers.upsert([ADA]) == (0, 0)
    assert store.subscribers.upsert([replace(ADA, name="Ada")]) == (0, 1)
    edited = store.subscribers.get(ADA.email)
    assert edited is not None
    assert (edited.name, edited.rhythm, edited.catch_up) == ("Ada", AT_ONCE, 10)
    assert edited.paused_until == date(2026, 8, 17)
    until = replace(ADA, name="Ada", paused_until=date(2026, 9, 1))
    assert store.subscribers.upsert([until]) == (0, 1)
    assert store.subscribers.upsert([until]) == (0, 0)
    named = store.subscribers.get(ADA.email)
    assert named is not None
    assert (named.paused_since, named.paused_until, named.catch_up) == (NOW.date(), date(2026, 9, 1), 0)


def test_the_hash_of_a_roster_row_is_what_it_was_before_rosters_knew_of_rhythms(
    store: SqlStore, database: Database
) -> None:
    store.subscribers.upsert([ADA])
    with database.read() as connection:
        kept = connection.execute(text("SELECT roster_row FROM subscriber")).scalar_one()
    assert kept == "d059b352c91518a98da8062d6294ff5f"


def test_a_file_does_not_take_back_what_somebody_has_confirmed(store: SqlStore) -> None:
    store.subscribers.upsert([replace(BO, state=SubscriptionState.CONFIRMED)])
    store.subscribers.upsert([replace(BO, state=SubscriptionState.UNCONFIRMED, origin="import")])
    bo = store.subscribers.get(BO.email)
    assert bo is not None
    assert bo.state is SubscriptionState.CONFIRMED
