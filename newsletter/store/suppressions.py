"""The addresses never to be mailed again, and the keys that their hashes were made with."""

from __future__ import annotations

import hashlib
import secrets as chance
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select

from newsletter.domain.delivery import SigningSecrets
from newsletter.domain.subscribers import MAX_KEYS, Cause, Suppression, key_from_secret, suppression_digest
from newsletter.errors import StoreError
from newsletter.store.database import Database
from newsletter.store.events import spend
from newsletter.store.facts import MetaFacts
from newsletter.store.statements import among, chunks, table_of, upsert
from newsletter.store.tables import SuppressionRow

__all__ = ["SqlSuppressionStore"]

_SUPPRESSION = table_of(SuppressionRow)
_BATCH = 1000
_OWN = "suppression_key"
"""The fact that holds the key of this database; those of hashes made elsewhere stand below it."""
_OTHER = f"{_OWN}:"
_OF_SECRETS = "suppressions_of_secrets"
"""The fact that some hashes here are older than the key: they were made with a key out of the newsletter's secret."""


class SqlSuppressionStore:
    """Implements `domain.ports.SuppressionStore`."""

    def __init__(
        self,
        database: Database,
        facts: MetaFacts,
        *,
        secrets: Callable[[], SigningSecrets],
        clock: Callable[[], datetime],
    ) -> None:
        """`secrets` are those that keyed the hashes of older versions; `clock` dates new rows."""
        self._database = database
        self._facts = facts
        self._secrets = secrets
        self._clock = clock
        self.keys = cache(self._kept_keys)

    def suppress(self, email: str, reason: str) -> bool:
        """Never mail this address again; False if it was suppressed already, which then stays as it is."""
        return self.take_in([Suppression(email=email, reason=reason)]) == 1

    def take_in(self, suppressions: Iterable[Suppression]) -> int:
        """Keep these, by address or by hash; returns how many are new."""
        rows = {}
        for one in suppressions:
            digest = one.digest or suppression_digest(self.keys()[0], one.email)
            rows[digest] = {
                "digest": digest,
                "reason": one.reason,
                "created_at": one.created_at or self._clock(),
                "cause": one.cause.value,
                "event_id": one.event,
                "delivery_id": one.delivery,
                "email": one.email,
            }
        known = self.suppressed([str(row["email"]) for row in rows.values() if row["email"]])
        added = 0
        new = [row for row in rows.values() if row.pop("email") not in known]
        for chunk in chunks(new):
            with self._database.write() as connection:
                there = select(_SUPPRESSION.c.digest).where(
                    among(connection, _SUPPRESSION.c.digest, [str(row["digest"]) for row in chunk])
                )
                added += len(chunk) - len(connection.execute(there).all())
                upsert(connection, SuppressionRow, chunk, keys=("digest",))
        return added

    def lift(self, email: str) -> bool:
        """Let an address be mailed again, whatever happened to it before; False if it was not suppressed."""
        self.keys()  # before the transaction: they may have to be made
        with self._database.write() as connection:
            return self.lift_within(connection, email)

    def lift_within(self, connection: Connection, email: str) -> bool:
        """As `lift`, within a transaction that writes."""
        digests = [suppression_digest(key, email) for key in self.keys()]
        spend(connection, digests)
        return connection.execute(delete(_SUPPRESSION).where(_SUPPRESSION.c.digest.in_(digests))).rowcount > 0

    def suppressed(self, emails: Sequence[str]) -> frozenset[str]:
        """Which of these addresses are suppressed."""
        return frozenset(self.found(emails))

    def found(self, emails: Sequence[str]) -> dict[str, Suppression]:
        """What is kept about those of these addresses that are suppressed."""
        suppressed: dict[str, Suppression] = {}
        keys = self.keys()
        with self._database.read() as connection:
            for key in keys:
                asked = {email: suppression_digest(key, email) for email in emails}  # spellings share a digest
                rows: dict[str, Suppression] = {}
                for chunk in chunks(sorted(set(asked.values()))):
                    statement = select(_SUPPRESSION).where(among(connection, _SUPPRESSION.c.digest, chunk))
                    rows.update((row.digest, _suppression(row)) for row in connection.execute(statement))
                if rows:
                    suppressed.update((email, rows[digest]) for email, digest in asked.items() if digest in rows)
        return suppressed

    def stream(self) -> Iterator[Suppression]:
        """Every suppression, ordered by hash, in batches."""
        last = ""
        while True:
            statement = select(_SUPPRESSION).where(_SUPPRESSION.c.digest > last)
            with self._database.read() as connection:
                rows = connection.execute(statement.order_by(_SUPPRESSION.c.digest).limit(_BATCH)).all()
            if not rows:
                return
            yield from (_suppression(row) for row in rows)
            last = rows[-1].digest

    def count(self) -> int:
        """How many there are."""
        with self._database.read() as connection:
            return connection.execute(select(func.count()).select_from(_SUPPRESSION)).scalar_one()

    def add_keys(self, keys: Iterable[bytes]) -> None:
        """Try these keys too from now on: hashes that were made with them are taken in.

        Raises:
            StoreError: these would be more than are tried on every address.
        """
        new = {key: None for key in keys if key not in self.keys()}
        if len(new) + len(self.keys()) > MAX_KEYS:
            msg = (
                f"This database would have {len(new) + len(self.keys())} suppression keys; at most {MAX_KEYS} can be "
                "kept, for each is tried on every address. Take in a list of addresses instead."
            )
            raise StoreError(msg)
        with self._database.write() as connection:
            for key in new:
                self._facts.keep_within(connection, _OTHER + _name(key), key.hex())
        self.keys.cache_clear()

    def _kept_keys(self) -> tuple[bytes, ...]:
        """Every key that a hash here may have been made with, this database's own first.

        Hashes older than the own key go on counting: the keys of all secrets that are known now are kept beside it,
        so that they need not be known later.
        """
        own = self._facts.get(_OWN) or self._make_own_key()
        if self._facts.get(_OF_SECRETS):
            for key in map(key_from_secret, self._secrets()):
                self._facts.keep(_OTHER + _name(key), key.hex)
        return tuple(bytes.fromhex(key) for key in dict.fromkeys((own, *self._facts.below(_OTHER).values())))

    def _make_own_key(self) -> str:
        with self._database.write() as connection:
            new = chance.token_hex(32)
            key = self._facts.keep_within(connection, _OWN, new)
            if key == new and connection.execute(select(_SUPPRESSION.c.digest).limit(1)).first():
                self._facts.keep_within(connection, _OF_SECRETS, "yes")
            return key


def _name(key: bytes) -> str:
    return hashlib.sha256(key).hexdigest()[:16]


def _suppression(row: Row[Any]) -> Suppression:
    return Suppression(
        digest=row.digest,
        reason=row.reason,
        created_at=row.created_at,
        cause=Cause(row.cause),
        event=row.event_id,
        delivery=row.delivery_id,
    )
