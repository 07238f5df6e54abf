"""What is kept of people who asked, and of the letters to them: told to them, and forgotten."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from pydantic_core import from_json
from sqlalchemy import ColumnElement, Connection, Table, or_, select

from newsletter.domain.delivery import DeliveryStatus
from newsletter.domain.subscribers import Person
from newsletter.store.statements import among, table_of
from newsletter.store.tables import ConsentRow, LetterRow, RequestRow

__all__ = [
    "consents_of",
    "erase_consents",
    "erase_letters",
    "erase_requests",
    "letters_of",
    "requests_of",
]

_REQUEST, _LETTER, _CONSENT = table_of(RequestRow), table_of(LetterRow), table_of(ConsentRow)
_INNER = {"id", "email_key", "subscriber_id", "request_id", "holder", "held_until"}


def requests_of(connection: Connection, person: Person) -> list[Mapping[str, object]]:
    """What a person has asked for."""
    return _told(connection, _REQUEST, person)


def letters_of(connection: Connection, person: Person) -> list[Mapping[str, object]]:
    """The letters to a person."""
    return _told(connection, _LETTER, person)


def consents_of(connection: Connection, person: Person) -> list[Mapping[str, object]]:
    """What a person has agreed to."""
    return _told(connection, _CONSENT, person)


def erase_requests(connection: Connection, person: Person) -> int:
    """Delete what a person has asked for, whether it was decided on or not; returns how many."""
    return sum(
        connection.execute(_REQUEST.delete().where(one)).rowcount for one in _theirs(connection, _REQUEST, person)
    )


def erase_letters(connection: Connection, person: Person) -> int:
    """Delete the letters to a person; one that is on its way stays, without its address, for whoever sends it."""
    count = 0
    nobody = {"email": "", "email_key": "", "about": "", "message_id": "", "reply": "", "subscriber_id": 0}
    for which in _theirs(connection, _LETTER, person):
        on_its_way = _LETTER.c.status == DeliveryStatus.SENDING.value
        count += connection.execute(_LETTER.delete().where(which, ~on_its_way)).rowcount
        count += connection.execute(_LETTER.update().where(which).values(nobody)).rowcount
    return count


def erase_consents(connection: Connection, person: Person) -> int:
    """Delete the proof that a person has agreed: there is nothing any more that it would be the proof of."""
    return sum(
        connection.execute(_CONSENT.delete().where(one)).rowcount for one in _theirs(connection, _CONSENT, person)
    )


def _theirs(connection: Connection, table: Table, person: Person) -> Iterator[ColumnElement[bool]]:
    # one by one: each has an index
    if person.subscriber_id:
        yield table.c.subscriber_id == person.subscriber_id
    if person.keys and "email_key" in table.c:
        yield among(connection, table.c.email_key, person.keys)


def _told(connection: Connection, table: Table, person: Person) -> list[Mapping[str, object]]:
    which = list(_theirs(connection, table, person))
    if not which:
        return []
    rows = connection.execute(select(table).where(or_(*which)).order_by(table.c.id))
    return [{name: _plain(name, value) for name, value in row._mapping.items() if name not in _INNER} for row in rows]


def _plain(name: str, value: Any) -> object:  # noqa: ANN401  # whatever a column holds
    if isinstance(value, datetime):
        return value.isoformat()
    return from_json(value) if name == "wishes" and value else value
