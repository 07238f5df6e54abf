"""Issues: the dated, immutable edition. Its hash is over its content, so equal content is the same issue anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from newsletter.domain.issues.silence import Silence
from newsletter.domain.notation import iso_day
from newsletter.domain.papers import AnnounceType, IssueNote, Listing, Notice, Paper, PaperId, PaperNote, Summary

__all__ = ["Edition", "Issue", "IssueKey", "IssuePaper", "IssueState", "IssueStatus"]


class Edition(StrEnum):
    """How often an issue comes, and a subscriber's mails. A weekly issue is made of the daily ones of seven days."""

    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True, order=True)
class IssueKey:
    """Names one issue: its day (for a weekly one the last day it covers) and its edition."""

    day: date
    edition: Edition = Edition.DAILY

    @property
    def slug(self) -> str:
        """The issue's name in addresses, folders and commands: `2026-06-02`, `2026-06-05-weekly`."""
        return self.day.isoformat() if self.edition is Edition.DAILY else f"{self.day.isoformat()}-{self.edition}"

    @property
    def options(self) -> str:
        """The options that name the issue to a command: `--date 2026-06-05 --weekly`."""
        return f"--date {self.day}{'' if self.edition is Edition.DAILY else ' --weekly'}"

    @classmethod
    def parse(cls, slug: str) -> IssueKey:
        """Read a slug back.

        Raises:
            ValueError: the text is no slug.
        """
        day = slug.removesuffix(f"-{Edition.WEEKLY}")
        read = iso_day(day)
        if read is None:
            msg = f"expected a slug such as 2026-06-02 or 2026-06-05-weekly, got {slug!r}"
            raise ValueError(msg)
        return cls(read, Edition.DAILY if day == slug else Edition.WEEKLY)


class IssueState(StrEnum):
    """`draft` may be composed again; `approved` waits to be published; `published` never changes."""

    DRAFT = "draft"
    APPROVED = "approved"
    PUBLISHED = "published"


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuePaper:
    """One paper of an issue: the version as frozen, its notices, its summaries by language, the editor's note."""

    paper: Paper
    notices: tuple[Notice, ...] = ()
    summaries: Mapping[str, Summary] = field(default_factory=dict)
    note: PaperNote | None = None

    @property
    def id(self) -> PaperId:
        """The paper's id."""
        return self.paper.id

    @property
    def announced_as(self) -> AnnounceType:
        """The strongest type any source announced it with; `new` where there is no notice (an imported archive)."""
        return min((n.kind for n in self.notices), key=lambda kind: kind.strength, default=AnnounceType.NEW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """The frozen edition of a day: papers in order, and all that every surface needs to show them.

    `languages` are the languages it is rendered in, the newsletter's own first. `listings` say how complete the day
    was. `acronyms` map a folded acronym to its expansions as known on the day, so that matching is a function of the
    issue alone. `silence` is set where the issue says that its day has no papers; it has none then, and only then.
    `frozen_at` (UTC) and `revision` are not part of the hash: they say when and how often, not what.
    """

    key: IssueKey
    title: str
    languages: tuple[str, ...]
    papers: tuple[IssuePaper, ...]
    description: str = ""
    listings: tuple[Listing, ...] = ()
    note: IssueNote = field(default_factory=IssueNote)
    acronyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    silence: Silence | None = None
    revision: int = 1
    frozen_at: datetime | None = None
    hash: str = ""

    @property
    def day(self) -> date:
        """The issue's date."""
        return self.key.day


@dataclass(frozen=True, slots=True)
class IssueStatus:
    """An issue without its papers: what archives, `status` and feeds list."""

    key: IssueKey
    revision: int
    state: IssueState
    hash: str
    papers: int
    frozen_at: datetime
    published_at: datetime | None = None

    @property
    def is_silent(self) -> bool:
        """Whether it says that its day has no papers."""
        return self.papers == 0
