"""The structured issue: JSON both ways, and a hash that is over content alone."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from newsletter.domain.issues import Edition, Issue, IssueKey, IssuePaper
from newsletter.domain.papers import (
    AnnounceType,
    Author,
    IssueNote,
    Keyword,
    Listing,
    ListingStatus,
    Notice,
    Paper,
    PaperId,
    PaperNote,
    Provenance,
    Rating,
    Summary,
)
from newsletter.formats.issue_codec import decode_issue, encode_issue, freeze_issue, issue_document, issue_hash

DAY = date(2026, 6, 2)
PAPER = PaperId("arxiv:2606.00012")


@pytest.fixture
def issue() -> Issue:
    summary = Summary(
        paper_id=PAPER,
        version=1,
        language="zh-Hans",
        provenance=Provenance("llm", "some-model", "p1", tokens=12, cost=0.5),
        title="标题",
        keywords=(Keyword("retrieval", "检索"),),
        ratings={"novelty": Rating(3.5, "because")},
    )
    entry = IssuePaper(
        paper=Paper(
            id=PAPER,
            title="A title",
            authors=(Author("Ada", "Somewhere, Else"),),
            links={"abs": "https://example.org/abs"},
            submitted=datetime(2026, 6, 1, tzinfo=UTC),
        ),
        notices=(Notice(DAY, "arxiv-rss", "cs.CL", AnnounceType.NEW, 1),),
        summaries={"zh-Hans": summary},
        note=PaperNote(paper_id=PAPER, words={"en": {"tldr": "mine"}}, links=(("site", "https://example.org"),)),
    )
    return Issue(
        key=IssueKey(DAY, Edition.WEEKLY),
        title="The day",
        languages=("en", "zh-Hans"),
        papers=(entry,),
        listings=(Listing(source="arxiv-rss", feed="cs.CL", day=DAY, status=ListingStatus.NONE_EXPECTED),),
        note=IssueNote(preface={"en": "Hello"}),
        acronyms={"llm": ("large language model",)},
    )


def test_an_issue_reads_back_as_it_was_written(issue: Issue) -> None:
    frozen = freeze_issue(issue, at=datetime(2026, 6, 2, 6, tzinfo=UTC), revision=2)
    assert decode_issue(encode_issue(frozen)) == frozen


def test_a_paper_stands_flat_beside_its_announcements(issue: Issue) -> None:
    document = issue_document(issue)
    assert document["date"] == "2026-06-02"
    assert document["papers"][0]["id"] == PAPER
    assert document["papers"][0]["announcements"][0]["kind"] == "new"


def test_the_hash_ignores_when_and_how_often_but_not_what(issue: Issue) -> None:
    first = freeze_issue(issue, at=datetime(2026, 6, 2, 6, tzinfo=UTC))
    again = freeze_issue(issue, at=datetime(2026, 6, 3, 6, tzinfo=UTC), revision=7)
    assert first.hash == again.hash
    assert issue_hash(replace(issue, title="Another day")) != first.hash


def test_when_a_listing_was_fetched_is_not_content(issue: Issue) -> None:
    fetched = replace(issue, listings=(replace(issue.listings[0], fetched_at=datetime(2026, 6, 2, tzinfo=UTC)),))
    assert issue_hash(fetched) == issue_hash(issue)


@pytest.mark.parametrize("text", ["", "[]", '{"date": "2026-06-02"}', '{"date": "no day", "papers": []}'])
def test_what_is_no_issue_is_refused(text: str) -> None:
    with pytest.raises((ValueError, TypeError)):
        decode_issue(text)
