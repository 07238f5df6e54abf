"""What processes that answer webhooks know together, on both databases."""

from __future__ import annotations

from datetime import timedelta

from newsletter.domain.bounces import Ticket
from newsletter.store import SqlStore
from tests.store.conftest import NOW

LATER = NOW + timedelta(hours=1)


def test_a_signature_is_good_for_what_it_first_came_with(store: SqlStore) -> None:
    first, other, next_one = Ticket("a", "1", LATER), Ticket("a", "2", LATER), Ticket("b", "2", LATER)
    assert store.webhooks.redeem([first], NOW) == {first}
    assert store.webhooks.redeem([other, first, next_one], NOW) == {first, next_one}


def test_of_two_that_come_at_once_the_first_is_good(store: SqlStore) -> None:
    first, other = Ticket("a", "1", LATER), Ticket("a", "2", LATER)
    assert store.webhooks.redeem([first, other, first], NOW) == {first}


def test_a_signature_that_is_too_old_to_come_again_is_forgotten(store: SqlStore) -> None:
    first, other = Ticket("a", "1", LATER), Ticket("a", "2", LATER)
    store.webhooks.redeem([first], NOW)
    assert store.webhooks.redeem([other], LATER) == set()
    assert store.webhooks.redeem([other], LATER + timedelta(seconds=1)) == {other}


def test_refusals_add_up_by_service_and_reason(store: SqlStore) -> None:
    today, day = NOW.date(), timedelta(days=1)
    store.webhooks.count_refused(today - day, {("ses", "late"): 5})
    store.webhooks.count_refused(today, {("ses", "late"): 2, ("mailgun", "late"): 1})
    store.webhooks.count_refused(today, {("ses", "late"): 3})
    assert list(store.webhooks.refused(today).items()) == [(("mailgun", "late"), 1), (("ses", "late"), 5)]
    assert store.webhooks.refused(today - day)["ses", "late"] == 10
