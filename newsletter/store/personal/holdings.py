"""Where something stands of a person: a holding a table, each with what it tells them and how it forgets them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from pydantic_core import from_json
from sqlalchemy import ColumnElement, Connection, Row, and_, delete, or_, select

from newsletter.domain.subscribers import Mentions, Person, SubscriptionState
from newsletter.store.events import erase_events, events_of
from newsletter.store.joining import (
    consents_of,
    erase_consents,
    erase_letters,
    erase_requests,
    letters_of,
    requests_of,
)
from newsletter.store.ledger import deliveries_of, empty_deliveries
from newsletter.store.statements import among, table_of
from newsletter.store.tables import SubscriberRow, SuppressionRow

__all__ = ["HOLDINGS", "Holding", "Traces"]

Told = Sequence[Mapping[str, object]]

_SUBSCRIBER = table_of(SubscriberRow)
_SUPPRESSION = table_of(SuppressionRow)
_INNER = {"id", "email_key", "roster_row", "changes"}
"""Columns by which the program finds and compares rows; they say nothing that the others do not."""
_JSON = {"interests", "rhythm"}


@dataclass(frozen=True, slots=True)
class Traces:
    """By what a person is found: number and addresses, and hashes of these; the ledger's rows once they are known."""

    person: Person
    digests: tuple[str, ...] = field(repr=False)
    deliveries: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Holding:
    """What one table holds of a person: `tell` gives it as JSON has it, `erase` returns how many rows it emptied."""

    name: str
    tell: Callable[[Connection, Traces], Told]
    erase: Callable[[Connection, Traces], int]


def _tell_subscription(connection: Connection, traces: Traces) -> Told:
    rows = connection.execute(select(_SUBSCRIBER).where(_is_theirs(traces.person)).order_by(_SUBSCRIBER.c.id.desc()))
    return [_told(row) for row in rows]


def _erase_subscription(connection: Connection, traces: Traces) -> int:
    return connection.execute(delete(_SUBSCRIBER).where(_is_theirs(traces.person))).rowcount


def _is_theirs(person: Person) -> ColumnElement[bool]:
    """Their row, and what stands for an address that they left and that a roster would bring back."""
    left = and_(_SUBSCRIBER.c.email_key.in_(person.keys), _SUBSCRIBER.c.state == SubscriptionState.UNSUBSCRIBED.value)
    return or_(_SUBSCRIBER.c.id == person.subscriber_id, left)


def _tell_events(connection: Connection, traces: Traces) -> Told:
    rows = events_of(connection, traces.person.subscriber_id, traces.deliveries, traces.digests)
    return [
        {
            "kind": row.kind,
            "at": row.at.isoformat(),
            "status": row.status,
            "reply": row.reply,
            "reason": row.reason,
            "text": row.text,
            "came_by": row.source,
            "first_octets": bytes(row.evidence).decode("utf-8", "replace"),
        }
        for row in rows
    ]


def _tell_suppressions(connection: Connection, traces: Traces) -> Told:
    rows = connection.execute(select(_SUPPRESSION).where(among(connection, _SUPPRESSION.c.digest, traces.digests)))
    return [{"reason": row.reason, "cause": row.cause, "since": row.created_at.isoformat()} for row in rows]


def _erase_suppressions(connection: Connection, traces: Traces) -> int:
    """The hash stays, or who erases themselves would be mailed again; the words beside it are let go if they name."""
    mentions = Mentions(traces.person.emails)
    theirs = select(_SUPPRESSION).where(among(connection, _SUPPRESSION.c.digest, traces.digests))
    naming = [row.digest for row in connection.execute(theirs) if mentions.in_text(row.reason)]
    connection.execute(_SUPPRESSION.update().where(_SUPPRESSION.c.digest.in_(naming)).values(reason=""))
    return 0


HOLDINGS = (
    Holding("subscription", _tell_subscription, _erase_subscription),
    Holding(
        "consents",
        lambda connection, traces: consents_of(connection, traces.person),
        lambda connection, traces: erase_consents(connection, traces.person),
    ),
    Holding(
        "requests",
        lambda connection, traces: requests_of(connection, traces.person),
        lambda connection, traces: erase_requests(connection, traces.person),
    ),
    Holding(
        "letters",
        lambda connection, traces: letters_of(connection, traces.person),
        lambda connection, traces: erase_letters(connection, traces.person),
    ),
    Holding(
        "deliveries",
        lambda connection, traces: list(deliveries_of(connection, traces.person)),
        lambda connection, traces: len(empty_deliveries(connection, traces.person)),
    ),
    Holding(
        "events",
        _tell_events,
        lambda connection, traces: erase_events(
            connection, traces.person.subscriber_id, traces.deliveries, traces.digests
        ),
    ),
    Holding("suppressions", _tell_suppressions, _erase_suppressions),
)
"""In the order in which they are told."""


def _told(row: Row[Any]) -> Mapping[str, object]:
    return {name: _plain(name, value) for name, value in row._mapping.items() if name not in _INNER}


def _plain(name: str, value: object) -> object:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return from_json(value) if name in _JSON and isinstance(value, str) and value else value
