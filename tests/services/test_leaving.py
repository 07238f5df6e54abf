"""Leaving and what is offered instead, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from newsletter.domain.delivery import subscriber_token
from newsletter.domain.issues import Edition
from newsletter.domain.subscribers import Cause, Instead, Subscriber, SubscriptionState, Suppression
from newsletter.services.leaving import Leaving, LeavingForm, LeavingStep
from newsletter.store import Database, SqlStore
from tests.support.mails import SECRET
from tests.support.web import feed_reader, make_leaving, make_store

EMAIL, OTHER = "ada@example.org", "other@example.org"
NOW = datetime(2026, 6, 2, 6, 30, tzinfo=UTC)
TODAY = NOW.date()


class Clock:
    """A clock that is put forward."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Morning."""
    return Clock()


@pytest.fixture
def store(database: Database) -> SqlStore:
    """A store with two subscribers."""
    store = make_store(database)
    store.subscribers.upsert([Subscriber(email=OTHER), Subscriber(email=EMAIL, interests=("agents",), max_papers=30)])
    return store


@pytest.fixture
def leaving(store: SqlStore, clock: Clock) -> Leaving:
    """The use cases."""
    return make_leaving(store, clock=clock)


def reader(store: SqlStore, email: str = EMAIL) -> Subscriber:
    found = store.subscribers.get(email)
    assert found is not None
    return found


@pytest.fixture
def token(store: SqlStore) -> str:
    """Ada's."""
    return subscriber_token(SECRET, "unsubscribe", reader(store).id, EMAIL)


def left(leaving: Leaving, token: str) -> LeavingForm:
    form = leaving.leave(token)
    assert form is not None
    return form


def stay(leaving: Leaving, token: str, choice: str, proof: str = "") -> LeavingForm:
    form = leaving.stay(token, choice, proof)
    assert form is not None
    return form


@pytest.mark.parametrize("before", [one for one in SubscriptionState if one is not SubscriptionState.FEED])
def test_leaving_ends_every_state(store: SqlStore, leaving: Leaving, token: str, before: SubscriptionState) -> None:
    store.subscribers.set_state(EMAIL, before)
    for _ in range(2):
        assert left(leaving, token).subscriber == reader(store)
        assert reader(store).state is SubscriptionState.UNSUBSCRIBED
    assert reader(store, OTHER).state is SubscriptionState.CONFIRMED


def test_who_leaves_again_is_told_that_they_had_left(leaving: Leaving, token: str) -> None:
    steps = [left(leaving, token).step for _ in range(3)]
    assert steps == [LeavingStep.LEFT, LeavingStep.GONE, LeavingStep.GONE]
    asked = leaving.ask(token)
    assert asked is not None
    assert (asked.step, asked.alternatives, asked.proof) == (LeavingStep.GONE, (), "")


def test_undoing_brings_back_what_was(store: SqlStore, leaving: Leaving, token: str) -> None:
    before = reader(store)
    form = left(leaving, token)
    assert form.alternatives[0] is Instead.UNDO
    assert stay(leaving, token, "undo", form.proof).step is LeavingStep.STAYED
    assert reader(store) == before


@pytest.mark.parametrize(
    ("choice", "changes"),
    [
        ("weekly", {"cadence": Edition.WEEKLY}),
        ("fewer", {"max_papers": 10}),
        ("pause", {"paused_since": TODAY, "paused_until": TODAY + timedelta(days=28)}),
    ],
)
@pytest.mark.parametrize("after", [False, True], ids=["before leaving", "after leaving"])
def test_less_can_be_chosen(
    store: SqlStore, leaving: Leaving, token: str, choice: str, changes: dict[str, object], *, after: bool
) -> None:
    before = reader(store)
    proof = left(leaving, token).proof if after else ""
    assert stay(leaving, token, choice, proof).chosen is Instead(choice)
    assert reader(store) == replace(before, **changes)  # type: ignore[arg-type]


def test_what_would_change_nothing_is_not_offered(store: SqlStore, leaving: Leaving, token: str) -> None:
    store.subscribers.edit(EMAIL, lambda one: replace(one, cadence=Edition.WEEKLY, max_papers=10))
    form = leaving.ask(token)
    assert form is not None
    assert not {Instead.WEEKLY, Instead.FEWER, Instead.UNDO} & set(form.alternatives)


def test_a_pause_is_made_longer_and_never_shorter(store: SqlStore, leaving: Leaving, token: str) -> None:
    number, day = reader(store).id, timedelta(days=1)
    store.subscribers.pause(number, since=TODAY - day, until=TODAY + day, catch_up=10)
    stay(leaving, token, "pause")
    paused = reader(store)
    assert (paused.paused_since, paused.paused_until, paused.catch_up) == (TODAY - day, TODAY + 28 * day, 10)
    store.subscribers.pause(number, since=TODAY, until=TODAY + 60 * day)
    form = leaving.ask(token)
    assert form is not None
    assert Instead.PAUSE not in form.alternatives
    stay(leaving, token, "pause")
    assert reader(store).paused_until == TODAY + 60 * day


def test_who_reads_by_feed_has_nothing_to_leave(store: SqlStore, leaving: Leaving) -> None:
    number = feed_reader(store).id
    link = subscriber_token(SECRET, "unsubscribe", number, "")
    assert (leaving.ask(link), leaving.leave(link), leaving.stay(link, "weekly", "")) == (None, None, None)


def test_fewer_is_never_more(store: SqlStore, leaving: Leaving, token: str) -> None:
    store.subscribers.edit(EMAIL, lambda one: replace(one, max_papers=3))
    stay(leaving, token, "fewer")
    assert reader(store).max_papers == 3


@pytest.mark.parametrize("choice", ["", "more", "UNDO", "undo\x00", "return"])
def test_a_choice_that_nobody_offered_changes_nothing(
    store: SqlStore, leaving: Leaving, token: str, choice: str
) -> None:
    proof = left(leaving, token).proof
    before = reader(store)
    assert stay(leaving, token, choice, proof).step is LeavingStep.GONE
    assert reader(store) == before


def test_the_links_token_alone_brings_nobody_back(store: SqlStore, leaving: Leaving, token: str) -> None:
    left(leaving, token)
    for choice in Instead:
        assert stay(leaving, token, choice).step is LeavingStep.LATE
    assert reader(store).state is SubscriptionState.UNSUBSCRIBED


@pytest.mark.parametrize(("minutes", "counts"), [(0, True), (59, True), (61, False), (60 * 24 * 400, False)])
def test_undoing_is_possible_for_an_hour(
    store: SqlStore, leaving: Leaving, clock: Clock, token: str, minutes: int, *, counts: bool
) -> None:
    proof = left(leaving, token).proof
    clock.now += timedelta(minutes=minutes)
    stay(leaving, token, "undo", proof)
    assert (reader(store).state is SubscriptionState.CONFIRMED) is counts


def forged(proof: str) -> list[str]:
    moment, _, rest = proof.partition("-")
    return [
        f"{int(moment) + 1}-{rest}",
        f"0{proof}",
        proof.upper(),
        rest,
        f"-{rest}",
        f"{'9' * 400}-{rest}",
        f"\u0661-{rest}",
        proof + "\x00",
        "",
    ]


def test_a_proof_that_was_changed_is_none(store: SqlStore, leaving: Leaving, token: str) -> None:
    for wrong in forged(left(leaving, token).proof):
        assert stay(leaving, token, "undo", wrong).step is LeavingStep.LATE
    assert reader(store).state is SubscriptionState.UNSUBSCRIBED


def test_a_proof_is_one_readers(store: SqlStore, leaving: Leaving, token: str) -> None:
    others = subscriber_token(SECRET, "unsubscribe", reader(store, OTHER).id, OTHER)
    proof = left(leaving, others).proof
    left(leaving, token)
    assert stay(leaving, token, "undo", proof).step is LeavingStep.LATE


@pytest.mark.parametrize("cause", list(Cause))
def test_nothing_is_offered_to_a_suppressed_address_and_nothing_lifts_it(
    store: SqlStore, leaving: Leaving, token: str, cause: Cause
) -> None:
    proof = left(leaving, token).proof
    store.suppressions.take_in([Suppression(email=EMAIL, cause=cause)])
    assert stay(leaving, token, "undo", proof).step is LeavingStep.LATE
    assert reader(store).state is SubscriptionState.UNSUBSCRIBED
    store.subscribers.set_state(EMAIL, SubscriptionState.CONFIRMED)
    form = left(leaving, token)
    assert (form.step, form.alternatives, form.proof) == (LeavingStep.LEFT, (), "")
    assert store.suppressions.suppressed([EMAIL])


def test_who_never_confirmed_is_not_confirmed_by_staying(store: SqlStore, leaving: Leaving, token: str) -> None:
    store.subscribers.set_state(EMAIL, SubscriptionState.UNCONFIRMED)
    assert stay(leaving, token, "weekly").step is LeavingStep.ASKED
    assert reader(store).state is SubscriptionState.UNCONFIRMED
    form = left(leaving, token)
    assert form.proof == ""
    assert stay(leaving, token, "undo", form.proof).step is LeavingStep.LATE
