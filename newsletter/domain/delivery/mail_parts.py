"""What a rendered mail is made of before it is personal: pieces of text with named slots.

The renderer fills every template once for an (issue, language) and leaves slots where something differs from
recipient to recipient. The mail factory encodes the pieces once and joins them. A line is the unit: a piece is whole
lines, each line is encoded on its own, so encoding a joined text and joining encoded pieces give the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, auto

__all__ = ["MailPart", "Piece", "Region", "Slot"]


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
