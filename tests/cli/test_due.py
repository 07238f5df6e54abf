"""`dispatch --due`, every hour: it sends what is due by now, adds nobody, and is content where nothing is."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from tests.cli.command import DAY, Folder
from tests.support.smtp_server import running_server


def change(newsletter: Folder, values: str, due: datetime | None) -> None:
    """Let time pass for what is open, or turn it back."""
    [database] = newsletter.path.glob("*.db")
    moment = due and due.replace(tzinfo=None).isoformat(" ")
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(f"UPDATE delivery SET {values}, due_at = ? WHERE status IN ('queued', 'deferred')", [moment])


@pytest.fixture
def sent(collected: Folder) -> Folder:
    """An issue that is out, and that no relay took."""
    collected("subscribers", "sync", "people.toml")
    for step in ("compose", "publish"):
        assert collected(step, "--date", DAY).status == 0
    with running_server() as relay:
        relay.behaviour.answers["RCPT"] = "450 4.2.0 Greylisted"
        use(collected, relay.port)
        assert collected("dispatch", "--date", DAY, "--late").status == 1
    return collected


def use(newsletter: Folder, port: int) -> None:
    newsletter.set(f'[smtp]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\ntimeout = "5s"\n')


def test_what_is_due_is_sent_and_nobody_is_added(sent: Folder) -> None:
    sent("subscribers", "add", "new@example.org")
    done = sent("dispatch", "--due")
    assert (done.status, done.out) == (0, "Nothing is due.\n")
    change(sent, "reason = ''", datetime.now(UTC) - timedelta(minutes=1))
    with running_server() as relay:
        use(sent, relay.port)
        done = sent("dispatch", "--due", "--json")
        assert sorted(relay.recipients) == ["ada@example.org", "bo@example.net"]
    assert done.status == 0
    [issue] = done.json["issues"]
    assert (issue["issue"], issue["now"], issue["complete"]) == (DAY, {"sent": 2}, True)
    assert sent("dispatch", "--due", "--json").json == {"issues": []}


def test_what_waits_for_its_hour_is_told_and_what_waits_in_vain_too(sent: Folder) -> None:
    change(sent, "status = 'queued', reason = ''", datetime.now(UTC) + timedelta(hours=3))
    assert sent("dispatch", "--due").out == "Nothing is due.\n"
    days = str((datetime.now(UTC).date() - datetime.fromisoformat(DAY).date()).days + 2)
    told = sent("status", "--days", days)
    assert f"{DAY}: 2 deliveries wait for the hour of their reader" in told.out
    [waiting] = sent("status", "--days", days, "--json").json["waiting"]
    assert (waiting["issue"], waiting["deliveries"], waiting["late"]) == (DAY, 2, False)
    change(sent, "reason = ''", datetime.now(UTC) - timedelta(hours=3))
    assert "`newsletter dispatch --due` sends it" in sent("status", "--days", days).err


@pytest.mark.parametrize("option", [("--date", DAY), ("--weekly",), ("--late",), ("--dry-run",), ("--resume",)])
def test_it_is_about_all_issues(newsletter: Folder, option: tuple[str, ...]) -> None:
    done = newsletter("dispatch", "--due", *option)
    assert (done.status, "--due is about all issues" in done.err) == (2, True)
