"""What becomes of events when a subscriber goes, confirms anew, or time is over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, case, or_, select

from newsletter.domain.subscribers import Mentions
from newsletter.store.statements import among, chunks, table_of
from newsletter.store.tables import EventRow

__all__ = ["erase_events", "events_naming", "events_of", "forget_events", "forget_subscribers", "prune", "spend"]

_EVENT = table_of(EventRow)
_E = _EVENT.c
_BATCH = 200


def forget_subscribers(connection: Connection, ids: Sequence[int]) -> None:
    """Erase what events say of these people. That something happened to an issue's mail stays, as a number."""
    for chunk in chunks(ids):
        _erase(connection, _E.subscriber_id.in_(chunk))


def _erase(connection: Connection, which: ColumnElement[bool]) -> None:
    nothing = {"text": "", "digest": "", "evidence": b"", "subscriber_id": 0, "state_before": ""}
    connection.execute(_EVENT.update().where(which).values(nothing))


def events_of(
    connection: Connection, subscriber_id: int, deliveries: Sequence[int], digests: Sequence[str]
) -> Sequence[Row[Any]]:
    """What is kept of these mails, and of these addresses by their hashes, the oldest first."""
    columns = [_E[name] for name in ("id", "kind", "at", "status", "reply", "reason", "text", "source", "evidence")]
    rows: dict[int, Row[Any]] = {}
    for which in _theirs(connection, subscriber_id, deliveries, digests):
        rows |= {row.id: row for row in connection.execute(select(*columns).where(which))}
    return [rows[number] for number in sorted(rows)]


def erase_events(connection: Connection, subscriber_id: int, deliveries: Sequence[int], digests: Sequence[str]) -> int:
    """Let events say of these mails and addresses only that something happened to an issue; returns how many did."""
    ids: set[int] = set()
    for which in _theirs(connection, subscriber_id, deliveries, digests):
        ids.update(connection.execute(select(_E.id).where(which)).scalars())
    forget_events(connection, sorted(ids))
    return len(ids)


def forget_events(connection: Connection, ids: Sequence[int]) -> None:
    """Let these say of nobody what they say."""
    # a reason of ours names nobody; one that a person has written may
    reason = case((_E.reason.contains("@"), ""), else_=_E.reason)
    for chunk in chunks(ids):
        _erase(connection, _E.id.in_(chunk))
        connection.execute(_EVENT.update().where(_E.id.in_(chunk)).values(domain="", reason=reason))


def events_naming(connection: Connection, mentions: Mentions) -> Iterator[int]:
    """Events of others, and of nobody, in whose words these addresses stand."""
    last = 0
    said = or_(_E.text != "", _E.evidence != b"", _E.reason.contains("@"))
    while True:
        statement = select(_E.id, _E.text, _E.reason, _E.evidence).where(said, _E.id > last).order_by(_E.id)
        rows = connection.execute(statement.limit(_BATCH)).all()
        if not rows:
            return
        for row in rows:
            if mentions.in_text(f"{row.text}\n{row.reason}") or mentions.in_mail(bytes(row.evidence)):
                yield row.id
        last = rows[-1].id


def _theirs(
    connection: Connection, subscriber_id: int, deliveries: Sequence[int], digests: Sequence[str]
) -> Iterator[ColumnElement[bool]]:
    # one by one: each has an index
    if subscriber_id:
        yield _E.subscriber_id == subscriber_id
    for chunk in chunks(deliveries):
        yield _E.delivery_id.in_(chunk)
    if digests:
        yield among(connection, _E.digest, digests)


def spend(connection: Connection, digests: Sequence[str]) -> None:
    """Let what happened to these addresses count no more: somebody has lifted their suppression."""
    connection.execute(_EVENT.update().where(among(connection, _E.digest, digests)).values(is_spent=True))


def prune(connection: Connection, *, events_before: datetime, evidence_before: datetime) -> int:
    """Delete old events, and the evidence of others; returns how many events went."""
    old = _EVENT.update().where(_E.stored_at < evidence_before, _E.evidence != b"")
    connection.execute(old.values(evidence=b"", text=""))
    return connection.execute(_EVENT.delete().where(_E.stored_at < events_before)).rowcount
