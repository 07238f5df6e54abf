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
from feedgen.ext.base import BaseExtension
from feedgen.feed import FeedGenerator
from feedgen.util import xml_elem

from newsletter.domain.text import plain
from newsletter.render.paper_view import PaperView

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
    """What a feed is called and where it lives. Addresses are empty where nothing is served.

    `id` is permanent. `own` is the address it is fetched from, without the suffix of its format. `page` is the web page
    that it belongs to. `updated` stands in where there is no entry. `previous` leads to the older entries; `archive`
    marks an archive document, which names the `current` one (RFC 5005 §4). `stylesheet` is the address of the CSS with
    which browsers show the feed; not XSLT, which browsers are removing.
    """

    id: str
    title: str
    subtitle: str
    language: str
    author: str
    own: str
    page: str
    updated: datetime
    previous: str = ""
    current: str = ""
    archive: bool = False
    stylesheet: str = ""


def entry_id(identity: str, language: str, paper_id: str) -> str:
    """The permanent id of a paper's entry: a `urn:uuid:` (RFC 4122, version 5)."""
    space = uuid.uuid5(uuid.NAMESPACE_URL, f"urn:newsletter:{identity}")
    return uuid.uuid5(space, f"{language}/{paper_id}").urn


_ATOM = "http://www.w3.org/2005/Atom"
_HISTORY = "http://purl.org/syndication/history/1.0"

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
    """With the instruction that lets a browser show the feed (Associating Style Sheets with XML, W3C 2010)."""
    declaration, _, rest = xml.partition(b"\n")
    instruction = [f"<?xml-stylesheet type='text/css' href='{stylesheet}'?>".encode()] if stylesheet else []
    return b"\n".join([declaration, *instruction, rest, b""])


class _History(BaseExtension):  # type: ignore[misc]
    """Links to older entries and the mark of an archive document: RFC 5005, in Atom and, as Atom links, in RSS."""

    def __init__(self, spec: FeedSpec) -> None:
        self._spec = spec

    def extend_ns(self) -> dict[str, str]:
        """The namespace of the mark."""
        return {"fh": _HISTORY}

    def extend_atom(self, feed: Any) -> Any:  # noqa: ANN401 - an lxml element
        """Into an Atom feed, before its entries."""
        self._extend(feed, "link")  # feedgen writes Atom's elements without a prefix or namespace of their own
        return feed

    def extend_rss(self, feed: Any) -> Any:  # noqa: ANN401 - an lxml element
        """Into an RSS channel."""
        self._extend(feed[0], f"{{{_ATOM}}}link")
        return feed

    def _extend(self, parent: Any, link: str) -> None:  # noqa: ANN401 - an lxml element
        for rel, address in (("prev-archive", self._spec.previous), ("current", self._spec.current)):
            if address:
                parent.append(xml_elem(link, href=address, rel=rel))
        if self._spec.archive:
            parent.append(xml_elem(f"{{{_HISTORY}}}archive"))


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
    if spec.own:
        feed.link(href=f"{spec.own}.{form}", rel="self", type=_MEDIA_TYPES[form])
    if spec.previous or spec.current or spec.archive:
        feed.register_extension("fh", lambda: _History(spec), atom=True, rss=True)
    # RSS's own <link> is the last one set, so the page comes last
    feed.link(href=spec.page or spec.id, rel="alternate", type="text/html")
    for entry in entries:
        feed.add_entry(_entry(entry), order="append")
    return feed


def _entry(entry: Entry) -> FeedEntry:
    result = FeedEntry()
    result.id(entry.id)
    result.title(plain(entry.paper.title))
    result.updated(entry.updated)
    result.published(entry.updated)
    if entry.url:
        result.link(href=entry.url, rel="alternate", type="text/html")
    result.author([{"name": name} for name in entry.paper.authors[:20]] or [{"name": "?"}])
    result.category([{"term": category} for category in entry.paper.categories])
    result.summary(plain(entry.paper.brief))
    result.description(plain(entry.paper.brief or entry.paper.title))
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
                "title": plain(entry.paper.title),
                "content_html": entry.html,
                "summary": plain(entry.paper.brief),
                "date_published": entry.updated.isoformat(),
                "authors": [{"name": name} for name in entry.paper.authors[:20]],
                "tags": list(entry.paper.categories),
                "language": spec.language,
            }
            for entry in entries
        ],
    }
    if spec.own:
        document["home_page_url"] = spec.page
        document["feed_url"] = f"{spec.own}.json"
    if spec.previous:
        document["next_url"] = spec.previous
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"
