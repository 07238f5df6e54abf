"""What a database's files still hold of rows that are gone.

SQLite overwrites what it deletes (`PRAGMA secure_delete`), but where it moves rows from page to page, pieces of them
stay behind in about one of a hundred cases, and the write-ahead log has everything until it is written back. A file
that is written anew has nothing but what there is. PostgreSQL keeps dead rows until it vacuums, and their octets until
it writes something over them.
"""

from __future__ import annotations

from sqlalchemy import delete, select, text

from newsletter.store.database import Database
from newsletter.store.statements import table_of, upsert
from newsletter.store.tables import MetaRow, metadata

__all__ = ["Remains"]

_META = table_of(MetaRow)
_NAME = "remains"
"""The fact that files may hold remains."""


class Remains:
    """Implements `domain.ports.Remains` over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def are_suspected(self) -> bool:
        """Whether files may hold remains of what was deleted."""
        with self._database.read() as connection:
            return connection.execute(select(_META.c.value).where(_META.c.name == _NAME)).first() is not None

    def suspect(self) -> None:
        """Note that they may, before something is deleted: it holds whatever happens then."""
        with self._database.write() as connection:
            upsert(connection, MetaRow, [{"name": _NAME, "value": "yes"}], keys=("name",))

    def cut_log(self) -> bool:
        """Write SQLite's log back and empty it; False where somebody has been reading for too long."""
        if not self._database.is_sqlite:
            return True
        with self._database.statement() as connection:
            busy, _, _ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
        return not busy

    def clear(self, *, rewrite: bool = False) -> None:
        """Write SQLite's file anew, which takes as much disk again for a while; have PostgreSQL vacuum its tables.

        With `rewrite` PostgreSQL writes them anew, too; nobody reads or writes them meanwhile.
        """
        with self._database.statement() as connection:
            if self._database.is_sqlite:
                connection.exec_driver_sql("VACUUM")
            else:
                # what a planner remembers of a column are values of it
                how = "VACUUM (FULL, ANALYZE)" if rewrite else "VACUUM (ANALYZE)"
                for table in metadata.sorted_tables:
                    connection.execute(text(f'{how} "{table.name}"'))
                if rewrite:
                    connection.execute(text("VACUUM (FULL) pg_statistic"))
        if self.cut_log():
            with self._database.write() as connection:
                connection.execute(delete(_META).where(_META.c.name == _NAME))
