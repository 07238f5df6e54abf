"""One running application for each test module's own database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from newsletter.domain.delivery import feed_token, subscriber_token
from newsletter.domain.issues import Issue, IssuePaper, IssueState
from newsletter.domain.subscribers import Subscriber
from newsletter.store import SqlStore
from tests.support.databases import new_database
from tests.support.mails import SECRET
from tests.support.samples import make_paper
from tests.support.web import make_app, make_store, running

EMAIL = "ada@example.org"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    """A store with one subscriber."""
    database = new_database(tmp_path / "newsletter.db")
    store = make_store(database)
    store.subscribers.upsert([Subscriber(email=EMAIL, name="Ada", interests=("retrieval", "-survey"), max_papers=30)])
    yield store
    database.close()


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """The site's folder; empty."""
    folder = tmp_path / "site"
    folder.mkdir()
    return folder


@pytest.fixture
def client(store: SqlStore, site: Path) -> Iterator[httpx.Client]:
    """A client of the running application; follows no redirect and keeps no cookie."""
    with running(make_app(store, site)) as url, httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
        yield client


def token_of(store: SqlStore, purpose: str, email: str = EMAIL) -> str:
    """The token that a mail to this subscriber carries."""
    subscriber = store.subscribers.get(email)
    assert subscriber is not None
    if purpose == "feed":
        return feed_token(SECRET, subscriber.id, subscriber.email, subscriber.feed_epoch)
    return subscriber_token(SECRET, purpose, subscriber.id, subscriber.email)


def about(number: int, subject: str, **changes: object) -> IssuePaper:
    """A paper about one thing."""
    fields = {"title": f"Paper {number} on {subject}", "abstract": f"This is a study of {subject}."}
    entry = make_paper(number, **(fields | changes))
    # a keyword is a match too
    return replace(entry, summaries={tag: replace(one, keywords=()) for tag, one in entry.summaries.items()})


def publish(store: SqlStore, issue: Issue) -> Issue:
    """Keep an issue and let it out."""
    assert issue.frozen_at is not None
    store.issues.save(issue)
    store.issues.mark(issue.key, issue.revision, IssueState.PUBLISHED, issue.frozen_at)
    return issue


def change(store: SqlStore, email: str = EMAIL, **changes: object) -> None:
    """A reader's row, as a roster would change it."""
    reader = store.subscribers.get(email)
    assert reader is not None
    store.subscribers.upsert([replace(reader, **changes)])  # type: ignore[arg-type]


@pytest.fixture
def unsubscribe(store: SqlStore) -> str:
    """The path of Ada's unsubscribe link."""
    return f"/unsubscribe/{token_of(store, 'unsubscribe')}"


@pytest.fixture
def day(store: SqlStore) -> str:
    """The path of Ada's own page of the latest issue."""
    return f"/day/{token_of(store, 'day')}"


@pytest.fixture
def preferences(store: SqlStore) -> str:
    """The path of Ada's preferences link."""
    return f"/preferences/{token_of(store, 'preferences')}"
