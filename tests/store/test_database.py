"""Opening: empty, current, older, newer, and broken databases; migrations equal the tables."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from newsletter.errors import StoreNewer, StoreOutdated, StoreUnavailable
from newsletter.store import Database, migrations
from newsletter.store.tables import metadata


def test_an_empty_database_gets_its_tables(database_url: str) -> None:
    database = Database(database_url)
    assert database.revision() is None
    database.open()
    assert database.revision() == migrations.REVISIONS[-1]
    database.close()


def test_migrations_make_exactly_the_tables_of_the_models(database: Database) -> None:
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_the_list_of_revisions_is_that_of_the_scripts() -> None:
    script = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert tuple(step.revision for step in reversed(list(script.walk_revisions()))) == migrations.REVISIONS


def _stamp(database: Database, revision: str) -> None:
    with database.write() as connection:
        connection.execute(migrations.VERSION_TABLE.update().values(version_num=revision))


def test_a_newer_database_is_left_alone(database: Database) -> None:
    _stamp(database, "9999")
    with pytest.raises(StoreNewer, match=r"newer version of newsletter \(revision 9999"):
        database.open()


def test_an_older_database_names_the_command(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "REVISIONS", (*migrations.REVISIONS, "9999"))
    with pytest.raises(StoreOutdated, match="newsletter db upgrade"):
        database.open()


def test_a_write_that_fails_leaves_nothing(database: Database) -> None:
    def fail_half_way() -> None:
        with database.write() as connection:
            connection.execute(migrations.VERSION_TABLE.update().values(version_num="half"))
            raise RuntimeError

    before = database.revision()
    with pytest.raises(RuntimeError):
        fail_half_way()
    assert database.revision() == before


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="Check that its folder exists"):
        Database("sqlite:///missing/newsletter.db", folder=tmp_path).open()


def test_what_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "newsletter.db").write_text("This is a letter, not a database. " * 50)
    with pytest.raises(StoreUnavailable, match="not a database"):
        Database("sqlite:///newsletter.db", folder=tmp_path).open()


def test_a_server_that_is_down_is_named_without_the_password() -> None:
    database = Database("postgresql://me@127.0.0.1:1/newsletter", password="hunter2")
    with pytest.raises(StoreUnavailable, match="Check that it is running") as raised:
        database.open()
    assert "hunter2" not in str(raised.value)
    assert "hunter2" not in database.label
