"""What may be chosen over leaving means less mail, never more."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from newsletter.domain.issues import Edition
from newsletter.domain.subscribers import Instead, Subscriber, SubscriptionState, alternatives, stay

TODAY = date(2026, 6, 2)
DAY = timedelta(days=1)
READER = Subscriber(email="ada@example.org", interests=("retrieval",))
GONE = replace(READER, state=SubscriptionState.UNSUBSCRIBED)


def test_each_choice_changes_one_thing() -> None:
    assert stay(GONE, Instead.UNDO, TODAY) == READER
    assert stay(GONE, Instead.WEEKLY, TODAY) == replace(READER, cadence=Edition.WEEKLY)
    assert stay(GONE, Instead.FEWER, TODAY) == replace(READER, max_papers=10)
    paused = replace(READER, paused_since=TODAY, paused_until=TODAY + 28 * DAY)
    assert stay(GONE, Instead.PAUSE, TODAY) == paused


@pytest.mark.parametrize(("before", "after"), [(None, 10), (11, 10), (10, 10), (9, 9), (1, 1)])
def test_fewer_papers_are_never_more(before: int | None, after: int) -> None:
    reader = replace(READER, max_papers=before)
    assert stay(reader, Instead.FEWER, TODAY).max_papers == after
    assert (Instead.FEWER in alternatives(reader, TODAY)) is (before != after)


@pytest.mark.parametrize(("days", "offered"), [(-5, True), (0, True), (27, True), (28, False), (40, False)])
def test_a_pause_is_only_made_longer(days: int, *, offered: bool) -> None:
    reader = replace(READER, paused_since=TODAY - 9 * DAY, paused_until=TODAY + days * DAY, catch_up=10)
    assert (Instead.PAUSE in alternatives(reader, TODAY)) is offered
    paused = stay(reader, Instead.PAUSE, TODAY)
    assert paused.paused_until == TODAY + max(28, days) * DAY
    # one that is over is no beginning of the next
    assert paused.paused_since == (TODAY if days <= 0 else TODAY - 9 * DAY)


def test_what_is_offered_stands_in_one_order_and_leaves_out_what_is_so_already() -> None:
    assert alternatives(READER, TODAY) == (Instead.WEEKLY, Instead.FEWER, Instead.PAUSE)
    assert alternatives(replace(READER, cadence=Edition.WEEKLY), TODAY) == (Instead.FEWER, Instead.PAUSE)


@pytest.mark.parametrize("choice", list(Instead))
def test_who_never_confirmed_stays_as_they_are(choice: Instead) -> None:
    stranger = replace(READER, state=SubscriptionState.UNCONFIRMED)
    assert stay(stranger, choice, TODAY) == stranger
