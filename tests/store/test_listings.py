"""How each (source, feed, day) ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from newsletter.domain.papers import ListingStatus
from newsletter.store import SqlStore
from tests.support.doubles import MONDAY, listing

FRESH, STALE, NONE, FAILED = (
    ListingStatus.FRESH,
    ListingStatus.STALE,
    ListingStatus.NONE_EXPECTED,
    ListingStatus.FAILED,
)


def test_an_outcome_is_found_again_with_its_moment_in_utc(store: SqlStore) -> None:
    at = datetime(2026, 6, 1, 7, tzinfo=timezone(timedelta(hours=2)))
    kept = listing(announced=12, collected=11, rejected=1, note="one was no paper", fetched_at=at)
    store.listings.record(kept)
    [found] = store.listings.on(MONDAY)
    assert found == kept
    assert found.fetched_at == datetime(2026, 6, 1, 5, tzinfo=UTC)
    assert found.fetched_at.tzinfo is UTC


def test_outcomes_of_a_day_are_ordered_by_source_and_feed(store: SqlStore) -> None:
    for one in (
        listing("cs.CL"),
        listing("", source="hf-daily"),
        listing("cs.AI"),
        listing("cs.CL", MONDAY + timedelta(days=1)),
    ):
        store.listings.record(one)
    assert [(x.source, x.feed) for x in store.listings.on(MONDAY)] == [
        ("arxiv-rss", "cs.AI"),
        ("arxiv-rss", "cs.CL"),
        ("hf-daily", ""),
    ]


@pytest.mark.parametrize("later", [STALE, NONE, FAILED])
def test_a_fresh_outcome_is_not_replaced_by_a_worse_one(store: SqlStore, later: ListingStatus) -> None:
    """Its papers are in the store: a failure of this morning must not make yesterday's success a failure."""
    store.listings.record(listing(status=FRESH, collected=5))
    store.listings.record(listing(status=later))
    assert store.listings.on(MONDAY) == (listing(status=FRESH, collected=5),)


@pytest.mark.parametrize(("before", "later"), [(FRESH, FRESH), (FAILED, FRESH), (FAILED, NONE), (STALE, FAILED)])
def test_any_other_outcome_is_replaced_whole(store: SqlStore, before: ListingStatus, later: ListingStatus) -> None:
    store.listings.record(listing(status=before, note="before", announced=3, collected=3))
    store.listings.record(listing(status=later, collected=4, fetched_at=None))
    [found] = store.listings.on(MONDAY)
    assert found == listing(status=later, collected=4)
    assert found.fetched_at is None
