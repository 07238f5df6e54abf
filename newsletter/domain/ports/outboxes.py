"""What a dry run would send, as a person looks at it: the values, and the port of what draws them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

__all__ = ["OutboxDesign", "OutboxEntry", "OutboxListing", "OutboxMessage"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxEntry:
    """One recipient as the manifest lists them.

    `matched` maps a paper's id to the terms that it came for, `interests` (which the manifest leaves out) each of the
    subscriber's own interests to how many papers it found. Without a message `file`, `sha256`, `message_id`,
    `subject` and `preheader` are empty and `reason` says why. `page` is the file that shows the message in a browser,
    empty where none was written.
    """

    email: str
    status: str
    reason: str
    papers: tuple[str, ...]
    matched: Mapping[str, tuple[str, ...]]
    interests: Mapping[str, int] = field(default_factory=dict)
    subject: str = ""
    preheader: str = ""
    file: str = ""
    page: str = ""
    size: int = 0
    sha256: str = ""
    message_id: str = ""

    def as_dict(self) -> dict[str, object]:
        """The entry as the manifest holds it."""
        return {
            "email": self.email,
            "status": self.status,
            "reason": self.reason,
            "papers": list(self.papers),
            "matched": {paper: list(terms) for paper, terms in self.matched.items()},
            "subject": self.subject,
            "preheader": self.preheader,
            "file": self.file,
            "page": self.page,
            "bytes": self.size,
            "sha256": self.sha256,
            "message_id": self.message_id,
        }


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """What one message holds: both parts as a mail program decodes them, and its header as it goes over the wire."""

    html: str
    text: str
    header: str


@dataclass(frozen=True, slots=True)
class OutboxListing:
    """One page of the list of recipients, numbered from 1.

    `before` and `after` name the neighbouring pages, empty where there is none. What only the end of a dry run tells
    stands on the first page alone, which is written last: `pages` names all pages, `totals` says how many recipients
    stand in which state, `unshown` how many messages have no page of their own.
    """

    number: int
    entries: Sequence[OutboxEntry]
    before: str = ""
    after: str = ""
    pages: Sequence[str] = ()
    totals: Mapping[str, int] | None = None
    unshown: int = 0


class OutboxDesign(Protocol):
    """Draws the outbox of one issue."""

    def message(self, entry: OutboxEntry, message: OutboxMessage) -> str:
        """The page of one message: both parts, its header, and why each paper came."""
        ...

    def listing(self, listing: OutboxListing) -> str:
        """A page of the list of recipients."""
        ...

    def search_head(self) -> str:
        """How the script begins in which the list's pages search: all recipients, a line each."""
        ...

    def search_line(self, entry: OutboxEntry) -> str:
        """A recipient's line of it."""
        ...

    def search_foot(self) -> str:
        """How it ends."""
        ...
