"""How each (source, feed, day) ended."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

from sqlalchemy import Row, select

from newsletter.domain.papers import Listing, ListingStatus
from newsletter.store.database import Database
from newsletter.store.statements import table_of, upsert
from newsletter.store.tables import ListingRow

__all__ = ["SqlListingStore"]

_LISTING = table_of(ListingRow)
_KEYS = ("day", "source", "feed")
_VALUES = ("status", "note", "announced", "collected", "rejected", "fetched_at")


class SqlListingStore:
    """Implements `domain.ports.ListingStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, listing: Listing) -> None:
        """Keep this outcome; it replaces an earlier one of the same source, feed and day unless only that was fresh."""
        with self._database.write() as connection:
            same = [_LISTING.c[name] == getattr(listing, name) for name in _KEYS]
            before = connection.execute(select(_LISTING.c.status).where(*same)).scalar()
            if before == ListingStatus.FRESH and listing.status is not ListingStatus.FRESH:
                return
            row = asdict(listing) | {"status": listing.status.value}
            upsert(connection, ListingRow, [row], keys=_KEYS, update=_VALUES)

    def on(self, day: date) -> tuple[Listing, ...]:
        """The outcomes of a day, ordered by source and feed."""
        return self.between(day, day)

    def between(self, first: date, last: date) -> tuple[Listing, ...]:
        """The outcomes of these days (both included), ordered by day, source and feed."""
        statement = (
            select(_LISTING)
            .where(_LISTING.c.day.between(first, last))
            .order_by(_LISTING.c.day, _LISTING.c.source, _LISTING.c.feed)
        )
        with self._database.read() as connection:
            return tuple(_listing(row) for row in connection.execute(statement))


def _listing(row: Row[tuple[object, ...]]) -> Listing:
    values = row._asdict()
    return Listing(**values | {"status": ListingStatus(values["status"])})
