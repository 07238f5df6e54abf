"""A real store for the use cases. SQLite is enough here: the store's own tests run on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter.domain.papers import merge
from newsletter.store import Database, SqlStore
from tests.support.doubles import Ticking


@pytest.fixture
def clock() -> Ticking:
    return Ticking()


@pytest.fixture
def store(tmp_path: Path, clock: Ticking) -> Iterator[SqlStore]:
    database = Database("sqlite:///newsletter.db", folder=tmp_path)
    database.open()
    yield SqlStore(database, merge=merge, clock=clock)
    database.close()
