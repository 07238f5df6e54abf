"""Rows of the ledger, and the domain's values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from typing import Any

from pydantic_core import from_json, to_json
from sqlalchemy import Column, Connection, Integer, MetaData, Row, Table, bindparam, literal, select, true
from sqlalchemy.dialects import postgresql, sqlite

from newsletter.domain.addresses import address_key
from newsletter.domain.deliveries import Delivery, DeliveryStatus, Recipient
from newsletter.domain.issues import IssueKey
from newsletter.domain.subscriptions import Cadence
from newsletter.store._prepared import Prepared
from newsletter.store.database import Database
from newsletter.store.statements import table_of
from newsletter.store.tables import DeliveryRow

__all__ = ["delivery_of", "staged"]

_BATCH = 1000
_DELIVERY = table_of(DeliveryRow)
_COPIED = tuple(column.name for column in _DELIVERY.columns if column.name not in {"id", "dispatch_id"})
_STAGE = Table(
    "delivery_stage",
    MetaData(),
    Column("n", Integer, primary_key=True),
    *(Column(name, _DELIVERY.c[name].type) for name in _COPIED),
    prefixes=["TEMPORARY"],
)


# what every new row has in common stands in the statement
_NEW = {"attempts": 0, "reply": "", "message_id": "", "due_at": None, "updated_at": bindparam("t"), "run_id": 0}
_INSERT = Prepared(_STAGE.insert().values({name: _NEW.get(name, bindparam(name)) for name in _COPIED}))


@contextmanager
def staged(
    database: Database, rows: Iterable[tuple[Recipient, DeliveryStatus, str]], *, at: datetime
) -> Iterator[tuple[Connection, Callable[[int], None]]]:
    """Gather rows in a temporary table, then give a writing transaction and what copies them into the ledger there.

    Making the rows means selecting for every subscriber and takes its time. It happens before the transaction, which
    on SQLite keeps everybody else from writing, and which therefore lasts no longer than the copy.
    """
    source = iter(rows)
    with database.engine.connect() as connection:
        with connection.begin():
            _STAGE.create(connection)
        try:
            while batch := list(islice(source, _BATCH)):
                values = [_row(*row) for row in batch]
                with connection.begin():
                    _INSERT.run(connection, values, at=at)
            with connection.execution_options(begin="IMMEDIATE").begin():
                yield connection, lambda dispatch_id: _copy(connection, dispatch_id)
        finally:
            with connection.begin():
                _STAGE.drop(connection)


def _copy(connection: Connection, dispatch_id: int) -> None:
    """In the order they were gathered; whoever has a row already keeps it."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    columns = [_STAGE.c[name] for name in _COPIED]
    # SQLite needs the WHERE to tell the conflict clause from a join
    source = select(literal(dispatch_id), *columns).where(true()).order_by(_STAGE.c.n)
    statement = dialect.insert(_DELIVERY).from_select(["dispatch_id", *_COPIED], source)
    connection.execute(statement.on_conflict_do_nothing(index_elements=["dispatch_id", "email_key"]))


def _row(recipient: Recipient, status: DeliveryStatus, reason: str) -> dict[str, object]:
    return {
        "subscriber_id": recipient.subscriber_id,
        "email": recipient.email,
        "email_key": address_key(recipient.email),
        "domain": recipient.domain,
        "name": recipient.name,
        "language": recipient.language,
        "interests": to_json(recipient.interests).decode(),
        "max_papers": recipient.max_papers,
        "cadence": recipient.cadence.value,
        "status": status.value,
        "reason": reason,
    }


def delivery_of(row: Row[Any], issue: IssueKey, revision: int) -> Delivery:
    """What a row says."""
    return Delivery(
        id=row.id,
        issue=issue,
        revision=revision,
        recipient=Recipient(
            subscriber_id=row.subscriber_id,
            email=row.email,
            name=row.name,
            language=row.language,
            interests=tuple(from_json(row.interests)),
            max_papers=row.max_papers,
            cadence=Cadence(row.cadence),
        ),
        status=DeliveryStatus(row.status),
        reason=row.reason,
        attempts=row.attempts,
        reply=row.reply,
        message_id=row.message_id,
        due_at=row.due_at,
        updated_at=row.updated_at,
    )
