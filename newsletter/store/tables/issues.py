"""What is kept of issues: as frozen, as imported, and what editors wrote."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Column, Index, LargeBinary, Text
from sqlmodel import Field, SQLModel

from newsletter.store.types import UtcDateTime

__all__ = ["ArchiveRow", "IssuePaperRow", "IssueRow", "NoteRow"]


class IssueRow(SQLModel, table=True):
    """A frozen issue; `content` is its JSON, compressed by zlib."""

    __tablename__ = "issue"
    # all that lists of issues show: in the table SQLite comes to the columns behind `content` through all of its pages
    __table_args__ = (
        Index(
            "ix_issue_shown",
            *("edition", "day", "revision", "state", "hash", "papers", "frozen_at", "published_at"),
        ),
    )

    day: date = Field(primary_key=True)
    edition: str = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    state: str
    hash: str
    papers: int
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    frozen_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    published_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


class IssuePaperRow(SQLModel, table=True):
    """Which papers an issue was made from: what keeps a paper from being new twice, or from coming back.

    `shown` is false for those that the editor dropped or that `max_papers` cut off.
    """

    __tablename__ = "issue_paper"

    paper_id: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    edition: str = Field(primary_key=True)
    shown: bool


class NoteRow(SQLModel, table=True):
    """What an editor wrote about a paper of an issue; about the issue itself where `paper_id` is empty."""

    __tablename__ = "note"

    day: date = Field(primary_key=True)
    edition: str = Field(primary_key=True)
    paper_id: str = Field(primary_key=True)
    record: str = Field(sa_column=Column(Text, nullable=False))


class ArchiveRow(SQLModel, table=True):
    """A digest that was published elsewhere, as it was imported; `content` is its JSON, compressed by zlib."""

    __tablename__ = "archive"

    day: date = Field(primary_key=True)
    profile: str = Field(primary_key=True)
    papers: int
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    imported_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
