"""What becomes of events when a subscriber goes, confirms anew, or time is over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection

from newsletter.store.statements import among, chunks, table_of
from newsletter.store.tables import EventRow

__all__ = ["forget_subscribers", "prune", "spend"]

_EVENT = table_of(EventRow)
_E = _EVENT.c


def forget_subscribers(connection: Connection, ids: Sequence[int]) -> None:
    """Erase what events say of these people. That something happened to an issue's mail stays, as a number."""
    for chunk in chunks(ids):
        _erase(connection, _E.subscriber_id.in_(chunk))


def _erase(connection: Connection, which: ColumnElement[bool]) -> None:
    nothing = {"text": "", "digest": "", "evidence": b"", "subscriber_id": 0, "state_before": ""}
    connection.execute(_EVENT.update().where(which).values(nothing))


def spend(connection: Connection, digests: Sequence[str]) -> None:
    """Let what happened to these addresses count no more: somebody has lifted their suppression."""
    connection.execute(_EVENT.update().where(among(connection, _E.digest, digests)).values(is_spent=True))


def prune(connection: Connection, *, events_before: datetime, evidence_before: datetime) -> int:
    """Delete old events, and the evidence of others; returns how many events went."""
    old = _EVENT.update().where(_E.stored_at < evidence_before, _E.evidence != b"")
    connection.execute(old.values(evidence=b"", text=""))
    return connection.execute(_EVENT.delete().where(_E.stored_at < events_before)).rowcount
