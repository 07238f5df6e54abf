"""Collecting: outcomes are kept, fresh feeds rest, stale ones are waited for, past days are filled, days are proved."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from newsletter.domain.papers import Announcement, AnnounceType, Collected, Listing, ListingStatus
from newsletter.services.collect import Backfill, Collect, CollectReport, Patience
from newsletter.services.progress import SilentProgress
from newsletter.services.reconcile import Reconcile
from newsletter.store import SqlStore
from tests.support.databases import new_database
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
    database = new_database(tmp_path / "newsletter.db")
    return SqlStore(database, clock=lambda: NOW)


@pytest.fixture
def collector(store: SqlStore) -> Callable[..., Collect]:
    def make(*sources: Teller, **settings: object) -> Collect:
        return Collect(store.papers, store.listings, sources, SilentProgress(), clock=lambda: NOW, **settings)  # type: ignore[arg-type]

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
        store.papers, store.listings, [source], SilentProgress(), patience=patience, clock=lambda: now[0], sleep=sleep
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
        store.papers, store.listings, [source], SilentProgress(), patience=patience, clock=lambda: now[0], sleep=sleep
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
    backfill = Backfill(collector(search), store.listings, today=lambda: DAY + timedelta(days=9))
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
    report = await Reconcile(store.papers, store.listings, [record], SilentProgress()).run(DAY)
    assert (report.announced, report.collected, len(report.late)) == (4, 3, 1)
    assert [(check.announced, check.collected) for check in report.feeds] == [(3, 2), (3, 2), (0, 0)]
    assert [check.listing.feed for check in report.failed] == ["c"]
    assert known(store) == 4
    notes = {x.feed: (x.announced, x.collected, x.note) for x in store.listings.on(DAY) if x.source == "arxiv-oai"}
    assert notes["a"] == (3, 2, "1 paper came late and was added")
    again = await Reconcile(store.papers, store.listings, [record], SilentProgress()).run(DAY)
    assert (again.announced, again.collected, again.late) == (4, 4, ())


class Quiet(Teller):
    """One whose stale feeds are empty."""

    async def collect(self, day: date, feeds: Sequence[str]) -> AsyncIterator[Collected]:
        async for told in super().collect(day, feeds):
            empty = told.listing.status is ListingStatus.STALE
            yield replace(told, listing=replace(told.listing, announced=0)) if empty else told


def numbered(day: date, papers: int) -> list[int]:
    """So many papers that no other day has."""
    return [(day - DAY).days % 100 * 500 + n for n in range(papers)]


async def remembered(collector: Callable[..., Collect], days: int, **papers: Sequence[int]) -> date:
    """The working days before the one that is returned, on which each feed had one of these numbers of papers."""
    day = DAY - timedelta(days=1)
    past = 0
    while past < days:
        if day.weekday() < 5:
            feeds = {
                feed: [numbered(day, counts[past % len(counts)]) if counts[past % len(counts)] else ListingStatus.STALE]
                for feed, counts in papers.items()
            }
            await collector(Quiet("arxiv-rss", **feeds)).run(day)  # type: ignore[arg-type]
            past += 1
        day += timedelta(days=1)
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return day


def ended(report: CollectReport) -> dict[str, tuple[ListingStatus, str]]:
    return {x.feed: (x.status, x.note) for x in report.listings}


async def test_a_small_feed_that_has_been_empty_before_may_be_empty(collector: Callable[..., Collect]) -> None:
    day = await remembered(collector, 8, a=[20], b=[1, 0, 3])
    report = await collector(Quiet("arxiv-rss", a=[numbered(day, 20)], b=[ListingStatus.STALE])).run(day)
    assert ended(report)["b"] == (ListingStatus.FRESH, "nothing in this feed today")


@pytest.mark.parametrize(("papers", "told"), [([60, 90, 75], "60 to 90 are usual"), ([2, 3, 4], "2 to 4 are usual")])
async def test_a_feed_that_has_announced_on_every_day_is_not_done_when_it_is_empty(
    collector: Callable[..., Collect], papers: list[int], told: str
) -> None:
    day = await remembered(collector, 8, a=[20], b=papers)
    script = Quiet("arxiv-rss", a=[numbered(day, 20)], b=[ListingStatus.STALE, numbered(day, 60)])
    report = await collector(script).run(day)
    status, note = ended(report)["b"]
    assert status is ListingStatus.STALE
    assert f"empty though others have announced; {told}" in note
    again = await collector(script).run(day)
    assert (again.stale, script.asked.count((day, "b"))) == ((), 2)


async def test_a_feed_of_which_nothing_is_known_is_not_believed_to_be_empty(collector: Callable[..., Collect]) -> None:
    quiet = Quiet("arxiv-rss", a=[[1]], b=[ListingStatus.STALE])
    alone = Quiet("arxiv-api", c=[ListingStatus.STALE])
    report = await collector(quiet, alone).run(DAY)
    assert [listing.feed for listing in report.stale] == ["c", "b"]
    assert "too little is known of its earlier days" in ended(report)["b"][1]
    over = await collector(Quiet("arxiv-api", b=[ListingStatus.STALE])).reread(DAY, {("arxiv-api", "b")})
    assert [(x.status, x.note) for x in over.listings] == [(ListingStatus.FRESH, "nothing in this feed today")]


async def test_a_listing_that_is_cut_off_is_asked_for_again(store: SqlStore, collector: Callable[..., Collect]) -> None:
    day = await remembered(collector, 8, a=[120, 190, 150])
    script = Teller("arxiv-rss", a=[numbered(day, 3), numbered(day, 140)])
    status, note = ended(await collector(script).run(day))["a"]
    assert (status, known(store, day)) == (ListingStatus.STALE, 3)
    assert note == "3 papers where 120 to 190 are usual: cut off, or still filling"
    assert ended(await collector(script).run(day))["a"] == (ListingStatus.FRESH, "")
    assert known(store, day) == 140


async def test_a_listing_that_is_asked_for_when_its_day_is_over_is_all_there_is(
    collector: Callable[..., Collect],
) -> None:
    day = await remembered(collector, 8, a=[120, 190, 150])
    report = await collector(Teller("arxiv-rss", a=[numbered(day, 3)])).run(day, late=True)
    assert ended(report)["a"] == (ListingStatus.FRESH, "3 papers where 120 to 190 are usual")


async def test_a_tuesday_is_compared_with_tuesdays(collector: Callable[..., Collect]) -> None:
    """Tuesday's listing closes three days of submissions: an ordinary number of papers is a third of it."""
    tuesdays = [DAY + timedelta(weeks=n) for n in range(4)]
    for tuesday in tuesdays[:3]:
        for n in range(4):
            day = tuesday + timedelta(days=n)
            await collector(Teller("arxiv-rss", a=[numbered(day, 400 if n == 0 else 120)])).run(day)
    short = await collector(Teller("arxiv-rss", a=[numbered(tuesdays[3], 120)])).run(tuesdays[3])
    assert "120 papers where 400 are usual" in ended(short)["a"][1]
    day = tuesdays[3] + timedelta(days=1)
    assert ended(await collector(Teller("arxiv-rss", a=[numbered(day, 100)])).run(day))["a"] == (
        ListingStatus.FRESH,
        "",
    )


async def test_a_feed_that_fails_when_it_is_read_once_more_keeps_its_reason(
    store: SqlStore, collector: Callable[..., Collect]
) -> None:
    await collector(Teller("hf-daily", a=[ListingStatus.FAILED])).run(DAY)
    before = store.listings.on(DAY)
    failed = await collector(Teller("hf-daily", a=[ListingStatus.STALE])).reread(DAY, {("hf-daily", "a")})
    assert [x.status for x in failed.listings] == [ListingStatus.STALE]
    assert store.listings.on(DAY) == before
    good = await collector(Teller("hf-daily", a=[[1, 2]], b=[[3]])).reread(DAY, {("hf-daily", "a")})
    assert ([x.collected for x in good.listings], good.new_papers) == ([2], 2)
    assert [x.status for x in store.listings.on(DAY)] == [ListingStatus.FRESH]


async def test_what_another_source_of_arxivs_has_told_is_not_missing(collector: Callable[..., Collect]) -> None:
    await collector(Teller("arxiv-rss", a=[ListingStatus.FAILED], b=[ListingStatus.FAILED])).run(DAY)
    report = await collector(Teller("arxiv-oai", a=[[1]])).run(DAY)
    assert [x.feed for x in report.failed] == ["b"]
