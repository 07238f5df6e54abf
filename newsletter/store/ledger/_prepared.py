"""A statement that is worded once a database and then handed to the driver as it is.

Marking deliveries is most of what a send asks of the database, in small groups. SQLAlchemy's own preparation of so few
rows costs more than what the database does with them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Dialect, Insert, Update

from newsletter.store.types import UtcDateTime

__all__ = ["Prepared"]


@dataclass(frozen=True)
class _Wording:
    sql: str
    # the order of the parameters; None for a driver that takes them by name
    order: tuple[str, ...] | None
    constants: Mapping[str, Any]


class Prepared:
    """An UPDATE or INSERT with named parameters of text and numbers, and one moment named `t`."""

    def __init__(self, statement: Update | Insert) -> None:
        self._statement = statement
        self._wordings: dict[str, _Wording] = {}

    def run(self, connection: Connection, rows: Sequence[Mapping[str, object]], *, at: datetime) -> int:
        """Run it for each of these; returns how many rows it has changed."""
        dialect = connection.dialect
        wording = self._wordings.get(dialect.name)
        if wording is None:
            wording = self._wordings[dialect.name] = self._word(dialect)
        process = UtcDateTime().bind_processor(dialect)
        constants = {**wording.constants, "t": process(at) if process else at}
        if wording.order is None:
            return connection.exec_driver_sql(wording.sql, [{**constants, **row} for row in rows]).rowcount
        order = wording.order
        positional = []
        for row in rows:
            values = {**constants, **row}
            positional.append(tuple([values[name] for name in order]))
        return connection.exec_driver_sql(wording.sql, positional).rowcount

    def _word(self, dialect: Dialect) -> _Wording:
        compiled = self._statement.compile(dialect=dialect)
        order = tuple(compiled.positiontup) if compiled.positional and compiled.positiontup else None
        return _Wording(str(compiled), order, dict(compiled.params))
