"""A reader's own page of a day: what it shows, and what renders it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from newsletter.domain.issues import Issue, IssueKey, PaperOrder, Pick

__all__ = ["DaySection", "DayWriter", "ReaderDay"]


@dataclass(frozen=True, slots=True)
class DaySection:
    """One section: what addresses call it, its name, how many papers it found, and those of them that are shown."""

    key: str
    name: str
    found: int
    picks: tuple[Pick, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderDay:
    """What a reader's own page of a day shows.

    `sections` are all that the day has for this reader, without papers; `shown` those to be shown, with theirs.
    `barren` are the interests that found nothing, `found` is how many papers came. `mailed` is the reader's limit for
    mails where it leaves papers out. `by_interest` says whether sections are interests, or categories. `interest` is
    the key of the one section that was asked for. `before` and `after` are the nearest issues with papers, `folder` is
    the way to their pages. `usual_order` is the one that the address need not name.
    """

    sections: tuple[DaySection, ...]
    shown: tuple[DaySection, ...]
    barren: tuple[str, ...]
    found: int
    mailed: int | None
    by_interest: bool
    order: PaperOrder
    usual_order: PaperOrder = PaperOrder.BEST
    interest: str
    before: IssueKey | None
    after: IssueKey | None
    language: str
    folder: str


class DayWriter(Protocol):
    """Renders a reader's own page of a day."""

    def prepare(self, issue: Issue, language: str, places: Sequence[int]) -> bool:
        """Render some of these papers, of those that are not rendered yet; False where none is left."""
        ...

    def write(self, issue: Issue, day: ReaderDay) -> bytes:
        """The page."""
        ...

    def nothing(self, language: str) -> bytes:
        """The page where no issue is published yet."""
        ...

    def citations(self, issue: Issue, places: Sequence[int], form: str) -> bytes:
        """These papers as a reference manager reads them; `form` is one of the writer's formats."""
        ...
