"""Statements that SQLAlchemy words differently for each database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Table, Text, any_, literal
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel

__all__ = ["among", "chunks", "table_of", "upsert"]

T = TypeVar("T")

# SQLite allows 32,766 parameters in one statement; a `WHERE id IN (…)` stays far below
CHUNK = 1000


def table_of(model: type[SQLModel]) -> Table:
    """The Core table behind a model; bulk paths use Core because the ORM costs ten times as much."""
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


def chunks(items: Sequence[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    """The items in slices that fit one statement."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def among(connection: Connection, column: ColumnElement[str], values: Sequence[str]) -> ColumnElement[bool]:
    """Whether a column of text has one of these values: `IN`.

    PostgreSQL takes them as one array: to word and read a thousand parameters costs more than to find the rows.
    """
    if connection.dialect.name == "postgresql":
        return column == any_(literal(list(values), postgresql.ARRAY(Text)))
    return column.in_(values)


def upsert(
    connection: Connection,
    model: type[SQLModel],
    rows: Iterable[dict[str, Any]],
    *,
    keys: Sequence[str],
    update: Sequence[str] = (),
) -> None:
    """Insert rows; where one with the same keys is there, change its `update` columns; with none, leave it."""
    values = list(rows)
    if not values:
        return
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(table_of(model))
    if update:
        final = statement.on_conflict_do_update(
            index_elements=list(keys), set_={name: statement.excluded[name] for name in update}
        )
    else:
        final = statement.on_conflict_do_nothing(index_elements=list(keys))
    connection.execute(final, values)
