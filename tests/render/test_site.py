"""The site: every promised file, feeds that readers take, and the same bytes for the same state."""

import json
import re
from datetime import date

import feedparser
import pytest

from newsletter.domain.issues import Edition, Issue, IssueKey, IssueState, IssueStatus
from newsletter.formats import decode_issue
from newsletter.render.site import SiteTopic
from tests.support.mails import make_site
from tests.support.samples import make_issue, make_paper


def status_of(issue: Issue) -> IssueStatus:
    assert issue.frozen_at is not None
    return IssueStatus(
        issue.key, issue.revision, IssueState.PUBLISHED, issue.hash, len(issue.papers), issue.frozen_at, issue.frozen_at
    )


def render(*issues: Issue, **changes: object) -> dict[str, bytes]:
    options: dict[str, object] = {
        "title": "The Daily <Sample>",
        "description": "Papers & more",
        "base_url": "https://news.example.org",
        "identity": "0123456789abcdef",
        "topics": [
            SiteTopic(slug="odd", names={"en": "Odd ones"}, papers=lambda issue: range(0, len(issue.papers), 2))
        ],
    }
    site = make_site(**(options | changes))  # type: ignore[arg-type]
    files = list(site.render(issues[0], issues, [status_of(issue) for issue in issues]))
    assert len({file.path for file in files}) == len(files), "a file is written twice"
    return {file.path: file.content for file in files}


def test_every_promised_file_is_there() -> None:
    files = render(make_issue())
    assert {
        "index.html",
        "feed.atom",
        "feed.rss",
        "feed.json",
        "help/index.html",  # where List-Help of every mail leads
        "zh-Hans/help/index.html",
        "topics/odd.atom",
        "topics/odd.rss",
        "issues/2026-06-02/index.html",
        "issues/2026-06-02/arxiv-daily.md",
        "issues/2026-06-02/issue.json",
        "issues/2026-06-02/zh-Hans/index.html",
        "zh-Hans/feed.atom",
        "static/style.css",
    } <= set(files)


def test_the_structured_issue_reads_back() -> None:
    issue = make_issue()
    assert decode_issue(render(issue)["issues/2026-06-02/issue.json"]) == issue


def test_the_same_state_gives_the_same_bytes() -> None:
    assert render(make_issue()) == render(make_issue())


@pytest.mark.parametrize("path", ["feed.atom", "feed.rss", "topics/odd.atom", "zh-Hans/feed.rss"])
def test_readers_take_the_feeds_without_complaint(path: str) -> None:
    issue = make_issue()
    feed = feedparser.parse(render(issue)[path])
    assert not feed.bozo, feed.bozo_exception
    expected = issue.papers[::2] if "odd" in path else issue.papers
    assert len(feed.entries) == len(expected)
    assert all(entry.id.startswith("urn:uuid:") for entry in feed.entries)
    if "zh" not in path:
        assert [entry.title for entry in feed.entries] == [entry.paper.title for entry in expected]


def test_a_feed_names_its_own_address_and_its_newest_entry_as_its_update() -> None:
    files = render(make_issue())
    feed = feedparser.parse(files["feed.atom"]).feed
    assert [link.href for link in feed.links if link.rel == "self"] == ["https://news.example.org/feed.atom"]
    assert feed.updated == "2026-06-02T06:00:00+00:00"
    assert json.loads(files["feed.json"])["feed_url"] == "https://news.example.org/feed.json"


def test_ids_survive_a_change_of_title_address_and_wording() -> None:
    before = feedparser.parse(render(make_issue())["feed.atom"])
    changed = make_issue([make_paper(number, title=f"Renamed {number}") for number in range(1, 8)])
    after = feedparser.parse(render(changed, base_url="http://elsewhere.example", title="Other")["feed.atom"])
    assert [entry.id for entry in before.entries] == [entry.id for entry in after.entries]
    assert before.feed.id == after.feed.id


def test_a_paper_of_two_issues_is_one_entry() -> None:
    newer, older = make_issue(3, day=date(2026, 6, 3)), make_issue(5, day=date(2026, 6, 2))
    entries = feedparser.parse(render(newer, older)["feed.atom"]).entries
    assert len(entries) == len({entry.id for entry in entries}) == 5


def test_a_topics_page_has_every_issue_it_is_given_newest_first() -> None:
    days = [date(2026, 6, 4), date(2026, 6, 3), date(2026, 6, 2)]
    page = render(*(make_issue(day=day) for day in days))["topics/odd/index.html"].decode()
    assert re.findall(r'id="d(2026-\d\d-\d\d)"', page) == [f"{day}" for day in days]


def test_the_first_page_shows_a_weekly_issue_only_where_there_is_no_daily_one() -> None:
    weekly, daily = make_issue(key=IssueKey(date(2026, 6, 5), Edition.WEEKLY)), make_issue()
    site = make_site(title="T", identity="0")
    for recent, shown in (((), weekly), ((daily,), daily)):
        files = {file.path: file.content.decode() for file in site.render(weekly, recent, [status_of(weekly)])}
        latest = files["index.html"].partition('<h2 id="latest">')[2]
        assert latest.startswith(f'<a href="issues/{shown.key.slug}/index.html">')


def test_without_an_address_feeds_still_parse_and_invent_none() -> None:
    files = render(make_issue(), base_url="")
    for path in ("feed.atom", "feed.rss"):
        assert not feedparser.parse(files[path]).bozo
        assert b"news.example.org" not in files[path]


def test_pages_ask_nobody_else_for_anything() -> None:
    for path, content in render(make_issue()).items():
        if path.endswith(".html"):
            text = content.decode()
            assert 'src="http' not in text
            assert '<link rel="stylesheet" href="http' not in text
