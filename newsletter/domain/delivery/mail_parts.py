"""What a rendered mail is made of before it is personal: pieces of text with named slots.

The renderer fills every template once for an (issue, language) and leaves slots where something differs from
recipient to recipient. The mail factory encodes the pieces once and joins them. A line is the unit: a piece is whole
lines, each line is encoded on its own, so encoding a joined text and joining encoded pieces give the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, auto
from typing import NamedTuple

from newsletter.domain.delivery.layout import Form

__all__ = ["MailPart", "MailPlan", "Piece", "Placed", "Region", "SectionHeading", "Slot", "UntranslatedHeading"]


class Slot(StrEnum):
    """A value within a line that differs from recipient to recipient."""

    SUBJECT = auto()
    PREHEADER = auto()
    COUNTS = auto()
    OUTLINE = auto()
    NAME = auto()
    EMAIL = auto()
    INTERESTS = auto()
    UNSUBSCRIBE = auto()
    PREFERENCES = auto()
    PAGE = auto()
    WEB = auto()
    MORE = auto()
    SECTION = auto()
    COUNT = auto()
    NUMBER = auto()
    TERM = auto()
    TERMS = auto()
    COMMA = auto()


class Region(StrEnum):
    """A place, a line of its own, where other pieces go: some of many, or none.

    `greeting` is left out where no name is known, `outline` where no interest made sections; `papers` are headings,
    cards and rows; `more` appears where papers had to stay on the reader's own page, `why` where interests matched;
    inside it, `terms` repeats a line for each term.
    """

    GREETING = auto()
    OUTLINE = auto()
    INTERESTS = auto()
    PAPERS = auto()
    MORE = auto()
    WHY = auto()
    TERMS = auto()


Piece = tuple[str | Slot | Region, ...]
"""Text with slots. It consists of whole lines; a region stands on a line of its own."""


@dataclass(frozen=True, slots=True)
class MailPart:
    r"""One part of the mail (`text/plain` or `text/html`) in pieces. Lines end in `\n`.

    `papers` are the pieces of each paper, by form: a title, a row, a short and a full card.
    """

    frame: Piece
    greeting: Piece
    outline: Piece
    interests: Piece
    section: Piece
    cut_section: Piece
    untranslated: Piece
    papers: Mapping[Form, Sequence[Piece]]
    more: Piece
    why: Piece
    also: Piece
    term: Piece


@dataclass(frozen=True, slots=True)
class SectionHeading:
    """The heading of a section; `is_cut` where some of it stands on the reader's own page alone."""

    name: str
    count: str
    is_cut: bool


@dataclass(frozen=True, slots=True)
class UntranslatedHeading:
    """Says that what follows is not in the reader's language."""


class Placed(NamedTuple):
    """A paper in its place: where it stands in the issue, its number in the mail, its form, and why it came.

    A tuple, because there are a dozen of them to a message, and by them is kept what was made.

    `is_also`: `terms` are other interests than the one that it stands under.
    """

    place: int
    number: int
    form: Form
    terms: tuple[str, ...] = ()
    is_also: bool = False


@dataclass(frozen=True, slots=True)
class MailPlan:
    """One recipient's mail, decided: the values of its slots and what stands in it, in order.

    `hidden` is how many papers have no place in it.
    """

    values: Mapping[Slot, str]
    body: tuple[SectionHeading | UntranslatedHeading | Placed, ...]
    hidden: int
