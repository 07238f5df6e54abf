"""Hugging Face Daily Papers: what its readers submitted for a day, with upvotes, code and stars.

The day is `paper.submittedOnDailyAt`, not either `publishedAt`. Which fields are there has changed over the years, so
all but the id and the title are optional.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from newsletter.domain.papers import (
    Announcement,
    AnnounceType,
    Author,
    ListingStatus,
    Paper,
    PaperId,
    SourceKind,
    parse_arxiv_id,
)
from newsletter.errors import SourceMalformed
from newsletter.sources import _fields
from newsletter.sources._source import FeedReading, OnlineSource

__all__ = ["BASE_URL", "KIND", "HfDaily", "HfPage", "parse"]

KIND = SourceKind.HF_DAILY.value
BASE_URL = "https://huggingface.co"

_PAGE = 100  # the server's own default is 50, which busy days exceed
_PAGES = 10
_AUTHORS = 10_000


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53 else None


# Optional fields that are missing, null or of another type than they were last year are treated as missing.
_Text = Annotated[str, BeforeValidator(_text)]
_Count = Annotated[int | None, BeforeValidator(_count)]
_Named = Annotated[dict[str, Any], BeforeValidator(lambda value: value if isinstance(value, dict) else {})]
_Many = Annotated[list[Any], BeforeValidator(lambda value: value if isinstance(value, list) else [])]


class _Paper(BaseModel):
    id: str
    title: str
    summary: _Text = ""
    authors: _Many = Field(default_factory=list)
    publishedAt: _Text = ""  # noqa: N815 - names of the wire
    submittedOnDailyAt: _Text = ""  # noqa: N815
    upvotes: _Count = None
    githubRepo: _Text = ""  # noqa: N815
    githubStars: _Count = None  # noqa: N815
    projectPage: _Text = ""  # noqa: N815
    organization: _Named = Field(default_factory=dict)
    ai_keywords: _Many = Field(default_factory=list)


class _Item(BaseModel):
    paper: _Paper
    thumbnail: _Text = ""
    organization: _Named = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HfPage:
    """The papers of an answer, and what could not be read of it."""

    announcements: tuple[Announcement, ...]
    problems: tuple[str, ...] = ()

    @property
    def items(self) -> int:
        """How many papers the answer holds."""
        return len(self.announcements) + len(self.problems)


def parse(body: bytes, *, day: date) -> HfPage:
    """Read an answer of `/api/daily_papers`. `day` is that of papers that do not name theirs (before March 2025).

    Raises:
        SourceMalformed: not such an answer, or an error message.
    """
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        msg = f"expected JSON, got something else, perhaps cut off: {str(error)[:120]} ({len(body)} bytes)"
        raise SourceMalformed(msg) from error
    if isinstance(document, dict) and "error" in document:
        msg = f"Hugging Face answered with an error: {str(document['error'])[:200]}"
        raise SourceMalformed(msg)
    if not isinstance(document, list):
        msg = f"expected a list of papers, got {type(document).__name__}"
        raise SourceMalformed(msg)
    announcements: list[Announcement] = []
    problems: list[str] = []
    for position, item in enumerate(document):
        try:
            announcements.append(_announcement(_Item.model_validate(item), day))
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            problems.append(f"item {position}: {'.'.join(map(str, first['loc']))}: {first['msg']}")
        except ValueError as error:
            problems.append(f"item {position}: {error}")
    return HfPage(tuple(announcements), tuple(problems))


def _announcement(item: _Item, day: date) -> Announcement:
    daily = _fields.moment(item.paper.submittedOnDailyAt)
    return Announcement(
        source=KIND,
        feed="",
        day=daily.date() if daily else day,
        kind=AnnounceType.FEATURED,
        paper=_paper(item),
    )


def _paper(item: _Item) -> Paper:
    paper = item.paper
    paper_id, version = parse_arxiv_id(paper.id)
    title, raw_title = _fields.line(paper.title)
    if not title:
        msg = f"{paper_id} has no title"
        raise ValueError(msg)
    abstract, raw_abstract = _fields.body(paper.summary)
    organization = paper.organization or item.organization
    return Paper(
        id=paper_id,
        version=version,
        title=title,
        raw_title=raw_title,
        abstract=abstract,
        raw_abstract=raw_abstract,
        authors=tuple(Author(name) for entry in paper.authors[:_AUTHORS] if (name := _name(entry))),
        links=_links(paper_id, item),
        submitted=_fields.moment(paper.publishedAt),
        upvotes=paper.upvotes,
        stars=paper.githubStars,
        organization=_fields.line(_text(organization.get("fullname")) or _text(organization.get("name")))[0],
        keywords=tuple(
            dict.fromkeys(word for text in paper.ai_keywords[:50] if (word := _fields.line(_text(text))[0][:100]))
        ),
    )


def _links(paper_id: PaperId, item: _Item) -> dict[str, str]:
    links = _fields.arxiv_links(paper_id) | {"hf": f"{BASE_URL}/papers/{paper_id.removeprefix('arxiv:')}"}
    foreign = {"code": item.paper.githubRepo, "project": item.paper.projectPage, "thumbnail": item.thumbnail}
    return links | {role: address for role, text in foreign.items() if (address := _fields.web_address(text))}


def _name(entry: object) -> str:
    return _fields.line(_text(entry.get("name")))[0][:300] if isinstance(entry, dict) else ""


@dataclass(frozen=True, kw_only=True)
class HfDaily(OnlineSource):
    """One feed: the papers of the day."""

    kind = KIND
    feeds = ("",)
    base_url: str = BASE_URL

    async def _read(self, day: date, feed: str) -> FeedReading:
        papers = f"{self.base_url.rstrip('/')}/api/daily_papers"
        found: dict[str, Announcement] = {}
        problems: list[str] = []
        items = 0
        for page in range(_PAGES):
            url = f"{papers}?date={day}&limit={_PAGE}" + (f"&p={page}" if page else "")
            read = parse(await self._get(url, feed, accept="application/json"), day=day)
            before = len(found)
            found.update((announcement.paper_id, announcement) for announcement in read.announcements)
            if page and len(found) == before:
                break  # a server that knows no pages tells the first one again
            problems += read.problems
            items += read.items
            if read.items < _PAGE:
                break
        announcements = tuple(found.values())
        status, note = _status(day, announcements)
        return FeedReading(
            status=status, notes=(note,), announcements=announcements, problems=problems, announced=items
        )


def _status(day: date, announcements: Sequence[Announcement]) -> tuple[ListingStatus, str]:
    """Papers of the day asked for are fresh. Hugging Face has no weekends, and fills a day in the course of it."""
    if any(announcement.day == day for announcement in announcements):
        return ListingStatus.FRESH, ""
    if day.weekday() >= 5:
        return ListingStatus.NONE_EXPECTED, f"it is {day:%A}"
    shown = f"only papers of {max(a.day for a in announcements)}" if announcements else "no papers"
    return ListingStatus.STALE, f"Hugging Face has {shown} for this day yet"
