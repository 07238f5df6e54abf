"""Collecting that breaks off: one feed takes no other away, and the next run goes on where it was."""

from __future__ import annotations

from datetime import timedelta

import pytest

from newsletter.domain.papers import AnnounceType, ListingStatus
from newsletter.errors import StoreUnavailable
from newsletter.services.collect import Collect
from newsletter.services.progress import SilentProgress
from newsletter.store import SqlStore
from tests.support.doubles import MONDAY, ScriptedSource, StepProgress, announced, paper_id

CL = [announced(1), announced(2)]
AI = [announced(2, feed="cs.AI", kind=AnnounceType.CROSS), announced(3, feed="cs.AI")]


def arxiv(**changes: object) -> ScriptedSource:
    return ScriptedSource({"cs.CL": CL, "cs.AI": AI}, **changes)  # type: ignore[arg-type]


def collect(store: SqlStore, *sources: ScriptedSource) -> Collect:
    return Collect(store.papers, store.listings, sources, SilentProgress())


def stored(store: SqlStore) -> list[str]:
    return [paper.id for paper, _ in store.papers.announced(MONDAY, MONDAY)]


async def test_papers_of_all_feeds_are_stored_once_and_every_feed_has_an_outcome(store: SqlStore) -> None:
    report = await collect(store, arxiv()).run(MONDAY)
    assert report.new_papers == 3
    assert [(x.feed, x.status, x.collected) for x in report.listings] == [
        ("cs.AI", ListingStatus.FRESH, 2),
        ("cs.CL", ListingStatus.FRESH, 2),
    ]
    assert report.failed == ()
    assert stored(store) == [paper_id(1), paper_id(2), paper_id(3)]


async def test_a_feed_that_fails_takes_no_other_away(store: SqlStore) -> None:
    other = ScriptedSource({"": [announced(9, source="hf-daily", feed="")]}, kind="hf-daily")
    report = await collect(store, arxiv(outcomes={"cs.CL": ListingStatus.FAILED}), other).run(MONDAY)
    assert [(x.source, x.feed, x.note) for x in report.failed] == [("arxiv-rss", "cs.CL", "it was failed")]
    assert stored(store) == [paper_id(2), paper_id(3), paper_id(9)]


async def test_feeds_that_were_fresh_are_not_asked_again(store: SqlStore) -> None:
    await collect(store, arxiv(outcomes={"cs.CL": ListingStatus.FAILED})).run(MONDAY)
    again = arxiv()
    report = await collect(store, again).run(MONDAY)
    assert again.asked == ["cs.CL"]
    assert (report.new_papers, report.failed) == (1, ())
    third = arxiv()
    assert (await collect(store, third).run(MONDAY)).listings == report.listings
    assert third.asked == []


async def test_all_are_asked_again_if_that_is_wanted(store: SqlStore) -> None:
    await collect(store, arxiv()).run(MONDAY)
    again = arxiv()
    assert (await collect(store, again).run(MONDAY, again=True)).new_papers == 0
    assert again.asked == ["cs.CL", "cs.AI"]


@pytest.mark.parametrize("status", [ListingStatus.STALE, ListingStatus.NONE_EXPECTED])
async def test_a_feed_that_had_nothing_yet_is_asked_again(store: SqlStore, status: ListingStatus) -> None:
    await collect(store, arxiv(outcomes={"cs.CL": status})).run(MONDAY)
    again = arxiv()
    await collect(store, again).run(MONDAY)
    assert again.asked == ["cs.CL"]


async def test_a_run_that_broke_half_way_goes_on_where_it_was(store: SqlStore) -> None:
    """As if the process had died between two feeds: what was read is kept, and only the rest is read again."""
    with pytest.raises(RuntimeError, match="pulled the plug"):
        await collect(store, arxiv(raises={"cs.AI": RuntimeError("pulled the plug")})).run(MONDAY)
    assert stored(store) == [paper_id(1), paper_id(2)]
    again = arxiv()
    report = await collect(store, again).run(MONDAY)
    assert again.asked == ["cs.AI"]
    assert report.new_papers == 1
    assert stored(store) == [paper_id(1), paper_id(2), paper_id(3)]


async def test_a_feed_is_fresh_only_after_its_papers_are_stored(store: SqlStore) -> None:
    """Otherwise a crash between the two would lose the feed's papers for good."""
    broken = Collect(_FullDisk(), store.listings, [arxiv()], SilentProgress())  # type: ignore[arg-type]
    with pytest.raises(StoreUnavailable):
        await broken.run(MONDAY)
    assert store.listings.on(MONDAY) == ()


async def test_a_full_disk_is_one_plain_error_however_many_sources_meet_it(store: SqlStore) -> None:
    sources = [arxiv(), ScriptedSource({"": [announced(9)]}, kind="hf-daily")]
    with pytest.raises(StoreUnavailable, match="disk is full"):
        await Collect(_FullDisk(), store.listings, sources, SilentProgress()).run(MONDAY)  # type: ignore[arg-type]


class _FullDisk:
    """A paper store that can keep nothing."""

    def told(self, *_: object) -> dict[str, object]:
        return {}

    def counts(self, *_: object) -> dict[str, object]:
        return {}

    def add(self, _: object) -> int:
        msg = "database or disk is full"
        raise StoreUnavailable(msg)


async def test_another_day_is_another_collection(store: SqlStore) -> None:
    await collect(store, arxiv()).run(MONDAY)
    report = await collect(store, arxiv()).run(MONDAY + timedelta(days=1))
    assert [x.collected for x in report.listings] == [0, 0]
    assert report.new_papers == 0


async def test_progress_counts_the_feeds_that_are_read(store: SqlStore) -> None:
    progress = StepProgress()
    await Collect(store.papers, store.listings, [arxiv()], progress).run(MONDAY)
    await Collect(store.papers, store.listings, [arxiv()], progress).run(MONDAY)
    assert progress.tasks == [("Collecting", 2, 2), ("Collecting", 0, 0)]
