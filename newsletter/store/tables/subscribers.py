"""Subscribers, and the addresses never to be mailed again."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Column, Date, Integer, String, Text
from sqlmodel import Field, SQLModel

from newsletter.store.tables._metadata import NEVER_AGAIN
from newsletter.store.types import UtcDateTime

__all__ = ["SubscriberRow", "SuppressionRow"]


class SubscriberRow(SQLModel, table=True):
    """A subscriber; `email_key` is what makes two spellings of an address one.

    `roster_row` is a hash of the file's row as it was last taken in; empty for who came another way. `feed_epoch`
    counts how often the private feed got a new address, `changes` how often the row was changed otherwise: who reads it
    twice can tell whether it is still the same. `rhythm` is empty for who chose nothing of it. A reader without an
    address has an `email_key` that no address has; `read_on` is when they read their feed last.
    """

    __tablename__ = "subscriber"
    __table_args__ = (NEVER_AGAIN,)

    id: int | None = Field(default=None, primary_key=True)
    email: str
    email_key: str = Field(unique=True)
    name: str = ""
    interests: str = Field(default="[]", sa_column=Column(Text, nullable=False))
    language: str = ""
    cadence: str
    max_papers: int | None = None
    state: str
    origin: str = ""
    roster_row: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=""))
    feed_epoch: int = Field(default=0, sa_column=Column(Integer, nullable=False, server_default="0"))
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    changes: int = Field(default=0, sa_column=Column(Integer, nullable=False, server_default="0"))
    rhythm: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=""))
    paused_since: date | None = Field(default=None, sa_column=Column(Date))
    paused_until: date | None = Field(default=None, sa_column=Column(Date))
    read_on: date | None = Field(default=None, sa_column=Column(Date))
    catch_up: int = Field(default=0, sa_column=Column(Integer, nullable=False, server_default="0"))


class SuppressionRow(SQLModel, table=True):
    """An address never to be mailed again, as a keyed hash (HMAC-SHA-256, hex).

    `event_id` and `delivery_id` are what brought it, 0 where a person did.
    """

    __tablename__ = "suppression"

    digest: str = Field(primary_key=True)
    reason: str
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    cause: str = Field(default="operator", sa_column=Column(String, nullable=False, server_default="operator"))
    event_id: int = Field(default=0, sa_column=Column(Integer, nullable=False, server_default="0"))
    delivery_id: int = Field(default=0, sa_column=Column(Integer, nullable=False, server_default="0"))
