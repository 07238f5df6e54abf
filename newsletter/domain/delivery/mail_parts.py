"""What a rendered mail is made of before it is personal: pieces of text with named slots.

The renderer fills every template once for an (issue, language) and leaves slots where something differs from
recipient to recipient. The mail factory encodes the pieces once and joins them. A line is the unit: a piece is whole
lines, each line is encoded on its own, so encoding a joined text and joining encoded pieces give the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum, auto
from typing import Protocol

from newsletter.domain.issues import Issue, Match

__all__ = ["DesignedMail", "MailDesign", "MailPart", "Piece", "Region", "Slot"]


class Slot(StrEnum):
    """A value within a line that differs from recipient to recipient."""

    SUBJECT = auto()
    PREHEADER = auto()
    COUNTS = auto()
    NAME = auto()
    EMAIL = auto()
    INTERESTS = auto()
    UNSUBSCRIBE = auto()
    PREFERENCES = auto()
    MORE = auto()
    NUMBER = auto()
    TERM = auto()
    TERMS = auto()
    COMMA = auto()


class Region(StrEnum):
    """A place, a line of its own, where other pieces go: some of many, or none.

    `greeting` is left out where no name is known, `rows` are the summary's first papers, `more` appears where papers
    had to stay on the web, `why` where interests matched; inside it, `terms` repeats a line for each term.
    """

    GREETING = auto()
    INTERESTS = auto()
    ROWS = auto()
    CARDS = auto()
    MORE = auto()
    WHY = auto()
    TERMS = auto()


Piece = tuple[str | Slot | Region, ...]
"""Text with slots. It consists of whole lines; a region stands on a line of its own."""


@dataclass(frozen=True, slots=True)
class MailPart:
    r"""One part of the mail (`text/plain` or `text/html`) in pieces. Lines end in `\n`."""

    frame: Piece
    greeting: Piece
    interests: Piece
    rows: tuple[Piece, ...]
    cards: tuple[Piece, ...]
    more: Piece
    why: Piece
    term: Piece


class DesignedMail(Protocol):
    """One issue in one language, rendered; and the few phrases that depend on the selection."""

    @property
    def language(self) -> str:
        """The BCP 47 tag it was rendered in."""
        ...

    @property
    def text(self) -> MailPart:
        """The plain-text part."""
        ...

    @property
    def html(self) -> MailPart:
        """The HTML part, CSS inlined."""
        ...

    @property
    def summary_rows(self) -> int:
        """How many papers the summary at the top lists."""
        ...

    def subject(self, indexes: Sequence[int], found: int) -> str:
        """The subject: it says what is in this message. `indexes` are the papers' places in the issue."""
        ...

    def preheader(self, indexes: Sequence[int], found: int) -> str:
        """The line that mail programs show beside the subject: 40 to 130 characters."""
        ...

    def counts(self, found: int, interested: bool) -> str:
        """How many papers came, and whether as the interests asked."""
        ...

    def more(self, hidden: int) -> str:
        """How many papers stay on the web, in words."""
        ...

    def terms(self, matches: Sequence[Match]) -> tuple[str, ...]:
        """Why a paper came, as it is shown: each term once, strongest first, a few at most."""
        ...

    def interests(self, expressions: Sequence[str]) -> str:
        """The subscriber's own interests, as the footer repeats them."""
        ...


class MailDesign(Protocol):
    """Renders the mail of an issue; handed to the mail factory."""

    def design(self, issue: Issue, language: str) -> DesignedMail:
        """The issue's mail in one of its languages, the newsletter's own where it does not have that one."""
        ...
