"""Facts about the database itself: names and texts that are written once, and kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import Connection, select

from newsletter.store.database import Database
from newsletter.store.statements import table_of, upsert
from newsletter.store.tables import MetaRow

__all__ = ["MetaFacts"]

_META = table_of(MetaRow)


class MetaFacts:
    """Over the table of facts. What stands there is never replaced: whoever writes a name first has said it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, name: str) -> str | None:
        """What is kept under this name, or None."""
        with self._database.read() as connection:
            return connection.execute(select(_META.c.value).where(_META.c.name == name)).scalar()

    def below(self, prefix: str) -> Mapping[str, str]:
        """What is kept under names that begin so, by the rest of the name, in its order."""
        with self._database.read() as connection:
            statement = select(_META.c.name, _META.c.value).where(_META.c.name.startswith(prefix, autoescape=True))
            return {row.name.removeprefix(prefix): row.value for row in connection.execute(statement.order_by("name"))}

    def keep(self, name: str, make: Callable[[], str]) -> str:
        """What is kept under this name; where nothing is, what `make` gives from now on."""
        value = self.get(name)
        if value is not None:
            return value
        new = make()  # not within the transaction: it may keep a fact of its own
        with self._database.write() as connection:
            return self.keep_within(connection, name, new)

    @staticmethod
    def keep_within(connection: Connection, name: str, value: str) -> str:
        """As `keep`, within a transaction that writes."""
        upsert(connection, MetaRow, [{"name": name, "value": value}], keys=("name",))
        first: str = connection.execute(select(_META.c.value).where(_META.c.name == name)).scalar_one()
        return first
