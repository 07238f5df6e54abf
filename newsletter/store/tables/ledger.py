"""The ledger of deliveries."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Boolean, Column, Index, Integer, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from newsletter.store.tables._metadata import NEVER_AGAIN
from newsletter.store.types import UtcDateTime

__all__ = ["FAILED_STATE", "OPEN_STATES", "DeliveryRow", "DispatchRow", "DispatchRunRow", "DomainRestRow"]


class DispatchRow(SQLModel, table=True):
    """The dispatch of one issue: which revision was planned when, and whether it is paused.

    `is_emptied` says that its deliveries tell of nobody any more, because the time to keep that is over.
    `planned_through` is the greatest id of a subscriber when the audience was frozen last; single deliveries may have
    been added beyond.
    """

    __tablename__ = "dispatch"
    __table_args__ = (UniqueConstraint("day", "edition"), NEVER_AGAIN)

    id: int | None = Field(default=None, primary_key=True)
    day: date
    edition: str
    revision: int
    issue_hash: str
    planned_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    paused: str = ""
    is_emptied: bool = Field(default=False, sa_column=Column(Boolean, nullable=False, server_default="0"))
    planned_through: int = Field(default=0, sa_column=Column(Integer, nullable=False, server_default="0"))


class DispatchRunRow(SQLModel, table=True):
    """One process that sends an issue. Its id is the fence: what it may change carries that id."""

    __tablename__ = "dispatch_run"
    __table_args__ = (NEVER_AGAIN,)

    id: int | None = Field(default=None, primary_key=True)
    dispatch_id: int = Field(index=True)
    owner: str
    started_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    lease_until: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    ended_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    sent: int = 0


# word for word the same in the index and in every query that should use it: SQLite proves no more than that
OPEN_STATES = "status IN ('queued', 'deferred', 'sending')"
FAILED_STATE = "status = 'failed'"


class DeliveryRow(SQLModel, table=True):
    """One issue to one address. `run_id` is the run that holds the row or wrote it last; 0 while nobody holds it.

    `due_at` is when a deferred one is tried again, or when a queued one may go that waits for its reader's hour.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("dispatch_id", "email_key"),
        # what is still to be done, in order; rows leave it as they are finished
        Index(
            "ix_delivery_open",
            "dispatch_id",
            "id",
            sqlite_where=text(OPEN_STATES),
            postgresql_where=text(OPEN_STATES),
        ),
        # what the relay refused: few of many
        Index("ix_delivery_failed", "id", sqlite_where=text(FAILED_STATE), postgresql_where=text(FAILED_STATE)),
        # all of an issue, nearly in the order in which they lie on disk; in that of addresses each would cost a page
        Index("ix_delivery_subscriber", "dispatch_id", "subscriber_id"),
        NEVER_AGAIN,
    )

    id: int | None = Field(default=None, primary_key=True)
    dispatch_id: int
    subscriber_id: int
    email: str
    email_key: str
    domain: str
    name: str = ""
    language: str
    interests: str = Field(default="[]", sa_column=Column(Text, nullable=False))
    max_papers: int | None = None
    cadence: str
    status: str
    reason: str = ""
    attempts: int = 0
    reply: str = ""
    message_id: str = ""
    due_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    updated_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    run_id: int = 0
    rhythm: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=""))


class DomainRestRow(SQLModel, table=True):
    """A recipient domain that gets no mail until a moment."""

    __tablename__ = "domain_rest"

    domain: str = Field(primary_key=True)
    until: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    reason: str
