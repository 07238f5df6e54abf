"""`interests test`: meaning, matches on a real issue with the words marked, and warnings."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from newsletter.bootstrap import Application
from newsletter.cli.app import app
from newsletter.domain.issues import Issue, IssueKey, IssuePaper
from newsletter.domain.papers import Paper, PaperId
from newsletter.formats import freeze_issue
from newsletter.services.progress import SilentProgress
from newsletter.settings import load_settings
from tests.support.samples import make_notice

CONFIG = """
[newsletter]
title = "Lab news"
base_url = "https://news.example.org"
from = "Lab news <news@example.org>"

[[sources]]
kind = "files"
path = "papers.jsonl"
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A newsletter with one composed issue of 30 papers, most of them about gardens."""
    path = tmp_path / "newsletter.toml"
    path.write_text(CONFIG)
    titles = ["Retrieval-augmented generation in [bold] brackets", *(f"Gardens, part {n}" for n in range(29))]
    papers = tuple(
        IssuePaper(paper=Paper(id=PaperId(f"sample:{n}"), title=title, abstract="RAG helps." if n == 1 else "We dig."))
        for n, title in enumerate(titles)
    )
    issue = Issue(key=IssueKey(date(2026, 6, 2)), title="A day", languages=("en",), papers=papers)
    application = Application(load_settings(path, {}), progress=SilentProgress())
    application.store.issues.save(freeze_issue(issue, at=datetime(2026, 6, 2, 6, tzinfo=UTC)))
    application.store.database.close()
    return path


def run(config: Path, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["interests", "test", "--config", str(config), *arguments])
    return result.exit_code, result.output


def test_it_says_what_an_interest_means_and_what_it_finds(config: Path) -> None:
    status, text = run(config, '"retrieval-augmented generation"')
    assert status == 0
    assert "Finds papers with the phrase “retrieval-augmented generation”." in text
    assert "It finds 1 of 30 papers of 2026-06-02." in text
    assert "1. Retrieval-augmented generation in [bold] brackets" in text


def test_it_warns_about_broad_and_dead_terms(config: Path) -> None:
    _, text = run(config, "gardens", "unicorn", "--date", "2026-06-02")
    assert "Too broad" in text
    assert "Finds nothing on this day" in text


def test_programs_get_json(config: Path) -> None:
    status, text = run(config, "RAG", "--json")
    document = json.loads(text)
    assert status == 0
    assert document["interests"][0]["found"] == 1
    assert document["picks"][0]["matched"][0]["found"] == "RAG"


def test_what_cannot_be_read_is_an_error_with_its_place(config: Path) -> None:
    result = CliRunner().invoke(app, ["interests", "test", "--config", str(config), "(broken"])
    assert result.exit_code != 0
    assert "at character 1" in str(result.exception)


def test_the_newest_issue_is_the_newest_with_papers(config: Path) -> None:
    """On a weekend whose readers were told, interests are tried on Friday's papers."""
    application = Application(load_settings(config, {}), progress=SilentProgress())
    application.store.issues.save(make_notice())
    application.store.database.close()
    status, text = run(config, "gardens")
    assert status == 0
    assert "2026-06-02" in text


def test_without_an_issue_it_says_what_to_do(config: Path) -> None:
    result = CliRunner().invoke(app, ["interests", "test", "--config", str(config), "x", "--date", "2026-06-03"])
    assert "no issue of 2026-06-03" in str(result.exception)


def test_an_exclusion_needs_no_dashes_before_it_and_shows_what_it_takes(config: Path) -> None:
    status, text = run(config, "gardens", "-title:retrieval", '-"part 7"', "--limit", "1")
    assert status == 0
    assert "It takes no paper from the digest below." in text
    assert "It takes 1 paper from the digest below:" in text
    assert "Gardens, part 7  (“part 7” in title)" in text
    assert "The digest: 28 papers" in text


def test_options_work_wherever_they_stand_and_unknown_ones_are_refused(config: Path) -> None:
    before, after = run(config, "--json", "-rag", "gardens"), run(config, "-rag", "gardens", "--json")
    assert before == after
    assert run(config, "gardens", "--limt", "3")[0] == 2


def test_a_list_in_one_field_is_read_as_one_and_says_so(config: Path) -> None:
    _, text = run(config, "gardens, rag")
    assert "Note: a list: read as gardens OR rag." in text
    assert "It finds 29 of 30 papers" in text


def test_a_list_that_is_too_long_is_said_to_be(config: Path) -> None:
    _, text = run(config, *(f"(a{n} OR b) AND mod*" for n in range(60)))
    assert "these interests ask for 1,320 terms together" in " ".join(text.split())
