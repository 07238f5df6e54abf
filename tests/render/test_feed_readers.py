"""What feed readers make of the feeds: polled again after a rebuild, nothing is new and nothing is sent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import feedparser
import pytest

from newsletter.domain.issues import Issue, IssueState, IssueStatus
from newsletter.services.files import write_if_changed
from tests.support.databases import new_database
from tests.support.mails import make_site
from tests.support.samples import make_issue, make_paper
from tests.support.web import make_app, make_store, running


def publish(folder: Path, base_url: str, issue: Issue) -> None:
    """Render everything anew and write what changed, as publishing does."""
    assert issue.frozen_at is not None
    status = IssueStatus(issue.key, 1, IssueState.PUBLISHED, issue.hash, 7, issue.frozen_at, issue.frozen_at)
    site = make_site(title="The Daily Sample", base_url=base_url, identity="0123")
    for file in site.render(issue, [issue], [status]):
        write_if_changed(folder / file.path, file.content)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The address of the web application, and the folder of the site that it serves."""
    database = new_database(tmp_path / "news.db")
    folder = tmp_path / "site"
    folder.mkdir()
    with running(make_app(make_store(database), folder)) as address:
        yield address, folder
    database.close()


@pytest.mark.parametrize("name", ["feed.atom", "feed.rss"])
def test_feedparser_gets_a_304_after_a_rebuild(served: tuple[str, Path], name: str) -> None:
    address, folder = served
    publish(folder, address, make_issue())
    first = feedparser.parse(f"{address}/{name}")
    assert not first.bozo
    assert len(first.entries) == 7
    publish(folder, address, make_issue())
    again = feedparser.parse(f"{address}/{name}", etag=first.etag, modified=first.modified)
    assert again.status == 304
    assert not again.entries
    whole = feedparser.parse(f"{address}/{name}")
    assert {entry.id for entry in whole.entries} == {entry.id for entry in first.entries}


@pytest.mark.parametrize("name", ["feed.atom", "feed.rss", "feed.json"])
def test_reader_finds_no_new_entry_after_a_rebuild(served: tuple[str, Path], name: str) -> None:
    lemon = pytest.importorskip("reader")
    address, folder = served
    publish(folder, address, make_issue())
    with lemon.make_reader(":memory:") as reader:
        reader.add_feed(f"{address}/{name}")
        first = reader.update_feed(f"{address}/{name}")
        assert first.new == 7
        publish(folder, address, make_issue())
        assert reader.update_feed(f"{address}/{name}") is None
        assert reader.get_entry_counts().total == 7
        titles = {entry.title for entry in reader.get_entries()}
        assert titles == {entry.paper.title for entry in make_issue().papers}


@pytest.mark.parametrize("name", ["feed.atom", "feed.rss", "feed.json"])
def test_titles_and_summaries_in_a_list_of_entries_have_no_tex(served: tuple[str, Path], name: str) -> None:
    lemon = pytest.importorskip("reader")
    address, folder = served
    title = r"Valid $\ne$ Necessary: $\mathcal{O}(n\log n)$ for $100"
    publish(folder, address, make_issue([make_paper(title=title)]))
    with lemon.make_reader(":memory:") as reader:
        reader.add_feed(f"{address}/{name}")
        reader.update_feed(f"{address}/{name}")
        (entry,) = reader.get_entries()
    assert entry.title == "Valid ≠ Necessary: O(n log n) for $100"
