"""An issue as one document, and in the browser while templates are written."""

from __future__ import annotations

import dataclasses
import os
import shutil
from datetime import date
from pathlib import Path

import pytest

from newsletter.domain.issues import BackIssue, Issue, IssueKey, IssueState, IssueStatus
from newsletter.domain.papers import Announcement
from newsletter.errors import IssueMissing, UsageError
from newsletter.render.environment import Templates
from newsletter.render.jsonl import write_jsonl
from newsletter.render.mail import MailRenderer
from newsletter.render.markdown import MarkdownRenderer
from newsletter.render.site import SitePages
from newsletter.services.export import Export
from newsletter.services.preview import Preview
from newsletter.sources.paper_lines import parse
from tests.support.mails import TEMPLATES, make_assembler, make_publication, make_templates
from tests.support.samples import DAY, make_issue, make_notice


class OneIssue:
    """The part of an issue store that these need."""

    def __init__(self, issue: Issue) -> None:
        self._issue = issue

    def get(self, key: IssueKey, revision: int | None = None) -> Issue | None:
        assert revision is None
        return self._issue if key == self._issue.key else None


class NoArchive:
    """No digest was imported."""

    def on(self, _day: date) -> tuple[BackIssue, ...]:
        return ()


@pytest.fixture
def export() -> Export:
    markdown = MarkdownRenderer(make_templates())
    writers = {
        "arxiv-daily": lambda issue, language, compat: markdown.write(issue, "arxiv-daily", language, compat=compat),
        "jsonl": lambda issue, _language, _compat: write_jsonl(issue),
    }
    return Export(OneIssue(make_issue()), NoArchive(), writers)  # type: ignore[arg-type]


def test_an_issue_is_exported_in_its_own_language_unless_another_is_asked_for(export: Export) -> None:
    assert export.run(IssueKey(DAY), "arxiv-daily").startswith("# Summary\n")
    assert export.run(IssueKey(DAY), "arxiv-daily", language="zh-Hans").startswith("# 摘要\n")


def test_what_cannot_be_exported_is_said(export: Export) -> None:
    with pytest.raises(UsageError, match="arxiv-daily, jsonl"):
        export.run(IssueKey(DAY), "pdf")
    with pytest.raises(UsageError, match="en, zh-Hans"):
        export.run(IssueKey(DAY), "jsonl", language="fr")
    with pytest.raises(IssueMissing, match="2026-06-03"):
        export.run(IssueKey(DAY.replace(day=3)), "jsonl")


def test_json_lines_are_read_back_by_the_files_source(export: Export) -> None:
    issue = make_issue()
    lines = export.run(IssueKey(DAY), "jsonl").encode().splitlines(keepends=True)
    found = list(parse(iter(lines), day=DAY))
    for entry, announced in zip(issue.papers, found, strict=True):
        assert isinstance(announced, Announcement)
        assert announced.paper.id == entry.id
        assert announced.kind == entry.announced_as
        assert announced.paper.authors == entry.paper.authors
        given = {summary.language: summary for summary in announced.summaries}
        wanted = {language: summary for language, summary in entry.summaries.items() if summary.failure is None}
        assert given.keys() == wanted.keys()
        for language, summary in wanted.items():
            assert dataclasses.replace(given[language], provenance=summary.provenance) == summary


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """An operator's folder of templates; empty."""
    folder = tmp_path / "own"
    folder.mkdir()
    return folder


@pytest.fixture
def preview(own: Path) -> Preview:
    return make_preview(own, make_issue())


def make_preview(own: Path, issue: Issue) -> Preview:
    assert issue.frozen_at is not None
    status = IssueStatus(issue.key, 1, IssueState.DRAFT, issue.hash, len(issue.papers), issue.frozen_at)
    templates = Templates([own, TEMPLATES])
    return Preview(
        issue,
        status,
        mails=lambda: make_assembler(design=MailRenderer(templates, title="T")),
        site=lambda: SitePages(templates, make_publication()),
        index=lambda paths: templates.render("web/preview.html", "en", paths=paths, name="T", style=""),
        forget=templates.forget,
        folders=[own, TEMPLATES],
    )


def test_a_preview_shows_mail_feed_and_pages(preview: Preview) -> None:
    status, media_type, body = preview.answer("/")
    assert (status, media_type) == (200, "text/html; charset=utf-8")
    for path in ("mail/en.html", "mail/zh-Hans.txt", "site/feed.atom", "site/issues/2026-06-02/index.html"):
        assert path.encode() in body
        assert preview.answer(f"/{path}")[0] == 200
    assert preview.answer("/nothing")[0] == 404


def test_an_issue_without_papers_is_shown_as_mail_alone(own: Path) -> None:
    answer = make_preview(own, make_notice()).answer
    assert b"site/" not in answer("/")[2]
    assert b"No papers today: it is the weekend." in answer("/mail/en.html")[2]


def test_a_template_of_the_operators_own_is_shown_at_once(preview: Preview, own: Path) -> None:
    before = preview.version()
    assert b"Mine now" not in preview.answer("/mail/en.html")[2]
    (own / "mail").mkdir()
    shutil.copy(TEMPLATES / "mail" / "greeting.html", own / "mail" / "greeting.html")
    footer = (TEMPLATES / "mail" / "frame.html").read_text().replace("</body>", "Mine now</body>")
    (own / "mail" / "frame.html").write_text(footer)
    os.utime(own / "mail" / "frame.html", (2e9, 2e9))
    assert preview.version() != before
    assert b"Mine now" in preview.answer("/mail/en.html")[2]


def test_a_wrong_template_is_told_with_file_line_and_variable(preview: Preview, own: Path) -> None:
    (own / "mail").mkdir()
    (own / "mail" / "row.html").write_text("<p>fine</p>\n<p>{{ paper.titel }}</p>\n")
    os.utime(own / "mail" / "row.html", (2e9, 2e9))
    status, _, body = preview.answer("/mail/en.html")
    assert status == 500
    assert f"{own / 'mail' / 'row.html'}:2: " in body.decode()
    assert "titel" in body.decode()
