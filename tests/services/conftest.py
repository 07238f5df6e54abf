"""A real store for the use cases. SQLite is enough here: the store's own tests run on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter.store import SqlStore
from tests.support.databases import new_database
from tests.support.doubles import Ticking


@pytest.fixture
def clock() -> Ticking:
    return Ticking()


@pytest.fixture
def store(tmp_path: Path, clock: Ticking) -> Iterator[SqlStore]:
    database = new_database(tmp_path / "newsletter.db")
    yield SqlStore(database, clock=clock)
    database.close()
