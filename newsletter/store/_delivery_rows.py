"""Rows of the ledger, and the domain's values."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from newsletter.domain.addresses import address_key
from newsletter.domain.deliveries import Delivery, DeliveryStatus, Recipient
from newsletter.domain.issues import IssueKey
from newsletter.domain.subscriptions import Cadence

__all__ = ["delivery_of", "delivery_row"]


def delivery_row(
    dispatch_id: int, recipient: Recipient, status: DeliveryStatus, reason: str, at: datetime
) -> dict[str, object]:
    """A new row."""
    return {
        "dispatch_id": dispatch_id,
        "subscriber_id": recipient.subscriber_id,
        "email": recipient.email,
        "email_key": address_key(recipient.email),
        "domain": recipient.domain,
        "name": recipient.name,
        "language": recipient.language,
        "interests": json.dumps(recipient.interests, ensure_ascii=False) if recipient.interests else "[]",
        "max_papers": recipient.max_papers,
        "cadence": recipient.cadence.value,
        "status": status.value,
        "reason": reason,
        "attempts": 0,
        "reply": "",
        "message_id": "",
        "due_at": None,
        "updated_at": at,
        "run_id": 0,
    }


def delivery_of(row: Row[Any], issue: IssueKey, revision: int) -> Delivery:
    """What a row says."""
    return Delivery(
        id=row.id,
        issue=issue,
        revision=revision,
        recipient=Recipient(
            subscriber_id=row.subscriber_id,
            email=row.email,
            name=row.name,
            language=row.language,
            interests=tuple(json.loads(row.interests)),
            max_papers=row.max_papers,
            cadence=Cadence(row.cadence),
        ),
        status=DeliveryStatus(row.status),
        reason=row.reason,
        attempts=row.attempts,
        reply=row.reply,
        message_id=row.message_id,
        due_at=row.due_at,
        updated_at=row.updated_at,
    )
