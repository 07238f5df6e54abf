"""The wire formats of feeds, RSS, Atom, RDF and JSON Feed, as one kind of item.

Well-formed XML is read by the hardened lxml, three times as fast as feedparser; what is not, or has dates of a form of
its own, by feedparser, which forgives it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

from lxml import etree

from newsletter.domain.notation import iso_moment, mail_moment, within_reason
from newsletter.errors import SourceMalformed
from newsletter.sources import _fields
from newsletter.sources._xml import ATOM, DC, RDF, RSS1, children, parse_xml, text_of
from newsletter.sources._xml_text import TooMuch, forgiving_document

__all__ = ["Item", "json_items", "xml_items"]

_AUTHORS = 1_000
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_DOI = (
    "{http://prismstandard.org/namespaces/basic/2.0/}doi",
    "{http://prismstandard.org/namespaces/basic/3.0/}doi",
    f"{DC}identifier",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item on the wire; texts may hold mark-up."""

    id: str
    link: str
    title: str
    summary: str
    authors: Sequence[str]
    tags: Sequence[str]
    published: date | None
    doi: str = ""


class _OddDateError(ValueError):
    """A date that is neither RFC 822 nor ISO 8601."""


def xml_items(body: bytes) -> list[Item]:
    """The items of an RSS, Atom or RDF feed.

    Raises:
        SourceMalformed: it is none, or is damaged.
    """
    with suppress(_OddDateError):
        try:
            root = parse_xml(body)
        except TooMuch:
            raise
        except SourceMalformed:
            return _by_feedparser(body)
        if root.tag == f"{ATOM}feed":
            return [_from_atom(entry) for entry in root.iterfind(f"{ATOM}entry")]
        if root.tag == "rss" and (channel := root.find("channel")) is not None:
            return [_from_rss(item, "") for item in channel.iterfind("item")]
        if root.tag == f"{RDF}RDF":
            return [_from_rss(item, RSS1) for item in root.iterfind(f"{RSS1}item")]
    return _by_feedparser(body)


def _from_rss(item: etree._Element, space: str) -> Item:
    return Item(
        id=text_of(item, f"{space}guid") or item.get(f"{RDF}about", ""),
        link=text_of(item, f"{space}link"),
        title=text_of(item, f"{space}title"),
        summary=text_of(item, f"{space}description") or text_of(item, _CONTENT),
        authors=(children(item, f"{DC}creator") or children(item, f"{space}author"))[:_AUTHORS],
        tags=[*children(item, f"{space}category"), *children(item, f"{DC}subject")][:50],
        published=_day(text_of(item, f"{space}pubDate") or text_of(item, f"{DC}date")),
        doi=next((text for tag in _DOI if (text := text_of(item, tag))), ""),
    )


def _from_atom(entry: etree._Element) -> Item:
    links = {link.get("rel", "alternate"): link.get("href", "") for link in entry.iterfind(f"{ATOM}link")}
    names = [text_of(author, f"{ATOM}name") for author in entry.iterfind(f"{ATOM}author")]
    return Item(
        id=text_of(entry, f"{ATOM}id"),
        link=links.get("alternate", ""),
        title=text_of(entry, f"{ATOM}title"),
        summary=text_of(entry, f"{ATOM}summary") or text_of(entry, f"{ATOM}content"),
        authors=([name for name in names if name] or children(entry, f"{DC}creator"))[:_AUTHORS],
        tags=[term for c in entry.iterfind(f"{ATOM}category") if (term := c.get("term", ""))][:50],
        published=_day(text_of(entry, f"{ATOM}published") or text_of(entry, f"{ATOM}updated")),
        doi=next((text for tag in _DOI if (text := text_of(entry, tag))), ""),
    )


def _day(text: str) -> date | None:
    """The day in UTC."""
    if not text.strip():
        return None
    stamp = iso_moment(text) or mail_moment(text)
    if stamp is None:
        raise _OddDateError
    return stamp.astimezone(UTC).date()


def _by_feedparser(body: bytes) -> list[Item]:
    import feedparser  # noqa: PLC0415  # slow to import; hardly a feed needs it

    # As a stream: given bytes, feedparser would take a short answer for the name of a file and open it.
    read = feedparser.parse(BytesIO(forgiving_document(body)), sanitize_html=False, resolve_relative_uris=False)
    if not read.version and not read.entries:
        reason = str(read.get("bozo_exception", "no feed in it"))[:120]
        msg = f"expected a feed, got something else, perhaps cut off: {reason} ({len(body)} bytes)"
        raise SourceMalformed(msg)
    if read.bozo and not (read.entries and _is_whole(body)):
        msg = f"the feed is damaged or cut off: {str(read.get('bozo_exception', ''))[:120]} ({len(body)} bytes)"
        raise SourceMalformed(msg)
    return [_from_feedparser(entry) for entry in read.entries]


def _is_whole(body: bytes) -> bool:
    return body.rstrip()[-200:].lower().endswith((b"</rss>", b"</feed>", b":rdf>", b"</rdf>", b"-->"))


def _from_feedparser(entry: Any) -> Item:  # noqa: ANN401 - feedparser's own dictionary
    stamp = entry.get("published_parsed") or entry.get("updated_parsed")
    content = max((c.get("value", "") for c in entry.get("content", [])), key=len, default="")
    names = [author.get("name", "") for author in entry.get("authors", [])[:_AUTHORS]]
    return Item(
        id=entry.get("id", ""),
        link=entry.get("link", ""),
        title=entry.get("title", ""),
        summary=entry.get("summary", "") or content,
        authors=[name for name in names if name] or [entry.get("author", "")],
        tags=[tag.get("term") or "" for tag in entry.get("tags", [])[:50]],
        published=_day_of(stamp[:3]) if stamp else None,
        doi=entry.get("prism_doi", "") or entry.get("dc_identifier", ""),
    )


def _day_of(parts: tuple[int, int, int]) -> date | None:
    """The day of these numbers, which feedparser has not checked."""
    try:
        stamp = within_reason(datetime(*parts, tzinfo=UTC))
    except (ValueError, OverflowError):
        return None
    return stamp.date() if stamp else None


def json_items(body: bytes) -> Iterator[Item]:
    """JSON Feed 1.1, https://www.jsonfeed.org/version/1.1/."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        msg = f"expected a JSON Feed, got something else, perhaps cut off: {str(error)[:120]} ({len(body)} bytes)"
        raise SourceMalformed(msg) from error
    if not isinstance(document, dict) or not str(document.get("version", "")).startswith("https://jsonfeed.org/"):
        msg = "expected a JSON Feed with its version, got JSON without"
        raise SourceMalformed(msg)
    entries = document.get("items")
    return (_from_json(entry) for entry in (entries if isinstance(entries, list) else []))


def _from_json(entry: object) -> Item:
    values: dict[str, Any] = entry if isinstance(entry, dict) else {}

    def text(*names: str) -> str:
        return next((value for name in names if isinstance(value := values.get(name), str) and value), "")

    authors = values.get("authors") or [values.get("author")]
    people = [a for a in authors if isinstance(a, dict)] if isinstance(authors, list) else []
    tags = values.get("tags")
    stamp = _fields.moment(text("date_published", "date_modified"))
    return Item(
        id=text("id"),
        link=text("external_url", "url"),
        title=text("title"),
        summary=text("summary", "content_html", "content_text"),
        authors=[str(person.get("name") or "") for person in people[:_AUTHORS]],
        tags=[tag for tag in (tags if isinstance(tags, list) else [])[:50] if isinstance(tag, str)],
        published=stamp.date() if stamp else None,
    )
