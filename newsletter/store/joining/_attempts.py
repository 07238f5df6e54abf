"""What limits count: one row a try, under a keyed hash of whose it is."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, func, select

from newsletter.domain.subscribers import Quota, free_at
from newsletter.store.statements import among, chunks, table_of
from newsletter.store.tables import AttemptRow

__all__ = ["Scope", "attempt_key", "count_since", "forget", "moments", "newest", "note", "prune", "take_turn"]

_ATTEMPT = table_of(AttemptRow)
_A = _ATTEMPT.c


class Scope(StrEnum):
    """What is counted: requests of a network, letters to a mailbox, and that the budget of all was used up.

    And proofs that a form came from a person: each counts once.
    """

    CLIENT = "client"
    LETTER = "letter"
    ALARM = "alarm"
    PROOF = "proof"


def attempt_key(key: bytes, scope: Scope, text: str) -> str:
    """Whose a try is, so that nobody can read it out of the database: half of an HMAC-SHA-256, in hex."""
    return hmac.digest(key, f"{scope} {text}".encode(), "sha256")[:16].hex()


def take_turn(connection: Connection, scope: Scope, key: str, quota: Quota, now: datetime) -> datetime | None:
    """Count one more try within the transaction; where that is too many, count none and say from when on it is not."""
    since = now - quota.span
    # an index of (scope, key, at): the newest are read, however many there are
    asked = select(_A.at).where(_A.scope == scope.value, _A.key == key, _A.at > since)
    tries = connection.execute(asked.order_by(_A.at.desc()).limit(max(quota.count, 1))).scalars().all()
    free = free_at(tries, [quota], now)
    if free > now:
        return free
    note(connection, scope, key, now)
    return None


def note(connection: Connection, scope: Scope, key: str, now: datetime, *, letter_id: int = 0) -> None:
    """Count one try."""
    values = {"scope": scope.value, "key": key, "at": now, "letter_id": letter_id}
    connection.execute(_ATTEMPT.insert().values(values))


def moments(
    connection: Connection, scope: Scope, keys: Iterable[str], since: datetime
) -> Mapping[str, tuple[datetime, ...]]:
    """When each of these was tried since a moment."""
    result: dict[str, list[datetime]] = {}
    for chunk in chunks(sorted(set(keys))):
        asked = select(_A.key, _A.at).where(_A.scope == scope.value, among(connection, _A.key, chunk), _A.at > since)
        for row in connection.execute(asked):
            result.setdefault(row.key, []).append(row.at)
    return {key: tuple(found) for key, found in result.items()}


def count_since(connection: Connection, scope: Scope, since: datetime) -> int:
    """How many tries there were since a moment, whoever's."""
    asked = select(func.count()).select_from(_ATTEMPT).where(_A.scope == scope.value, _A.at > since)
    return connection.execute(asked).scalar_one()


def newest(connection: Connection, scope: Scope) -> datetime | None:
    """The last try, whoever's."""
    return connection.execute(select(func.max(_A.at)).where(_A.scope == scope.value)).scalar()


def forget(connection: Connection, letters: Sequence[int]) -> None:
    """Count no more what stood for these letters: they were taken back before they went."""
    for chunk in chunks(letters):
        connection.execute(_ATTEMPT.delete().where(_A.letter_id.in_(chunk)))


def prune(connection: Connection, before: datetime) -> None:
    """Forget tries that no window reaches back to."""
    connection.execute(_ATTEMPT.delete().where(_A.scope.in_([scope.value for scope in Scope]), _A.at < before))
