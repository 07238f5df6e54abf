"""`publish --all`: the site again from what is published, without a link that leads nowhere and without old files."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import pytest

from newsletter.archives import READERS
from newsletter.domain.issues import BackIssue, Edition, Issue, IssueKey, IssueState
from newsletter.domain.ports import SiteFile
from newsletter.domain.text import slug
from newsletter.errors import NewsletterError, NothingToDo
from newsletter.formats import freeze_issue
from newsletter.render.site import SiteTopic
from newsletter.services.publish import Publish
from newsletter.services.site_folder import LIST
from newsletter.store import SqlStore
from tests.archives.test_arxiv_daily import NEW, OLD, document
from tests.support.back_issues import issue_of
from tests.support.doubles import Ticking
from tests.support.mails import make_site
from tests.support.samples import make_issue, make_paper

MONDAY = date(2026, 6, 1)
BASE = "https://papers.example.org/daily"


class Links(HTMLParser):
    """The addresses a page points to, and the names of its own places."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.names: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        for name, value in attrs:
            if name in {"href", "src"} and value:
                self.links.append(value)
            elif name == "id" and value:
                assert value not in self.names, f"{value} names two places"
                self.names.add(value)


def dead_links(site: Path, base: str) -> Iterator[str]:
    """Every link within the site that leads nowhere, of pages and of feeds."""
    pages = {path.relative_to(site).as_posix(): path for path in site.rglob("*") if path.is_file()}
    names = {name: Links(path.read_text()) for name, path in pages.items() if name.endswith(".html")}
    for name, path in pages.items():
        text = path.read_text()
        absolute = re.findall(rf"{re.escape(base)}[^\s\"'<>]*", text) if base else []
        links = names[name].links if name in names else absolute
        for link in links:
            target, fragment = urldefrag(urljoin(f"https://site/{name}", link))
            if base and target.startswith(base):
                target = f"https://site/{target.removeprefix(base).lstrip('/')}"
            parts = urlsplit(target)
            if parts.netloc != "site":
                continue
            found = unquote(parts.path).lstrip("/")
            found = posixpath.join(found, "index.html") if not found or found.endswith("/") else found
            if found not in pages:
                yield f"{name}: {link}"
            elif fragment and found in names and fragment not in names[found].names:
                yield f"{name}: {link} (no such place)"


@pytest.fixture
def published(store: SqlStore, clock: Ticking) -> list[Issue]:
    """Two days with a paper in common, a week, and an imported page in another language that has a paper twice."""
    back: BackIssue = READERS["arxiv-daily"](document(NEW, OLD, NEW), MONDAY - timedelta(days=700))
    daily = [make_issue([make_paper(n) for n in numbers], day=MONDAY + timedelta(days=at)) for at, numbers in DAYS]
    weekly = make_issue([make_paper(n) for n in (1, 2, 3)], key=IssueKey(MONDAY + timedelta(days=1), Edition.WEEKLY))
    issues = [freeze_issue(one, at=datetime(2026, 6, 8, tzinfo=UTC)) for one in (issue_of(back), *daily, weekly)]
    for issue in issues:
        store.issues.save(issue)
        store.issues.mark(issue.key, 1, IssueState.PUBLISHED, clock())
    return issues


DAYS = ((0, (1, 2)), (1, (2, 3)))


def publish(store: SqlStore, clock: Ticking, site: Path, **options: object) -> Publish:
    topics = [SiteTopic(slug="tomatoes", names={"en": "Tomatoes"}, papers=lambda issue: range(len(issue.papers)))]
    settled = {"base_url": BASE, "languages": ("en", "zh-Hans"), "topics": topics} | options
    pages = make_site(title="The Daily", identity="0", **settled)  # type: ignore[arg-type]
    return Publish(store.issues, pages, site=site, feed_entries=3, look_back=10, approval=True, clock=clock)


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("base", [BASE, ""])
def test_no_link_of_the_site_leads_nowhere(store: SqlStore, clock: Ticking, tmp_path: Path, base: str) -> None:
    report = publish(store, clock, tmp_path / "site", base_url=base).run_all()
    assert (report.issues, report.removed) == (4, 0)
    assert list(dead_links(tmp_path / "site", base)) == []


def test_the_whole_site_is_what_publishing_day_by_day_writes(
    store: SqlStore, clock: Ticking, tmp_path: Path, published: list[Issue]
) -> None:
    for issue in published:
        publish(store, clock, tmp_path / "grown").run(issue.key)
    # the first days' feeds and calendars are those of the day: publishing them again brings them up to date
    for issue in published:
        publish(store, clock, tmp_path / "grown").run(issue.key)
    publish(store, clock, tmp_path / "whole").run_all()
    assert contents(tmp_path / "whole") == contents(tmp_path / "grown")


def page(site: Path, name: str) -> str:
    return (site / "papers" / name / "index.html").read_text()


def test_a_paper_has_one_page_however_often_its_issues_are_published_again(
    store: SqlStore, clock: Ticking, tmp_path: Path, published: list[Issue]
) -> None:
    """The day's issue and the week's hold the same papers: publishing one after the other settles."""
    site = tmp_path / "site"
    pages = []
    for _ in range(2):
        for issue in published:
            publish(store, clock, site).run(issue.key)
        pages.append({name: content for name, content in contents(site).items() if name.startswith("papers/")})
    assert pages[0] == pages[1]
    newest_day, week = published[-2:]
    assert [publish(store, clock, site).run(issue.key).written for issue in (newest_day, week)] == [0, 0]


def test_an_old_issue_that_is_published_again_leaves_the_page_of_a_newer_one(
    store: SqlStore, clock: Ticking, tmp_path: Path, published: list[Issue]
) -> None:
    site = tmp_path / "site"
    _, first, second, week = published
    both = [entry.id for entry in second.papers if entry.id in {entry.id for entry in first.papers}]
    [name] = [slug(paper_id) for paper_id in both]
    for issue in (first, second, week):
        publish(store, clock, site).run(issue.key)
    assert f"issues/{second.key.slug}/index.html" in page(site, name)
    for again in (first, week):
        publish(store, clock, site).run(again.key)
        assert f"issues/{second.key.slug}/index.html" in page(site, name)


def test_a_page_that_is_missing_is_written_by_whichever_issue_is_published(
    store: SqlStore, clock: Ticking, tmp_path: Path, published: list[Issue]
) -> None:
    """In a new folder no link of the week's issue leads nowhere, though the days own the papers' pages."""
    site, week = tmp_path / "site", published[-1]
    publish(store, clock, site).run(week.key)
    for entry in week.papers:
        assert f"issues/{week.key.slug}/index.html" in page(site, slug(entry.id))


def contents(site: Path) -> dict[str, bytes]:
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}


@pytest.mark.usefixtures("published")
def test_what_other_settings_left_is_removed_and_what_is_not_ours_stays(
    store: SqlStore, clock: Ticking, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    publish(store, clock, site).run_all()
    foreign = {"CNAME": b"papers.example.org", ".well-known/security.txt": b"Contact: me", "issues/notes.txt": b"mine"}
    for name, content in foreign.items():
        (site / name).parent.mkdir(exist_ok=True)
        (site / name).write_bytes(content)
    (site / "zh-Hans" / "help" / "index.html").write_bytes(b"my own help")
    report = publish(store, clock, site, base_url="", languages=("en",), topics=[]).run_all()
    assert report.removed > 0
    left = contents(site)
    assert {name: left[name] for name in foreign} == foreign
    assert left["zh-Hans/help/index.html"] == b"my own help", "what somebody wrote over ours is not ours"
    assert [name for name in left if name.startswith("zh-Hans/")] == ["zh-Hans/help/index.html"]
    assert "sitemap.xml" not in left
    assert not (site / "topics").exists()
    assert [name for name, content in left.items() if BASE.encode() in content] == []
    assert list(dead_links(site, "")) == []


@pytest.mark.usefixtures("published")
def test_a_site_whose_making_broke_off_still_works(store: SqlStore, clock: Ticking, tmp_path: Path) -> None:
    site = tmp_path / "site"
    publish(store, clock, site).run_all()
    before = contents(site)
    broken = publish(store, clock, site, languages=("en",))
    render = broken._renderer.site_files

    def cut(*given: object) -> Iterator[SiteFile]:
        yield next(render(*given))  # type: ignore[arg-type]
        msg = "the disk is full"
        raise NewsletterError(msg)

    broken._renderer.site_files = cut  # type: ignore[method-assign]
    with pytest.raises(NewsletterError, match="the disk is full"):
        broken.run_all()
    assert contents(site).keys() >= before.keys(), "nothing goes before everything is there"
    assert publish(store, clock, site, languages=("en",)).run_all().removed > 0
    assert not (site / "zh-Hans").exists()


def test_a_list_that_is_not_ours_removes_nothing(
    store: SqlStore, clock: Ticking, tmp_path: Path, published: list[Issue]
) -> None:
    (tmp_path / "precious").write_text("x")
    site = tmp_path / "site"
    site.mkdir()
    for listed in ('{"../precious": "0"}', "[]", "no JSON", '{"/etc/hostname": "0", "": "0", "a": 1}'):
        (site / LIST).write_text(listed)
        assert publish(store, clock, site).run_all().removed == 0
    assert (tmp_path / "precious").exists()
    assert len(published) == 4


def test_before_an_issue_is_published_there_is_no_site(store: SqlStore, clock: Ticking, tmp_path: Path) -> None:
    with pytest.raises(NothingToDo, match="No issue is published yet"):
        publish(store, clock, tmp_path / "site").run_all()
    assert not (tmp_path / "site").exists()
