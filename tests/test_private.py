"""What holds addresses or secrets is for its owner alone, from its first moment, whatever the umask and the past."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from newsletter import private
from newsletter.domain.ports import OutboxEntry
from newsletter.mail.outbox import OutboxWriter
from newsletter.render.outbox import OutboxRenderer
from newsletter.services.files import write_atomically
from newsletter.store import Database
from tests.support.mails import make_assembler, make_templates
from tests.support.samples import make_issue, make_recipient, select


@pytest.fixture(params=[0o000, 0o022, 0o077], ids=["umask-000", "umask-022", "umask-077"])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def write_outbox(folder: Path) -> None:
    issue = make_issue(1)
    message = make_assembler().in_language(issue, "en").build(make_recipient(), select(issue))
    with OutboxWriter(
        folder, slug=folder.name, issue_hash="", design=OutboxRenderer(make_templates(), issue)
    ) as writer:
        writer.add(OutboxEntry(email="ada@example.org", status="queued", reason="", papers=(), matched={}), message)


@pytest.mark.usefixtures("umask")
def test_nobody_else_reads_the_database_or_what_sqlite_keeps_beside_it(tmp_path: Path) -> None:
    with closing(Database("sqlite:///newsletter.db", folder=tmp_path)) as database:
        database.open()
        with database.write() as connection:
            connection.exec_driver_sql("INSERT INTO meta VALUES ('a', 'b')")
            files = {path.name: mode(path) for path in tmp_path.iterdir()}
    assert files == {"newsletter.db": 0o600, "newsletter.db-wal": 0o600, "newsletter.db-shm": 0o600}


@pytest.mark.usefixtures("umask")
def test_a_database_that_others_could_read_is_closed_to_them_at_its_next_opening(tmp_path: Path) -> None:
    with closing(Database("sqlite:///newsletter.db", folder=tmp_path)) as database:
        database.open()
        left = [*tmp_path.iterdir(), tmp_path / "newsletter.db-journal"]
        left[-1].touch()
        for path in left:
            path.chmod(0o664)
        with closing(Database("sqlite:///newsletter.db", folder=tmp_path)) as again:
            again.open()
            assert {mode(path) for path in left} == {0o600}


@pytest.mark.usefixtures("umask")
def test_nobody_else_reads_an_outbox(tmp_path: Path) -> None:
    write_outbox(tmp_path / "outbox" / "2026-06-02")
    folders = [tmp_path / "outbox", tmp_path / "outbox" / "2026-06-02"]
    assert {mode(path) for path in folders} == {0o700}
    files = {path.name: mode(path) for path in folders[1].iterdir()}
    names = ("ada@example.org.eml", "ada@example.org.html", "index.html", "manifest.json", "recipients.js")
    assert files == dict.fromkeys(names, 0o600)


def test_earlier_outboxes_are_closed_to_others(tmp_path: Path) -> None:
    write_outbox(tmp_path / "outbox" / "2026-06-01")
    for path in (tmp_path / "outbox", tmp_path / "outbox" / "2026-06-01"):
        path.chmod(0o755)
    write_outbox(tmp_path / "outbox" / "2026-06-02")
    assert mode(tmp_path / "outbox") == 0o700
    assert mode(tmp_path / "outbox" / "2026-06-01") == 0o700


def test_a_folder_that_holds_other_things_too_keeps_its_rights(tmp_path: Path) -> None:
    """The outbox may have been put into /tmp, or beside newsletter.toml."""
    tmp_path.chmod(0o755)
    (tmp_path / "newsletter.toml").touch()
    write_outbox(tmp_path / "2026-06-02")
    assert mode(tmp_path) == 0o755
    assert mode(tmp_path / "2026-06-02") == 0o700


@pytest.mark.usefixtures("umask")
def test_everybody_reads_what_is_published(tmp_path: Path) -> None:
    write_atomically(tmp_path / "site" / "issues" / "index.html", b"<html>")
    assert mode(tmp_path / "site" / "issues" / "index.html") == 0o644
    assert {mode(tmp_path / "site"), mode(tmp_path / "site" / "issues")} == {0o755}


@pytest.mark.usefixtures("umask")
def test_a_private_file_takes_the_place_of_one_that_was_open(tmp_path: Path) -> None:
    target = tmp_path / "people.toml"
    target.touch(mode=0o666)
    write_atomically(target, b"ada", private=True)
    assert mode(target) == 0o600
    private.write_private(target, b"bo")
    assert (mode(target), target.read_bytes()) == (0o600, b"bo")


@pytest.mark.parametrize(
    ("rights", "is_open"), [(0o600, False), (0o400, False), (0o640, True), (0o604, True), (0o644, True), (0o620, True)]
)
def test_a_file_of_ours_is_open_when_anybody_else_may_read_or_change_it(
    tmp_path: Path, rights: int, is_open: bool
) -> None:
    target = tmp_path / "dkim.pem"
    target.touch()
    target.chmod(rights)
    assert private.is_open_to_others(target) == is_open


def test_the_group_may_read_what_another_keeps_for_the_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "dkim.pem"
    target.touch()
    monkeypatch.setattr(os, "getuid", lambda: target.stat().st_uid + 1)
    target.chmod(0o640)
    assert not private.is_open_to_others(target)
    target.chmod(0o644)
    assert private.is_open_to_others(target)
