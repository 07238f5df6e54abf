"""June 2026, replayed as daily runs over HTTP: every paper once, silence explained, twins merged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from newsletter.domain.issues import Issue
from newsletter.domain.papers import AnnounceType, ListingStatus, Notice
from newsletter.errors import IssueMissing, NothingToDo
from newsletter.services.collect import Collect
from newsletter.services.compose import Compose, ComposeOptions
from newsletter.services.progress import SilentProgress
from newsletter.sources import FileGate, PoliteClient, load_calendar
from newsletter.sources.arxiv_rss import ArxivRss
from newsletter.sources.hf_daily import HfDaily
from newsletter.store import SqlStore
from tests.support.databases import new_database
from tests.support.replayed_june import CATEGORIES, JUNE, Clock, feeds_of, listed, serving_june, starred
from tests.support.shared import needs_shared

ADMITTED = {AnnounceType.NEW, AnnounceType.CROSS, AnnounceType.FEATURED}
HOLIDAY = date(2026, 6, 22)


class Replay:
    """The daily job up to the frozen issue, over the replayed servers."""

    def __init__(self, folder: Path, url: str, clock: Clock, categories: Sequence[str]) -> None:
        def now() -> datetime:
            return datetime.combine(clock.day, time(6, 30), UTC)

        database = new_database(folder / "newsletter.db")
        self.clock = clock
        self.store = SqlStore(database, clock=now)
        calendar = load_calendar()
        client = PoliteClient(
            user_agent="newsletter/0", gate=FileGate(folder / "gates"), cache=folder / "cache", now=now
        )
        sources = [
            ArxivRss(client, categories=categories, base_url=url, calendar=calendar, now=now),
            HfDaily(client, base_url=url, now=now),
        ]
        self.collect = Collect(
            self.store.papers, self.store.listings, sources, SilentProgress(), calendar=calendar, clock=now
        )
        self.compose = Compose(
            self.store,
            ComposeOptions(title="T", description="D", languages=("en",), engines=()),
            admits=lambda notice: isinstance(notice, Notice) and notice.kind in ADMITTED,
            clock=now,
            acronyms=lambda _: {},
        )

    async def day(self, day: date) -> Issue | type[Exception]:
        """One daily run: the issue, or why there is none."""
        self.clock.day = day
        await self.collect.run(day)
        try:
            return self.compose.run(day)
        except (NothingToDo, IssueMissing) as error:
            return type(error)

    def statuses(self, day: date) -> dict[str, Counter[ListingStatus]]:
        """How many feeds of each source ended how."""
        counted: dict[str, Counter[ListingStatus]] = {}
        for listing in self.store.listings.on(day):
            counted.setdefault(listing.source, Counter())[listing.status] += 1
        return counted


def weekend(day: date) -> bool:
    """Whether it is Saturday or Sunday."""
    return day.weekday() >= 5


def repeats(day: date) -> bool:
    """Whether the recorded listing of this day is an earlier one's: weekends, and the Monday after a holiday."""
    return weekend(day) or day == HOLIDAY


async def replayed(tmp_path: Path, days: Sequence[date], categories: Sequence[str]) -> None:
    clock = Clock()
    issues: dict[date, Issue] = {}
    silent: set[str] = set()
    with serving_june(clock) as server:
        replay = Replay(tmp_path, server.url, clock, categories)
        for day in days:
            result = await replay.day(day)
            statuses = replay.statuses(day)
            feeds = len(categories)
            if repeats(day):
                assert statuses["arxiv-rss"] == {ListingStatus.NONE_EXPECTED: feeds}, (day, statuses)
                if weekend(day):
                    assert statuses["hf-daily"] == {ListingStatus.NONE_EXPECTED: 1}
            else:
                # that a feed has nothing is not believed the first time it is empty
                empty = set(categories).difference(*(feeds_of(record) for record in listed(day).values()))
                doubted = len(empty - silent)
                silent |= empty
                expected = Counter({ListingStatus.FRESH: feeds - doubted, ListingStatus.STALE: doubted})
                assert statuses["arxiv-rss"] == expected, (day, statuses)
            if weekend(day):
                assert result is NothingToDo, (day, result)
            elif isinstance(result, Issue):
                issues[day] = result
            else:
                # on a holiday whatever is featured may stand in an issue already; below it is counted
                assert day == HOLIDAY, (day, result)

    # counted from the input alone: each paper on the first day that lists or features it, or on the next day with an
    # issue where the listing was late
    first: dict[str, date] = {}
    waiting: list[str] = []
    listings: set[str] = set()
    featured: set[str] = set()
    for day in days:
        if not repeats(day):
            here = {n for n, record in listed(day).items() if set(feeds_of(record)) & set(categories)}
            listings |= here
            for number in here:
                first.setdefault(number, day)
        featured.update(starred(day))
        waiting += starred(day)
        while waiting and not weekend(day):
            first.setdefault(waiting.pop(), day)

    where: dict[str, list[date]] = {}
    for day, issue in issues.items():
        for entry in issue.papers:
            where.setdefault(entry.id.removeprefix("arxiv:"), []).append(day)
    assert {number: days for number, days in where.items() if len(days) > 1} == {}
    assert {number: days[0] for number, days in where.items()} == first

    twins = listings & featured
    papers = replay.store.papers.get([f"arxiv:{number}" for number in twins])  # type: ignore[misc]
    assert len(papers) == len(twins) > 0
    assert all(paper.upvotes is not None and paper.categories and paper.version == 1 for paper in papers.values())
    print(
        f"\n{len(days)} days, {len(issues)} issues, {len(where)} papers once each: {len(listings)} listed, "
        f"{len(featured)} featured, {len(twins)} both; counted from the input: {len(first)}"
    )


@needs_shared
@pytest.mark.slow
async def test_ten_days_of_june_give_every_paper_once_and_explain_silence(tmp_path: Path) -> None:
    """From Wednesday to Friday of the next week: a weekend, and a holiday on which arXiv showed Friday's listing."""
    await replayed(tmp_path, JUNE[16:26], ("cs.CL", "cs.RO", "stat.ML"))


@needs_shared
@pytest.mark.slow
async def test_all_of_june_gives_every_paper_once_and_explains_silence(tmp_path: Path) -> None:
    await replayed(tmp_path, JUNE, CATEGORIES)
