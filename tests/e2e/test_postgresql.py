"""The same newsletter on PostgreSQL, by one URL."""

from __future__ import annotations

import json
from pathlib import Path

from tests.e2e.command import newsletter
from tests.e2e.test_mistakes import DATE, write
from tests.support.postgres import Postgres
from tests.support.smtp_server import running_server


def test_a_day_is_run_dry_then_sent_and_nothing_is_sent_twice(tmp_path: Path, postgres: Postgres) -> None:
    with running_server() as relay, postgres.database() as url:
        write(tmp_path, port=relay.port, more=f'[database]\nurl = "{url}"\n')
        assert newsletter(tmp_path, "send", "--dry-run", *DATE).returncode == 0
        outbox = tmp_path / "outbox" / "2026-06-15"
        manifest = json.loads((outbox / "manifest.json").read_text())
        first = newsletter(tmp_path, "send", *DATE)
        assert first.returncode == 0, first.stdout + first.stderr
        assert newsletter(tmp_path, "send", *DATE).returncode == 0
        status = json.loads(newsletter(tmp_path, "status", "--days", "366", "--json").stdout)
    expected = {d["email"]: (outbox / d["file"]).read_bytes() for d in manifest["deliveries"] if d["file"]}
    assert {a.recipient: a.content for a in relay.accepted} == expected
    assert len(relay.accepted) == len(expected) == 2
    assert status["issues"][0]["deliveries"] == {"sent": 2}
    assert not (tmp_path / "newsletter.db").exists()
