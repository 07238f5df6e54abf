"""Collecting: outcomes are kept, fresh feeds rest, stale ones are waited for, past days are filled, days are proved."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from newsletter.domain.announcements import Announcement, AnnounceType, Listing, ListingStatus
from newsletter.domain.merging import merge
from newsletter.domain.ports import Collected
from newsletter.services.collect import Backfill, Collect, Patience
from newsletter.services.progress import Silent
from newsletter.services.reconcile import Reconcile
from newsletter.store import Database, SqlStore
from tests.support.doubles import announced

DAY = date(2026, 6, 2)
NOW = datetime(2026, 6, 2, 6, tzinfo=UTC)
Told = ListingStatus | Sequence[int]


class Teller:
    """A source that tells what a test scripts, one answer a time it is asked for a feed; the last one stays."""

    def __init__(self, kind: str, **feeds: Sequence[Told]) -> None:
        self.kind = kind
        self.feeds = tuple(feeds)
        self.asked: list[tuple[date, str]] = []
        self._script = {feed: list(told) for feed, told in feeds.items()}

    async def collect(self, day: date, feeds: Sequence[str]) -> AsyncIterator[Collected]:
        for feed in feeds:
            self.asked.append((day, feed))
            script = self._script[feed]
            told = script.pop(0) if len(script) > 1 else script[0]
            numbers = () if isinstance(told, ListingStatus) else told
            status = told if isinstance(told, ListingStatus) else ListingStatus.FRESH
            listing = Listing(source=self.kind, feed=feed, day=day, status=status, collected=len(numbers))
            yield Collected(listing, tuple(self._announced(n, day, feed) for n in numbers))

    def _announced(self, number: int, day: date, feed: str) -> Announcement:
        return announced(number, source=self.kind, day=day, feed=feed, kind=AnnounceType.NEW)


@pytest.fixture
def store(tmp_path: Path) -> SqlStore:
    database = Database(f"sqlite:///{tmp_path / 'newsletter.db'}")
    database.open()
    return SqlStore(database, merge=merge, clock=lambda: NOW)


@pytest.fixture
def collector(store: SqlStore) -> Callable[..., Collect]:
    def make(*sources: Teller, **settings: object) -> Collect:
        return Collect(store.papers, store.listings, sources, Silent(), clock=lambda: NOW, **settings)  # type: ignore[arg-type]

    return make


def known(store: SqlStore, day: date = DAY) -> int:
    return len(list(store.papers.announced(day, day)))


async def test_fresh_feeds_are_not_asked_again_and_failed_ones_are(
    store: SqlStore, collector: Callable[..., Collect]
) -> None:
    source = Teller("arxiv-rss", a=[[1, 2]], b=[ListingStatus.FAILED, [3]])
    first = await collector(source).run(DAY)
    assert [listing.feed for listing in first.failed] == ["b"]
    second = await collector(source).run(DAY)
    assert (second.failed, second.new_papers, known(store)) == ((), 1, 3)
    assert source.asked == [(DAY, "a"), (DAY, "b"), (DAY, "b")]
    await collector(source).run(DAY, again=True)
    assert len(source.asked) == 5


async def test_stale_feeds_are_asked_again_until_they_are_there(store: SqlStore) -> None:
    now = [NOW]

    async def sleep(seconds: float) -> None:
        now[0] += timedelta(seconds=seconds)

    source = Teller("arxiv-rss", a=[[1]], b=[ListingStatus.STALE, ListingStatus.STALE, [2]], c=[ListingStatus.FAILED])
    patience = Patience(wait=timedelta(hours=2), every=timedelta(minutes=30))
    collect = Collect(
        store.papers, store.listings, [source], Silent(), patience=patience, clock=lambda: now[0], sleep=sleep
    )
    report = await collect.run(DAY)
    assert (report.stale, known(store)) == ((), 2)
    assert [feed for _, feed in source.asked] == ["a", "b", "c", "b", "b"]
    assert now[0] - NOW == timedelta(hours=1)


async def test_patience_ends(store: SqlStore) -> None:
    now = [NOW]

    async def sleep(seconds: float) -> None:
        now[0] += timedelta(seconds=seconds)

    source = Teller("arxiv-rss", a=[ListingStatus.STALE])
    patience = Patience(wait=timedelta(hours=1), every=timedelta(minutes=25))
    collect = Collect(
        store.papers, store.listings, [source], Silent(), patience=patience, clock=lambda: now[0], sleep=sleep
    )
    assert [listing.feed for listing in (await collect.run(DAY)).stale] == ["a"]
    assert len(source.asked) == 3


async def test_a_listing_under_a_new_date_that_repeats_the_last_one_is_stale(
    store: SqlStore, collector: Callable[..., Collect]
) -> None:
    source = Teller("arxiv-rss", a=[list(range(10))])
    await collector(source).run(DAY)
    report = await collector(source).run(DAY + timedelta(days=1))
    assert "repeats the listing of 2026-06-02" in report.stale[0].note
    assert (known(store), known(store, DAY + timedelta(days=1))) == (10, 0)


async def test_past_days_are_filled_but_not_where_another_source_told_them(
    store: SqlStore, collector: Callable[..., Collect]
) -> None:
    await collector(Teller("arxiv-rss", a=[[1]])).run(DAY)
    search = Teller("arxiv-api", a=[[2], [3], [4]])
    backfill = Backfill(collector(search), store.listings, instead=lambda kind, _: kind.replace("rss", "api"))
    reports = await backfill.run(DAY - timedelta(days=1), DAY + timedelta(days=1))
    assert [report.day for report in reports] == [DAY + timedelta(days=n) for n in (-1, 0, 1)]
    assert search.asked == [(DAY - timedelta(days=1), "a"), (DAY + timedelta(days=1), "a")]
    assert await backfill.run(DAY, DAY)
    assert len(search.asked) == 2


async def test_a_day_is_proved_complete_and_what_was_missed_is_added(
    store: SqlStore, collector: Callable[..., Collect]
) -> None:
    await collector(Teller("arxiv-rss", a=[[1, 2]], b=[[2, 3]])).run(DAY)
    record = Teller("arxiv-oai", a=[[1, 2, 9]], b=[[2, 3, 9]], c=[ListingStatus.FAILED])
    report = await Reconcile(store.papers, store.listings, [record], Silent()).run(DAY)
    assert (report.announced, report.collected, len(report.late)) == (4, 3, 1)
    assert [(check.announced, check.collected) for check in report.feeds] == [(3, 2), (3, 2), (0, 0)]
    assert [check.listing.feed for check in report.failed] == ["c"]
    assert known(store) == 4
    notes = {x.feed: (x.announced, x.collected, x.note) for x in store.listings.on(DAY) if x.source == "arxiv-oai"}
    assert notes["a"] == (3, 2, "1 came late and were added")
    again = await Reconcile(store.papers, store.listings, [record], Silent()).run(DAY)
    assert (again.announced, again.collected, again.late) == (4, 4, ())


async def test_an_empty_feed_is_settled_where_another_of_its_source_has_announced(
    collector: Callable[..., Collect],
) -> None:
    class Quiet(Teller):
        async def collect(self, day: date, feeds: Sequence[str]) -> AsyncIterator[Collected]:
            async for told in super().collect(day, feeds):
                empty = told.listing.status is ListingStatus.STALE
                yield replace(told, listing=replace(told.listing, announced=0)) if empty else told

    quiet = Quiet("arxiv-rss", a=[[1]], b=[ListingStatus.STALE])
    alone = Quiet("arxiv-api", c=[ListingStatus.STALE])
    report = await collector(quiet, alone).run(DAY)
    assert [listing.feed for listing in report.stale] == ["c"]
    assert {x.feed: x.note for x in report.listings}["b"] == "nothing in this feed today"
