"""The web application on a real server on loopback, over a real database."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from starlette.types import ASGIApp

from newsletter.domain.interest_parser import parse
from newsletter.domain.merging import merge
from newsletter.errors import InterestError
from newsletter.services.subscriptions import Subscriptions
from newsletter.store import Database, SqlStore
from newsletter.web.app import create_app
from newsletter.web.pages import Pages
from newsletter.web.server import listen, make_server
from tests.support.mails import SECRET, make_templates

__all__ = ["check_interest", "make_app", "make_store", "make_subscriptions", "running"]


def check_interest(text: str) -> str | None:
    """What is wrong with an interest, None if it can be read."""
    try:
        parse(text)
    except InterestError as error:
        return str(error)
    return None


def make_store(database: Database) -> SqlStore:
    """All repositories over this database; links are signed as those of `make_assembler`."""
    return SqlStore(database, merge=merge, clock=lambda: datetime.now(UTC), secret=SECRET)


def make_subscriptions(store: SqlStore) -> Subscriptions:
    """What readers do with their subscription, over this store."""
    return Subscriptions(
        store.subscribers, secret=store.secret, check_interest=check_interest, languages=("en", "zh-Hans")
    )


def make_app(store: SqlStore, site: Path) -> ASGIApp:
    """The application over this store and this site folder."""
    pages = Pages(make_templates(), "The Daily Sample", "Papers of the day", ("en", "zh-Hans"), "help@example.org")
    return create_app(
        subscriptions=make_subscriptions(store),
        pages=pages,
        site=site,
        check=store.database.revision,
        clock=lambda: datetime.now(UTC),
    )


@contextmanager
def running(app: ASGIApp) -> Iterator[str]:
    """Serve while the block runs; gives the address, without a slash at its end."""
    line = listen("127.0.0.1", 0)
    server = make_server(app)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [line]}, daemon=True)
    thread.start()
    until = time.monotonic() + 10
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        assert time.monotonic() < until, "the server did not start in time"
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{line.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        line.close()
