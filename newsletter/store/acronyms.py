"""Acronyms as papers defined them, a row a paper, so that what is learned twice counts once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

from sqlalchemy import func, select

from newsletter.domain.ports import AcronymCount, LearnedAcronym
from newsletter.store.database import Database
from newsletter.store.statements import chunks, table_of, upsert
from newsletter.store.tables import AcronymRow

__all__ = ["SqlAcronymStore"]

_ACRONYM = table_of(AcronymRow)


class SqlAcronymStore:
    """Implements `domain.ports.AcronymStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def learn(self, rows: Sequence[LearnedAcronym]) -> None:
        """Keep these; a paper's definition that is there already stays as it was."""
        if not rows:
            return
        with self._database.write() as connection:
            for part in chunks(rows):
                upsert(connection, AcronymRow, [asdict(row) for row in part], keys=("paper_id", "short", "long"))

    def counts(self, until: date) -> tuple[AcronymCount, ...]:
        """How many papers up to this day defined each, the commonest first."""
        papers = func.count().label("papers")
        statement = (
            select(_ACRONYM.c.short, _ACRONYM.c.long, func.min(_ACRONYM.c.shown).label("shown"), papers)
            .where(_ACRONYM.c.day <= until)
            .group_by(_ACRONYM.c.short, _ACRONYM.c.long)
            .order_by(papers.desc(), _ACRONYM.c.short, _ACRONYM.c.long)
        )
        with self._database.read() as connection:
            return tuple(AcronymCount(*row) for row in connection.execute(statement))
