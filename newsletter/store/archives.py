"""Digests that were published elsewhere, as they were imported."""

from __future__ import annotations

import zlib
from datetime import date, datetime

from sqlalchemy import insert, select, update

from newsletter.domain.issues import BackIssue
from newsletter.store.database import Database
from newsletter.store.records import BACK_ISSUE
from newsletter.store.statements import table_of
from newsletter.store.tables import ArchiveRow

__all__ = ["SqlArchiveStore"]

_ARCHIVE = table_of(ArchiveRow)


class SqlArchiveStore:
    """Implements `domain.ports.ArchiveStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, digest: BackIssue, at: datetime) -> int:
        """Keep a digest, in place of the one of the same day and format; returns how many papers that one had."""
        here = (_ARCHIVE.c.day == digest.day, _ARCHIVE.c.profile == digest.profile)
        values = {
            "papers": len(digest.announcements),
            "content": zlib.compress(BACK_ISSUE.dump(digest).encode()),
        }
        with self._database.write() as connection:
            before: int | None = connection.execute(select(_ARCHIVE.c.papers).where(*here)).scalar()
            if before is None:
                new = values | {"day": digest.day, "profile": digest.profile, "imported_at": at}
                connection.execute(insert(_ARCHIVE), new)
            else:
                connection.execute(update(_ARCHIVE).where(*here).values(**values))
        return before or 0

    def on(self, day: date) -> tuple[BackIssue, ...]:
        """The digests of a day, in the order in which they were first imported."""
        statement = (
            select(_ARCHIVE.c.content).where(_ARCHIVE.c.day == day).order_by(_ARCHIVE.c.imported_at, _ARCHIVE.c.profile)
        )
        with self._database.read() as connection:
            return tuple(
                BACK_ISSUE.load(zlib.decompress(row.content).decode()) for row in connection.execute(statement)
            )
