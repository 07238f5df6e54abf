"""Events as rows of the store, and rows as the domain's values."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select

from newsletter.domain.bounces import Arrival, Claim, Event, EventKind, Proof, StoredEvent
from newsletter.domain.issues import Edition, IssueKey
from newsletter.domain.subscribers import address_key, suppression_digest
from newsletter.store.events.whose import Target
from newsletter.store.statements import table_of
from newsletter.store.tables import DeliveryRow, DispatchRow, EventRow

__all__ = ["event_of", "identity", "new_row", "stored_events"]

_EVENT = table_of(EventRow)
_DELIVERY = table_of(DeliveryRow)
_DISPATCH = table_of(DispatchRow)
_E, _D = _EVENT.c, _DELIVERY.c


def identity(key: bytes, arrival: Arrival, event: Event, known: Sequence[Claim]) -> str:
    """What makes two reports of the same thing one: which report, and of whom it tells. A hash: it holds addresses."""
    who = event.recipient.lower() or (_claimed(known[0]) if known else "")
    parts = "\0".join((arrival.name, who, str(event.action or "")))
    return hmac.digest(key, b"event\0" + parts.encode(errors="backslashreplace"), "sha256").hex()


def _claimed(claim: Claim) -> str:
    return f"letter {claim.letter_id}" if claim.letter_id else f"{claim.issue} {claim.subscriber_id}"


def new_row(
    arrival: Arrival, event: Event, target: Target, *, digest_key: bytes, believes_fields: bool, now: datetime
) -> dict[str, Any]:
    """An event as it is stored first, and besides, under `email_key`, its address as addresses are compared."""
    kind = event.kind
    if kind is EventKind.COMPLAINT and not event.ends_the_address:
        kind = EventKind.UNKNOWN  # a report in that form which no person has made: nothing follows
    return {
        "kind": kind.value,
        "status": event.status,
        "reply": event.reply,
        "reason": event.reason or event.feedback,
        "text": _storable(event.text),
        "source": arrival.source,
        "proof": target.proof.value,
        "at": arrival.at,
        "stored_at": now,
        "dispatch_id": target.dispatch_id,
        "delivery_id": target.delivery_id,
        "subscriber_id": target.subscriber_id,
        "digest": suppression_digest(digest_key, target.email) if target.email else "",
        "domain": target.domain,
        "is_believed": target.proof is not Proof.FIELDS or believes_fields,
        "is_spent": False,
        "waits": False,
        "by_hand": False,
        "state_before": "",
        "changes_after": 0,
        "evidence": arrival.evidence,
        "email_key": address_key(target.email) if target.email else "",
    }


def _storable(given: str) -> str:
    """Text that both databases take: PostgreSQL has no NUL, and neither has half a pair of surrogates."""
    return given.replace("\0", " ").encode(errors="replace").decode()


def stored_events(*, evidence: bool = False) -> Select[Any]:
    """The query of events with their issue and address; their evidence is large, and seldom wanted."""
    columns = [column for column in _E if evidence or column.name != "evidence"]
    joined = _EVENT.outerjoin(_DELIVERY, _D.id == _E.delivery_id).outerjoin(_DISPATCH, _DISPATCH.c.id == _E.dispatch_id)
    return select(*columns, _D.email, _DISPATCH.c.day, _DISPATCH.c.edition).select_from(joined)


def event_of(row: Row[Any]) -> StoredEvent:
    """What a row says."""
    fields = row._mapping
    return StoredEvent(
        id=row.id,
        kind=EventKind(row.kind),
        status=row.status,
        reply=row.reply,
        reason=row.reason,
        text=row.text,
        source=row.source,
        proof=Proof(row.proof),
        at=row.at,
        stored_at=row.stored_at,
        issue=None if row.day is None else IssueKey(row.day, Edition(row.edition)),
        delivery_id=row.delivery_id,
        subscriber_id=row.subscriber_id,
        domain=row.domain,
        is_believed=row.is_believed,
        is_spent=row.is_spent,
        by_hand=row.by_hand,
        # whoever is no subscriber any more is not to be found by what happened to them
        email=(row.email or "") if row.digest else "",
        evidence=bytes(fields.get("evidence", b"")),
    )
