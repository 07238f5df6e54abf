"""arXiv's daily announcements: RSS and Atom of rss.arxiv.org, and the RDF feeds from before February 2024.

A category is asked for by itself: a union is cut at 2,000 items, and replacements come first, so it would lose papers
that are new. Formats: https://info.arxiv.org/help/rss_specifications.html, atom_specifications.html.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from html import unescape
from urllib.parse import quote

from lxml import etree

from newsletter.domain.issues import announcement_day, eastern_day
from newsletter.domain.notation import mail_moment
from newsletter.domain.papers import Announcement, AnnounceType, Paper, SourceKind, parse_arxiv_id, split_authors
from newsletter.errors import SourceMalformed
from newsletter.sources import _fields
from newsletter.sources._results import listing_status
from newsletter.sources._source import ArxivSource, FeedReading
from newsletter.sources._xml import ARXIV, ATOM, DC, RDF, RSS1, children, parse_xml, text_of

__all__ = ["BASE_URL", "KIND", "ArxivRss", "RssFeed", "parse"]

KIND = SourceKind.ARXIV_RSS.value
BASE_URL = "https://rss.arxiv.org"

_ACCEPT = "application/rss+xml, application/atom+xml;q=0.9, application/xml;q=0.8"
_FULL = 2_000

_PREFIX = re.compile(r"arXiv:(?P<id>\S{1,60})\s+Announce Type:\s*(?P<type>[a-z-]{1,20})\s+Abstract:\s*", re.ASCII)
# ` (arXiv:2310.00212v1 [cs.LG] UPDATED)` at the end of a title of the old feeds
_OLD_TITLE = re.compile(
    r"\s*\(arXiv:(?P<id>[^\s()]{1,60})\s+\[(?P<category>[^\[\]]{1,40})\](?P<type>(?:\s+[A-Z]+){0,3})\s*\)\s*$", re.ASCII
)
_OLD_TYPES = {"": AnnounceType.NEW, "CROSS LISTED": AnnounceType.CROSS, "UPDATED": AnnounceType.REPLACE}
_TAG = re.compile(r"<[^<>]{0,1000}>")


@dataclass(frozen=True, slots=True)
class RssFeed:
    """A feed as read: the day it is of (None where it does not say), and what could not be read of it."""

    day: date | None
    announcements: tuple[Announcement, ...]
    problems: tuple[str, ...] = ()

    @property
    def items(self) -> int:
        """How many items the feed holds."""
        return len(self.announcements) + len(self.problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """One item on the wire, the same for the three formats."""

    id: str
    title: str
    description: str
    announce_type: str
    creators: Sequence[str]
    categories: Sequence[str]
    published: date | None
    license: str = ""
    doi: str = ""
    journal_ref: str = ""


def parse(body: bytes, *, feed: str) -> RssFeed:
    """Read a feed of announcements in any of the three formats.

    Raises:
        SourceMalformed: not such a feed, or the feed that says that the category is unknown.
    """
    root = parse_xml(body)
    if root.tag == "rss":
        title, day, items = _read_rss(root)
    elif root.tag == f"{ATOM}feed":
        title, day, items = _read_atom(root)
    elif root.tag == f"{RDF}RDF":
        title, day, items = _read_rdf(root)
    else:
        msg = f"expected a feed (rss, feed or RDF), got XML that begins with <{etree.QName(root).localname[:40]}>"
        raise SourceMalformed(msg)
    if title.startswith("Feed error for query:"):
        msg = f"arXiv knows no feed {feed!r}: {' '.join(title.split())[:200]}"
        raise SourceMalformed(msg, feed=feed)
    announcements: list[Announcement] = []
    problems: list[str] = []
    newest: date | None = None
    for item in items:
        own = item.published or day
        newest = max(newest, own) if newest and own else own or newest
        try:
            announcements.append(_announcement(item, feed, own))
        except ValueError as error:
            problems.append(f"{item.title.strip()[:60]!r}: {error}")
    return RssFeed(newest or day, tuple(announcements), tuple(problems))


def _read_rss(root: etree._Element) -> tuple[str, date | None, Iterator[_Item]]:
    channel = root.find("channel")
    if channel is None:
        msg = "expected an RSS feed with a channel, got one without"
        raise SourceMalformed(msg)

    def items() -> Iterator[_Item]:
        for item in channel.iterfind("item"):
            yield _Item(
                id=text_of(item, "guid") or text_of(item, "link"),
                title=text_of(item, "title"),
                description=text_of(item, "description"),
                announce_type=text_of(item, f"{ARXIV}announce_type"),
                creators=children(item, f"{DC}creator"),
                categories=children(item, "category"),
                published=_mail_date(text_of(item, "pubDate")),
                license=text_of(item, f"{DC}rights"),
                doi=text_of(item, f"{ARXIV}DOI"),
                journal_ref=text_of(item, f"{ARXIV}journal_reference"),
            )

    day = _mail_date(text_of(channel, "pubDate")) or _mail_date(text_of(channel, "lastBuildDate"))
    title = text_of(channel, "title")
    if title.startswith("Feed error"):
        title = f"{title}: {text_of(channel, 'description')}"
    return title, day, items()


def _read_atom(root: etree._Element) -> tuple[str, date | None, Iterator[_Item]]:
    def items() -> Iterator[_Item]:
        for entry in root.iterfind(f"{ATOM}entry"):
            published = _fields.moment(text_of(entry, f"{ATOM}published"))
            yield _Item(
                id=text_of(entry, f"{ATOM}id"),
                title=text_of(entry, f"{ATOM}title"),
                description=text_of(entry, f"{ATOM}summary"),
                announce_type=text_of(entry, f"{ARXIV}announce_type"),
                creators=children(entry, f"{DC}creator")
                or [text_of(author, f"{ATOM}name") for author in entry.iterfind(f"{ATOM}author")],
                categories=[term for c in entry.iterfind(f"{ATOM}category") if (term := c.get("term", "").strip())],
                published=eastern_day(published) if published else None,
                license=text_of(entry, f"{DC}rights") or text_of(entry, f"{ATOM}rights"),
                doi=text_of(entry, f"{ARXIV}DOI"),
                journal_ref=text_of(entry, f"{ARXIV}journal_reference"),
            )

    updated = _fields.moment(text_of(root, f"{ATOM}updated"))
    return text_of(root, f"{ATOM}title"), eastern_day(updated) if updated else None, items()


def _read_rdf(root: etree._Element) -> tuple[str, date | None, Iterator[_Item]]:
    def items() -> Iterator[_Item]:
        for item in root.iterfind(f"{RSS1}item"):
            title = text_of(item, f"{RSS1}title")
            mark = _OLD_TITLE.search(title)
            kind = _OLD_TYPES.get(" ".join(mark["type"].split())) if mark else None
            yield _Item(
                id=mark["id"] if mark else text_of(item, f"{RSS1}link"),
                title=title,
                description=_without_tags(text_of(item, f"{RSS1}description")),
                announce_type=kind or AnnounceType.NEW,
                creators=[_without_tags(creator) for creator in children(item, f"{DC}creator")],
                categories=[mark["category"]] if mark else [],
                published=None,
            )

    channel = root.find(f"{RSS1}channel")
    stamp = _fields.moment(text_of(channel, f"{DC}date"))
    # The old feeds were made on the evening of the announcement, in standard time all year.
    return text_of(channel, f"{RSS1}title"), announcement_day(stamp) if stamp else None, items()


def _announcement(item: _Item, feed: str, day: date | None) -> Announcement:
    if day is None:
        msg = "neither the item nor its feed names a day"
        raise ValueError(msg)
    mark = _PREFIX.match(item.description)
    paper_id, version = parse_arxiv_id(item.id)
    if version is None and mark:
        version = parse_arxiv_id(mark["id"])[1]
    title, raw_title = _fields.line(item.title)
    if old := _OLD_TITLE.search(title):
        title = title[: old.start()].removesuffix(".")
    if not title:
        msg = f"{paper_id} has no title"
        raise ValueError(msg)
    raw_abstract = _fields.raw_body(item.description)
    abstract, _ = _fields.body(item.description[mark.end() :] if mark else item.description)
    doi = item.doi.strip()[:200]
    return Announcement(
        source=KIND,
        feed=feed,
        day=day,
        kind=AnnounceType(item.announce_type.strip() or (mark["type"] if mark else AnnounceType.NEW)),
        paper=Paper(
            id=paper_id,
            version=version,
            title=title,
            raw_title=raw_title,
            abstract=abstract,
            raw_abstract=raw_abstract,
            authors=split_authors(", ".join(item.creators)),
            categories=tuple(dict.fromkeys(category[:40] for category in item.categories[:50])),
            links=_fields.arxiv_links(paper_id),
            license=_fields.web_address(item.license),
            doi=doi,
            journal_ref=_fields.line(item.journal_ref)[0],
        ),
    )


def _mail_date(text: str) -> date | None:
    """The date as written (RFC 822): arXiv writes midnight Eastern, whatever the offset makes of it in UTC."""
    stamp = mail_moment(text)
    return stamp.date() if stamp else None


def _without_tags(html: str) -> str:
    return unescape(_TAG.sub("", html))


@dataclass(frozen=True, kw_only=True)
class ArxivRss(ArxivSource):
    """One feed a category. What a feed shows of another day is kept as of that day."""

    kind = KIND
    base_url: str = BASE_URL
    categories: Sequence[str]

    @property
    def feeds(self) -> tuple[str, ...]:
        """The categories."""
        return tuple(dict.fromkeys(self.categories))

    async def _read(self, day: date, feed: str) -> FeedReading:
        url = f"{self.base_url.rstrip('/')}/rss/{quote(feed, safe='.+-')}"
        read = parse(await self._get(url, feed, accept=_ACCEPT), feed=feed)
        status, note = listing_status(
            asked=day, shown=read.day, items=read.items, calendar=self.calendar, today=eastern_day(self.now())
        )
        full = f"the feed is at its limit of {_FULL} items; `--reconcile` tells what it left out"
        return FeedReading(
            status=status,
            notes=(note, full if read.items >= _FULL else ""),
            announcements=read.announcements,
            problems=read.problems,
        )
