"""What nobody will see need not be summarised."""

from datetime import UTC, date, datetime

import pytest

from newsletter.domain.matching import IssueSelector
from newsletter.domain.papers import Announcement, AnnounceType, Paper, PaperId
from newsletter.domain.subscribers import Subscriber, SubscriptionState
from newsletter.services.compose import Compose, ComposeOptions
from newsletter.services.scope import EnrichScope
from newsletter.store import SqlStore
from tests.support.databases import new_database

NOW = datetime(2026, 6, 8, 12, tzinfo=UTC)
DAY = date(2026, 6, 8)
SUBJECTS = ["tomato vines", "zebra stripes", "harbour pilots", "violin varnish", "glacier tunnels", "birch beetles"]


@pytest.fixture
def store(tmp_path):
    database = new_database(tmp_path / "newsletter.db")
    made = SqlStore(database, clock=lambda: NOW, secret=None)
    papers = [
        Paper(id=PaperId(f"arxiv:2606.0000{9 - n}"), version=1, title=subject.title(), abstract=f"On {subject}.")
        for n, subject in enumerate(SUBJECTS)
    ]
    made.papers.add(
        [Announcement(source="s", feed="f", day=DAY, kind=AnnounceType.NEW, paper=paper) for paper in papers]
    )
    yield made
    database.close()


def titles(store, *, shown_only, feed_entries=1, max_papers=None):
    options = ComposeOptions(title="T", description="", languages=("en",), engines=("file",), max_papers=max_papers)
    compose = Compose(store, options, admits=lambda _: True, clock=lambda: NOW, acronyms=lambda _: {})
    scope = EnrichScope(compose, store.subscribers, IssueSelector, feed_entries=feed_entries, shown_only=shown_only)
    return [paper.title.lower() for paper in scope.papers(DAY)]


def test_all_is_every_paper_in_the_issues_order(store):
    assert titles(store, shown_only=False, max_papers=2) == SUBJECTS


def test_shown_is_what_feeds_hold_and_what_confirmed_subscribers_pick(store):
    store.subscribers.upsert(
        [
            Subscriber(email="a@example.org", interests=("varnish",)),
            Subscriber(email="b@example.org", interests=("varnish", "glacier")),
            Subscriber(email="c@example.org", interests=("beetles",), state=SubscriptionState.UNCONFIRMED),
        ]
    )
    assert titles(store, shown_only=True) == ["tomato vines", "violin varnish", "glacier tunnels"]
    assert titles(store, shown_only=True, feed_entries=2)[:2] == SUBJECTS[:2]


def test_what_the_issue_cuts_off_is_not_shown(store):
    store.subscribers.upsert([Subscriber(email="a@example.org", interests=("varnish",))])
    assert titles(store, shown_only=True, max_papers=2) == ["tomato vines"]


def test_a_day_without_papers_needs_nothing(store):
    options = ComposeOptions(title="T", description="", languages=("en",), engines=("file",))
    compose = Compose(store, options, admits=lambda _: True, clock=lambda: NOW, acronyms=lambda _: {})
    scope = EnrichScope(compose, store.subscribers, IssueSelector, feed_entries=5, shown_only=True)
    assert scope.papers(date(2026, 7, 30)) == []
