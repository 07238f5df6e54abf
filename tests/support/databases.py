"""New SQLite databases: with their tables from the first moment, and quick, since no test cuts the power."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import event

from newsletter.private import write_private
from newsletter.store import Database

__all__ = ["new_database"]


def new_database(path: Path) -> Database:
    """An open database with empty tables in a file that does not exist yet."""
    write_private(path, _empty())
    database = Database(f"sqlite:///{path}")
    event.listen(database.engine, "connect", _be_quick)
    database.open()
    return database


@cache
def _empty() -> bytes:
    """What the migrations make of an empty file; they take longer than most tests do."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        database = Database(f"sqlite:///{path}")
        database.open()
        database.close()
        return path.read_bytes()


def _be_quick(connection: Any, _record: object) -> None:
    """Leave it to the operating system when the disk is written: what a killed process wrote is there all the same."""
    connection.execute("PRAGMA synchronous = OFF")
