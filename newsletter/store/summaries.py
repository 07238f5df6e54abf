"""Summaries, kept by what makes them the same summary; what they cost; and who writes one at this moment."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date

from sqlalchemy import Connection, Text, delete, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import DOUBLE_PRECISION

from newsletter.domain.papers import Expense, PaperId, Summary, SummaryKey
from newsletter.store.database import Database
from newsletter.store.records import SUMMARY
from newsletter.store.statements import chunks, table_of, upsert
from newsletter.store.tables import AnnouncementRow, ExpenseRow, SummaryClaimRow, SummaryRow

__all__ = ["SqlSummaryStore", "put_summaries"]

_SUMMARY, _EXPENSE, _CLAIM = table_of(SummaryRow), table_of(ExpenseRow), table_of(SummaryClaimRow)
_ANNOUNCEMENT = table_of(AnnouncementRow)
_KEYS = ("paper_id", "version", "language", "engine", "model", "prompt")


class SqlSummaryStore:
    """Implements `domain.ports.SummaryStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, keys: Sequence[SummaryKey]) -> Mapping[SummaryKey, Summary]:
        """The summaries of these keys that are known."""
        wanted = set(keys)
        known = self.of(sorted({key.paper_id for key in wanted}))
        return {summary.key: summary for summaries in known.values() for summary in summaries if summary.key in wanted}

    def of(self, paper_ids: Sequence[PaperId]) -> Mapping[PaperId, tuple[Summary, ...]]:
        """All summaries of these papers, of any engine, oldest first."""
        by_paper: dict[PaperId, list[Summary]] = defaultdict(list)
        with self._database.read() as connection:
            for chunk in chunks(paper_ids):
                statement = select(_SUMMARY.c.record).where(_SUMMARY.c.paper_id.in_(chunk)).order_by(_SUMMARY.c.id)
                for row in connection.execute(statement):
                    summary = SUMMARY.load(row.record)
                    by_paper[summary.paper_id].append(summary)
        return {paper_id: tuple(summaries) for paper_id, summaries in by_paper.items()}

    def put(self, summaries: Sequence[Summary]) -> None:
        """Keep these; a summary replaces one of the same key."""
        if summaries:
            with self._database.write() as connection:
                put_summaries(connection, summaries)

    def failed(self, first: date, last: date) -> Mapping[date, Mapping[str, Mapping[str, int]]]:
        """Of the papers announced on each of these days those without a usable summary: how many, by kind and why.

        A paper counts once a language, with the newest of its failures.
        """
        statement = (
            select(_ANNOUNCEMENT.c.day, _SUMMARY.c.record)
            .distinct()
            .join(_SUMMARY, _SUMMARY.c.paper_id == _ANNOUNCEMENT.c.paper_id)
            .where(_ANNOUNCEMENT.c.day.between(first, last))
        )
        texts: dict[tuple[date, PaperId, str], list[Summary]] = defaultdict(list)
        with self._database.read() as connection:
            # only who has a failure is looked at whole; they are few
            failing = select(_SUMMARY.c.paper_id).where(_SUMMARY.c.record.cast(Text).like('%"failure":%'))
            for row in connection.execute(statement.where(_SUMMARY.c.paper_id.in_(failing))):
                summary = SUMMARY.load(row.record)
                texts[row.day, summary.paper_id, summary.language].append(summary)
        counts: dict[date, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
        for (day, _, _), summaries in texts.items():
            last_one = summaries[-1]
            if last_one.failure and all(
                s.failure for s in summaries if s.provenance.engine == last_one.provenance.engine
            ):
                counts[day][last_one.failure.value][last_one.why] += 1
        return counts

    def book(self, expenses: Sequence[Expense]) -> None:
        """Keep what was spent."""
        with self._database.write() as connection:
            connection.execute(_EXPENSE.insert(), [asdict(expense) for expense in expenses])

    def spent(self, paper_ids: Sequence[PaperId], engine: str) -> tuple[int, float, int]:
        """What this engine has cost for these papers: tokens, money, and how many of the tokens are estimated."""
        tokens, money, estimated = 0, 0.0, 0
        each = func.sum(_EXPENSE.c.tokens_in + _EXPENSE.c.tokens_out)
        with self._database.read() as connection:
            for chunk in chunks(paper_ids):
                statement = (
                    select(_EXPENSE.c.is_estimate, each, func.sum(_EXPENSE.c.cost))
                    .where(_EXPENSE.c.paper_id.in_(chunk), _EXPENSE.c.engine == engine)
                    .group_by(_EXPENSE.c.is_estimate)
                )
                for is_estimate, its_tokens, its_money in connection.execute(statement):
                    tokens, money = tokens + int(its_tokens), money + float(its_money)
                    estimated += int(its_tokens) if is_estimate else 0
        return tokens, money, estimated

    def claim(self, keys: Sequence[SummaryKey], holder: str, *, seconds: float) -> bool:
        """Take all of these for so long, or none: False where another holds one. Who holds them may take them again.

        A claim ends by itself, so that a run that was killed keeps nobody waiting for longer.
        """
        # in one order, so that two runs that want the same cannot wait for each other
        rows = sorted((_as_row(key) for key in keys), key=lambda row: tuple(map(str, row.values())))
        with self._database.write() as connection:
            now = self._now(connection)
            connection.execute(delete(_CLAIM).where(_CLAIM.c.until <= now))
            held = [row | {"holder": holder, "until": now + seconds} for row in rows]
            upsert(connection, SummaryClaimRow, held, keys=_KEYS)
            columns = [_CLAIM.c[name] for name in _KEYS]
            others = 0
            for chunk in chunks([tuple(row.values()) for row in rows], 500):
                wanted = select(func.count()).where(tuple_(*columns).in_(chunk), _CLAIM.c.holder != holder)
                others += connection.execute(wanted).scalar_one()
            if others:
                connection.execute(delete(_CLAIM).where(_CLAIM.c.holder == holder))
            else:
                connection.execute(update(_CLAIM).where(_CLAIM.c.holder == holder).values(until=now + seconds))
        return not others

    def release(self, holder: str) -> None:
        """Give back all that this holder has taken."""
        with self._database.write() as connection:
            connection.execute(delete(_CLAIM).where(_CLAIM.c.holder == holder))

    def _now(self, connection: Connection) -> float:
        """Seconds since the epoch by the database's clock; SQLite is a file of this machine."""
        if self._database.is_sqlite:
            return time.time()
        return float(
            connection.execute(
                select(func.extract("epoch", func.clock_timestamp()).cast(DOUBLE_PRECISION))
            ).scalar_one()
        )


def _as_row(key: SummaryKey) -> dict[str, object]:
    return asdict(key) | {"version": key.version or 0}


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
