"""A recorded day of real papers and real people's interests, from the feeds to the mailboxes."""

from __future__ import annotations

import email
import email.policy
import hashlib
import json
import shutil
import signal
import time
from collections import Counter
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import feedparser
import pytest

from tests.e2e.command import newsletter, start
from tests.support.http_server import HttpServer
from tests.support.once import once
from tests.support.recorded_day import announced_ids, featured_ids, real_lists, serving_day, write_settings
from tests.support.shared import needs_shared
from tests.support.smtp_server import Behaviour, SmtpServer, running_server

pytestmark = [needs_shared, pytest.mark.slow]

DATE = ("--date", "2026-06-02")


@pytest.fixture(scope="module")
def day() -> Iterator[HttpServer]:
    with serving_day() as server:
        yield server


@pytest.fixture(scope="module")
def dry_run(day: HttpServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the day was run dry, then published."""

    def make(folder: Path) -> None:
        write_settings(folder, day)
        done = newsletter(folder, "send", "--dry-run", *DATE)
        assert done.returncode == 0, done.stderr
        shutil.copy(folder / "newsletter.db", folder / "prepared.db")
        assert newsletter(folder, "publish", *DATE).returncode == 0

    return once(tmp_path_factory, "recorded-day", make)


def _manifest(folder: Path) -> dict[str, object]:
    return json.loads((folder / "outbox" / "2026-06-02" / "manifest.json").read_text())  # type: ignore[no-any-return]


def _outbox(folder: Path) -> dict[str, bytes]:
    path = folder / "outbox" / "2026-06-02"
    return {d["email"]: (path / d["file"]).read_bytes() for d in _manifest(folder)["deliveries"] if d["file"]}  # type: ignore[attr-defined]


def test_every_announced_paper_stands_in_the_issue_once(dry_run: Path) -> None:
    issue = json.loads((dry_run / "site" / "issues" / "2026-06-02" / "issue.json").read_text())
    ids = Counter(paper["id"] for paper in issue["papers"])
    assert max(ids.values()) == 1
    assert ids.keys() == announced_ids() | featured_ids()


def test_every_announcement_of_a_paper_is_kept(dry_run: Path) -> None:
    issue = json.loads((dry_run / "site" / "issues" / "2026-06-02" / "issue.json").read_text())
    feeds = Counter(len({a.get("feed", "") for a in paper["announcements"]}) for paper in issue["papers"])
    assert sum(count for number, count in feeds.items() if number > 1) > 100


def test_every_subscriber_is_accounted_for(dry_run: Path) -> None:
    deliveries = _manifest(dry_run)["deliveries"]
    assert len(deliveries) == len(real_lists())  # type: ignore[arg-type]
    for delivery in deliveries:  # type: ignore[attr-defined]
        if delivery["status"] == "queued":
            content = (dry_run / "outbox" / "2026-06-02" / delivery["file"]).read_bytes()
            assert hashlib.sha256(content).hexdigest() == delivery["sha256"]
            assert delivery["papers"] == list(delivery["matched"])
            assert all(delivery["matched"].values())
        else:
            assert delivery["reason"] == "no match"


def test_text_and_html_name_the_same_papers_in_the_same_order(dry_run: Path) -> None:
    manifest = {d["email"]: d["papers"] for d in _manifest(dry_run)["deliveries"]}  # type: ignore[attr-defined]
    for address, content in _outbox(dry_run).items():
        message = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        assert not message.defects
        text, html = message.get_body(("plain",)), message.get_body(("html",))
        assert text is not None
        assert html is not None
        for part in (text.get_content(), html.get_content()):
            links = [part.rfind(f"arxiv.org/abs/{paper.removeprefix('arxiv:')}") for paper in manifest[address]]
            shown = [at for at in links if at >= 0]
            assert shown == sorted(shown), address
            assert len(shown) == len(links) or "papers.example.org/issues/2026-06-02" in part


@pytest.mark.parametrize("name", ["feed.atom", "feed.rss"])
def test_feeds_parse_without_a_fault(dry_run: Path, name: str) -> None:
    feed = feedparser.parse((dry_run / "site" / name).read_bytes())
    assert not feed.bozo
    assert len(feed.entries) == 100
    assert len({entry.id for entry in feed.entries}) == 100


def test_the_pages_of_the_surfaces_are_there(dry_run: Path) -> None:
    issue = dry_run / "site" / "issues" / "2026-06-02"
    assert "2 June 2026" in (dry_run / "site" / "index.html").read_text()
    assert json.loads((dry_run / "site" / "feed.json").read_text())["version"] == "https://jsonfeed.org/version/1.1"
    assert (issue / "index.html").exists()
    assert (issue / "arxiv-daily.md").read_text().startswith("# Summary\n")


def _copy(dry_run: Path, day: HttpServer, folder: Path, relay: SmtpServer, more: str = "") -> dict[str, bytes]:
    """The state of the dry run with a relay: what is expected to arrive, by address. Nothing was published there."""
    shutil.copy(dry_run / "prepared.db", folder / "newsletter.db")
    path = write_settings(folder, day)
    path.write_text(path.read_text().replace("port = 25\n", f"port = {relay.port}\n") + more)
    return _outbox(dry_run)


def test_a_send_delivers_the_bytes_of_the_dry_run_and_nothing_twice(
    dry_run: Path, day: HttpServer, tmp_path: Path
) -> None:
    with running_server() as relay:
        expected = _copy(dry_run, day, tmp_path, relay)
        first = newsletter(tmp_path, "send", *DATE)
        assert first.returncode == 0, first.stdout + first.stderr
        assert {a.recipient: a.content for a in relay.accepted} == expected
        again = newsletter(tmp_path, "send", *DATE, "--json")
        assert again.returncode == 0, again.stderr
        assert len(relay.accepted) == len(expected)


def _kill_half_way(folder: Path, relay: SmtpServer, half: int) -> None:
    process = start(folder, "send", *DATE)
    deadline = time.monotonic() + 300
    while len(relay.accepted) < half and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.wait()


def test_a_killed_send_goes_on_and_nobody_who_was_served_is_served_twice(
    dry_run: Path, day: HttpServer, tmp_path: Path
) -> None:
    # slow enough that there is a middle; `resend`, so that uncertain ones are not held for a person
    with running_server(Behaviour(delays={"FINAL": 0.05})) as relay:
        expected = _copy(dry_run, day, tmp_path, relay, 'connections = 2\n[dispatch]\nuncertain = "resend"\n')
        _kill_half_way(tmp_path, relay, len(expected) // 2)
        assert 0 < len(relay.accepted) < len(expected)
        done = newsletter(tmp_path, "send", *DATE)
        assert done.returncode == 0, done.stdout + done.stderr
        times = Counter(relay.recipients)
        assert times.keys() == expected.keys()
        # a duplicate is one whose 250 was on its way when the process died: at most one a connection
        assert sum(times.values()) - len(times) <= 2
        assert all(a.content == expected[a.recipient] for a in relay.accepted)
