"""arXiv's search: topics that no category covers, and past days.

A day's papers are those submitted in the window that its announcement closes (`AnnouncementCalendar.submissions`), so
a past day can be asked for as well as today. The index lags the announcement, and papers that moderators held back are
found on the day on which they would have been announced. https://info.arxiv.org/help/api/user-manual.html
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from lxml import etree

from newsletter.domain.issues import eastern_day
from newsletter.domain.papers import (
    Announcement,
    AnnounceType,
    Author,
    ListingStatus,
    Paper,
    SourceKind,
    parse_arxiv_id,
)
from newsletter.errors import SourceMalformed
from newsletter.sources import _fields
from newsletter.sources._source import ArxivSource, FeedReading
from newsletter.sources._xml import ARXIV, ATOM, parse_xml, text_of

__all__ = ["BASE_URL", "KIND", "ApiPage", "ArxivApi", "parse"]

KIND = SourceKind.ARXIV_API.value
BASE_URL = "https://export.arxiv.org"

_ACCEPT = "application/atom+xml, application/xml;q=0.9"
_ANSWERS = (200, 400)  # a query that it cannot read is told in a feed
_SEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"
_SLICE = 500  # slices of up to 2,000 are allowed, but the larger they are, the more often they fail
_MOST = 30_000
_LAG = timedelta(days=3)
_KEPT = timedelta(hours=12)
_AUTHORS = 10_000


@dataclass(frozen=True, slots=True)
class ApiPage:
    """One slice of a search: the papers, what could not be read, and how many there are in all slices."""

    papers: tuple[Paper, ...]
    problems: tuple[str, ...]
    total: int
    start: int


def parse(body: bytes) -> ApiPage:
    """Read an answer of `/api/query`.

    Raises:
        SourceMalformed: no such answer, or the one that says what was wrong with the query.
    """
    root = parse_xml(body)
    if root.tag != f"{ATOM}feed":
        msg = f"expected an Atom feed, got XML that begins with <{etree.QName(root).localname[:40]}>"
        raise SourceMalformed(msg)
    papers: list[Paper] = []
    problems: list[str] = []
    for entry in root.iterfind(f"{ATOM}entry"):
        title = text_of(entry, f"{ATOM}title")
        if title.strip() == "Error" and not text_of(entry, f"{ATOM}published").strip():
            msg = f"arXiv refuses the query: {' '.join(text_of(entry, f'{ATOM}summary').split())[:200]}"
            raise SourceMalformed(msg)
        try:
            papers.append(_paper(entry))
        except ValueError as error:
            problems.append(f"{title.strip()[:60]!r}: {error}")
    return ApiPage(tuple(papers), tuple(problems), _number(root, "totalResults"), _number(root, "startIndex"))


def _number(root: etree._Element, name: str) -> int:
    text = text_of(root, f"{_SEARCH}{name}").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _paper(entry: etree._Element) -> Paper:
    paper_id, version = parse_arxiv_id(text_of(entry, f"{ATOM}id"))
    title, raw_title = _fields.line(text_of(entry, f"{ATOM}title"))
    if not title:
        msg = f"{paper_id} has no title"
        raise ValueError(msg)
    abstract, raw_abstract = _fields.body(text_of(entry, f"{ATOM}summary"))
    primary = entry.find(f"{ARXIV}primary_category")
    terms = [primary, *entry.iterfind(f"{ATOM}category")]
    authors = [_author(author) for _, author in zip(range(_AUTHORS), entry.iterfind(f"{ATOM}author"), strict=False)]
    return Paper(
        id=paper_id,
        version=version,
        title=title,
        raw_title=raw_title,
        abstract=abstract,
        raw_abstract=raw_abstract,
        authors=tuple(author for author in authors if author.name),
        categories=tuple(
            dict.fromkeys(term for c in terms if c is not None and (term := c.get("term", "").strip()[:40]))
        ),
        links=_fields.arxiv_links(paper_id),
        comment=_fields.line(text_of(entry, f"{ARXIV}comment"))[0],
        doi=text_of(entry, f"{ARXIV}doi").strip()[:200],
        journal_ref=_fields.line(text_of(entry, f"{ARXIV}journal_ref"))[0],
        submitted=_fields.moment(text_of(entry, f"{ATOM}published")),
    )


def _author(author: etree._Element) -> Author:
    places = (_fields.line(text_of(a))[0] for a in author.iterfind(f"{ARXIV}affiliation"))
    return Author(
        _fields.line(text_of(author, f"{ATOM}name"))[0][:300], "; ".join(place for place in places if place)[:500]
    )


@dataclass(frozen=True, kw_only=True)
class ArxivApi(ArxivSource):
    """One feed a query, or one a category.

    Without a `query` the categories are asked for, one by one; with both, the query within each category. `size` is
    how many papers one answer may hold.
    """

    kind = KIND
    base_url: str = BASE_URL
    query: str = ""
    categories: Sequence[str] = ()
    size: int = _SLICE

    @property
    def feeds(self) -> tuple[str, ...]:
        """The categories, or the query where there is none."""
        return tuple(dict.fromkeys(self.categories)) or (self.query.strip(),)

    async def _read(self, day: date, feed: str) -> FeedReading:
        expectation = self.calendar.expects(day)
        category = feed if self.categories else ""
        found: dict[str, Paper] = {}
        problems: list[str] = []
        total = 0
        if expectation:
            async for page in self._slices(day, feed, category):
                total = page.total
                found.update((paper.id, paper) for paper in page.papers)
                problems += page.problems
        status, note = self._status(day, total, len(found) + len(problems), expectation.reason)
        return FeedReading(
            status=status,
            notes=(note,),
            announcements=[_announcement(paper, feed, category, day) for paper in found.values()],
            problems=problems,
            announced=total,
        )

    async def _slices(self, day: date, feed: str, category: str) -> AsyncIterator[ApiPage]:
        """The slices of the day's window, until all are read or one brings nothing."""
        since, until = self.calendar.submissions(day)
        parts = [f"cat:{category}"] if category else []
        parts += [f"({self.query.strip()})"] if self.query.strip() else []
        window = f"submittedDate:[{since:%Y%m%d%H%M} TO {until - timedelta(minutes=1):%Y%m%d%H%M}]"
        # A past day cannot change any more: a run that was stopped finds its slices in the cache.
        settled = _KEPT if self.now().date() - day > _LAG else None
        start = total = 0
        while start <= min(total, _MOST - 1):
            search = {
                "search_query": " AND ".join([*parts, window]),
                "start": start,
                "max_results": self.size,
                "sortBy": "submittedDate",
                "sortOrder": "ascending",
            }
            url = f"{self.base_url.rstrip('/')}/api/query?{urlencode(search)}"
            check = _complete if settled else None
            body = await self._get(url, feed, accept=_ACCEPT, answers=_ANSWERS, keep=settled, check=check)
            page = parse(body)
            yield page
            total = page.total
            read = len(page.papers) + len(page.problems)
            if not read or start + read >= total:
                return
            start += read

    def _status(self, day: date, total: int, read: int, reason: str) -> tuple[ListingStatus, str]:
        if reason:
            return ListingStatus.NONE_EXPECTED, reason
        if read < total:
            return ListingStatus.STALE, f"arXiv found {total} and told only {read}"
        if not total and day >= eastern_day(self.now()) - _LAG:
            return ListingStatus.STALE, "nothing found; the search lags the announcement, or nothing fits today"
        return ListingStatus.FRESH, "" if total else "nothing of this day fits"


def _complete(body: bytes) -> object:
    """Only answers that can be read are worth keeping."""
    return parse(body)


def _announcement(paper: Paper, feed: str, category: str, day: date) -> Announcement:
    crossed = category and paper.categories and paper.categories[0] != category
    kind = AnnounceType.CROSS if crossed else AnnounceType.NEW
    return Announcement(source=KIND, feed=feed, day=day, kind=kind, paper=paper)
