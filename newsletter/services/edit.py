"""The editor's desk: an issue's notes as a folder of files, read back into the store.

The rules, in the order in which they are applied:

1. what stands in the folder is read first and kept; a file that cannot be read is told with its line, and the note
   that the store has for its paper stays as it was;
2. then the folder is written anew from the store, so that new papers get a file and hints are up to date; a file that
   could not be read is left as the editor wrote it;
3. `index.md` lists the papers in their order, each with its file. It is written, never read.

A file is only ever replaced by what was read from it, so nothing an editor wrote can get lost.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from newsletter.domain.issues import IssueKey, IssuePaper, with_notes
from newsletter.domain.papers import IssueNote, PaperId, PaperNote
from newsletter.domain.ports import NoteStore
from newsletter.errors import NewsletterError, NothingToDo
from newsletter.formats import (
    NoteError,
    read_issue_note,
    read_paper_note,
    write_index,
    write_issue_note,
    write_paper_note,
)
from newsletter.services.compose import Compose
from newsletter.services.files import write_if_changed

__all__ = ["Edit", "EditReport"]

ISSUE_FILE = "issue.md"
INDEX_FILE = "index.md"
_LARGEST = 4_000_000
"""Bytes of one file that are read."""


@dataclass(frozen=True, slots=True)
class EditReport:
    """Where the files are, how many papers have one, a note, or are dropped, and what could not be read."""

    folder: Path
    papers: int
    noted: int
    dropped: int
    problems: tuple[str, ...] = ()


class Edit:
    """The use case."""

    def __init__(self, notes: NoteStore, compose: Compose, *, folder: Path, languages: Sequence[str]) -> None:
        """`folder` holds one folder an issue."""
        self._notes = notes
        self._compose = compose
        self._folder = folder
        self._languages = languages

    def run(self, day: date) -> EditReport:
        """Take in what was written, and lay out the files for the issue of this day.

        Raises:
            NothingToDo: no paper was collected for that day.
            NewsletterError: the folder cannot be read or written.
        """
        key = IssueKey(day)
        folder = self._folder / key.slug
        issue, papers, problems, broken = self._taken_in(key, folder)
        entries = self._entries(day, papers)
        for entry in entries:
            path = folder / file_name(entry.id)
            if path not in broken:
                write_if_changed(path, write_paper_note(entry, self._languages).encode())
        titles = [(file_name(entry.id), entry) for entry in entries]
        write_if_changed(folder / INDEX_FILE, write_index(key.slug, titles).encode())
        if folder / ISSUE_FILE not in broken:
            write_if_changed(
                folder / ISSUE_FILE, write_issue_note(f"Issue {key.slug}", issue, self._languages).encode()
            )
        return EditReport(
            folder,
            papers=len(entries),
            noted=sum(entry.note not in (None, PaperNote(paper_id=entry.id)) for entry in entries),
            dropped=sum(entry.note is not None and entry.note.drop for entry in entries),
            problems=problems,
        )

    def _taken_in(
        self, key: IssueKey, folder: Path
    ) -> tuple[IssueNote, dict[PaperId, PaperNote], tuple[str, ...], set[Path]]:
        issue, known = self._notes.get(key)
        papers = dict(known)
        problems: list[str] = []
        broken: set[Path] = set()
        for path in sorted(folder.glob("*.md")) if folder.is_dir() else ():
            if path.name == INDEX_FILE:
                continue
            try:
                text = _read(path)
                if path.name == ISSUE_FILE:
                    issue = read_issue_note(text)
                else:
                    note = read_paper_note(text)
                    papers[note.paper_id] = note
            except NoteError as error:
                problems.append(f"{path}:{error.line}: {error}")
                broken.add(path)
        self._notes.put(key, issue, list(papers.values()))
        return issue, papers, tuple(problems), broken

    def _entries(self, day: date, notes: dict[PaperId, PaperNote]) -> list[IssuePaper]:
        """The papers of the issue, and those that the editor dropped, which keep their files."""
        kept = self._compose.arranged(day, whole=True)
        shown = {entry.id for entry in kept}
        dropped = with_notes((e for e in self._compose.candidates(day) if e.id not in shown), notes)
        # a digest that was imported may have a paper twice; it has one file, that of its first place
        first: dict[PaperId, IssuePaper] = {}
        for entry in (*kept, *dropped):
            first.setdefault(entry.id, entry)
        if not first:
            msg = f"No paper was collected for {day}. Run `newsletter collect --date {day}` first."
            raise NothingToDo(msg)
        return list(first.values())


def file_name(paper_id: PaperId) -> str:
    """A paper's file: its id with what no file system likes replaced."""
    return f"{re.sub(r'[^A-Za-z0-9.-]+', '-', paper_id).strip('-.')[:120]}.md"


def _read(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise NewsletterError(f"{path} cannot be read: {error.strerror or error}.") from error
    if len(data) > _LARGEST:
        msg = f"{len(data):,} bytes; expected at most {_LARGEST:,}"
        raise NoteError(msg, 1)
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        msg = f"not UTF-8 at byte {error.start}"
        raise NoteError(msg, data.count(b"\n", 0, error.start) + 1) from error
