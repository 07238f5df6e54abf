"""All repositories over one database."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache

from newsletter.domain.delivery import SigningSecrets, keyed_hash
from newsletter.store.acronyms import SqlAcronymStore
from newsletter.store.archives import SqlArchiveStore
from newsletter.store.database import Database
from newsletter.store.events import SqlEventStore
from newsletter.store.facts import MetaFacts
from newsletter.store.issues import SqlIssueStore
from newsletter.store.joining import SqlJoiningStore, SqlLetterStore
from newsletter.store.ledger import SqlDeliveryStore
from newsletter.store.listings import SqlListingStore
from newsletter.store.notes import SqlNoteStore
from newsletter.store.papers import SqlPaperStore
from newsletter.store.personal import SqlPersonalStore
from newsletter.store.remains import Remains
from newsletter.store.retention import SqlRetentionStore
from newsletter.store.subscribers import SqlSubscriberStore
from newsletter.store.summaries import SqlSummaryStore
from newsletter.store.suppressions import SqlSuppressionStore
from newsletter.store.webhooks import SqlWebhookStore

__all__ = ["SqlStore"]


class SqlStore:
    """Implements `domain.ports.Store`."""

    def __init__(
        self,
        database: Database,
        *,
        clock: Callable[[], datetime],
        secret: bytes | None = None,
        earlier: Sequence[bytes] = (),
    ) -> None:
        """`secret` overrides the one that the database keeps, so that several databases can sign alike.

        `earlier` are secrets that signed before, whose links still count.
        """
        self.database = database
        self._facts = MetaFacts(database)
        self.secrets = cache(lambda: self._all_secrets(secret, earlier))
        self.identity = cache(self._kept_identity)
        self.papers = SqlPaperStore(database)
        self.listings = SqlListingStore(database)
        self.summaries = SqlSummaryStore(database)
        self.notes = SqlNoteStore(database)
        self.acronyms = SqlAcronymStore(database)
        self.archives = SqlArchiveStore(database)
        self.issues = SqlIssueStore(database)
        self.deliveries = SqlDeliveryStore(database)
        self.suppressions = SqlSuppressionStore(database, self._facts, secrets=self.secrets, clock=clock)
        self.events = SqlEventStore(database, keys=self.suppressions.keys, secrets=self.secrets, clock=clock)
        self.webhooks = SqlWebhookStore(database)
        self.personal = SqlPersonalStore(database, keys=self.suppressions.keys)
        self.remains = Remains(database)
        self.retention = SqlRetentionStore(database)
        self.subscribers = SqlSubscriberStore(database, self.suppressions, clock=clock)
        self.letters = SqlLetterStore(database)
        self.joining = SqlJoiningStore(database, self.subscribers, self.suppressions)

    def settle(self) -> None:
        """Keep now what is made once from the secret of the moment, so that another secret later changes none of it."""
        self.identity()
        self.suppressions.keys()

    def secret(self) -> bytes:
        """The secret that signs."""
        return self.secrets().present

    def _all_secrets(self, given: bytes | None, earlier: Sequence[bytes]) -> SigningSecrets:
        """The database's own always counts: it signed until another one was given."""
        if given is None:
            own = self._facts.keep("secret", lambda: secrets.token_hex(32))
            return SigningSecrets(bytes.fromhex(own), tuple(earlier))
        former = self._facts.get("secret")
        return SigningSecrets(given, (*earlier, *([bytes.fromhex(former)] if former else [])))

    def _kept_identity(self) -> str:
        """What the ids of feed entries begin from: the same for ever, whatever becomes of the secret."""
        return self._facts.keep("identity", lambda: keyed_hash(self.secret(), "feeds").hex())
