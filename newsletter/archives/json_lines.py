"""Reads JSON Lines as one day's digest: a paper a line, as our own export writes them, with what an editor wrote."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from pydantic import TypeAdapter, ValidationError

from newsletter.archives._recognition import not_of
from newsletter.domain.issues import ARCHIVE_SOURCE, BackIssue
from newsletter.domain.papers import Announcement, IssueNote, PaperNote
from newsletter.domain.ports import ArchiveReader, LineReader
from newsletter.errors import UsageError

__all__ = ["json_lines_reader"]

PROFILE = "jsonl"
_EXPECTED = 'one JSON object a line, a paper each (`{"id": …, "title": …}`)'
_PAPER_NOTE: TypeAdapter[PaperNote] = TypeAdapter(PaperNote)
_ISSUE_NOTE: TypeAdapter[IssueNote] = TypeAdapter(IssueNote)


def json_lines_reader(read_line: LineReader) -> ArchiveReader:
    """The reader of this format, out of a reader of papers."""

    def read(text: str, day: date | None) -> BackIssue:
        if text.removeprefix("\ufeff").lstrip()[:1] != "{":
            raise not_of(PROFILE, text, _EXPECTED)
        if day is None:
            msg = "JSON Lines name no issue: say whose day they are with --date."
            raise UsageError(msg)
        announcements: list[Announcement] = []
        notes: list[PaperNote] = []
        issue_note = IssueNote()
        problems: list[str] = []
        for number, line in _lines(text):
            try:
                if line.startswith('{"issue":'):
                    issue_note = _ISSUE_NOTE.validate_python(_object(line)["issue"])
                    continue
                announcement = read_line(line.encode(), day=day)
                notes.append(_note(_object(line), announcement))
            except ValidationError as error:
                problems.append(f"line {number}: {_first(error)}")
                continue
            except ValueError as error:
                problems.append(f"line {number}: {error}")
                continue
            announcements.append(replace(announcement, source=ARCHIVE_SOURCE, feed=PROFILE))
        if not announcements:
            raise not_of(PROFILE, text, _EXPECTED, problems)
        return BackIssue(
            day=day,
            profile=PROFILE,
            announcements=tuple(announcements),
            paper_notes=tuple(notes),
            issue_note=issue_note,
            problems=tuple(problems),
        )

    return read


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), start=1):
        if line.strip():
            yield number, line


def _object(line: str) -> dict[str, Any]:
    paper = json.loads(line)
    assert isinstance(paper, dict)  # noqa: S101  # `read_line` took it for a paper
    return paper


def _note(line: dict[str, Any], announcement: Announcement) -> PaperNote:
    """What an editor wrote about it; an empty note where nobody did, so that a paper told twice has two."""
    written = line.get("note") or {}
    return _PAPER_NOTE.validate_python({**written, "paper_id": announcement.paper_id})


def _first(error: ValidationError) -> str:
    problem = error.errors(include_url=False, include_input=False)[0]
    return f"note.{'.'.join(map(str, problem['loc']))}: {problem['msg']}"
