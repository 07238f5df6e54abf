"""One running application for each test module's own database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from newsletter.domain.delivery import feed_token, subscriber_token
from newsletter.domain.subscribers import Subscriber
from newsletter.store import SqlStore
from tests.support.databases import new_database
from tests.support.mails import SECRET
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
