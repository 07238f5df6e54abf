"""Letting go of what is old, in transactions that are so small that nobody waits for one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, Table, and_, exists, func, not_, or_, select, text, update

from newsletter.domain.subscribers import Origin, Stale, SubscriptionState
from newsletter.store.database import Database
from newsletter.store.events import forget_subscribers
from newsletter.store.ledger import count_of_old, empty_some, old_dispatches
from newsletter.store.statements import table_of, upsert
from newsletter.store.tables import OPEN_LETTERS, EventRow, LetterRow, MetaRow, RequestRow, SubscriberRow

__all__ = ["SqlRetentionStore"]

_SUBSCRIBER, _REQUEST, _LETTER = table_of(SubscriberRow), table_of(RequestRow), table_of(LetterRow)
_EVENT, _META = table_of(EventRow), table_of(MetaRow)
_S, _R, _L, _E = _SUBSCRIBER.c, _REQUEST.c, _LETTER.c, _EVENT.c
_DAY = "retention_day"
"""The fact on which day this was done last."""


class SqlRetentionStore:
    """Implements `domain.ports.RetentionStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._reached: dict[int, int] = {}

    def take_day(self, day: date) -> bool:
        """Make this day's round ours; False if it is, or was, somebody's."""
        with self._database.write() as connection:
            upsert(connection, MetaRow, [{"name": _DAY, "value": ""}], keys=("name",))
            statement = update(_META).where(_META.c.name == _DAY, _META.c.value < day.isoformat())
            return connection.execute(statement.values(value=day.isoformat())).rowcount > 0

    def count(self, what: Stale, before: datetime) -> int:
        """How much there is of something that is older than a moment."""
        with self._database.read() as connection:
            if what is Stale.DELIVERIES:
                return sum(count_of_old(connection, number) for number in old_dispatches(connection, before))
            table, which = _RULES[what](before)
            return connection.execute(select(func.count()).select_from(table).where(which)).scalar_one()

    def forget(self, what: Stale, before: datetime, *, limit: int) -> int:
        """Let go of so much of it, in one transaction; returns how much that was, less than `limit` at the end."""
        with self._database.write() as connection:
            if what is Stale.DELIVERIES:
                return self._empty(connection, before, limit)
            table, which = _RULES[what](before)
            ids = connection.execute(select(table.c.id).where(which).order_by(table.c.id).limit(limit)).scalars().all()
            # the rule once more: PostgreSQL may have seen somebody confirm meanwhile
            these = and_(table.c.id.in_(ids), which)
            if what is Stale.EVIDENCE:
                connection.execute(table.update().where(these).values(evidence=b"", text=""))
            else:
                connection.execute(table.delete().where(these))
            if table is _SUBSCRIBER:
                forget_subscribers(connection, ids)
            return len(ids)

    def _empty(self, connection: Connection, before: datetime, limit: int) -> int:
        count = 0
        for number in old_dispatches(connection, before):
            emptied, last = empty_some(connection, number, after=self._reached.get(number, 0), limit=limit - count)
            self._reached[number] = last
            count += emptied
            if count >= limit:
                break
        return count


def _unconfirmed(before: datetime) -> tuple[Table, ColumnElement[bool]]:
    # a file that names somebody says what they are; and who has asked anew has as long again
    asked_anew = exists().where(or_(_R.subscriber_id == _S.id, _R.email_key == _S.email_key), _R.asked_at >= before)
    which = and_(
        _S.state == SubscriptionState.UNCONFIRMED.value,
        _S.origin == Origin.SIGNUP.value,
        _S.created_at < before,
        not_(asked_anew),
    )
    return _SUBSCRIBER, which


def _feeds(before: datetime) -> tuple[Table, ColumnElement[bool]]:
    unread = or_(_S.read_on.is_(None), _S.read_on < before.date())
    return _SUBSCRIBER, and_(_S.state == SubscriptionState.FEED.value, _S.created_at < before, unread)


def _requests(before: datetime) -> tuple[Table, ColumnElement[bool]]:
    return _REQUEST, and_(_R.asked_at < before, _R.state != "waiting")


def _letters(before: datetime) -> tuple[Table, ColumnElement[bool]]:
    return _LETTER, and_(_L.created_at < before, text(f"NOT (letter.{OPEN_LETTERS})"))


def _evidence(before: datetime) -> tuple[Table, ColumnElement[bool]]:
    return _EVENT, and_(_E.stored_at < before, or_(_E.evidence != b"", _E.text != ""))


def _events(before: datetime) -> tuple[Table, ColumnElement[bool]]:
    return _EVENT, _E.stored_at < before


_RULES: Mapping[Stale, Callable[[datetime], tuple[Table, ColumnElement[bool]]]] = {
    Stale.UNCONFIRMED: _unconfirmed,
    Stale.FEEDS: _feeds,
    Stale.REQUESTS: _requests,
    Stale.LETTERS: _letters,
    Stale.EVIDENCE: _evidence,
    Stale.EVENTS: _events,
}
