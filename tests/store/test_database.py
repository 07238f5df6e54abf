"""Opening: empty, current, older, newer, and broken databases; migrations equal the tables."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from newsletter.domain.notation import feed_name
from newsletter.domain.papers import Announcement, AnnounceType, Paper, PaperId
from newsletter.errors import StoreNewer, StoreOutdated, StoreUnavailable
from newsletter.store import Database, SqlStore, migrations
from newsletter.store.records import ANNOUNCEMENT, PAPER
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


def test_tables_that_never_give_an_id_twice_are_made_so_by_the_migrations(tmp_path: Path) -> None:
    """A later migration that makes such a table anew must say it again: comparing the tables does not show it."""
    database = Database("sqlite:///newsletter.db", folder=tmp_path)
    database.open()
    with database.read() as connection:
        statement = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'"
        migrated = set(connection.exec_driver_sql(statement).scalars())
    wanted = {t.name for t in metadata.sorted_tables if t.dialect_options["sqlite"]["autoincrement"]}
    assert migrated == wanted == {"subscriber", "dispatch", "dispatch_run", "delivery", "event", "request", "letter"}
    database.close()


def test_feeds_keep_their_history_under_a_name_that_tells_no_path(database_url: str) -> None:
    """What was read today is not read again, and issues are made of the same announcements as before."""
    database = Database(database_url)
    day = date(2026, 6, 2)
    place = "lab.example/private/t0ken/feed"
    paper = Paper(id=PaperId("url:https://lab.example/1"), version=None, title="T", authors=())
    with database.write() as connection:
        command.upgrade(migrations.make_config(connection), "0009")
        for source, feed in (("feed", place), ("feed", "lab.example"), ("files", "a/b.jsonl"), ("arxiv-rss", "cs.CL")):
            told = Announcement(source=source, feed=feed, day=day, kind=AnnounceType.NEW, paper=paper)
            note = f"https://me:pw@lab.example/private/{source}?token=t0ken answered 500; later fine"
            listing = {"day": day, "source": source, "feed": feed, "status": "fresh", "note": note}
            listing |= {"announced": 1, "collected": 1, "rejected": 0, "fetched_at": None}
            connection.execute(metadata.tables["listing"].insert().values(listing))
            row = {"paper_id": paper.id, "source": source, "feed": feed, "day": day, "kind": "new"}
            record = ANNOUNCEMENT.dump(told)
            connection.execute(metadata.tables["announcement"].insert().values(row | {"record": record}))
        connection.execute(metadata.tables["paper"].insert().values(id=paper.id, record=PAPER.dump(paper)))
    database.upgrade()
    store = SqlStore(database, clock=lambda: datetime(2026, 6, 2, 12, tzinfo=UTC))
    name = feed_name(f"https://{place}?token=new")
    names = {("feed", name), ("feed", "lab.example"), ("files", "a/b.jsonl"), ("arxiv-rss", "cs.CL")}
    listings = store.listings.on(day)
    assert {(x.source, x.feed) for x in listings} == names
    assert {x.note for x in listings} == {"https://lab.example answered 500; later fine"}
    ((_, announcements),) = store.papers.announced(day, day)
    assert {(x.source, x.feed) for x in announcements} == names
    assert store.papers.told("feed", name, day, day)[day] == {(paper.id, AnnounceType.NEW)}
    with database.read() as connection:
        for table in ("listing", "announcement"):
            assert "t0ken" not in str(connection.exec_driver_sql(f"SELECT * FROM {table}").all())
    database.close()


def test_an_older_database_keeps_its_rows_and_gives_no_id_again_that_it_gave(database_url: str) -> None:
    """Subscriber 7 was planned and is gone, run 5 was pruned; subscriber 3 is the last one there."""
    database = Database(database_url)
    rows = {
        "subscriber": "INSERT INTO subscriber (id, email, email_key, name, interests, language, cadence, max_papers, "
        "state, origin, roster_row, feed_epoch, created_at, changes) VALUES (3, 'Ada@example.org', 'ada@example.org', "
        "'Ada', '[\"agents\"]', 'en', 'daily', 5, 'confirmed', 'cli', '', 2, '2026-06-01 00:00:00', 4)",
        "dispatch": "INSERT INTO dispatch (id, day, edition, revision, issue_hash, planned_at, paused) "
        "VALUES (2, '2026-06-02', 'daily', 1, 'abc', '2026-06-02 06:30:00', '')",
        "dispatch_run": "INSERT INTO dispatch_run (id, dispatch_id, owner, started_at, lease_until, sent) "
        "VALUES (4, 2, 'host:1:1', '2026-06-02 06:30:00', '2026-06-02 06:31:00', 1)",
        "delivery": "INSERT INTO delivery (id, dispatch_id, subscriber_id, email, email_key, domain, name, language, "
        "interests, cadence, status, reason, attempts, reply, message_id, updated_at, run_id) VALUES (9, 2, 7, "
        "'bo@example.org', 'bo@example.org', 'example.org', '', 'en', '[]', 'daily', 'sent', '', 1, '250 ok', '<1@x>', "
        "'2026-06-02 06:30:01', 5)",
    }
    with database.write() as connection:
        command.upgrade(migrations.make_config(connection), "0007")
        for statement in rows.values():
            connection.exec_driver_sql(statement)
        before = {name: connection.exec_driver_sql(f"SELECT * FROM {name}").mappings().one() for name in rows}
    database.upgrade()
    with database.write() as connection:
        after = {name: connection.exec_driver_sql(f"SELECT * FROM {name}").mappings().one() for name in rows}
        assert {name: {column: after[name][column] for column in row} for name, row in before.items()} == before
        added = {name: {key: after[name][key] for key in after[name] if key not in row} for name, row in before.items()}
        assert added["subscriber"] == {
            "rhythm": "",
            "paused_since": None,
            "paused_until": None,
            "catch_up": 0,
            "read_on": None,
        }
        assert added["delivery"] == {"rhythm": ""}
        assert added["dispatch"]["planned_through"] == 7  # whoever came later is still to be planned
        if database.is_sqlite:
            assert dict(connection.exec_driver_sql("SELECT name, seq FROM sqlite_sequence").all()) == {
                "subscriber": 7,
                "dispatch": 2,
                "dispatch_run": 5,
                "delivery": 9,
            }
            command.downgrade(migrations.make_config(connection), "0007")
            assert connection.exec_driver_sql("SELECT * FROM subscriber").mappings().one() == before["subscriber"]
    database.close()


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


def test_what_older_summaries_cost_becomes_expenses(database_url: str) -> None:
    database = Database(database_url)
    with database.write() as connection:
        command.upgrade(migrations.make_config(connection), "0010")
        row = "INSERT INTO summary (id, paper_id, version, language, engine, model, prompt, record) VALUES "
        for number, record in enumerate(('{"provenance":{"tokens":1500,"cost":0.5}}', '{"provenance":{}}'), 1):
            values = f"({number}, 'arxiv:2606.0000{number}', 1, 'en', 'llm', 'm', 'p', '{record}')"
            connection.exec_driver_sql(row + values)
    database.upgrade()
    with database.read() as connection:
        expenses = connection.exec_driver_sql("SELECT paper_id, engine, model, tokens_out, cost FROM expense").all()
    assert [tuple(expense) for expense in expenses] == [("arxiv:2606.00001", "llm", "m", 1500, 0.5)]
    database.close()


def test_more_transactions_at_once_than_there_are_connections_are_told_to_try_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database.engine.pool, "_timeout", 0.05)  # half a minute otherwise
    with ExitStack() as stack:
        for _ in range(15):
            stack.enter_context(database.read())
        with pytest.raises(StoreUnavailable, match="all connections of this program are in use"):
            stack.enter_context(database.read())


def test_an_unexpected_error_of_a_statement_comes_without_its_parameters(database: Database) -> None:
    insert = text("INSERT INTO alembic_version VALUES (:value)")
    with database.write() as connection, pytest.raises(IntegrityError, match="SQL parameters hidden"):
        connection.execute(insert, [{"value": "ada@example.org"}] * 2)
