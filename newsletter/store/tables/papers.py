"""What is kept of papers: announcements, listings, summaries and what they cost, acronyms."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Column, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from newsletter.store.types import UtcDateTime

__all__ = ["AcronymRow", "AnnouncementRow", "ExpenseRow", "ListingRow", "PaperRow", "SummaryClaimRow", "SummaryRow"]


class PaperRow(SQLModel, table=True):
    """A paper, merged from all its announcements."""

    __tablename__ = "paper"

    id: str = Field(primary_key=True)
    record: str = Field(sa_column=Column(Text, nullable=False))


class AnnouncementRow(SQLModel, table=True):
    """An announcement as it came."""

    __tablename__ = "announcement"
    __table_args__ = (UniqueConstraint("paper_id", "source", "feed", "day", "kind"),)

    id: int | None = Field(default=None, primary_key=True)
    paper_id: str
    source: str
    feed: str
    day: date = Field(index=True)
    kind: str
    record: str = Field(sa_column=Column(Text, nullable=False))


class ListingRow(SQLModel, table=True):
    """How one (source, feed, day) ended."""

    __tablename__ = "listing"

    day: date = Field(primary_key=True)
    source: str = Field(primary_key=True)
    feed: str = Field(primary_key=True)
    status: str
    note: str = ""
    announced: int | None = None
    collected: int = 0
    rejected: int = 0
    fetched_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


class SummaryRow(SQLModel, table=True):
    """What an engine wrote. `version` is 0 where the paper has none, because NULL is never equal to itself."""

    __tablename__ = "summary"
    __table_args__ = (UniqueConstraint("paper_id", "version", "language", "engine", "model", "prompt"),)

    id: int | None = Field(default=None, primary_key=True)
    paper_id: str
    version: int = 0
    language: str
    engine: str
    model: str = ""
    prompt: str = ""
    record: str = Field(sa_column=Column(Text, nullable=False))


class SummaryClaimRow(SQLModel, table=True):
    """Which run writes a summary at this moment; `until` in seconds since the epoch. `version` as in `summary`."""

    __tablename__ = "summary_claim"

    paper_id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    language: str = Field(primary_key=True)
    engine: str = Field(primary_key=True)
    model: str = Field(primary_key=True)
    prompt: str = Field(primary_key=True)
    holder: str = Field(index=True)
    until: float


class ExpenseRow(SQLModel, table=True):
    """What one request to a paid engine cost, one paper's part of it. Rows are added and never changed."""

    __tablename__ = "expense"

    id: int | None = Field(default=None, primary_key=True)
    paper_id: str = Field(index=True)
    language: str
    engine: str
    model: str = ""
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float = 0.0
    is_estimate: bool = False


class AcronymRow(SQLModel, table=True):
    """An acronym and its long form as one paper defined it: both folded, and the long form as it stands there."""

    __tablename__ = "acronym"

    paper_id: str = Field(primary_key=True)
    short: str = Field(primary_key=True)
    long: str = Field(primary_key=True)
    shown: str
    day: date = Field(index=True)
