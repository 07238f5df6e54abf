"""All repositories over one database."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import select

from newsletter.domain.announcements import Announcement
from newsletter.domain.papers import Paper
from newsletter.store.acronyms import SqlAcronymStore
from newsletter.store.database import Database
from newsletter.store.deliveries import SqlDeliveryStore
from newsletter.store.issues import SqlIssueStore
from newsletter.store.listings import SqlListingStore
from newsletter.store.notes import SqlNoteStore
from newsletter.store.papers import SqlPaperStore
from newsletter.store.statements import table_of, upsert
from newsletter.store.subscribers import SqlSubscriberStore
from newsletter.store.summaries import SqlSummaryStore
from newsletter.store.tables import MetaRow

__all__ = ["SqlStore"]

_META = table_of(MetaRow)


class SqlStore:
    """Implements `domain.ports.Store`."""

    def __init__(
        self,
        database: Database,
        *,
        merge: Callable[[Sequence[Announcement]], Paper],
        clock: Callable[[], datetime],
        secret: bytes | None = None,
    ) -> None:
        """`secret` overrides the one that the database keeps, so that several databases can sign alike."""
        self.database = database
        self.secret = cache(lambda: secret or self._kept_secret())
        self.papers = SqlPaperStore(database, merge)
        self.listings = SqlListingStore(database)
        self.summaries = SqlSummaryStore(database)
        self.notes = SqlNoteStore(database)
        self.acronyms = SqlAcronymStore(database)
        self.issues = SqlIssueStore(database)
        self.deliveries = SqlDeliveryStore(database)
        self.subscribers = SqlSubscriberStore(database, secret=self.secret, clock=clock)

    def _kept_secret(self) -> bytes:
        """32 random bytes, made the first time they are asked for."""
        with self.database.write() as connection:
            row = {"name": "secret", "value": secrets.token_hex(32)}
            upsert(connection, MetaRow, [row], keys=("name",))
            kept: str = connection.execute(select(_META.c.value).where(_META.c.name == "secret")).scalar_one()
        return bytes.fromhex(kept)
