"""What every test may ask for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from newsletter.store import Database, migrations
from newsletter.store.tables import metadata
from tests.support.databases import new_database
from tests.support.postgres import Postgres, running_postgres

# a loaded machine is slow, not wrong
settings.register_profile("newsletter", deadline=None)
# the same examples every time: a change is judged by what it changed; people look for new ones
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "newsletter")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A running PostgreSQL, started when the first test asks for it."""
    with running_postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database; a test that asks for it runs once on each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'newsletter.db'}"
    else:
        server: Postgres = request.getfixturevalue("postgres")
        with server.database() as url:
            yield url


@pytest.fixture(scope="session")
def migrated_postgres(postgres: Postgres) -> Iterator[str]:
    """The URL of a PostgreSQL database with its tables. Making one takes longer than most tests do: they share it."""
    with postgres.database() as url:
        database = Database(url)
        database.open()
        database.close()
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An open database with empty tables; a test that asks for it runs once on each kind."""
    if request.param == "sqlite":
        result = new_database(tmp_path / "newsletter.db")
        yield result
    else:
        result = Database(request.getfixturevalue("migrated_postgres"))
        yield result
        with result.write() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(table.delete())
            connection.execute(migrations.VERSION_TABLE.update().values(version_num=migrations.REVISIONS[-1]))
    result.close()
