"""What the ledger keeps of people: told to them, and forgotten. The row stays, for the issue's numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic_core import from_json
from sqlalchemy import ColumnElement, Connection, String, and_, case, cast, exists, func, literal, or_, select, text

from newsletter.domain.delivery import DeliveryStatus, SkipReason
from newsletter.domain.subscribers import Person
from newsletter.store.statements import among, chunks, table_of
from newsletter.store.tables import OPEN_STATES, DeliveryRow, DispatchRow

__all__ = [
    "addresses_of",
    "count_of_old",
    "deliveries_of",
    "deliveries_of_person",
    "empty_deliveries",
    "empty_some",
    "old_dispatches",
]

_DELIVERY = table_of(DeliveryRow)
_DISPATCH = table_of(DispatchRow)
_D = _DELIVERY.c
_S = DeliveryStatus
_WAITING = or_(_D.status == _S.QUEUED.value, _D.status == _S.DEFERRED.value)
_GONE = "erased"


_EMPTY: Mapping[str, Any] = {
    "email": "",
    # an address has an @: this is nobody's, and one for each row
    "email_key": literal(f"{_GONE}:").concat(cast(_D.id, String)),
    "domain": "",
    "name": "",
    "interests": "[]",
    "rhythm": "",
    "max_papers": None,
    "message_id": "",
    # servers name the address in what they say: its code is what the numbers need
    "reply": func.substr(_D.reply, 1, 3),
    "reason": case(
        (_WAITING, SkipReason.ERASED.value),
        (or_(_D.reason == "", _D.status == _S.SKIPPED.value), _D.reason),
        else_=_GONE,
    ),
    # what is being sent at this moment is its run's to settle
    "status": case((_WAITING, _S.SKIPPED.value), else_=_D.status),
    "due_at": None,
}
"""What becomes of a row that is to tell of nobody: that something was sent or not, and when, stays."""


def addresses_of(connection: Connection, subscriber_id: int) -> tuple[str, ...]:
    """The addresses that a subscriber's issues went to."""
    emails: dict[str, None] = {}
    for dispatches in _dispatches(connection):
        which = and_(_D.dispatch_id.in_(dispatches), _D.subscriber_id == subscriber_id, _D.email != "")
        emails |= dict.fromkeys(connection.execute(select(_D.email).where(which).distinct()).scalars())
    return tuple(emails)


def deliveries_of(connection: Connection, person: Person) -> Iterator[Mapping[str, object]]:
    """What is kept of the issues that went to a person, in the order of issues.

    Of name and interests, which nearly always are those of the issue before, only changes are told.
    """
    before: dict[str, object] = {}
    for ids in chunks(deliveries_of_person(connection, person), 200):
        statement = (
            select(_DELIVERY, _DISPATCH.c.day, _DISPATCH.c.edition)
            .join_from(_DELIVERY, _DISPATCH, _DISPATCH.c.id == _D.dispatch_id)
            .where(_D.id.in_(ids))
            .order_by(_D.id)
        )
        for row in connection.execute(statement):
            frozen = {"name": row.name, "interests": from_json(row.interests)}
            yield {
                "issue": row.day.isoformat(),
                "edition": row.edition,
                "email": row.email,
                "language": row.language,
                "cadence": row.cadence,
                "max_papers": row.max_papers,
                **({} if frozen == before else frozen),
                "status": row.status,
                "reason": row.reason,
                "attempts": row.attempts,
                "server_said": row.reply,
                "message_id": row.message_id,
                "at": row.updated_at.isoformat(),
            }
            before = frozen


def empty_deliveries(connection: Connection, person: Person) -> Sequence[int]:
    """Take a person out of the ledger; returns the rows that told of them.

    What waited to be sent to them is skipped, and what a run has claimed it cannot begin any more.
    """
    ids = deliveries_of_person(connection, person)
    for chunk in chunks(ids):
        connection.execute(_DELIVERY.update().where(_D.id.in_(chunk)).values(_EMPTY))
    return ids


def empty_some(connection: Connection, dispatch_id: int, *, after: int, limit: int) -> tuple[int, int]:
    """Empty so many rows of an issue, those of subscribers from a number on; returns how many, and the last number.

    When there are fewer the issue is done, and is marked so.
    """
    which = and_(_of_old(dispatch_id), _D.subscriber_id >= after)
    rows = connection.execute(
        select(_D.id, _D.subscriber_id).where(which).order_by(_D.subscriber_id).limit(limit)
    ).all()
    for chunk in chunks([row.id for row in rows]):
        connection.execute(_DELIVERY.update().where(_D.id.in_(chunk)).values(_EMPTY))
    if len(rows) < limit:
        connection.execute(_DISPATCH.update().where(_DISPATCH.c.id == dispatch_id).values(is_emptied=True))
    return len(rows), rows[-1].subscriber_id if rows else after


def count_of_old(connection: Connection, dispatch_id: int) -> int:
    """How many rows of an issue still tell of somebody."""
    return connection.execute(select(func.count()).select_from(_DELIVERY).where(_of_old(dispatch_id))).scalar_one()


def old_dispatches(connection: Connection, planned_before: datetime) -> Sequence[int]:
    """The issues that were planned before a moment, wait for nothing, and still tell of somebody."""
    is_open = exists().where(_D.dispatch_id == _DISPATCH.c.id, text(f"delivery.{OPEN_STATES}"))
    old = and_(_DISPATCH.c.planned_at < planned_before, ~_DISPATCH.c.is_emptied, ~is_open)
    return connection.execute(select(_DISPATCH.c.id).where(old).order_by(_DISPATCH.c.id)).scalars().all()


def _of_old(dispatch_id: int) -> ColumnElement[bool]:
    return and_(_D.dispatch_id == dispatch_id, _D.subscriber_id > 0, _D.email != "")


def deliveries_of_person(connection: Connection, person: Person) -> Sequence[int]:
    """The rows that tell of a person: theirs by number, and those of their addresses whoever had them."""
    ids: set[int] = set()
    for dispatches in _dispatches(connection):
        here = select(_D.id).where(_D.dispatch_id.in_(dispatches))
        # two queries: each has an index, both together have none
        if person.keys:
            ids.update(connection.execute(here.where(among(connection, _D.email_key, person.keys))).scalars())
        if person.subscriber_id:
            theirs = here.where(_D.subscriber_id == person.subscriber_id, _D.email != "")
            ids.update(connection.execute(theirs).scalars())
    return sorted(ids)


def _dispatches(connection: Connection) -> Iterator[Sequence[int]]:
    yield from chunks(connection.execute(select(_DISPATCH.c.id).order_by(_DISPATCH.c.id)).scalars().all())
