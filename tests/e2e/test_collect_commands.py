"""`newsletter collect` over a span of days and against arXiv's own record, as a person runs it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.e2e.command import newsletter
from tests.sources import test_arxiv_api, test_arxiv_oai, test_arxiv_rss
from tests.support.http_server import Reply, Request, serving

MONDAY_NOON = "Mon, 01 Jun 2026 12:00:00 GMT"


def answer(request: Request) -> Reply:
    match request.path:
        case "/rss/cs.CL":
            return Reply(test_arxiv_rss.rss(test_arxiv_rss.item("2606.00012v1")))
        case "/api/query":
            friday = "submittedDate:[202605281800 TO" in request.query["search_query"]
            return Reply(test_arxiv_api.answer(test_arxiv_api.entry(13 if friday else 14)))
        case "/oai":
            numbers = ("2606.00012", "2606.00099")
            changed = date(2026, 6, 2)
            return Reply(
                test_arxiv_oai.answer(
                    *(test_arxiv_oai.record(n, MONDAY_NOON, categories="cs.CL", changed=changed) for n in numbers)
                )
            )
    return Reply(b"", 404)


def settings(folder: Path, url: str) -> None:
    (folder / "newsletter.toml").write_text(
        f"""[newsletter]
from = "digest@example.org"
[[sources]]
kind = "arxiv-rss"
categories = ["cs.CL"]
base_url = "{url}"
"""
    )


def test_a_day_is_collected_reconciled_and_days_before_it_are_filled(tmp_path: Path) -> None:
    with serving(answer) as server:
        settings(tmp_path, server.url)
        done = newsletter(tmp_path, "collect", "--date", "2026-06-02")
        assert done.returncode == 0, done.stderr
        assert ["arxiv-rss", "cs.CL", "fresh", "1"] in [line.split() for line in done.stdout.splitlines()]

        done = newsletter(tmp_path, "collect", "--reconcile", "--date", "2026-06-02")
        assert done.returncode == 0, done.stderr
        assert "announced 2, collected 1; added 1: arxiv:2606.00099" in done.stdout
        again = newsletter(tmp_path, "collect", "--reconcile", "--date", "2026-06-02", "--json")
        report = json.loads(again.stdout)["days"][0]
        assert (report["announced"], report["collected"], report["late"]) == (2, 2, [])

        done = newsletter(tmp_path, "collect", "--from", "2026-05-29", "--to", "2026-06-02")
        assert done.returncode == 0, done.stderr
        assert server.paths.count("/api/query") == 2  # Friday and Monday; Tuesday was here, the weekend has none


def test_a_stale_feed_is_told_by_the_exit_status_and_a_weekend_by_another(tmp_path: Path) -> None:
    with serving(answer) as server:
        settings(tmp_path, server.url)
        stale = newsletter(tmp_path, "collect", "--date", "2026-06-03")
        weekend = newsletter(tmp_path, "collect", "--date", "2026-06-06")
    assert (stale.returncode, weekend.returncode) == (1, 3)
    assert "still shows 2026-06-02" in stale.stdout
    assert "it is Saturday" in weekend.stdout


def test_options_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    settings(tmp_path, "http://127.0.0.1:1")
    for options in (
        ("--from", "2026-06-02", "--date", "2026-06-02"),
        ("--to", "2026-06-02"),
        ("--from", "2026-06-02", "--to", "2026-06-01"),
    ):
        done = newsletter(tmp_path, "collect", *options)
        assert done.returncode == 2
        assert "--from" in done.stderr


@pytest.mark.parametrize("command", ["collect", "send", "compose"])
def test_a_day_that_is_still_to_come_is_refused_and_nothing_is_kept_of_it(tmp_path: Path, command: str) -> None:
    day = datetime.now(UTC).date() + timedelta(days=2)
    with serving(answer) as server:
        settings(tmp_path, server.url)
        done = newsletter(tmp_path, command, "--date", str(day))
        span = newsletter(tmp_path, "collect", "--from", "2026-06-01", "--to", str(day))
    assert (done.returncode, span.returncode, server.paths) == (2, 2, [])
    assert f"{day} is still to come" in done.stderr
    assert f"{day} is still to come" in span.stderr
    assert json.loads(newsletter(tmp_path, "status", "--json").stdout)["listings"] == []


def test_the_advice_for_a_missed_day_names_the_command_that_can_still_collect_it(tmp_path: Path) -> None:
    command = "newsletter collect --from 2026-06-01 --to 2026-06-01"
    with serving(answer) as server:
        settings(tmp_path, server.url)
        nothing = newsletter(tmp_path, "compose", "--date", "2026-06-01")
        assert command in " ".join(nothing.stderr.split())
        missed = newsletter(tmp_path, "collect", "--date", "2026-06-01", "--json")
        assert "moved on to 2026-06-02" in missed.stdout
        assert command in missed.stdout
        assert newsletter(tmp_path, *command.split()[1:]).returncode == 0
    assert newsletter(tmp_path, "compose", "--date", "2026-06-01").returncode == 0
