"""A weekend, as an operator sees it who wants readers to be told: the notice from the feed to the mailboxes."""

from __future__ import annotations

import email
import email.policy
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from newsletter.sources.registry import load_calendar
from tests.e2e.command import newsletter
from tests.sources.test_arxiv_rss import rss
from tests.support.http_server import HttpServer, Reply, serving
from tests.support.smtp_server import SmtpServer, running_server

TODAY = datetime.now(UTC).date()
SATURDAY = TODAY - timedelta(days=(TODAY.weekday() - 5) % 7)
NEXT = load_calendar().next(SATURDAY)
DATE = ("--date", SATURDAY.isoformat())


@pytest.fixture
def feeds() -> Iterator[HttpServer]:
    """A feed of that Saturday: it is there, and empty."""
    body = rss(day=f"{SATURDAY:%a, %d %b %Y} 00:00:00 -0400")
    with serving(lambda _: Reply(body)) as server:
        yield server


@pytest.fixture
def relay() -> Iterator[SmtpServer]:
    with running_server() as server:
        yield server


@pytest.fixture
def folder(tmp_path: Path, feeds: HttpServer, relay: SmtpServer) -> Path:
    people = tmp_path / "people"
    people.mkdir()
    (people / "readers.toml").write_text(
        """
[[subscriber]]
email = "ada@example.org"
interests = ["zebrafish"]
[[subscriber]]
email = "lin@example.org"
interests = []
language = "zh-Hans"
[[subscriber]]
email = "weekly@example.org"
interests = []
cadence = "weekly"
"""
    )
    (tmp_path / "newsletter.toml").write_text(
        f"""
[newsletter]
from = "digest@example.org"
base_url = "https://papers.example.org"
roster = "people"
[[sources]]
kind = "arxiv-rss"
categories = ["cs.CL"]
base_url = "{feeds.url}"
[enrich]
languages = ["en", "zh-Hans"]
[issue]
on_empty = "notice"
[smtp]
host = "127.0.0.1"
port = {relay.port}
security = "none"
[dispatch]
late_after = "8d"
"""
    )
    return tmp_path


def test_a_weekend_is_told_once_to_every_daily_reader(folder: Path, relay: SmtpServer) -> None:
    shown = newsletter(folder, "send", "--dry-run", *DATE)
    assert shown.returncode == 0, shown.stderr
    assert f"the next expected on {NEXT}" in " ".join(shown.stdout.split())
    manifest = json.loads((folder / "outbox" / DATE[1] / "manifest.json").read_text())
    assert {d["email"]: d["status"] for d in manifest["deliveries"]} == {
        "ada@example.org": "queued",
        "lin@example.org": "queued",
        "weekly@example.org": "skipped",
    }
    assert relay.accepted == []

    for _ in range(2):
        sent = newsletter(folder, "send", *DATE)
        assert sent.returncode == 0, sent.stderr
        assert "The site stays as it is" in sent.stdout
        assert not (folder / "site").exists()
        assert sorted(relay.recipients) == ["ada@example.org", "lin@example.org"]
    subjects = {
        accepted.recipient: str(email.message_from_bytes(accepted.content, policy=email.policy.default)["Subject"])
        for accepted in relay.accepted
    }
    assert subjects["ada@example.org"].startswith("No papers today: ")
    assert subjects["lin@example.org"].startswith("今日没有论文：")

    assert newsletter(folder, "audit", DATE[1]).returncode == 0
    assert "none: a notice" in newsletter(folder, "status").stdout


def test_an_old_weekend_is_told_to_nobody(folder: Path, relay: SmtpServer) -> None:
    late = newsletter(folder, "send", "--date", str(date(2026, 6, 6)))
    assert late.returncode != 0
    assert "--late" in late.stderr
    assert relay.accepted == []


def test_without_the_setting_a_weekend_has_no_issue(folder: Path, relay: SmtpServer) -> None:
    path = folder / "newsletter.toml"
    path.write_text(path.read_text().replace('on_empty = "notice"', ""))
    done = newsletter(folder, "send", *DATE)
    assert done.returncode == 3
    assert "it is Saturday" in done.stdout + done.stderr
    assert relay.accepted == []
