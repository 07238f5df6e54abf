"""Announcements as they came, and the papers merged from them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby

from sqlalchemy import Connection, func, select

from newsletter.domain.papers import Announcement, AnnounceType, Paper, PaperId, merge
from newsletter.store.database import Database
from newsletter.store.records import ANNOUNCEMENT, PAPER
from newsletter.store.statements import chunks, table_of, upsert
from newsletter.store.summaries import put_summaries
from newsletter.store.tables import AnnouncementRow, PaperRow

__all__ = ["SqlPaperStore"]

_ANNOUNCEMENT = table_of(AnnouncementRow)
_PAPER = table_of(PaperRow)
_Told = tuple[PaperId, AnnounceType]
_KEYS = ("paper_id", "source", "feed", "day", "kind")


class SqlPaperStore:
    """Implements `domain.ports.PaperStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, announcements: Sequence[Announcement]) -> int:
        """Keep these, merge them into their papers, keep their summaries; returns how many papers were not known."""
        if not announcements:
            return 0
        ids = sorted({a.paper_id for a in announcements})
        with self._database.write() as connection:
            upsert(connection, AnnouncementRow, map(_row, announcements), keys=_KEYS, update=("record",))
            known = _known(connection, ids)
            every = _announcements_of(connection, ids)
            merged = [(paper_id, merge(every[paper_id])) for paper_id in every]
            rows = [{"id": paper_id, "record": PAPER.dump(paper)} for paper_id, paper in merged]
            upsert(connection, PaperRow, rows, keys=("id",), update=("record",))
            put_summaries(connection, [summary for a in announcements for summary in a.summaries])
        return len(ids) - len(known)

    def announced(self, first: date, last: date) -> Iterator[tuple[Paper, tuple[Announcement, ...]]]:
        """Every paper announced in these days (both included), with its announcements of those days, ordered by id."""
        statement = (
            select(_PAPER.c.record, _ANNOUNCEMENT.c.paper_id, _ANNOUNCEMENT.c.record)
            .join_from(_ANNOUNCEMENT, _PAPER, _PAPER.c.id == _ANNOUNCEMENT.c.paper_id)
            .where(_ANNOUNCEMENT.c.day.between(first, last))
            .order_by(_ANNOUNCEMENT.c.paper_id, *(_ANNOUNCEMENT.c[name] for name in ("day", "source", "feed", "kind")))
        )
        with self._database.read() as connection:
            rows = connection.execute(statement)
            for _, group in groupby(rows, key=lambda row: row[1]):
                its_rows = list(group)
                yield PAPER.load(its_rows[0][0]), tuple(ANNOUNCEMENT.load(row[2]) for row in its_rows)

    def told(self, source: str, feed: str, first: date, last: date) -> Mapping[date, frozenset[_Told]]:
        """What one feed announced in these days (both included): which papers, and as what."""
        statement = select(_ANNOUNCEMENT.c.day, _ANNOUNCEMENT.c.paper_id, _ANNOUNCEMENT.c.kind).where(
            _ANNOUNCEMENT.c.source == source,
            _ANNOUNCEMENT.c.feed == feed,
            _ANNOUNCEMENT.c.day.between(first, last),
        )
        days: dict[date, set[_Told]] = defaultdict(set)
        with self._database.read() as connection:
            for day, paper_id, kind in connection.execute(statement):
                days[day].add((PaperId(paper_id), AnnounceType(kind)))
        return {day: frozenset(papers) for day, papers in days.items()}

    def counts(
        self, first: date, last: date, kinds: Collection[AnnounceType]
    ) -> Mapping[tuple[str, str], Mapping[date, int]]:
        """How many papers each (source, feed) announced as one of these kinds on each of these days (both included)."""
        source, feed, day = (_ANNOUNCEMENT.c[name] for name in ("source", "feed", "day"))
        statement = (
            select(source, feed, day, func.count(_ANNOUNCEMENT.c.paper_id.distinct()))
            .where(day.between(first, last), _ANNOUNCEMENT.c.kind.in_([kind.value for kind in kinds]))
            .group_by(source, feed, day)
        )
        counted: dict[tuple[str, str], dict[date, int]] = defaultdict(dict)
        with self._database.read() as connection:
            for row in connection.execute(statement):
                counted[row[0], row[1]][row[2]] = row[3]
        return counted

    def get(self, ids: Sequence[PaperId]) -> Mapping[PaperId, Paper]:
        """The papers of these ids that are known."""
        papers: dict[PaperId, Paper] = {}
        with self._database.read() as connection:
            for chunk in chunks(ids):
                for row in connection.execute(select(_PAPER.c.id, _PAPER.c.record).where(_PAPER.c.id.in_(chunk))):
                    papers[PaperId(row.id)] = PAPER.load(row.record)
        return papers


def _row(announcement: Announcement) -> dict[str, object]:
    return {
        "paper_id": announcement.paper_id,
        "source": announcement.source,
        "feed": announcement.feed,
        "day": announcement.day,
        "kind": announcement.kind.value,
        "record": ANNOUNCEMENT.dump(announcement),
    }


def _known(connection: Connection, ids: Sequence[PaperId]) -> set[str]:
    return {
        row.id for chunk in chunks(ids) for row in connection.execute(select(_PAPER.c.id).where(_PAPER.c.id.in_(chunk)))
    }


def _announcements_of(connection: Connection, ids: Sequence[PaperId]) -> Mapping[PaperId, list[Announcement]]:
    announcements: dict[PaperId, list[Announcement]] = defaultdict(list)
    for chunk in chunks(ids):
        statement = (
            select(_ANNOUNCEMENT.c.record).where(_ANNOUNCEMENT.c.paper_id.in_(chunk)).order_by(_ANNOUNCEMENT.c.id)
        )
        for row in connection.execute(statement):
            announcement = ANNOUNCEMENT.load(row.record)
            announcements[announcement.paper_id].append(announcement)
    return announcements
