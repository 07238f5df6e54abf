"""Which notices let their papers into an issue."""

from datetime import date

import pytest

from newsletter.domain.issues.admission import Wanted, admitting
from newsletter.domain.papers import AnnounceType, Notice

BY_DEFAULT = {AnnounceType.NEW, AnnounceType.CROSS, AnnounceType.FEATURED}


def admitted(sources: list[Wanted], source: str, feed: str = "") -> set[AnnounceType]:
    admits = admitting(sources)
    return {kind for kind in AnnounceType if admits(Notice(date(2026, 6, 2), source, feed, kind))}


def test_a_feed_lets_in_what_is_wanted_of_it_and_what_is_featured() -> None:
    sources = [Wanted("arxiv-rss", ("new",), ("cs.CL",)), Wanted("arxiv-rss", ("new", "replace"), ("cs.AI",))]
    assert admitted(sources, "arxiv-rss", "cs.CL") == {AnnounceType.NEW, AnnounceType.FEATURED}
    assert admitted(sources, "arxiv-rss", "cs.AI") == {AnnounceType.NEW, AnnounceType.REPLACE, AnnounceType.FEATURED}


@pytest.mark.parametrize("source", ["arxiv-oai", "arxiv-api"])
def test_what_another_of_arxivs_kinds_told_afterwards_counts_as_if_the_feed_had_told_it(source: str) -> None:
    sources = [Wanted("arxiv-rss", ("replace",), ("cs.CL",))]
    assert admitted(sources, source, "cs.CL") == {AnnounceType.REPLACE, AnnounceType.FEATURED}
    assert admitted(sources, source, "cs.AI") == BY_DEFAULT


def test_two_sources_of_one_feed_add_up() -> None:
    sources = [Wanted("arxiv-rss", ("new",), ("cs.CL",)), Wanted("arxiv-rss", ("replace-cross",), ("cs.CL",))]
    wanted = {AnnounceType.NEW, AnnounceType.REPLACE_CROSS, AnnounceType.FEATURED}
    assert admitted(sources, "arxiv-rss", "cs.CL") == wanted


def test_a_source_without_named_feeds_speaks_for_all_of_its_own_and_for_no_other_kind() -> None:
    sources = [Wanted("arxiv-oai", ("replace",))]
    assert admitted(sources, "arxiv-oai", "cs.CL") == {AnnounceType.REPLACE, AnnounceType.FEATURED}
    assert admitted(sources, "arxiv-rss", "cs.CL") == BY_DEFAULT


def test_a_feed_named_by_itself_goes_before_the_whole_source() -> None:
    sources = [Wanted("arxiv-oai", ("new",)), Wanted("arxiv-rss", ("cross",), ("cs.CL",))]
    assert admitted(sources, "arxiv-oai", "cs.CL") == {AnnounceType.CROSS, AnnounceType.FEATURED}
    assert admitted(sources, "arxiv-oai", "cs.AI") == {AnnounceType.NEW, AnnounceType.FEATURED}


def test_of_a_source_that_is_set_no_more_new_and_cross_listed_papers_are_in() -> None:
    assert admitted([], "hf-daily") == BY_DEFAULT


def test_what_was_published_once_is_always_in() -> None:
    assert admitted([Wanted("archive", ())], "archive", "hf-daily") == set(AnnounceType)
