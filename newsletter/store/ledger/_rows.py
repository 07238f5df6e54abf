"""Rows of the ledger, and the domain's values."""

from __future__ import annotations

from typing import Any

from pydantic_core import from_json
from sqlalchemy import Row

from newsletter.domain.delivery import Delivery, DeliveryStatus, Recipient
from newsletter.domain.issues import Edition, IssueKey
from newsletter.store.rhythms import rhythm_of

__all__ = ["delivery_of"]


_STATUSES = {status.value: status for status in DeliveryStatus}
_EDITIONS = {edition.value: edition for edition in Edition}


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
            interests=tuple(from_json(row.interests)),
            max_papers=row.max_papers,
            cadence=_EDITIONS[row.cadence],
            rhythm=rhythm_of(row.rhythm),
        ),
        status=_STATUSES[row.status],
        reason=row.reason,
        attempts=row.attempts,
        reply=row.reply,
        message_id=row.message_id,
        due_at=row.due_at,
        updated_at=row.updated_at,
    )
