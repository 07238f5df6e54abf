"""What came back: bounces, complaints and the like."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Index, LargeBinary, Text, text
from sqlmodel import Field, SQLModel

from newsletter.store.tables._metadata import NEVER_AGAIN
from newsletter.store.types import UtcDateTime

__all__ = ["EventRow"]


class EventRow(SQLModel, table=True):
    """One thing that was reported of one recipient.

    `key` is what makes two reports of the same thing one. `digest` is the address as a keyed hash; empty where nobody
    knows it (any more). `is_believed` is false where nothing proves whose it is, `is_spent` true once somebody has
    confirmed the address anew: nothing follows from either. `waits` says that its delivery was still being sent.
    `state_before` and `changes_after` are the subscriber's where a complaint has unsubscribed them, so that this can be
    taken back while nobody has changed them since.
    """

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_issue", "dispatch_id", "kind", "domain"),
        Index("ix_event_waits", "id", sqlite_where=text("waits"), postgresql_where=text("waits")),
        NEVER_AGAIN,
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    kind: str
    status: str = ""
    reply: str = ""
    reason: str = ""
    text: str = Field(default="", sa_column=Column(Text, nullable=False))
    source: str
    proof: str = ""
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    stored_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False, index=True))
    dispatch_id: int = 0
    delivery_id: int = Field(default=0, index=True)
    subscriber_id: int = Field(default=0, index=True)
    digest: str = Field(default="", index=True)
    domain: str = ""
    is_believed: bool = True
    is_spent: bool = False
    waits: bool = False
    by_hand: bool = False
    state_before: str = ""
    changes_after: int = 0
    evidence: bytes = Field(default=b"", sa_column=Column(LargeBinary, nullable=False))
