"""Publishing: the site of an issue, safe to repeat and safe to break off."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from newsletter.domain.issues import Edition, Issue, IssueKey, IssuePaper, IssueState
from newsletter.domain.ports import SiteFile
from newsletter.errors import ApprovalMissing, IssueMissing, NewsletterError
from newsletter.formats import encode_issue, freeze_issue
from newsletter.services.publish import Publish, PublishReport
from newsletter.store import SqlStore
from tests.support.doubles import MONDAY, PlainSite, Ticking, paper
from tests.support.samples import make_notice

KEY = IssueKey(MONDAY)


def saved(store: SqlStore, clock: Ticking, day: date = MONDAY, *, papers: int = 2, revision: int = 1) -> Issue:
    first = 100 * (day - MONDAY).days + revision
    entries = tuple(IssuePaper(paper=paper(first + n)) for n in range(papers))
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
    look_back: int = 0,
    renderer: PlainSite | None = None,
) -> Publish:
    return Publish(
        store.issues,
        renderer or PlainSite(),
        site=site,
        feed_entries=entries,
        look_back=look_back,
        approval=approval,
        clock=clock,
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
    with pytest.raises(ApprovalMissing, match="newsletter approve --date 2026-06-01"):
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
    assert feed(site) == ["2026-06-04", "2026-06-03"]


def feed(site: Path) -> list[str]:
    """The slugs of the issues that feeds are made of."""
    return [line.split()[0] for line in (site / "feed.txt").read_text().splitlines()]


def weekly_issue(store: SqlStore, clock: Ticking, day: date, *numbers: int) -> IssueKey:
    key = IssueKey(day, Edition.WEEKLY)
    entries = tuple(IssuePaper(paper=paper(n)) for n in numbers)
    store.issues.save(freeze_issue(Issue(key=key, title="The week", languages=("en",), papers=entries), at=clock()))
    return key


@pytest.mark.parametrize("after", [0, 2])
def test_a_weekly_issue_takes_no_place_of_daily_ones_in_a_feed(
    store: SqlStore, clock: Ticking, site: Path, after: int
) -> None:
    """Feeds have the entries of daily issues alone: a weekly one that filled them would leave them short, or empty."""
    for n in range(3):
        saved(store, clock, MONDAY + timedelta(days=n), papers=1)
        publish(store, clock, site).run(IssueKey(MONDAY + timedelta(days=n)))
    weekly = weekly_issue(store, clock, MONDAY + timedelta(days=2 + after), *range(50))
    publish(store, clock, site, entries=50).run(weekly)
    assert feed(site) == ["2026-06-03", "2026-06-02", "2026-06-01"]


def test_a_paper_of_two_issues_fills_one_place(store: SqlStore, clock: Ticking, site: Path) -> None:
    for n, numbers in enumerate([(1, 2), (3, 4), (3, 4), (3, 4)]):
        entries = tuple(IssuePaper(paper=paper(number)) for number in numbers)
        content = Issue(key=IssueKey(MONDAY + timedelta(days=n)), title="The day", languages=("en",), papers=entries)
        store.issues.save(freeze_issue(content, at=clock()))
        publish(store, clock, site, entries=3).run(content.key)
    assert feed(site) == ["2026-06-04", "2026-06-03", "2026-06-02", "2026-06-01"]


def test_topics_look_back_though_the_newest_issue_fills_the_feeds(store: SqlStore, clock: Ticking, site: Path) -> None:
    for n in range(4):
        saved(store, clock, MONDAY + timedelta(days=n), papers=2)
        publish(store, clock, site, entries=1, look_back=3).run(IssueKey(MONDAY + timedelta(days=n)))
    assert feed(site) == ["2026-06-04", "2026-06-03", "2026-06-02"]


def test_an_old_issue_that_is_published_late_changes_no_feed(store: SqlStore, clock: Ticking, site: Path) -> None:
    for n in (1, 2, 0):
        saved(store, clock, MONDAY + timedelta(days=n), papers=2)
        publish(store, clock, site, entries=3).run(IssueKey(MONDAY + timedelta(days=n)))
    assert feed(site) == ["2026-06-03", "2026-06-02"]
    assert (site / "issues" / "2026-06-01" / "issue.json").exists()


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
    with pytest.raises(ApprovalMissing, match="newsletter approve --date 2026-06-06"):
        publish(store, clock, site, approval=True).run(notice.key)
