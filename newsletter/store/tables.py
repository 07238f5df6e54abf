"""The tables. They stay inside `store`: everything else sees the domain's dataclasses.

Values that are only ever read back whole are kept as JSON text of their dataclass (`record`); what is searched, joined
or ordered by has a column of its own.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Column, Index, Integer, LargeBinary, MetaData, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from newsletter.store.types import UtcDateTime

__all__ = [
    "OPEN_STATES",
    "AcronymRow",
    "AnnouncementRow",
    "ArchiveRow",
    "DeliveryRow",
    "DispatchRow",
    "DispatchRunRow",
    "DomainRestRow",
    "ExpenseRow",
    "HostGateRow",
    "IssuePaperRow",
    "IssueRow",
    "ListingRow",
    "MetaRow",
    "NoteRow",
    "PaperRow",
    "SubscriberRow",
    "SummaryClaimRow",
    "SummaryRow",
    "SuppressionRow",
    "metadata",
]

_NEVER_AGAIN = {"sqlite_autoincrement": True}
"""For tables whose ids are known outside: in a token, in an envelope sender, to a process, in rows of other tables.

Otherwise SQLite gives the id of the newest row, once that is gone, to the next one, and with it all that it stands for.
"""

metadata: MetaData = SQLModel.metadata
# names that migrations can rely on, the same on both databases
metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class MetaRow(SQLModel, table=True):
    """Facts about the database itself, its secret and its keys among them."""

    __tablename__ = "meta"

    name: str = Field(primary_key=True)
    value: str


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


class HostGateRow(SQLModel, table=True):
    """Whose turn it is to ask a host, and when the next may begin; moments in seconds since the epoch."""

    __tablename__ = "host_gate"

    host: str = Field(primary_key=True)
    next_at: float = 0.0
    holder: str = ""
    until: float = 0.0


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


class ArchiveRow(SQLModel, table=True):
    """A digest that was published elsewhere, as it was imported; `content` is its JSON, compressed by zlib."""

    __tablename__ = "archive"

    day: date = Field(primary_key=True)
    profile: str = Field(primary_key=True)
    papers: int
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    imported_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


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


class IssueRow(SQLModel, table=True):
    """A frozen issue; `content` is its JSON, compressed by zlib."""

    __tablename__ = "issue"

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


class AcronymRow(SQLModel, table=True):
    """An acronym and its long form as one paper defined it: both folded, and the long form as it stands there."""

    __tablename__ = "acronym"

    paper_id: str = Field(primary_key=True)
    short: str = Field(primary_key=True)
    long: str = Field(primary_key=True)
    shown: str
    day: date = Field(index=True)


class NoteRow(SQLModel, table=True):
    """What an editor wrote about a paper of an issue; about the issue itself where `paper_id` is empty."""

    __tablename__ = "note"

    day: date = Field(primary_key=True)
    edition: str = Field(primary_key=True)
    paper_id: str = Field(primary_key=True)
    record: str = Field(sa_column=Column(Text, nullable=False))


class SubscriberRow(SQLModel, table=True):
    """A subscriber; `email_key` is what makes two spellings of an address one.

    `roster_row` is a hash of the file's row as it was last taken in; empty for who came another way. `feed_epoch`
    counts how often the private feed got a new address, `changes` how often the row was changed otherwise: who reads it
    twice can tell whether it is still the same.
    """

    __tablename__ = "subscriber"
    __table_args__ = (_NEVER_AGAIN,)

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


class SuppressionRow(SQLModel, table=True):
    """An address never to be mailed again, as a keyed hash (HMAC-SHA-256, hex)."""

    __tablename__ = "suppression"

    digest: str = Field(primary_key=True)
    reason: str
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class DispatchRow(SQLModel, table=True):
    """The dispatch of one issue: which revision was planned when, and whether it is paused."""

    __tablename__ = "dispatch"
    __table_args__ = (UniqueConstraint("day", "edition"), _NEVER_AGAIN)

    id: int | None = Field(default=None, primary_key=True)
    day: date
    edition: str
    revision: int
    issue_hash: str
    planned_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    paused: str = ""


class DispatchRunRow(SQLModel, table=True):
    """One process that sends an issue. Its id is the fence: what it may change carries that id."""

    __tablename__ = "dispatch_run"
    __table_args__ = (_NEVER_AGAIN,)

    id: int | None = Field(default=None, primary_key=True)
    dispatch_id: int = Field(index=True)
    owner: str
    started_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    lease_until: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    ended_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    sent: int = 0


# word for word the same in the index and in every query that should use it: SQLite proves no more than that
OPEN_STATES = "status IN ('queued', 'deferred', 'sending')"


class DeliveryRow(SQLModel, table=True):
    """One issue to one address. `run_id` is the run that holds the row or wrote it last; 0 while nobody holds it."""

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
        # all of an issue, nearly in the order in which they lie on disk; in that of addresses each would cost a page
        Index("ix_delivery_subscriber", "dispatch_id", "subscriber_id"),
        _NEVER_AGAIN,
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


class DomainRestRow(SQLModel, table=True):
    """A recipient domain that gets no mail until a moment."""

    __tablename__ = "domain_rest"

    domain: str = Field(primary_key=True)
    until: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    reason: str
