"""Who said what on which day: the words that are stored, and which of them says most."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from newsletter.domain.papers.announcements import Announcement, AnnounceType, Listing, ListingStatus, Notice
from newsletter.domain.papers.papers import Paper, PaperId

DAY = date(2026, 6, 2)


def test_the_words_that_databases_and_feeds_out_there_hold_are_still_understood() -> None:
    """The first four are arXiv's own: its feeds say `arxiv:announce_type`."""
    assert list(AnnounceType) == ["new", "cross", "replace", "replace-cross", "featured"]
    assert list(ListingStatus) == ["fresh", "stale", "none expected", "failed"]


def test_a_paper_that_is_new_somewhere_is_new_and_a_replacement_says_least() -> None:
    ranked = sorted(AnnounceType, key=lambda kind: kind.strength)
    assert ranked == ["new", "cross", "featured", "replace", "replace-cross"]
    assert len({kind.strength for kind in AnnounceType}) == 5


def test_an_announcement_is_kept_without_the_papers_text() -> None:
    paper = Paper(id=PaperId("arxiv:2606.00012"), title="T", version=2)
    said = Announcement(source="arxiv-rss", feed="cs.CL", day=DAY, kind=AnnounceType.CROSS, paper=paper)
    assert said.paper_id == "arxiv:2606.00012"
    assert said.notice == Notice(DAY, "arxiv-rss", "cs.CL", AnnounceType.CROSS, 2)


def test_reading_a_feed_again_to_the_same_end_is_no_other_outcome() -> None:
    first = Listing(source="arxiv-rss", feed="cs.CL", day=DAY, status=ListingStatus.FRESH)
    assert replace(first, fetched_at=datetime(2026, 6, 2, 6, tzinfo=UTC)) == first
    assert replace(first, collected=1) != first


def test_of_a_feed_that_was_not_read_nothing_is_counted() -> None:
    listing = Listing(source="arxiv-rss", feed="cs.CL", day=DAY, status=ListingStatus.FAILED)
    assert (listing.note, listing.announced, listing.collected, listing.rejected) == ("", None, 0, 0)
