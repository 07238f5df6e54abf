"""What editors wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, insert, select

from newsletter.domain.issues import IssueKey
from newsletter.domain.papers import IssueNote, PaperId, PaperNote
from newsletter.store.database import Database
from newsletter.store.records import ISSUE_NOTE, PAPER_NOTE
from newsletter.store.statements import table_of
from newsletter.store.tables import NoteRow

__all__ = ["SqlNoteStore"]

_NOTE = table_of(NoteRow)


class SqlNoteStore:
    """Implements `domain.ports.NoteStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, key: IssueKey) -> tuple[IssueNote, Mapping[PaperId, PaperNote]]:
        """The notes of an issue; empty ones where nobody wrote any."""
        statement = select(_NOTE.c.paper_id, _NOTE.c.record).where(
            _NOTE.c.day == key.day, _NOTE.c.edition == key.edition.value
        )
        issue, papers = IssueNote(), {}
        with self._database.read() as connection:
            for row in connection.execute(statement):
                if row.paper_id:
                    papers[PaperId(row.paper_id)] = PAPER_NOTE.load(row.record)
                else:
                    issue = ISSUE_NOTE.load(row.record)
        return issue, papers

    def put(self, key: IssueKey, issue: IssueNote, papers: Sequence[PaperNote]) -> None:
        """Replace the notes of an issue."""
        here = {"day": key.day, "edition": key.edition.value}
        rows = [here | {"paper_id": "", "record": ISSUE_NOTE.dump(issue)}]
        rows += [here | {"paper_id": note.paper_id, "record": PAPER_NOTE.dump(note)} for note in papers]
        with self._database.write() as connection:
            connection.execute(
                delete(_NOTE).where(_NOTE.c.day == key.day, _NOTE.c.edition == key.edition.value),
            )
            connection.execute(insert(_NOTE), rows)
