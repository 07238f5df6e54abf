"""What processes that answer webhooks must know together."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from newsletter.store.types import UtcDateTime

__all__ = ["WebhookRefusalRow", "WebhookTicketRow"]


class WebhookTicketRow(SQLModel, table=True):
    """A signature that was used, and a hash of what it came with; forgotten when it is good for nothing any more."""

    __tablename__ = "webhook_ticket"

    key: str = Field(primary_key=True)
    content: str
    until: datetime = Field(sa_column=Column(UtcDateTime, nullable=False, index=True))


class WebhookRefusalRow(SQLModel, table=True):
    """How many requests of a service were refused on a day (UTC), and why."""

    __tablename__ = "webhook_refusal"

    day: date = Field(primary_key=True)
    service: str = Field(primary_key=True)
    reason: str = Field(primary_key=True)
    count: int = 0
