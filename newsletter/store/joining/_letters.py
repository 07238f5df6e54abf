"""Letters as rows: written with what they follow from, called off before they went."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, text

from newsletter.domain.delivery import DeliveryStatus
from newsletter.domain.subscribers import LetterKind, address_key
from newsletter.store.statements import chunks, table_of
from newsletter.store.tables import OPEN_LETTERS, LetterRow

__all__ = ["OPEN", "call_off", "write_letter"]

_LETTER = table_of(LetterRow)
_L = _LETTER.c
OPEN = text(f"letter.{OPEN_LETTERS}")
_UNSENT = [DeliveryStatus.QUEUED.value, DeliveryStatus.DEFERRED.value]


def write_letter(
    connection: Connection,
    kind: LetterKind,
    *,
    email: str,
    subscriber_id: int,
    language: str,
    now: datetime,
    request_id: int = 0,
    about: str = "",
) -> int:
    """A letter that is to go; returns its number."""
    values = {
        "kind": kind.value,
        "request_id": request_id,
        "subscriber_id": subscriber_id,
        "email": email,
        "email_key": address_key(email),
        "language": language,
        "about": about,
        "status": DeliveryStatus.QUEUED.value,
        "created_at": now,
        "updated_at": now,
    }
    number: int = connection.execute(_LETTER.insert().values(values).returning(_L.id)).scalar_one()
    return number


def call_off(connection: Connection, requests: Sequence[int], now: datetime) -> Sequence[int]:
    """Let letters that answer these requests not go, but for those that are on their way; returns their numbers."""
    gone: list[int] = []
    for chunk in chunks(requests):
        which = (_L.request_id.in_(chunk), _L.status.in_(_UNSENT), _L.holder == "")
        values = {"status": DeliveryStatus.SKIPPED.value, "reason": "superseded", "updated_at": now}
        gone += connection.execute(_LETTER.update().where(*which).values(values).returning(_L.id)).scalars()
    return gone
