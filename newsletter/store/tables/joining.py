"""Requests with an address, the letters that answer them, what limits count, and what was consented to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Index, Text, text
from sqlmodel import Field, SQLModel

from newsletter.store.tables._metadata import NEVER_AGAIN
from newsletter.store.types import UtcDateTime

__all__ = ["OPEN_LETTERS", "WAITING_REQUESTS", "AttemptRow", "ConsentRow", "LetterRow", "RequestRow"]

# word for word the same in the index and in every query that should use it, as in the ledger
WAITING_REQUESTS = "state = 'waiting'"
OPEN_LETTERS = "status IN ('queued', 'deferred', 'sending')"


class RequestRow(SQLModel, table=True):
    """Somebody has asked with an address. Of one that led to nothing neither address nor wishes are kept."""

    __tablename__ = "request"
    __table_args__ = (
        Index("ix_request_waiting", "id", sqlite_where=text(WAITING_REQUESTS), postgresql_where=text(WAITING_REQUESTS)),
        NEVER_AGAIN,
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    state: str
    reason: str = ""
    email: str
    email_key: str = Field(index=True)
    subscriber_id: int = Field(default=0, index=True)
    wishes: str = Field(default="", sa_column=Column(Text, nullable=False))
    language: str = ""
    form: str = ""
    wants_first: bool = False
    client: str = ""
    asked_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False, index=True))
    settled_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


class LetterRow(SQLModel, table=True):
    """One mail to one person that belongs to no dispatch; `holder` is the process that sends it, until `held_until`.

    `request_id` is what it answers, 0 where nothing; `about` names what its kind needs beside that.
    """

    __tablename__ = "letter"
    __table_args__ = (
        Index("ix_letter_open", "id", sqlite_where=text(OPEN_LETTERS), postgresql_where=text(OPEN_LETTERS)),
        NEVER_AGAIN,
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    request_id: int = Field(default=0, index=True)
    subscriber_id: int = Field(default=0, index=True)
    email: str
    email_key: str = Field(index=True)
    language: str = ""
    about: str = Field(default="", sa_column=Column(Text, nullable=False))
    status: str
    reason: str = ""
    reply: str = ""
    attempts: int = 0
    message_id: str = ""
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False, index=True))
    updated_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    due_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    holder: str = ""
    held_until: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


class AttemptRow(SQLModel, table=True):
    """One thing that limits count. `key` is a keyed hash of whose it is; `letter_id` the letter that it stands for."""

    __tablename__ = "attempt"
    __table_args__ = (
        Index("ix_attempt_scope_key_at", "scope", "key", "at"),
        Index("ix_attempt_scope_at", "scope", "at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    scope: str
    key: str
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    letter_id: int = Field(default=0, index=True)


class ConsentRow(SQLModel, table=True):
    """The proof that somebody has asked and confirmed; whose address it was is the subscriber's."""

    __tablename__ = "consent"

    id: int | None = Field(default=None, primary_key=True)
    subscriber_id: int = Field(index=True)
    kind: str
    form: str
    asked_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    confirmed_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    asked_from: str = ""
    confirmed_from: str = ""
