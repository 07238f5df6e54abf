"""Which requests are let in, and what the log is told of those that fail."""

from __future__ import annotations

import socket
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from newsletter.store import SqlStore
from newsletter.web.serving.clients import Proxies
from newsletter.web.serving.connections import Limits
from newsletter.web.serving.troubles import Troubles
from tests.support.web import make_app, running


@contextmanager
def served(store: SqlStore, site: Path, limits: Limits | None = None) -> Iterator[httpx.Client]:
    troubles = Troubles(every=3600)
    app = make_app(store, site, limits=limits, troubles=troubles)
    with running(app, limits, troubles=troubles) as url, httpx.Client(base_url=url, trust_env=False) as client:
        yield client


def broken(store: SqlStore, folder: Path) -> None:
    """Make the database unreadable."""
    store.database.close()
    for file in folder.glob("newsletter.db*"):
        file.write_bytes(b"this is no database " * 1000)


def test_a_thousand_failures_are_two_lines_and_none_has_a_token(
    store: SqlStore, site: Path, unsubscribe: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with served(store, site) as client:
        broken(store, tmp_path)
        for _ in range(30):
            assert client.post(unsubscribe).status_code == 503
            assert client.get("/health").status_code == 503
    lines = [record.getMessage() for record in caplog.records if record.name == "newsletter.web"]
    # the first of each at once, and the count when the server ends
    assert len(lines) == 3
    assert lines[0].startswith("503 at /unsubscribe/{token}: The database ")
    assert lines[1].startswith("503 at /health: The database ")
    assert lines[2].count("29 x 503 at ") == 2
    assert unsubscribe.rpartition("/")[2] not in caplog.text


def test_a_fault_of_the_program_is_told_once_with_where_it_happened(
    store: SqlStore, site: Path, preferences: str, caplog: pytest.LogCaptureFixture
) -> None:
    with served(store, site) as client:
        with sqlite3.connect(store.database.path or pytest.skip("made by hand in the file of SQLite")) as connection:
            connection.execute("UPDATE subscriber SET cadence = 'never'")
        assert [client.get(preferences).status_code for _ in range(20)] == [500] * 20
    lines = [record for record in caplog.records if record.name == "newsletter.web"]
    assert sum(record.exc_info is not None for record in lines) == 1
    assert [record.getMessage() for record in lines][:2] == [
        "500 at /preferences/{token}",
        "Exception in ASGI application: ValueError",
    ]
    assert len(lines) == 3
    assert preferences.rpartition("/")[2] not in caplog.text


def test_a_proxy_that_the_settings_do_not_name_is_told_to_the_operator(
    store: SqlStore, site: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with served(store, site) as client:
        for _ in range(3):
            assert client.get("/health", headers={"X-Forwarded-For": "192.0.2.1"}).status_code == 200
    assert "A proxy at 127.0.0.1 asks for others, and web.trusted_proxies does not name it" in caplog.messages[0]


def test_a_proxy_that_is_named_is_nothing_to_tell(
    store: SqlStore, site: Path, caplog: pytest.LogCaptureFixture
) -> None:
    limits = Limits(proxies=Proxies.named(["127.0.0.1"], "x-forwarded-for"))
    with served(store, site, limits) as client:
        assert client.get("/health", headers={"X-Forwarded-For": "192.0.2.1"}).status_code == 200
    assert not [record for record in caplog.records if record.name == "newsletter.web"]


def test_nonsense_that_a_stranger_sends_is_counted_too(
    store: SqlStore, site: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with served(store, site) as client:
        for _ in range(10):
            with socket.create_connection((client.base_url.host, client.base_url.port or 0), timeout=60) as line:
                line.sendall(b"nonsense\r\n\r\n")
                assert line.recv(65536).startswith(b"HTTP/1.1 400")
    lines = [record.getMessage() for record in caplog.records if record.name == "newsletter.web"]
    assert lines == [
        "Invalid HTTP request received.",
        "In the last 3600 seconds again: 9 x Invalid HTTP request received.",
    ]
