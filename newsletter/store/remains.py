"""What a database's files still hold of rows that are gone: SQLite's log and free pages, PostgreSQL's dead rows.

SQLite overwrites what it deletes (`PRAGMA secure_delete`), so that nothing of it is left but in the write-ahead log,
until that is written back. Files that older versions wrote hold remains, and so may any that is not looked after: they
are written anew once. PostgreSQL keeps dead rows until it vacuums, and says of nothing when it overwrites it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import delete, func, select, text

from newsletter.store.database import Database
from newsletter.store.statements import table_of, upsert
from newsletter.store.tables import MetaRow, metadata

__all__ = ["Remains"]

_META = table_of(MetaRow)
_NAME = "remains"
"""The fact that files may hold remains."""
_PIECE = 1024 * 1024


class Remains:
    """Implements `domain.ports.Remains` over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def are_suspected(self) -> bool:
        """Whether files may hold remains of what was deleted, so that `clear` is worth its time."""
        with self._database.read() as connection:
            return connection.execute(select(_META.c.value).where(_META.c.name == _NAME)).first() is not None

    def suspect(self) -> None:
        """Note that they may."""
        with self._database.write() as connection:
            upsert(connection, MetaRow, [{"name": _NAME, "value": "yes"}], keys=("name",))

    def settle(self, forms: Sequence[bytes]) -> None:
        """Leave no log of what was deleted, and see whether one of these texts, in lower case, still stands in a file.

        Where it does, or nobody can look, that is noted (`are_suspected`).
        """
        if not self._database.is_sqlite:
            self.suspect()
            return
        with self._database.statement() as connection:
            busy, _, _ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
        path = self._database.path
        if busy or (path is not None and any(_holds(file, forms) for file in _files(path))):
            self.suspect()

    def clear(self, *, rewrite: bool = False) -> None:
        """Write SQLite's file anew, which takes as much disk again for a while; have PostgreSQL vacuum its tables.

        With `rewrite` PostgreSQL writes them anew, too; nobody reads or writes them meanwhile.
        """
        with self._database.statement() as connection:
            if self._database.is_sqlite:
                connection.exec_driver_sql("VACUUM")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
            else:
                how = "VACUUM (FULL)" if rewrite else "VACUUM"
                for table in metadata.sorted_tables:
                    connection.execute(text(f'{how} "{table.name}"'))
        with self._database.write() as connection:
            connection.execute(delete(_META).where(_META.c.name == _NAME))

    def size(self) -> int:
        """Octets of the database: what a rewrite needs on the disk besides."""
        with self._database.read() as connection:
            if not self._database.is_sqlite:
                return int(connection.execute(select(func.pg_database_size(func.current_database()))).scalar_one())
        path = self._database.path
        return sum(file.stat().st_size for file in _files(path)) if path else 0


def _files(path: Path) -> list[Path]:
    return [file for suffix in ("", "-wal") if (file := path.with_name(path.name + suffix)).exists()]


def _holds(path: Path, forms: Sequence[bytes]) -> bool:
    """Whether one of these texts stands in a file, in whatever case."""
    longest = max(map(len, forms), default=0)
    before = b""
    with path.open("rb") as file:
        while longest and (piece := file.read(_PIECE)):
            there = (before + piece).lower()
            if any(form in there for form in forms):
                return True
            before = there[-longest:]
    return False
