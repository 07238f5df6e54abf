"""Subscribers: kept, changed, asked for; and who of them must not be mailed."""

from __future__ import annotations

import json
import secrets as chance
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row, and_, case, delete, func, or_, select

from newsletter.domain.delivery import SkipReason
from newsletter.domain.issues import Edition
from newsletter.domain.notation import Weekday
from newsletter.domain.subscribers import Preferences, Subscriber, SubscriptionState, address_key
from newsletter.store.database import Database
from newsletter.store.events import forget_subscribers
from newsletter.store.rhythms import rhythm_of, rhythm_text
from newsletter.store.statements import chunks, table_of, upsert
from newsletter.store.subscriber_rows import CHANGING, CHOSEN, remaining, row_of, subscriber_of
from newsletter.store.suppressions import SqlSuppressionStore
from newsletter.store.tables import SubscriberRow
from newsletter.store.withheld import withheld_from

__all__ = ["SqlSubscriberStore"]

_SUBSCRIBER = table_of(SubscriberRow)
_BATCH = 1000
_FEED_KEY = "feed:"
"""What the keys of readers without an address begin with: no address has a colon."""
_LARGEST_ID = 2**31 - 1
"""PostgreSQL refuses to compare an `integer` column with more."""


class SqlSubscriberStore:
    """Implements `domain.ports.SubscriberStore`."""

    def __init__(self, database: Database, suppressions: SqlSuppressionStore, *, clock: Callable[[], datetime]) -> None:
        """`clock` dates new rows."""
        self._database = database
        self._suppressions = suppressions
        self._clock = clock

    def upsert(self, subscribers: Iterable[Subscriber], *, dry_run: bool = False) -> tuple[int, int]:
        """Add or change by address; returns (added, changed). Who unsubscribed stays so whatever a file says.

        A file's row that is the same as when it was last taken in changes nothing: what the reader chose since then
        holds until somebody edits the row. With `dry_run` it is only counted.
        """
        added = changed = 0
        source = iter(subscribers)
        while batch := list(islice(source, _BATCH)):
            by_key = {address_key(s.email): s for s in batch}
            with self._database.read() if dry_run else self._database.write() as connection:
                known = _known(connection, list(by_key), lock=not dry_run)
                rows = []
                for key, subscriber in by_key.items():
                    row = row_of(key, subscriber, self._clock())
                    before = known.get(key)
                    if before is None:
                        added += 1
                    else:
                        if row["roster_row"] and row["roster_row"] == before.roster_row:
                            continue
                        row |= remaining(row, before)
                        row["changes"] = before.changes + 1
                        changed += any(row[name] != getattr(before, name) for name in (*CHANGING, *CHOSEN))
                        if all(row[name] == getattr(before, name) for name in (*CHANGING, *CHOSEN, "roster_row")):
                            continue
                    rows.append(row)
                if not dry_run:
                    update = (*CHANGING, *CHOSEN, "roster_row", "changes")
                    upsert(connection, SubscriberRow, rows, keys=("email_key",), update=update)
        return added, changed

    def add(self, subscriber: Subscriber) -> bool:
        """Add somebody whose address is not known yet; False, and nothing is changed, if it is."""
        key = address_key(subscriber.email)
        with self._database.write() as connection:
            if _known(connection, [key]):
                return False
            upsert(connection, SubscriberRow, [row_of(key, subscriber, self._clock())], keys=("email_key",))
            return True

    def edit(self, email: str, change: Callable[[Subscriber], Subscriber]) -> tuple[Subscriber, Subscriber] | None:
        """Change a subscriber, all of it or nothing; returns them before and after, None if nobody has the address."""
        key = address_key(email)
        with self._database.write() as connection:
            row = _known(connection, [key]).get(key)
            if row is None:
                return None
            before = subscriber_of(row)
            after = change(before)
            if after != before:
                row_after = row_of(key, after, self._clock())
                values = {name: row_after[name] for name in (*CHANGING, *CHOSEN)}
                statement = _SUBSCRIBER.update().where(_SUBSCRIBER.c.id == before.id)
                connection.execute(statement.values(values | {"changes": _SUBSCRIBER.c.changes + 1}))
            return before, after

    # Within a transaction of somebody else's that writes:

    def insert_within(self, connection: Connection, subscriber: Subscriber) -> Subscriber:
        """Add somebody who is not there yet; returns them with their id."""
        key = address_key(subscriber.email) if subscriber.email else f"{_FEED_KEY}{chance.token_hex(16)}"
        row = row_of(key, subscriber, self._clock())
        return subscriber_of(connection.execute(_SUBSCRIBER.insert().values(row).returning(_SUBSCRIBER)).one())

    def replace_within(self, connection: Connection, subscriber: Subscriber) -> Subscriber:
        """Write down all that may change of a subscriber, their address too. What a roster said of them stays known."""
        key = address_key(subscriber.email)
        row = row_of(key, subscriber, self._clock())
        values: dict[str, object] = {name: row[name] for name in (*CHANGING, *CHOSEN)}
        values |= {"email_key": key, "changes": _SUBSCRIBER.c.changes + 1}
        connection.execute(_SUBSCRIBER.update().where(_SUBSCRIBER.c.id == subscriber.id).values(values))
        return subscriber

    @staticmethod
    def read_within(connection: Connection, *, key: str = "", number: int = 0) -> Subscriber | None:
        """The subscriber of this key, or of this number, who does not change until the transaction ends; or None."""
        which = _SUBSCRIBER.c.email_key == key if key else _SUBSCRIBER.c.id == number
        row = connection.execute(select(_SUBSCRIBER).where(which).with_for_update()).one_or_none()
        return None if row is None else subscriber_of(row)

    @staticmethod
    def remove_within(connection: Connection, number: int) -> None:
        """Forget a subscriber."""
        connection.execute(delete(_SUBSCRIBER).where(_SUBSCRIBER.c.id == number))
        forget_subscribers(connection, [number])

    def set_state(self, email: str, state: SubscriptionState) -> bool:
        """Confirm or unsubscribe an address; False if nobody has it."""
        values = {"state": state.value, "changes": _SUBSCRIBER.c.changes + 1}
        statement = _SUBSCRIBER.update().where(_SUBSCRIBER.c.email_key == address_key(email)).values(values)
        with self._database.write() as connection:
            return connection.execute(statement).rowcount > 0

    def get(self, email: str) -> Subscriber | None:
        """The subscriber of this address, or None."""
        with self._database.read() as connection:
            statement = select(_SUBSCRIBER).where(_SUBSCRIBER.c.email_key == address_key(email))
            row = connection.execute(statement).one_or_none()
        return None if row is None else subscriber_of(row)

    def by_id(self, subscriber_id: int) -> Subscriber | None:
        """The subscriber of this number, or None."""
        if not 0 < subscriber_id <= _LARGEST_ID:
            return None
        with self._database.read() as connection:
            row = connection.execute(select(_SUBSCRIBER).where(_SUBSCRIBER.c.id == subscriber_id)).one_or_none()
        return None if row is None else subscriber_of(row)

    def change(self, subscriber_id: int, preferences: Preferences) -> bool:
        """Keep what a subscriber chose; address and state are not touched. False if there is no such subscriber."""
        values = {
            "name": preferences.name,
            "interests": json.dumps(preferences.interests, ensure_ascii=False),
            "language": preferences.language,
            "cadence": preferences.cadence.value,
            "max_papers": preferences.max_papers,
            "rhythm": rhythm_text(preferences.rhythm),
        }
        return self._set(subscriber_id, values)

    def pause(self, subscriber_id: int, *, since: date, until: date, catch_up: int = 0) -> bool:
        """Let no issue come from one day until another; `catch_up` papers missed come then. False if nobody is it."""
        return self._set(subscriber_id, {"paused_since": since, "paused_until": until, "catch_up": catch_up})

    def end_pause(self, subscriber_id: int, *, on: date | None = None) -> bool:
        """Let mail come again from the issue of a day; without one, forget the pause. False if nobody is it.

        A pause that has ended before that day stays as it was, so that what was missed is still known.
        """
        if on is None:
            return self._set(subscriber_id, {"paused_since": None, "paused_until": None, "catch_up": 0})
        until = _SUBSCRIBER.c.paused_until
        return self._set(subscriber_id, {"paused_until": case((until > on, on), else_=until)})

    def awaiting_catch_up(self, day: date) -> tuple[Subscriber, ...]:
        """Those whose pause has ended by this day, and who want the best of what they missed."""
        ended = and_(_SUBSCRIBER.c.paused_until <= day, _SUBSCRIBER.c.catch_up > 0)
        mailed = _SUBSCRIBER.c.state == SubscriptionState.CONFIRMED.value
        with self._database.read() as connection:
            rows = connection.execute(select(_SUBSCRIBER).where(ended, mailed).order_by(_SUBSCRIBER.c.id)).all()
        return tuple(map(subscriber_of, rows))

    def weekdays(self) -> frozenset[Weekday]:
        """The days that close the week of some confirmed reader's weekly digest, beside the newsletter's own."""
        weekly = (
            _SUBSCRIBER.c.rhythm != "",
            _SUBSCRIBER.c.cadence == Edition.WEEKLY.value,
            _SUBSCRIBER.c.state == SubscriptionState.CONFIRMED.value,
        )
        with self._database.read() as connection:
            kept = connection.execute(select(_SUBSCRIBER.c.rhythm).where(*weekly).distinct()).scalars().all()
        return frozenset(day for text in kept if (day := rhythm_of(text).weekly_on) is not None)

    def _set(self, subscriber_id: int, values: Mapping[str, object]) -> bool:
        statement = _SUBSCRIBER.update().where(_SUBSCRIBER.c.id == subscriber_id)
        with self._database.write() as connection:
            changed = connection.execute(statement.values({**values, "changes": _SUBSCRIBER.c.changes + 1}))
            return changed.rowcount > 0

    def note_read(self, subscriber_ids: Collection[int], day: date) -> None:
        """Note that these have read their feed on a day, no more often than once for each."""
        for chunk in chunks(sorted(subscriber_ids)):
            which = and_(_SUBSCRIBER.c.id.in_(chunk), or_(_SUBSCRIBER.c.read_on.is_(None), _SUBSCRIBER.c.read_on < day))
            with self._database.write() as connection:
                connection.execute(_SUBSCRIBER.update().where(which).values(read_on=day))

    def renew_feed(self, subscriber_id: int) -> bool:
        """Begin another epoch of a subscriber's private feed; False if there is no such subscriber."""
        with self._database.write() as connection:
            statement = _SUBSCRIBER.update().where(_SUBSCRIBER.c.id == subscriber_id)
            return connection.execute(statement.values(feed_epoch=_SUBSCRIBER.c.feed_epoch + 1)).rowcount > 0

    def stream(self, *, batch: int = _BATCH, after: int = 0) -> Iterator[Subscriber]:
        """Every subscriber with an id above `after`, ordered by id, in batches: memory does not grow with them."""
        last = after
        while True:
            statement = select(_SUBSCRIBER).where(_SUBSCRIBER.c.id > last).order_by(_SUBSCRIBER.c.id).limit(batch)
            with self._database.read() as connection:
                rows = connection.execute(statement).all()
            if not rows:
                return
            yield from map(subscriber_of, rows)
            last = rows[-1].id

    def count(self) -> int:
        """How many there are."""
        with self._database.read() as connection:
            return connection.execute(select(func.count()).select_from(_SUBSCRIBER)).scalar_one()

    def remove(self, email: str) -> bool:
        """Forget a subscriber; False if there was none."""
        with self._database.write() as connection:
            statement = delete(_SUBSCRIBER).where(_SUBSCRIBER.c.email_key == address_key(email))
            gone = connection.execute(statement.returning(_SUBSCRIBER.c.id)).scalars().all()
            forget_subscribers(connection, gone)
            return bool(gone)

    def prune(self, ids: Sequence[int]) -> int:
        """Forget these, in one transaction, but for those who have unsubscribed since; returns how many went."""
        with self._database.write() as connection:
            statement = delete(_SUBSCRIBER).where(_SUBSCRIBER.c.state != SubscriptionState.UNSUBSCRIBED.value)
            gone: list[int] = []
            for chunk in chunks(ids):
                removed = statement.where(_SUBSCRIBER.c.id.in_(chunk)).returning(_SUBSCRIBER.c.id)
                gone += connection.execute(removed).scalars()
            forget_subscribers(connection, gone)
            return len(gone)

    def suppressed(self, emails: Sequence[str]) -> frozenset[str]:
        """Which of these addresses are suppressed."""
        return self._suppressions.suppressed(emails)

    def barred(self, emails: Sequence[str], *, day: date) -> Mapping[str, SkipReason]:
        """Which of these addresses must get no issue of a day, as it is at this moment, and why.

        One without a subscriber is among them.
        """
        with self._database.read() as connection:
            withheld = withheld_from(connection, emails, day)
        return withheld | dict.fromkeys(self.suppressed(emails), SkipReason.SUPPRESSED)


def _known(connection: Connection, keys: Sequence[str], *, lock: bool = True) -> Mapping[str, Row[Any]]:
    statement = select(_SUBSCRIBER).where(_SUBSCRIBER.c.email_key.in_(keys)).order_by(_SUBSCRIBER.c.id)
    if lock:  # until the rows are written (SQLite has the whole database): an unsubscribe in between must not be lost
        statement = statement.with_for_update()
    return {row.email_key: row for row in connection.execute(statement)}
