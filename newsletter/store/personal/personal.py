"""One person's data: found in every table that holds any, told, erased; and what the database's file still holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import Connection, select

from newsletter.domain.subscribers import Mentions, Person, address_key, suppression_digest
from newsletter.store.database import Database
from newsletter.store.events import events_naming, forget_events, lock_events
from newsletter.store.ledger import addresses_of, deliveries_of_person, let_nobody_plan
from newsletter.store.personal.holdings import HOLDINGS, Traces
from newsletter.store.statements import table_of
from newsletter.store.tables import DispatchRow, DomainRestRow, SubscriberRow

__all__ = ["SqlPersonalStore"]

_SUBSCRIBER = table_of(SubscriberRow)
_DISPATCH = table_of(DispatchRow)
_REST = table_of(DomainRestRow)


class SqlPersonalStore:
    """Implements `domain.ports.PersonalStore`."""

    def __init__(self, database: Database, *, keys: Callable[[], tuple[bytes, ...]]) -> None:
        """`keys` are those that addresses are hashed with."""
        self._database = database
        self._keys = keys

    def person(self, *, email: str = "", subscriber_id: int = 0) -> Person:
        """Whose data an address or a number leads to, with every address that their issues went to."""
        self._keys()  # makes the key where there is none yet, in a transaction of its own
        with self._database.read() as connection:
            return self._person(connection, email, subscriber_id)

    def records(self, person: Person) -> Mapping[str, Sequence[Mapping[str, object]]]:
        """All that is kept of a person, by what it is."""
        with self._database.read() as connection:
            traces = self._traces(connection, person)
            return {holding.name: holding.tell(connection, traces) for holding in HOLDINGS}

    def erase(self, person: Person) -> Mapping[str, int]:
        """Take a person out of every table, all at once; returns from how many rows, by what these are.

        Rows that an issue's numbers are counted from stay, and tell of nobody.
        """
        mentions = Mentions(person.emails)
        self._keys()
        with self._database.write() as connection:
            let_nobody_plan(connection)
            lock_events(connection)
            traces = self._traces(connection, person)
            counts = {holding.name: holding.erase(connection, traces) for holding in HOLDINGS}
            _erase_from_remarks(connection, mentions)
        # what nobody could tell whose it is: looked through when nothing more can come to be theirs
        with self._database.read() as connection:
            naming = list(events_naming(connection, mentions)) if person.emails else []
        if naming:
            with self._database.write() as connection:
                lock_events(connection)
                forget_events(connection, naming)
        return counts | {"events": counts["events"] + len(naming)}

    def _person(self, connection: Connection, email: str, subscriber_id: int) -> Person:
        known = select(_SUBSCRIBER.c.id, _SUBSCRIBER.c.email)
        which = _SUBSCRIBER.c.id == subscriber_id if subscriber_id else _SUBSCRIBER.c.email_key == address_key(email)
        row = connection.execute(known.where(which)).one_or_none()
        if row is None:
            return Person(emails=(email,) if email else ())
        emails = (row.email, email, *addresses_of(connection, row.id))
        return Person(row.id, tuple(dict.fromkeys(filter(None, emails))))

    def _traces(self, connection: Connection, person: Person) -> Traces:
        digests = tuple(suppression_digest(key, email) for key in self._keys() for email in person.keys)
        return Traces(person, digests, deliveries_of_person(connection, person))


def _erase_from_remarks(connection: Connection, mentions: Mentions) -> None:
    """What a server said may stand where an issue or a domain pauses because of it."""
    for table, column in ((_DISPATCH, _DISPATCH.c.paused), (_REST, _REST.c.reason)):
        for row in connection.execute(select(*table.primary_key, column).where(column.contains("@"))).all():
            if mentions.in_text(row[1]):
                which = next(iter(table.primary_key)) == row[0]
                connection.execute(table.update().where(which).values({column.name: mentions.without(row[1])}))
