"""Publishing: the site of an issue, safe to repeat and safe to break off."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from newsletter.domain.issue_codec import encode_issue, freeze_issue
from newsletter.domain.issues import Edition, Issue, IssueKey, IssuePaper, IssueState
from newsletter.domain.ports import SiteFile
from newsletter.errors import ApprovalMissing, IssueMissing, NewsletterError
from newsletter.services.publish import Publish, PublishReport
from newsletter.store import SqlStore
from tests.support.doubles import MONDAY, PlainSite, Ticking, paper
from tests.support.samples import make_notice

KEY = IssueKey(MONDAY)


def saved(store: SqlStore, clock: Ticking, day: date = MONDAY, *, papers: int = 2, revision: int = 1) -> Issue:
    entries = tuple(IssuePaper(paper=paper(n + revision)) for n in range(papers))
    content = Issue(key=IssueKey(day), title="The day", languages=("en",), papers=entries)
    issue = freeze_issue(content, at=clock(), revision=revision)
    store.issues.save(issue)
    return issue


def publish(
    store: SqlStore,
    clock: Ticking,
    site: Path,
    *,
    approval: bool = False,
    entries: int = 100,
    renderer: PlainSite | None = None,
) -> Publish:
    return Publish(
        store.issues, renderer or PlainSite(), site=site, feed_entries=entries, approval=approval, clock=clock
    )


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return tmp_path / "site"


def state(store: SqlStore, key: IssueKey = KEY) -> IssueState:
    status = store.issues.status(key)
    assert status is not None
    return status.state


def test_every_file_is_written_and_the_issue_is_published(store: SqlStore, clock: Ticking, site: Path) -> None:
    issue = saved(store, clock)
    assert publish(store, clock, site).run(KEY) == PublishReport(site, written=3, unchanged=0)
    assert (site / "issues" / "2026-06-01" / "issue.json").read_bytes() == encode_issue(issue)
    assert (site / "index.txt").read_text() == "2026-06-01 1 2"
    status = store.issues.status(KEY)
    assert status is not None
    assert (status.state, status.published_at) == (IssueState.PUBLISHED, clock.now)


def test_publishing_again_writes_nothing_and_keeps_the_date(store: SqlStore, clock: Ticking, site: Path) -> None:
    saved(store, clock)
    publish(store, clock, site).run(KEY)
    before = store.issues.status(KEY)
    assert publish(store, clock, site).run(KEY) == PublishReport(site, written=0, unchanged=3)
    assert store.issues.status(KEY) == before


def test_without_an_issue_the_command_to_make_one_is_named(store: SqlStore, clock: Ticking, site: Path) -> None:
    with pytest.raises(IssueMissing, match="newsletter compose --date 2026-06-01"):
        publish(store, clock, site).run(KEY)
    assert not site.exists()


def test_an_issue_that_waits_for_approval_is_not_published(store: SqlStore, clock: Ticking, site: Path) -> None:
    saved(store, clock)
    with pytest.raises(ApprovalMissing, match="newsletter approve 2026-06-01"):
        publish(store, clock, site, approval=True).run(KEY)
    assert not site.exists()
    assert state(store) is IssueState.DRAFT
    store.issues.mark(KEY, 1, IssueState.APPROVED, clock())
    assert publish(store, clock, site, approval=True).run(KEY).written == 3
    assert publish(store, clock, site, approval=True).run(KEY).unchanged == 3


def test_a_site_that_broke_off_half_way_is_finished_by_the_next_run(
    store: SqlStore, clock: Ticking, site: Path
) -> None:
    saved(store, clock)

    def full(file: SiteFile) -> None:
        if file.path == "index.txt":
            msg = "the disk is full"
            raise NewsletterError(msg)

    with pytest.raises(NewsletterError, match="the disk is full"):
        publish(store, clock, site, renderer=PlainSite(full)).run(KEY)
    assert publish(store, clock, site).run(KEY) == PublishReport(site, written=1, unchanged=2)


def test_a_correction_replaces_the_page_and_the_archive_shows_it(store: SqlStore, clock: Ticking, site: Path) -> None:
    saved(store, clock)
    publish(store, clock, site).run(KEY)
    second = saved(store, clock, papers=1, revision=2)
    assert publish(store, clock, site).run(KEY).written == 3
    assert (site / "issues" / "2026-06-01" / "issue.json").read_bytes() == encode_issue(second)
    assert (site / "index.txt").read_text() == "2026-06-01 2 1"


def test_a_draft_of_another_day_stands_neither_in_the_archive_nor_in_a_feed(
    store: SqlStore, clock: Ticking, site: Path
) -> None:
    saved(store, clock)
    saved(store, clock, MONDAY + timedelta(days=1))
    publish(store, clock, site).run(KEY)
    assert "2026-06-02" not in (site / "index.txt").read_text() + (site / "feed.txt").read_text()


def test_feeds_get_the_newest_issues_until_they_are_full(store: SqlStore, clock: Ticking, site: Path) -> None:
    for n in range(4):
        saved(store, clock, MONDAY + timedelta(days=n), papers=2)
        publish(store, clock, site, entries=3).run(IssueKey(MONDAY + timedelta(days=n)))
    assert [line.split()[0] for line in (site / "feed.txt").read_text().splitlines()] == ["2026-06-04", "2026-06-03"]


def test_a_weekly_issue_has_a_page_of_its_own(store: SqlStore, clock: Ticking, site: Path) -> None:
    key = IssueKey(MONDAY, Edition.WEEKLY)
    content = Issue(key=key, title="The week", languages=("en",), papers=(IssuePaper(paper=paper(1)),))
    store.issues.save(freeze_issue(content, at=clock()))
    saved(store, clock)
    publish(store, clock, site).run(KEY)
    publish(store, clock, site).run(key)
    assert {path.name for path in (site / "issues").iterdir()} == {"2026-06-01", "2026-06-01-weekly"}


# --- a day without papers -------------------------------------------------------------------------------------------


def test_an_issue_without_papers_is_out_but_never_on_the_site(store: SqlStore, clock: Ticking, site: Path) -> None:
    notice = make_notice()
    store.issues.save(notice)
    assert publish(store, clock, site).run(notice.key) == PublishReport(site, 0, 0, on_site=False)
    assert state(store, notice.key) is IssueState.PUBLISHED
    assert not site.exists()
    saved(store, clock)
    publish(store, clock, site).run(KEY)
    assert "2026-06-06" not in (site / "index.txt").read_text() + (site / "feed.txt").read_text()
    assert (site / "index.txt").read_text() == "2026-06-01 1 2"


def test_an_issue_without_papers_waits_for_approval_like_any_other(store: SqlStore, clock: Ticking, site: Path) -> None:
    notice = make_notice()
    store.issues.save(notice)
    with pytest.raises(ApprovalMissing, match="newsletter approve 2026-06-06"):
        publish(store, clock, site, approval=True).run(notice.key)
