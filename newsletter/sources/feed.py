"""Any feed as a source: RSS, Atom, RDF or JSON Feed of a journal, a blog, a lab.

The text is taken without its mark-up. An item is the paper that it links to: an arXiv id or a DOI where one is named,
so that it meets its twins from other sources, else the address itself.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import date
from html import unescape
from urllib.parse import unquote, urlsplit

from newsletter.domain.notation import Secrets, feed_name
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
from newsletter.domain.text import clean
from newsletter.sources import _fields
from newsletter.sources._feed_items import Item, json_items, xml_items
from newsletter.sources._source import FeedReading, OnlineSource

__all__ = ["KIND", "AnyFeed", "Read", "parse"]

KIND = SourceKind.FEED.value

_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, application/json;q=0.7, text/xml;q=0.6, */*;q=0.1"
)
_ITEMS = 5_000
_DOI = re.compile(r"(?:^|doi\.org/|doi:\s*)(10\.\d{4,9}/[^\s\"'<>?#]{1,200})", re.IGNORECASE | re.ASCII)
_BLOCK = re.compile(r"<(/?)(?:script|style)\b[^<>]{0,1000}>", re.IGNORECASE)
_BREAK = re.compile(r"<(?:/?(?:p|div|li|tr|h[1-6])|br)\b[^<>]{0,1000}>", re.IGNORECASE)
_TAG = re.compile(r"<(?:[a-zA-Z/!][^<>]{0,2000})>")
_HTML = 200_000


@dataclass(frozen=True, slots=True)
class Read:
    """A feed as read, and what could not be read of it."""

    announcements: tuple[Announcement, ...]
    problems: tuple[str, ...] = ()


def parse(body: bytes, *, feed: str, day: date, secrets: Secrets | None = None) -> Read:
    """Read a feed. `day` is that of items that name none, `secrets` what no link may tell.

    Raises:
        SourceMalformed: not a feed, or one with a document type (it could define entities without end).
    """
    items = json_items(body) if body.lstrip()[:1] == b"{" else xml_items(body)
    announcements: dict[PaperId, Announcement] = {}
    problems: list[str] = []
    for position, item in zip(range(_ITEMS), items, strict=False):
        try:
            announcement = _announcement(item, feed, day, secrets)
        except ValueError as error:
            problems.append(f"item {position}: {error}")
        else:
            announcements.setdefault(announcement.paper_id, announcement)
    return Read(tuple(announcements.values()), tuple(problems))


def _announcement(item: Item, feed: str, day: date, secrets: Secrets | None) -> Announcement:
    shown = (secrets.strip(text) if secrets else text for text in (item.link, item.id))
    link = next((address for text in shown if (address := _fields.web_address(text))), "")
    paper_id, version = _identify(item, link, secrets)
    title, raw_title = _fields.line(_without_tags(item.title))
    if not title:
        msg = "it has no title"
        raise ValueError(msg)
    abstract, raw_abstract = _fields.body(_without_tags(item.summary))
    names = (_fields.line(_without_tags(name))[0][:300] for name in item.authors)
    doi = paper_id.removeprefix("doi:") if paper_id.startswith("doi:") else ""
    return Announcement(
        source=KIND,
        feed=feed,
        day=item.published or day,
        kind=AnnounceType.NEW,
        paper=Paper(
            id=paper_id,
            version=version,
            title=title,
            raw_title=raw_title,
            abstract=abstract,
            raw_abstract=raw_abstract,
            authors=tuple(Author(name) for name in names if name),
            categories=tuple(dict.fromkeys(tag for text in item.tags if (tag := clean(text).strip()[:40]))),
            links=({"abs": link} if link else {}) | _fields.arxiv_links(paper_id),
            doi=doi,
        ),
    )


def _identify(item: Item, link: str, secrets: Secrets | None) -> tuple[PaperId, int | None]:
    """The id of the work, the most telling first: arXiv id, DOI, address, the feed's own id."""
    for text in (item.link, item.id):
        try:
            return parse_arxiv_id(text)
        except ValueError:
            continue
    for text in (item.doi, item.id, item.link):
        if match := _DOI.search(unquote(text)[:1000]):
            return PaperId(f"doi:{match[1].rstrip('.,;)').lower()}"), None
    own = item.id.strip() or _fields.web_address(item.link)  # an address that must not be shown
    name = link or clean(secrets.hide(own) if secrets else own).strip()
    if not name:
        msg = "it has neither a link nor an id"
        raise ValueError(msg)
    if link and len(link) <= 400 and not urlsplit(link).fragment:
        return PaperId(f"url:{link}"), None
    return PaperId(f"url:sha256-{hashlib.sha256(name.encode()).hexdigest()[:40]}"), None


def _without_blocks(html: str) -> str:
    """The text without scripts and styles. One pass, for a feed may open thousands and close none."""
    kept: list[str] = []
    start = 0
    inside = False
    for mark in _BLOCK.finditer(html):
        if mark[1] and inside:
            start, inside = mark.end(), False
        elif not mark[1] and not inside:
            kept.append(html[start : mark.start()])
            inside = True
    if not inside:
        kept.append(html[start:])
    return " ".join(kept)


def _without_tags(html: str) -> str:
    text = html[:_HTML]
    if "<" in text:
        text = _TAG.sub("", _BREAK.sub(" ", _without_blocks(text)))
    return unescape(text) if "&" in text else text


@dataclass(frozen=True, kw_only=True)
class AnyFeed(OnlineSource):
    """One feed. Every item is kept as of its own day, for feeds show the days before too."""

    kind = KIND
    url: str = field(repr=False)  # it may hold a token
    name: str = ""

    @property
    def feeds(self) -> tuple[str, ...]:
        """The one feed, by the name it was given, else by one that tells of its address no more than the host."""
        return (self.name or feed_name(self.url),)

    def _shown(self, text: str) -> str:
        return Secrets(self.url).hide(text)

    async def _read(self, day: date, feed: str) -> FeedReading:
        body = await self._get(self.url, feed, accept=_ACCEPT)
        read = parse(body, feed=feed, day=day, secrets=Secrets(self.url))
        days = [announcement.day for announcement in read.announcements]
        status, note = ListingStatus.FRESH, ""
        if day not in days:
            newest = max((d for d in days if d < day), default=None)
            # How often such a feed brings something is not known, so silence is no fault.
            status = ListingStatus.NONE_EXPECTED
            note = f"nothing of this day; the newest item is of {newest}" if newest else "nothing of this day"
        return FeedReading(status=status, notes=(note,), announcements=read.announcements, problems=read.problems)
