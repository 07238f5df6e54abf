"""The bundled sample, in an empty folder, as somebody sees it who has just cloned the repository."""

from __future__ import annotations

import html
import json
import sqlite3
from pathlib import Path

import feedparser
import pytest

from newsletter import sample
from tests.e2e.command import newsletter


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder after what `make demo` runs."""
    folder = tmp_path_factory.mktemp("demo")
    done = newsletter(folder, "send", "--dry-run")
    assert done.returncode == 0, done.stderr
    said = [line for line in done.stderr.splitlines() if "bundled sample" in line]
    assert len(said) == 1
    assert "newsletter init" in said[0]
    assert newsletter(folder, "publish").returncode == 0
    return folder


def test_the_day_of_the_sample_is_the_one_its_papers_say() -> None:
    days = {json.loads(line)["announced"] for line in sample.PAPERS.read_text().splitlines()}
    assert days == {sample.DAY.isoformat()}


def test_everybody_of_the_example_roster_is_accounted_for(demo: Path) -> None:
    manifest = json.loads((demo / "outbox" / "2026-06-15" / "manifest.json").read_text())
    assert len(manifest["deliveries"]) == 10
    reasons = {d["email"]: d["reason"] for d in manifest["deliveries"] if d["status"] == "skipped"}
    assert reasons == {"nomvula@example.net": "no match", "priyamvada@example.org": "other cadence"}
    assert manifest["totals"] == {"queued": 8, "skipped": 2}


def test_limits_and_exclusions_of_the_roster_hold(demo: Path) -> None:
    manifest = json.loads((demo / "outbox" / "2026-06-15" / "manifest.json").read_text())
    papers = {d["email"]: d["papers"] for d in manifest["deliveries"]}
    assert len(papers["mateus@example.net"]) == 3
    assert "sample:2606.0035" not in papers["adaeze@example.org"]


def test_the_outbox_shows_every_message(demo: Path) -> None:
    outbox = demo / "outbox" / "2026-06-15"
    page = (outbox / "index.html").read_text()
    for delivery in json.loads((outbox / "manifest.json").read_text())["deliveries"]:
        assert delivery["email"] in page
        assert (delivery["page"] == "") == (delivery["status"] == "skipped")
        if delivery["page"]:
            assert f'href="{delivery["page"]}"' in page
            assert html.escape(delivery["subject"], quote=False) in (outbox / delivery["page"]).read_text()


def test_the_site_has_a_page_and_feeds_in_both_languages(demo: Path) -> None:
    site = demo / "site"
    assert (site / "index.html").exists()
    for name in ("feed.atom", "feed.rss", "zh-Hans/feed.atom"):
        feed = feedparser.parse((site / name).read_bytes())
        assert not feed.bozo, name
        assert len(feed.entries) == 44


def test_running_it_again_changes_no_byte(demo: Path) -> None:
    outbox = demo / "outbox" / "2026-06-15"
    before = {path.name: path.read_bytes() for path in outbox.iterdir()}
    assert newsletter(demo, "send", "--dry-run").returncode == 0
    assert {path.name: path.read_bytes() for path in outbox.iterdir()} == before


def test_the_sample_touches_no_database_of_a_real_newsletter(demo: Path) -> None:
    assert not (demo / "newsletter.db").exists()
    with sqlite3.connect(demo / "sample.db") as database:
        assert database.execute("SELECT count(*) FROM subscriber").fetchone() == (10,)


def test_the_sample_is_never_really_sent(demo: Path) -> None:
    done = newsletter(demo, "send")
    assert done.returncode == 2
    assert "newsletter init" in done.stderr
