"""What goes wrong on an ordinary day: a clear message, the right exit status, and nothing lost."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from newsletter import sample
from tests.e2e.command import newsletter
from tests.support.http_server import Reply, serving
from tests.support.smtp_server import Behaviour, running_server

DATE = ("--date", sample.DAY.isoformat())


def write(folder: Path, *, port: int = 25, more: str = "") -> None:
    """A newsletter of the sample's papers for two readers, with a relay on this port."""
    papers = sample.PAPERS.read_text().splitlines()[:12]  # few are enough
    (folder / "papers.jsonl").write_text("\n".join(papers))
    (folder / "newsletter.toml").write_text(
        f"""
[newsletter]
from = "Digest <digest@example.org>"
base_url = "https://papers.example.org"
roster = "people.toml"
[[sources]]
kind = "files"
path = "papers.jsonl"
[smtp]
host = "127.0.0.1"
port = {port}
security = "none"
timeout = "2s"
{more}
"""
    )
    (folder / "people.toml").write_text(
        """
[[subscriber]]
email = "ada@example.org"

[[subscriber]]
email = "bo@example.net"
interests = ["models"]
"""
    )


def test_without_settings_the_way_to_some_is_named(tmp_path: Path) -> None:
    done = newsletter(tmp_path, "collect")
    assert done.returncode == 2
    assert "`newsletter init` writes one to start from" in done.stderr


def test_every_wrong_key_is_named_at_once_with_the_nearest_right_one(tmp_path: Path) -> None:
    (tmp_path / "newsletter.toml").write_text('[newsletter]\ntilte = "x"\n[smtp]\nport = "many"\n')
    done = newsletter(tmp_path, "collect")
    assert done.returncode == 2
    assert "newsletter.from: missing" in done.stderr
    assert "newsletter.tilte: no such key. Did you mean title?" in done.stderr
    assert "smtp.port" in done.stderr
    assert "'many'" in done.stderr


def test_a_mistake_in_a_roster_is_reported_with_its_line_and_the_others_go_on(tmp_path: Path) -> None:
    write(tmp_path)
    with (tmp_path / "people.toml").open("a") as roster:
        roster.write('\n[[subscriber]]\nemail = "nobody at all"\n\n[[subscriber]]\nemail = "cy@example.org"\n')
    done = newsletter(tmp_path, "send", "--dry-run", *DATE)
    assert done.returncode == 0, "the others have their mail; to run it again would give nobody more"
    assert re.search(r"people\.toml:10: 'nobody at all' is not a mail address", done.stderr)
    manifest = json.loads((tmp_path / "outbox" / "2026-06-15" / "manifest.json").read_text())
    assert [d["email"] for d in manifest["deliveries"]] == ["ada@example.org", "bo@example.net", "cy@example.org"]


NONSENSE = {
    "cs.AA": Reply(b"<html><body>Sorry</body></html>", headers={"Content-Type": "text/html"}),
    "cs.BB": Reply(b""),
    "cs.CC": Reply(b"<?xml version='1.0'?><rss version='2.0'><channel><title>cs"),
    "cs.DD": Reply(b"<?xml version='1.0' encoding='utf-8'?><rss><channel><title>\xff\xfe</title>"),
    "cs.EE": Reply(b"gone", 404),
}
"""HTML, nothing, a feed that ends in the middle, one that is not UTF-8, and none at all."""


def test_feeds_that_answer_nonsense_fail_alone(tmp_path: Path) -> None:
    categories = json.dumps(list(NONSENSE))
    with serving({f"/rss/{category}": reply for category, reply in NONSENSE.items()}) as server:
        write(tmp_path, more=f'[[sources]]\nkind = "arxiv-rss"\nbase_url = "{server.url}"\ncategories = {categories}\n')
        done = newsletter(tmp_path, "send", "--dry-run", *DATE)
    assert done.returncode == 1
    assert re.findall(r"arxiv-rss\t(cs\...)\tfailed\t", done.stdout) == list(NONSENSE)
    assert "files\tpapers.jsonl\tfresh\t12" in done.stdout
    assert (tmp_path / "outbox" / "2026-06-15" / "ada@example.org.eml").exists()


@pytest.mark.parametrize(
    "behaviour",
    [
        pytest.param(Behaviour(answers={"CONNECT": "554 no"}), id="refuses"),
        # a command waits as long between its attempts as a relay deserves; tests/services has all four without waiting
        pytest.param(Behaviour(answers={"MAIL": "451 later"}), id="defers", marks=pytest.mark.slow),
        pytest.param(Behaviour(cut_at="DATA"), id="cuts the line", marks=pytest.mark.slow),
        pytest.param(Behaviour(delays={"EHLO": 30}), id="stalls", marks=pytest.mark.slow),
    ],
)
def test_a_relay_that_fails_leaves_the_mail_queued_and_the_next_run_sends_it(
    tmp_path: Path, behaviour: Behaviour
) -> None:
    with running_server(behaviour) as relay:
        write(tmp_path, port=relay.port, more='[dispatch]\nuncertain = "resend"\n')
        done = newsletter(tmp_path, "send", *DATE)
        assert done.returncode == 1, done.stdout
        assert not relay.accepted
    status = json.loads(newsletter(tmp_path, "status", "--days", "366", "--json").stdout)
    totals = status["issues"][0]["deliveries"]
    assert sum(totals.get(name, 0) for name in ("queued", "deferred", "uncertain")) == 2
    if "deferred" in totals:
        return  # due in half an hour at the earliest (RFC 5321 §4.5.4.1)
    with running_server() as relay:
        write(tmp_path, port=relay.port, more='[dispatch]\nuncertain = "resend"\n')
        assert newsletter(tmp_path, "send", *DATE).returncode == 0
        assert sorted(relay.recipients) == ["ada@example.org", "bo@example.net"]


def test_a_relay_without_tls_gets_neither_mail_nor_password(tmp_path: Path) -> None:
    with running_server() as relay:
        write(tmp_path, port=relay.port)
        settings = (tmp_path / "newsletter.toml").read_text().replace('"none"', '"starttls"\nusername = "me"')
        (tmp_path / "newsletter.toml").write_text(settings)
        done = newsletter(tmp_path, "send", *DATE, NEWSLETTER_SMTP__PASSWORD="correct horse")
        assert done.returncode == 1
        assert not relay.accepted
        assert b"AUTH" not in bytes(relay.in_the_clear)
        assert "correct horse" not in done.stdout + done.stderr


def test_what_went_wrong_is_told_to_programs_too(tmp_path: Path) -> None:
    with serving({"/rss/cs.BB": Reply(b"")}) as server:
        write(tmp_path, more=f'[[sources]]\nkind = "arxiv-rss"\nbase_url = "{server.url}"\ncategories = ["cs.BB"]\n')
        with (tmp_path / "people.toml").open("a") as roster:
            roster.write('\n[[subscriber]]\nemail = "nobody at all"\n')
        done = newsletter(tmp_path, "send", "--dry-run", *DATE, "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["complete"]) == (1, False)
    assert [problem.partition(":")[0] for problem in told["problems"]] == ["roster", "arxiv-rss cs.BB"]
    assert [issue["issue"] for issue in told["issues"]] == ["2026-06-15"]


def test_a_day_without_papers_is_nothing_to_do(tmp_path: Path) -> None:
    write(tmp_path)
    done = newsletter(tmp_path, "send", "--dry-run", "--date", "2026-06-14")
    assert done.returncode == 3
    assert "Nothing to do" in done.stderr


def test_help_answers_without_settings(tmp_path: Path) -> None:
    for command in ((), ("send",), ("subscribers", "add"), ("status",)):
        done = newsletter(tmp_path, *command, "--help")
        assert done.returncode == 0
        assert "Usage" in done.stdout
