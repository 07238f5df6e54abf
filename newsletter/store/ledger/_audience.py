"""Freezing the audience: what was decided for each subscriber is staged, and the rest of their row is copied from them.

Deciding needs every interest looked up and takes its time, so it happens before the transaction, which on SQLite keeps
everybody else from writing. There the ledger's rows are made by one statement inside the database. A subscriber who
changed in between is decided again, so that what was decided and what is frozen always belong together.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from pydantic_core import from_json
from sqlalchemy import Column, Connection, Insert, Integer, MetaData, Row, Select, String, Table, literal, select, text
from sqlalchemy.dialects import postgresql, sqlite

from newsletter.domain.delivery import DeliveryStatus, Recipient
from newsletter.domain.issues import Edition
from newsletter.domain.ports import DecideAudience
from newsletter.domain.subscribers import AT_ONCE, Subscriber, SubscriptionState, address_key
from newsletter.store.database import Database
from newsletter.store.rhythms import rhythm_of, rhythm_text
from newsletter.store.statements import chunks, table_of
from newsletter.store.tables import DeliveryRow, SubscriberRow
from newsletter.store.types import UtcDateTime

__all__ = ["Freezing", "freezing", "let_nobody_plan", "row_of"]

_BATCH = 5000
"""Subscribers decided together: looking up new interests is cheaper for many at once."""
_CACHE = 48_000
"""KiB of pages that SQLite keeps while it copies: addresses come in no order and are written all over their index."""

_PLANNING = 0x6E65_7773_706C
"""PostgreSQL's advisory lock of who writes an audience down."""

_DELIVERY = table_of(DeliveryRow)
_SUBSCRIBER = table_of(SubscriberRow)
_DECIDED = ("language", "domain", "status", "reason")
_STAGED = (*_DECIDED, "due_at")
_COPIED = ("email", "email_key", "name", "interests", "max_papers", "cadence", "rhythm")
_EDITIONS = {edition.value: edition for edition in Edition}
_STATES = {state.value: state for state in SubscriptionState}
_NEW = {"attempts": 0, "reply": "", "message_id": "", "run_id": 0}
_STAGE = Table(
    "audience_stage",
    MetaData(),
    Column("subscriber_id", Integer, primary_key=True),
    Column("changes", Integer, nullable=False),
    *(Column(name, String, nullable=False) for name in _DECIDED),
    Column("due_at", UtcDateTime),
    prefixes=["TEMPORARY"],
)
_S = _SUBSCRIBER.c
_FROM = _STAGE.join(_SUBSCRIBER, _S.id == _STAGE.c.subscriber_id)
_CHANGED = select(_S.id).select_from(_FROM).where(_S.changes != _STAGE.c.changes).order_by(_S.id)
_ASKED = select(
    _S.id,
    _S.changes,
    _S.email,
    _S.name,
    _S.interests,
    _S.language,
    _S.cadence,
    _S.max_papers,
    _S.state,
    _S.rhythm,
    _S.paused_until,
).where(_S.state != SubscriptionState.FEED.value)


class Freezing:
    """A staged audience, and the transaction that is to write it down.

    Attributes:
        connection: the transaction's.
        through: the greatest id of a subscriber that was decided on.
    """

    def __init__(self, connection: Connection, decide: DecideAudience) -> None:
        self.connection = connection
        self._decide = decide
        self._staged = 0
        self.through = 0

    def stage(self, asked: Select[Any]) -> int:
        """Decide on the subscribers that a query finds; returns the id of the last one, 0 if there is none."""
        rows = self.connection.execute(asked).all()
        if not rows:
            return 0
        decisions = self._decide([_subscriber(row) for row in rows])
        staged = [
            (row.id, row.changes, recipient.language, recipient.domain, status.value, reason, due)
            for row, (recipient, status, reason, due) in zip(rows, decisions, strict=True)
        ]
        _insert(self.connection, staged)
        self._staged += len(staged)
        last: int = rows[-1].id
        return last

    def copy(self, dispatch_id: int, *, at: datetime) -> int:
        """Make the rows of a dispatch, in the order of subscribers; returns how many are new.

        Whoever has a row already keeps it. Who has changed since they were decided on is decided on again, and comes
        after the others. Who is no longer there gets no row.
        """
        added = 0
        while self._staged:
            statement = _copying(self.connection, dispatch_id, at).execution_options(preserve_rowcount=True)
            copied = self.connection.execute(statement).rowcount
            added += copied
            missing, self._staged = self._staged - copied, 0
            if missing:
                changed = self.connection.execute(_CHANGED).scalars().all()
                self.connection.execute(_STAGE.delete())
                for chunk in chunks(changed):
                    self.stage(_ASKED.where(_S.id.in_(chunk)).order_by(_S.id))
        return added


@contextmanager
def freezing(database: Database, decide: DecideAudience, *, after: int) -> Iterator[Freezing]:
    """Decide on every subscriber with an id above `after`, then open the transaction that is to write it down."""
    with database.engine.connect() as connection:
        with connection.begin():
            _STAGE.create(connection)
        try:
            audience = Freezing(connection, decide)
            last, more = after, True
            while more:
                with connection.begin():
                    reached = audience.stage(_ASKED.where(_S.id > last).order_by(_S.id).limit(_BATCH))
                last, more = max(last, reached), reached > 0
            audience.through = last
            with _cached(connection), connection.execution_options(begin="IMMEDIATE").begin():
                _lock(connection, shared=True)
                yield audience
        finally:
            with connection.execution_options(begin="").begin():
                _STAGE.drop(connection)


def let_nobody_plan(connection: Connection) -> None:
    """Wait until no audience is being written down, and let none be until this transaction ends.

    Otherwise one that began before somebody was erased would write down them as they were.
    """
    _lock(connection, shared=False)


def _lock(connection: Connection, *, shared: bool) -> None:
    if connection.dialect.name == "postgresql":  # SQLite has one writer
        how = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
        connection.execute(text(f"SELECT {how}(:lock)"), {"lock": _PLANNING})


@contextmanager
def _cached(connection: Connection) -> Iterator[None]:
    """Let SQLite keep many pages for a while."""
    if connection.dialect.name != "sqlite":
        yield
        return
    with connection.begin():
        before = connection.exec_driver_sql("PRAGMA cache_size").scalar_one()
        connection.exec_driver_sql(f"PRAGMA cache_size = {-_CACHE}")
    try:
        yield
    finally:
        with connection.execution_options(begin="").begin():
            connection.exec_driver_sql(f"PRAGMA cache_size = {before}")


def row_of(dispatch_id: int, recipient: Recipient, *, at: datetime) -> dict[str, object]:
    """The row of one recipient who is to get an issue, as planning copies it."""
    return {
        "dispatch_id": dispatch_id,
        "subscriber_id": recipient.subscriber_id,
        "email": recipient.email,
        "email_key": address_key(recipient.email),
        "domain": recipient.domain,
        "name": recipient.name,
        "language": recipient.language,
        "interests": json.dumps(recipient.interests, ensure_ascii=False),
        "max_papers": recipient.max_papers,
        "cadence": recipient.cadence.value,
        "rhythm": rhythm_text(recipient.rhythm),
        "status": DeliveryStatus.QUEUED.value,
        "reason": "",
        "updated_at": at,
        **_NEW,
    }


def _insert(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    """Handed to the driver as they are: for a million rows SQLAlchemy's preparation would cost more than the rest."""
    if connection.dialect.name == "sqlite":
        kept = UtcDateTime().dialect_impl(connection.dialect).bind_processor(connection.dialect) or str
        given = [(*row[:-1], kept(row[-1])) if row[-1] is not None else row for row in rows]
        connection.exec_driver_sql("INSERT INTO audience_stage VALUES (?, ?, ?, ?, ?, ?, ?)", given)
    else:
        columns = tuple([*column] for column in zip(*rows, strict=True))
        connection.exec_driver_sql(
            "INSERT INTO audience_stage "
            "SELECT * FROM unnest(%s::int[], %s::int[], %s::text[], %s::text[], %s::text[], %s::text[], "
            "%s::timestamptz[])",
            columns,
        )


def _copying(connection: Connection, dispatch_id: int, at: datetime) -> Insert:
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    columns = {
        "dispatch_id": literal(dispatch_id),
        "subscriber_id": _STAGE.c.subscriber_id,
        **{name: _STAGE.c[name] for name in _STAGED},
        **{name: _S[name] for name in _COPIED},
        **{name: literal(value) for name, value in _NEW.items()},
        "updated_at": literal(at, UtcDateTime()),
    }
    # the WHERE also tells SQLite the conflict clause from a join
    source = select(*columns.values()).select_from(_FROM).where(_S.changes == _STAGE.c.changes)
    statement = dialect.insert(_DELIVERY).from_select([*columns], source.order_by(_STAGE.c.subscriber_id))
    insert: Insert = statement.on_conflict_do_nothing(index_elements=["dispatch_id", "email_key"])
    return insert


def _subscriber(row: Row[Any]) -> Subscriber:
    """What a decision depends on."""
    # unpacked, and looked up in dictionaries: a million attributes of rows cost as much as deciding does
    number, _, email, name, interests, language, cadence, limit, state, rhythm, paused_until = tuple(row)
    return Subscriber(
        id=number,
        email=email,
        name=name,
        interests=tuple(from_json(interests)),
        language=language,
        cadence=_EDITIONS[cadence],
        max_papers=limit,
        state=_STATES[state],
        rhythm=rhythm_of(rhythm) if rhythm else AT_ONCE,
        paused_until=paused_until,
    )
