"""The repositories together: the newsletter's secret, a full disk, a locked database."""

from __future__ import annotations

import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event, text

from newsletter.errors import StoreUnavailable
from newsletter.store import Database, SqlStore
from tests.store.conftest import NOW
from tests.support.doubles import MONDAY, announced, paper, paper_id


def test_the_secret_is_made_once_and_stays(store: SqlStore, database: Database) -> None:
    secret = store.secret()
    assert len(secret) == 32
    assert store.secret() == secret
    assert SqlStore(database, clock=lambda: NOW).secret() == secret


def test_two_databases_have_two_secrets(database: Database, tmp_path: Path) -> None:
    with closing(Database("sqlite:///other.db", folder=tmp_path)) as other:
        other.open()
        assert _store(other).secret() != _store(database).secret()


def test_a_secret_that_was_handed_in_is_used_and_not_kept(database: Database) -> None:
    given = SqlStore(database, clock=lambda: NOW, secret=b"hunter2")
    assert given.secret() == b"hunter2"
    assert _store(database).secret() != b"hunter2"


def test_the_secret_shows_in_no_repr(database: Database) -> None:
    given = SqlStore(database, clock=lambda: NOW, secret=b"hunter2")
    given.secret()
    shown = "".join(repr(value) for value in (given, vars(given), vars(given.subscribers), given.secret))
    assert "hunter2" not in shown


# --- what the operator has to mend ------------------------------------------------------------------------------------


def _store(database: Database) -> SqlStore:
    return SqlStore(database, clock=lambda: NOW)


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Database]:
    database = Database("sqlite:///newsletter.db", folder=tmp_path)
    database.open()
    yield database
    database.close()


@contextmanager
def _no_room(database: Database) -> Iterator[None]:
    """SQLite may not make its file any larger, as if the disk were full."""

    def limit(connection: sqlite3.Connection, *_: object) -> None:
        [(pages,)] = connection.execute("PRAGMA page_count").fetchall()
        connection.execute(f"PRAGMA max_page_count = {pages}").fetchall()

    database.close()
    event.listen(database.engine, "connect", limit)
    try:
        yield
    finally:
        event.remove(database.engine, "connect", limit)
        database.close()


def test_a_full_disk_is_said_plainly_and_loses_nothing(sqlite: Database) -> None:
    store = _store(sqlite)
    store.papers.add([announced(1)])
    many = [announced(paper(n, abstract="x" * 5000)) for n in range(100)]
    with _no_room(sqlite), pytest.raises(StoreUnavailable) as raised:
        store.papers.add(many)
    assert "newsletter.db failed: database or disk is full. Free some space" in str(raised.value)
    assert "nothing that was stored is lost" in str(raised.value)
    assert [merged.id for merged, _ in store.papers.announced(MONDAY, MONDAY)] == [paper_id(1)]
    assert store.papers.add(many) == 99


@contextmanager
def _largest_file(size: int) -> Iterator[None]:
    """The operating system refuses to make any file larger than this, in the midst of a write."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_disk_that_breaks_off_a_write_loses_nothing_either(sqlite: Database, tmp_path: Path) -> None:
    store = _store(sqlite)
    store.papers.add([announced(1)])
    sqlite.close()
    many = [announced(paper(n, abstract="x" * 5000)) for n in range(200)]
    largest = max(path.stat().st_size for path in tmp_path.iterdir())
    with _largest_file(largest + 50_000), pytest.raises(StoreUnavailable, match="Its disk is full, or broken"):
        store.papers.add(many)
    assert [merged.id for merged, _ in store.papers.announced(MONDAY, MONDAY)] == [paper_id(1)]
    assert store.papers.add(many) == 199


def test_a_database_that_somebody_else_writes_to_is_said_to_be_locked(sqlite: Database, tmp_path: Path) -> None:
    event.listen(sqlite.engine, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout = 20"))
    sqlite.close()
    store = _store(sqlite)
    with closing(sqlite3.connect(tmp_path / "newsletter.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert list(store.papers.announced(MONDAY, MONDAY)) == []  # readers do not wait for writers
        with pytest.raises(StoreUnavailable, match="Another process is writing"):
            store.papers.add([announced(1)])
        other.execute("COMMIT")
    assert store.papers.add([announced(1)]) == 1


def test_a_server_whose_disk_is_full_gets_the_same_advice(migrated_postgres: str) -> None:
    words = "could not extend file: No space left on device"
    full = f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '53100', MESSAGE = '{words}'; END $$"
    with (
        closing(Database(migrated_postgres)) as database,
        pytest.raises(StoreUnavailable, match="Free some space on its disk"),
        database.write() as connection,
    ):
        connection.execute(text(full))
