"""Opening the database, checking its version, and turning its faults into this product's own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, select
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from newsletter.errors import StoreNewer, StoreOutdated, StoreUnavailable
from newsletter.private import FILE, keep_private
from newsletter.store import migrations

__all__ = ["Database"]

_PATIENCE_MS = 45_000
"""How long a transaction waits for another process's to end; the longest of our own take half a minute (a plan for a
million). A web server before `newsletter serve` waits for a minute."""
_LOG_KEPT = 64 * 1024 * 1024
"""Octets that SQLite's write-ahead log may keep on the disk between transactions."""


class Database:
    """One database and its transactions.

    Attributes:
        engine: SQLAlchemy's engine, for what needs more than a transaction.
    """

    def __init__(self, url: str, *, folder: Path | None = None, password: str | None = None) -> None:
        """Prepare; nothing is opened yet.

        Args:
            url: `sqlite:///newsletter.db` (relative to `folder`) or `postgresql://user@host/name`.
            folder: what a relative SQLite path is relative to; the working folder by default.
            password: for PostgreSQL, kept out of `url` so that it never stands in a file or a message.
        """
        self._url = _resolve(make_url(url), folder or Path(), password)
        self.engine = _make_engine(self._url, self.path)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is SQLite (a file) rather than PostgreSQL (a server)."""
        return self._url.get_backend_name() == "sqlite"

    @property
    def path(self) -> Path | None:
        """The file of an SQLite database; None for one in memory or on a server."""
        name = self._url.database
        return Path(name) if self.is_sqlite and name and name != ":memory:" else None

    @property
    def label(self) -> str:
        """What messages call it; a password is masked."""
        return _shown(self._url)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads."""
        with self._connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that writes: all of it or nothing."""
        # SQLite takes the write lock at once: a reader that turns writer half way can only fail
        with self._connect().execution_options(begin="IMMEDIATE") as connection, connection.begin():
            yield connection

    @contextmanager
    def statement(self) -> Iterator[Connection]:
        """For one statement that writes, which is then a transaction of its own: durable when it returns."""
        options = {"begin": None} if self.is_sqlite else {"isolation_level": "AUTOCOMMIT"}
        with self._connect().execution_options(**options) as connection:
            yield connection

    def _connect(self) -> Connection:
        try:
            return self.engine.connect()
        except NoConnection as error:
            msg = f"The database {self.label} failed: all connections of this program are in use. Try again."
            raise StoreUnavailable(msg) from error

    def open(self) -> None:
        """Check that the database is of this program's version; an empty one gets its tables.

        Raises:
            StoreOutdated: older; `newsletter db upgrade` brings it up.
            StoreNewer: written by a newer program.
            StoreUnavailable: it cannot be opened.
        """
        revision = self.revision()
        if revision is None:
            self.upgrade()
            return
        self._refuse_newer(revision)
        if revision != migrations.REVISIONS[-1]:
            msg = (
                f"The database {self.label} is older than this program (revision {revision}, expected "
                f"{migrations.REVISIONS[-1]}). Make a backup, then run `newsletter db upgrade`."
            )
            raise StoreOutdated(msg)

    def revision(self) -> str | None:
        """The migration the database is at; None for one without tables."""
        with self.read() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            return connection.execute(select(migrations.VERSION_TABLE.c.version_num)).scalar()

    def upgrade(self) -> None:
        """Bring the tables up to this program's version, in one transaction.

        Raises:
            StoreNewer: they are of a newer one.
        """
        revision = self.revision()
        if revision is not None:
            self._refuse_newer(revision)
        with self.write() as connection:
            migrations.upgrade(connection)

    def _refuse_newer(self, revision: str) -> None:
        if revision not in migrations.REVISIONS:
            msg = (
                f"The database {self.label} was written by a newer version of newsletter (revision {revision}; this "
                f"one knows up to {migrations.REVISIONS[-1]}). Install that version, or restore an older backup."
            )
            raise StoreNewer(msg)

    def close(self) -> None:
        """Give connections back."""
        self.engine.dispose()


def _resolve(url: URL, folder: Path, password: str | None) -> URL:
    if url.get_backend_name() == "sqlite":
        if url.database and url.database != ":memory:":
            url = url.set(database=str((folder / url.database).resolve()))
        return url
    if password:
        url = url.set(password=password)
    return url.set(drivername="postgresql+psycopg")


def _make_engine(url: URL, path: Path | None) -> Engine:
    # parameters hold addresses, and an unexpected error ends in a log
    if url.get_backend_name() != "sqlite":
        engine = create_engine(url, pool_pre_ping=True, hide_parameters=True)
    else:
        # autocommit, so that BEGIN is ours to word (see `_begin`)
        engine = create_engine(url, connect_args={"isolation_level": None}, hide_parameters=True)
        if path is not None:
            event.listen(engine, "do_connect", partial(_keep_for_owner, path))
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin)
    event.listen(engine, "handle_error", _explain)
    return engine


def _keep_for_owner(path: Path, *_: object) -> None:
    """The file holds addresses and the secret that signs: nobody else reads it, nor what SQLite keeps beside it.

    SQLite gives the files that it makes beside a database the rights of the database.
    """
    with suppress(OSError):  # where it cannot be made SQLite says so, in words that are explained
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, FILE))
    for suffix in ("", "-wal", "-shm", "-journal"):
        keep_private(path.with_name(path.name + suffix))


def _configure_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401  # whatever the driver calls a connection
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_PATIENCE_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    # FULL: a delivery marked `sent` must survive a power cut, or the reader gets it twice
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    # what is deleted is overwritten: who had themselves erased is in no free page either
    cursor.execute("PRAGMA secure_delete = ON")
    # planning for a million leaves a log as large as its rows; once it is written back its file is cut to this
    cursor.execute(f"PRAGMA journal_size_limit = {_LOG_KEPT}")
    cursor.close()


def _begin(connection: Connection) -> None:
    how = connection.get_execution_options().get("begin", "")
    if how is not None:
        connection.exec_driver_sql(f"BEGIN {how}")


def _shown(url: URL) -> str:
    """What messages say of it: no password, and no options, among which one may stand too."""
    return url.set(query={}).render_as_string(hide_password=True)


def _explain(context: ExceptionContext) -> None:
    """A database that cannot be opened, is locked, full or gone is the operator's to mend: say so plainly."""
    reason = " ".join(str(context.original_exception).split())
    damaged = "not a database" in reason or "malformed" in reason
    if isinstance(context.sqlalchemy_exception, OperationalError) or context.is_disconnect or damaged:
        label = _shown(context.engine.url) if context.engine else "the database"
        full = "Free some space on its disk and run the command again; nothing that was stored is lost."
        hints = {
            "unable to open": "Check that its folder exists and can be written to.",
            "readonly": "Check that the file can be written to.",
            "full": full,
            "No space left": full,
            "disk I/O error": f"Its disk is full, or broken. {full}",
            "not a database": "Another file has its name: check database.url.",
            "malformed": "It is damaged: restore a backup.",
            "locked": "Another process is writing for a long time; run the command again.",
        }
        hint = next((text for sign, text in hints.items() if sign in reason), "Check that it is running and reachable.")
        raise StoreUnavailable(f"The database {label} failed: {reason}. {hint}") from context.original_exception
