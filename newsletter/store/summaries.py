"""Summaries, kept by what makes them the same summary."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, select

from newsletter.domain.papers import PaperId
from newsletter.domain.summaries import Summary, SummaryKey
from newsletter.store.database import Database
from newsletter.store.records import SUMMARY
from newsletter.store.statements import chunks, table_of, upsert
from newsletter.store.tables import SummaryRow

__all__ = ["SqlSummaryStore", "put_summaries"]

_SUMMARY = table_of(SummaryRow)
_KEYS = ("paper_id", "version", "language", "engine", "model", "prompt")


class SqlSummaryStore:
    """Implements `domain.ports.SummaryStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, keys: Sequence[SummaryKey]) -> Mapping[SummaryKey, Summary]:
        """The summaries of these keys that are known."""
        wanted = set(keys)
        kept = self.of(sorted({key.paper_id for key in wanted}))
        return {summary.key: summary for summaries in kept.values() for summary in summaries if summary.key in wanted}

    def of(self, paper_ids: Sequence[PaperId]) -> Mapping[PaperId, tuple[Summary, ...]]:
        """All summaries of these papers, of any engine, oldest first."""
        found: dict[PaperId, list[Summary]] = defaultdict(list)
        with self._database.read() as connection:
            for some in chunks(paper_ids):
                statement = select(_SUMMARY.c.record).where(_SUMMARY.c.paper_id.in_(some)).order_by(_SUMMARY.c.id)
                for row in connection.execute(statement):
                    summary = SUMMARY.load(row.record)
                    found[summary.paper_id].append(summary)
        return {paper_id: tuple(summaries) for paper_id, summaries in found.items()}

    def put(self, summaries: Sequence[Summary]) -> None:
        """Keep these; a summary replaces one of the same key."""
        with self._database.write() as connection:
            put_summaries(connection, summaries)


def put_summaries(connection: Connection, summaries: Sequence[Summary]) -> None:
    """Keep summaries within a transaction that stores more than them."""
    rows = (
        {
            "paper_id": summary.paper_id,
            "version": summary.version or 0,
            "language": summary.language,
            "engine": summary.provenance.engine,
            "model": summary.provenance.model,
            "prompt": summary.provenance.prompt,
            "record": SUMMARY.dump(summary),
        }
        for summary in summaries
    )
    upsert(connection, SummaryRow, rows, keys=_KEYS, update=("record",))
