"""The table of source kinds: which tell the same, whose text is better, when something is expected."""

import pytest

from newsletter.domain.papers.source_kinds import SourceKind, Timing, family_of, rank_of, timing_of

ARXIV = {"arxiv-rss", "arxiv-oai", "arxiv-api"}


def test_the_kinds_are_called_as_the_documents_promise_and_are_plain_texts() -> None:
    assert list(SourceKind) == ["arxiv-rss", "arxiv-api", "arxiv-oai", "hf-daily", "feed", "files"]
    assert f"{SourceKind.HF_DAILY}" == "hf-daily"
    assert SourceKind("files") is SourceKind.FILES
    assert {"feed": 1}[SourceKind.FEED] == 1


@pytest.mark.parametrize("source", sorted(ARXIV))
def test_arxivs_three_kinds_tell_the_same_by_its_calendar(source: str) -> None:
    assert set(family_of(source)) == ARXIV
    assert timing_of(source) is Timing.CALENDAR


@pytest.mark.parametrize("source", ["hf-daily", "feed", "files", "archive", "somebody else"])
def test_every_other_source_tells_what_it_alone_has(source: str) -> None:
    assert family_of(source) == (source,)
    assert timing_of(source) is (Timing.WEEKDAYS if source == "hf-daily" else Timing.ANY_TIME)


def test_the_more_complete_record_ranks_first_and_an_unknown_source_last() -> None:
    sources = ["somebody else", "hf-daily", "files", "arxiv-rss", "feed", "arxiv-api", "arxiv-oai"]
    ranked = ["arxiv-api", "arxiv-oai", "arxiv-rss", "files", "feed", "hf-daily", "somebody else"]
    assert sorted(sources, key=rank_of) == ranked
    assert len({rank_of(source) for source in sources}) == len(sources)


def test_what_each_kind_needs() -> None:
    assert {kind.value: kind.needs for kind in SourceKind} == {
        "arxiv-rss": ("categories",),
        "arxiv-api": ("query",),
        "arxiv-oai": ("set",),
        "hf-daily": (),
        "feed": ("url",),
        "files": ("path",),
    }
