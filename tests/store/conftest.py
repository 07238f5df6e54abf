"""The store over an open database."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newsletter.store import Database, SqlStore

NOW = datetime(2026, 6, 2, 6, 30, tzinfo=UTC)


@pytest.fixture
def store(database: Database) -> SqlStore:
    return SqlStore(database, clock=lambda: NOW)
