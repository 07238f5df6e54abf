"""What the machine does wrong: a full disk, a port in use, a database of another kind. A message, never a traceback."""

from __future__ import annotations

import json
import re
import socket
import sqlite3
import subprocess
from pathlib import Path

import pytest

from newsletter import sample
from newsletter.store.migrations import REVISIONS
from tests.e2e.command import fresh, newsletter
from tests.e2e.test_mistakes import write
from tests.support.http_server import Reply, serving

DAY = sample.DAY.isoformat()


def is_told(done: subprocess.CompletedProcess[str]) -> bool:
    """Whether it failed, and said so in one message."""
    return done.returncode in {1, 2} and "Traceback" not in done.stderr and done.stderr.count("Error: ") == 1


@pytest.mark.parametrize("octets", [0, 20_000, 400_000])
def test_a_disk_that_is_full_is_told_wherever_it_fills_up(tmp_path: Path, octets: int) -> None:
    done = newsletter(tmp_path, "send", "--dry-run", file_size=octets)
    assert is_told(done), done.stderr
    assert "space" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("compose", "--date", DAY),
        ("publish", "--date", DAY),
        ("dispatch", "--dry-run", "--date", DAY),
        ("edit", "--date", DAY),
        ("subscribers", "add", "cy@example.org"),
        ("doctor", "--dkim"),
        ("init", "new"),
    ],
    ids=" ".join,
)
def test_every_command_tells_that_it_cannot_write(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    write(tmp_path)
    newsletter(tmp_path, "send", "--dry-run", "--date", DAY)
    if arguments[0] == "compose":
        (tmp_path / "newsletter.db-wal").unlink(missing_ok=True)
    done = newsletter(tmp_path, *arguments, file_size=100)
    assert is_told(done), (done.stdout, done.stderr)


def test_a_damaged_cache_is_told_in_a_line_and_done_without(tmp_path: Path) -> None:
    with serving({"/rss/cs.AA": Reply(b"<rss/>")}) as server:
        write(tmp_path, more=f'[[sources]]\nkind = "arxiv-rss"\nbase_url = "{server.url}"\ncategories = ["cs.AA"]\n')
        cache = tmp_path / ".newsletter" / "cache"
        cache.mkdir(parents=True)
        (cache / "http.db").write_text("this is no database, and no cache either" * 100)
        done = newsletter(tmp_path, "collect", "--date", DAY)
    assert "arxiv-rss\tcs.AA\t" in done.stdout
    assert done.stderr.count("The HTTP cache is not used: file is not a database.") == 1


@pytest.mark.parametrize(
    "arguments", [("status",), ("status", "--json"), ("export", DAY, "--format", "jsonl"), ("--help",)]
)
def test_output_that_cannot_be_written_is_told(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    write(tmp_path)
    newsletter(tmp_path, "send", "--dry-run", "--date", DAY)
    done = newsletter(tmp_path, *arguments, stdout=Path("/dev/full"))
    assert done.returncode == 1
    assert done.stderr.startswith("Error: Something could not be written: No space left on device."), done.stderr
    assert done.stderr.count("\n") == 1


def test_a_terminal_without_chinese_gets_the_rest_of_the_line(tmp_path: Path) -> None:
    write(tmp_path)
    newsletter(tmp_path, "subscribers", "add", "wei@example.org", "-i", "检索")
    done = fresh(tmp_path, "subscribers", "list", PYTHONIOENCODING="ascii")
    assert (done.returncode, "wei@example.org" in done.stdout, r"\u68c0" in done.stdout) == (0, True, True)


@pytest.mark.parametrize("command", [("preview", "--date", DAY), ("serve",)], ids=" ".join)
def test_a_port_that_is_in_use_is_told_with_the_way_to_another(tmp_path: Path, command: tuple[str, ...]) -> None:
    write(tmp_path)
    newsletter(tmp_path, "send", "--dry-run", "--date", DAY)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = newsletter(tmp_path, *command, "--port", str(port))
    assert is_told(done)
    assert f"Cannot listen at 127.0.0.1, port {port}: Address already in use." in done.stderr
    assert "--port" in done.stderr


@pytest.mark.parametrize("host", ["203.0.113.9", "nosuchhost.invalid", "x" * 70])
def test_an_address_that_is_not_this_machines_is_told(tmp_path: Path, host: str) -> None:
    write(tmp_path)
    done = newsletter(tmp_path, "serve", "--host", host, "--port", "0")
    assert is_told(done)
    assert f"Cannot listen at {host}" in done.stderr


# --- the database


@pytest.mark.parametrize("command", [("db", "upgrade"), ("status",), ("doctor",)], ids=" ".join)
def test_a_database_of_a_newer_version_is_refused_by_every_command(tmp_path: Path, command: tuple[str, ...]) -> None:
    write(tmp_path)
    newsletter(tmp_path, "status")
    with sqlite3.connect(tmp_path / "newsletter.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    done = newsletter(tmp_path, *command)
    assert done.returncode == 1
    assert "newer version of newsletter (revision 9999" in done.stdout + done.stderr
    with sqlite3.connect(tmp_path / "newsletter.db") as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchone() == ("9999",)


def test_upgrading_twice_is_no_mistake(tmp_path: Path) -> None:
    write(tmp_path)
    assert newsletter(tmp_path, "db", "upgrade").returncode == 0
    done = newsletter(tmp_path, "db", "upgrade")
    assert (done.returncode, REVISIONS[-1] in done.stdout) == (0, True)


@pytest.mark.parametrize("command", [("db", "upgrade"), ("status",), ("send", "--date", DAY)], ids=" ".join)
@pytest.mark.parametrize("kind", ["text", "folder", "nowhere"])
def test_what_is_no_database_is_told_by_its_path(tmp_path: Path, kind: str, command: tuple[str, ...]) -> None:
    write(tmp_path, more='[database]\nurl = "sqlite:///inner/own.db"\n')
    settings = tmp_path / "newsletter.toml"
    settings.write_text(settings.read_text().replace('host = "127.0.0.1"', 'host = "localhost"'))
    path = tmp_path / "inner" / "own.db"
    if kind != "nowhere":
        path.parent.mkdir()
    if kind == "text":
        path.write_text("Dear diary, " * 1000)
    elif kind == "folder":
        path.mkdir()
    done = newsletter(tmp_path, *command)
    assert is_told(done), done.stderr
    assert str(path) in done.stderr


@pytest.mark.parametrize("blocked", ["outbox", "site", "desk", ".newsletter"])
def test_a_file_where_a_folder_belongs_is_told_by_its_path(tmp_path: Path, blocked: str) -> None:
    with serving({"/rss/cs.AA": Reply(b"<rss/>")}) as server:
        more = f'[[sources]]\nkind = "arxiv-rss"\nbase_url = "{server.url}"\ncategories = ["cs.AA"]\n'
        write(tmp_path, more=more if blocked == ".newsletter" else "")
        if blocked != ".newsletter":
            newsletter(tmp_path, "collect", "--date", DAY)
            newsletter(tmp_path, "compose", "--date", DAY)
        (tmp_path / blocked).write_text("in the way")
        command = {
            "outbox": ("dispatch", "--dry-run", "--date", DAY),
            "site": ("publish", "--date", DAY),
            "desk": ("edit", "--date", DAY),
            ".newsletter": ("collect", "--date", DAY),
        }[blocked]
        done = newsletter(tmp_path, *command)
    assert is_told(done), done.stderr
    assert blocked in done.stderr


def test_certificates_that_are_none_are_told(tmp_path: Path) -> None:
    write(tmp_path, more="")
    settings = tmp_path / "newsletter.toml"
    settings.write_text(
        settings.read_text().replace('security = "none"', 'security = "tls"\nauthorities = "people.toml"')
    )
    done = newsletter(tmp_path, "doctor", "--json")
    relay = next(check for check in json.loads(done.stdout)["checks"] if check["check"] == "relay")
    assert relay["result"] == "wrong"
    assert re.match(r"smtp\.authorities: \S*people\.toml cannot be read", relay["what"])
