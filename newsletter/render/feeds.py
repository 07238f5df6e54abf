"""Feeds: Atom (RFC 4287), RSS 2.0 and JSON Feed 1.1 out of one list of entries.

The same entries give the same bytes: nothing here reads a clock, `updated` is the newest entry's. An entry's id is a
UUID made from the newsletter's own identity and the paper's id: no change of title, address or design alters it.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator

from newsletter.render.view import PaperView

__all__ = ["Entry", "FeedFormat", "FeedSpec", "entry_id", "write_feed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One feed entry: a paper, its card as HTML, and when the issue that holds it was frozen."""

    id: str
    paper: PaperView
    url: str
    html: str
    updated: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSpec:
    """What a feed is called and where it lives. `base` is the address of its folder, empty where nothing is served.

    `id` is permanent. `name` is the file's name without its suffix. `updated` stands in where there is no entry.
    `page` is the web page that the feed belongs to. `links` are further (rel, href) pairs. `archive` marks an RFC
    5005 archive document.
    """

    id: str
    title: str
    subtitle: str
    language: str
    author: str
    base: str
    name: str
    page: str
    updated: datetime
    links: tuple[tuple[str, str], ...] = ()
    archive: bool = False
    stylesheet: str = ""


def entry_id(identity: str, language: str, paper_id: str) -> str:
    """The permanent id of a paper's entry: a `urn:uuid:` (RFC 4122, version 5)."""
    space = uuid.uuid5(uuid.NAMESPACE_URL, f"urn:newsletter:{identity}")
    return uuid.uuid5(space, f"{language}/{paper_id}").urn


FeedFormat = str
_MEDIA_TYPES = {"atom": "application/atom+xml", "rss": "application/rss+xml", "json": "application/feed+json"}


def write_feed(spec: FeedSpec, entries: Sequence[Entry], form: FeedFormat) -> bytes:
    """One feed in one format (`atom`, `rss`, `json`), entries in the order given."""
    if form == "json":
        return _json(spec, entries)
    feed = _generator(spec, entries, form)
    xml = feed.atom_str() if form == "atom" else feed.rss_str()
    return _styled(xml, spec.stylesheet)


def _styled(xml: bytes, stylesheet: str) -> bytes:
    """With the instruction that lets a browser show the feed (xml-stylesheet, W3C 2010)."""
    if not stylesheet:
        return xml + b"\n"
    declaration, newline, rest = xml.partition(b"\n")
    return b"%b%b<?xml-stylesheet type='text/xsl' href='%b'?>\n%b\n" % (
        declaration,
        newline,
        stylesheet.encode(),
        rest,
    )


def _updated(spec: FeedSpec, entries: Sequence[Entry]) -> datetime:
    return max((entry.updated for entry in entries), default=spec.updated)


def _generator(spec: FeedSpec, entries: Sequence[Entry], form: FeedFormat) -> FeedGenerator:
    moment = _updated(spec, entries)
    feed = FeedGenerator()
    feed.id(spec.id)
    feed.title(spec.title)
    feed.subtitle(spec.subtitle or spec.title)
    feed.description(spec.subtitle or spec.title)
    feed.author({"name": spec.author})
    feed.language(spec.language)
    feed.generator("newsletter")
    feed.updated(moment)
    feed.lastBuildDate(moment)
    if spec.base:
        feed.link(href=f"{spec.base}{spec.name}.{form}", rel="self", type=_MEDIA_TYPES[form])
    for rel, href in spec.links:
        feed.link(href=href, rel=rel)
    # RSS's own <link> is the last one set, so the page comes last
    feed.link(href=spec.page or spec.id, rel="alternate", type="text/html")
    for entry in entries:
        feed.add_entry(_entry(entry), order="append")
    return feed


def _entry(entry: Entry) -> FeedEntry:
    result = FeedEntry()
    result.id(entry.id)
    result.title(entry.paper.title)
    result.updated(entry.updated)
    result.published(entry.updated)
    if entry.url:
        result.link(href=entry.url, rel="alternate", type="text/html")
    result.author([{"name": name} for name in entry.paper.authors[:20]] or [{"name": "?"}])
    result.category([{"term": category} for category in entry.paper.categories])
    result.description(entry.paper.brief or entry.paper.title)
    result.content(entry.html, type="html")
    return result


def _json(spec: FeedSpec, entries: Sequence[Entry]) -> bytes:
    """JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""
    document: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": spec.title,
        "description": spec.subtitle,
        "language": spec.language,
        "authors": [{"name": spec.author}],
        "items": [
            {
                "id": entry.id,
                **({"url": entry.url} if entry.url else {}),
                "title": entry.paper.title,
                "content_html": entry.html,
                "summary": entry.paper.brief,
                "date_published": entry.updated.isoformat(),
                "authors": [{"name": name} for name in entry.paper.authors[:20]],
                "tags": list(entry.paper.categories),
                "language": spec.language,
            }
            for entry in entries
        ],
    }
    if spec.base:
        document["home_page_url"] = spec.page
        document["feed_url"] = f"{spec.base}{spec.name}.json"
    for rel, href in spec.links:
        if rel == "next":
            document["next_url"] = href
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"
