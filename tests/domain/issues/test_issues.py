"""Issues: what they are called, and what one that is told nothing says."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from newsletter.domain.issues.issues import Edition, Issue, IssueKey, IssuePaper, IssueState, IssueStatus
from newsletter.domain.papers import AnnounceType, Notice
from tests.support.samples import make_paper

DAILY, WEEKLY = IssueKey(date(2026, 6, 2)), IssueKey(date(2026, 6, 5), Edition.WEEKLY)


def test_the_words_that_databases_and_addresses_out_there_hold_are_still_understood() -> None:
    assert list(Edition) == ["daily", "weekly"]
    assert list(IssueState) == ["draft", "approved", "published"]


@pytest.mark.parametrize(
    ("key", "slug", "options"),
    [
        (DAILY, "2026-06-02", "--date 2026-06-02"),
        (WEEKLY, "2026-06-05-weekly", "--date 2026-06-05 --weekly"),
    ],
)
def test_an_issue_is_named_in_addresses_and_to_commands_and_read_back(key: IssueKey, slug: str, options: str) -> None:
    assert (key.slug, key.options) == (slug, options)
    assert IssueKey.parse(slug) == key


@pytest.mark.parametrize(
    "slug",
    ["", "2026-06-31", "2026-06-0", "2026-06-02-", "2026-06-02-monthly", "2026-06-02xweekly", "weekly", "-weekly"],
)
def test_what_names_no_issue_is_refused_with_an_example(slug: str) -> None:
    with pytest.raises(ValueError, match="expected a slug such as 2026-06-02"):
        IssueKey.parse(slug)


def test_a_paper_is_announced_as_the_strongest_that_anybody_said() -> None:
    def announced(*kinds: AnnounceType) -> AnnounceType:
        notices = tuple(Notice(date(2026, 6, 2), "arxiv-rss", "cs.CL", kind) for kind in kinds)
        return IssuePaper(paper=make_paper().paper, notices=notices).announced_as

    assert announced(AnnounceType.REPLACE, AnnounceType.NEW, AnnounceType.CROSS) is AnnounceType.NEW
    assert announced(AnnounceType.REPLACE, AnnounceType.CROSS) is AnnounceType.CROSS
    assert announced() is AnnounceType.NEW, "an imported digest has no notices"


def test_an_issue_that_was_not_frozen_yet_is_the_first_revision_without_a_hash() -> None:
    issue = Issue(key=DAILY, title="T", languages=("en",), papers=())
    assert (issue.description, issue.revision, issue.hash, issue.frozen_at, issue.day) == ("", 1, "", None, DAILY.day)


@pytest.mark.parametrize(("papers", "silent"), [(0, True), (1, False), (2, False)])
def test_an_issue_is_silent_if_it_has_no_papers(papers: int, silent: bool) -> None:
    at = datetime(2026, 6, 2, 6, tzinfo=UTC)
    status = IssueStatus(DAILY, 1, IssueState.DRAFT, "", papers, at)
    assert status.is_silent is silent
