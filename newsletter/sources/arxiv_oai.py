"""arXiv by OAI-PMH: the complete record of what changed, for backfill and for checking that nothing was missed.

A record's datestamp is its last change, so old papers come again. Which day a record belongs to is told by when its
newest version was submitted; a first version that moderators held back belongs to the day it appeared on.
https://info.arxiv.org/help/oa/index.html, http://www.openarchives.org/OAI/openarchivesprotocol.html
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

from lxml import etree

from newsletter.domain.issues import eastern_day
from newsletter.domain.notation import iso_day, mail_moment
from newsletter.domain.papers import (
    Announcement,
    AnnounceType,
    Author,
    ListingStatus,
    Paper,
    SourceKind,
    parse_arxiv_id,
    split_authors,
)
from newsletter.errors import SourceMalformed
from newsletter.sources import _fields
from newsletter.sources._source import ArxivSource, FeedReading
from newsletter.sources._xml import DC, children, parse_xml, text_of

__all__ = ["BASE_URL", "KIND", "ArxivOai", "OaiPage", "Record", "parse", "set_of"]

KIND = SourceKind.ARXIV_OAI.value
BASE_URL = "https://oaipmh.arxiv.org"

_OAI = "{http://www.openarchives.org/OAI/2.0/}"
_ARXIV = "{http://arxiv.org/OAI/arXiv/}"
_RAW = "{http://arxiv.org/OAI/arXivRaw/}"
_OAI_DC = "{http://www.openarchives.org/OAI/2.0/oai_dc/}"

_PAGES = 200
_LATE = timedelta(days=14)
_KEPT = timedelta(hours=6)  # resumption tokens die daily
_PHYSICS = frozenset(
    "astro-ph cond-mat gr-qc hep-ex hep-lat hep-ph hep-th math-ph nlin nucl-ex nucl-th physics quant-ph".split()
)


@dataclass(frozen=True, slots=True)
class Record:
    """One record: the paper, its last change, when its versions were submitted (oldest first; empty if not told)."""

    paper: Paper
    changed: date
    versions: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class OaiPage:
    """One page of a list. `token` asks for the next one and is empty on the last; `total` is None where not told."""

    records: tuple[Record, ...]
    problems: tuple[str, ...] = ()
    deleted: int = 0
    token: str = ""
    total: int | None = field(default=None)


def set_of(category: str) -> str:
    """The OAI set of a category: `cs:cs:CL`, `physics:hep-ex`, `physics:cond-mat:str-el`; a set stays as it is."""
    if ":" in category:
        return category
    archive, _, subject = category.partition(".")
    group = "physics" if archive in _PHYSICS else archive
    return ":".join(part for part in (group, archive, subject) if part) if subject or group != archive else archive


def parse(body: bytes) -> OaiPage:
    """Read an answer to ListRecords or GetRecord in `arXivRaw`, `arXiv` or `oai_dc`.

    Raises:
        SourceMalformed: no such answer, or one that names an error other than "no records".
    """
    root = parse_xml(body)
    if root.tag != f"{_OAI}OAI-PMH":
        msg = f"expected an OAI-PMH answer, got XML that begins with <{etree.QName(root).localname[:40]}>"
        raise SourceMalformed(msg)
    for error in root.iterfind(f"{_OAI}error"):
        if error.get("code") == "noRecordsMatch":
            return OaiPage(())
        msg = f"arXiv refuses the request: {error.get('code', '')[:40]}: {' '.join(text_of(error).split())[:200]}"
        raise SourceMalformed(msg)
    verb = root.find(f"{_OAI}ListRecords")
    verb = root.find(f"{_OAI}GetRecord") if verb is None else verb
    if verb is None:
        msg = "expected ListRecords or GetRecord, got an OAI-PMH answer without either"
        raise SourceMalformed(msg)
    records: list[Record] = []
    problems: list[str] = []
    deleted = 0
    for element in verb.iterfind(f"{_OAI}record"):
        header = element.find(f"{_OAI}header")
        if header is not None and header.get("status") == "deleted":
            deleted += 1
            continue
        try:
            records.append(_record(element))
        except ValueError as error:
            problems.append(f"{text_of(element, f'{_OAI}header', f'{_OAI}identifier')[:60]!r}: {error}")
    token = verb.find(f"{_OAI}resumptionToken")
    size = token.get("completeListSize", "") if token is not None else ""
    return OaiPage(
        tuple(records),
        tuple(problems),
        deleted,
        text_of(token).strip()[:1000],
        int(size) if size.isascii() and size.isdigit() and len(size) < 12 else None,
    )


def _record(element: etree._Element) -> Record:
    changed = iso_day(text_of(element, f"{_OAI}header", f"{_OAI}datestamp").strip()[:10])
    if changed is None:
        msg = "does not say when it changed"
        raise ValueError(msg)
    metadata = element.find(f"{_OAI}metadata")
    for tag, read in _FORMATS.items():
        found = metadata.find(tag) if metadata is not None else None
        if found is not None:
            paper, versions = read(found, text_of(element, f"{_OAI}header", f"{_OAI}identifier"))
            if not paper.title:
                msg = "has no title"
                raise ValueError(msg)
            return Record(paper, changed, versions)
    msg = "expected metadata in arXivRaw, arXiv or oai_dc"
    raise ValueError(msg)


def _raw(element: etree._Element, _: str) -> tuple[Paper, tuple[datetime, ...]]:
    versions = tuple(_submitted(text_of(version, f"{_RAW}date")) for version in element.iterfind(f"{_RAW}version"))
    authors = split_authors(text_of(element, f"{_RAW}authors"), conjunction=True)
    return _paper(element, _RAW, authors, versions, len(versions) or None), versions


def _submitted(text: str) -> datetime:
    stamp = mail_moment(text)
    if stamp is None:
        msg = f"does not say when a version was submitted, but {text.strip()[:60]!r}"
        raise ValueError(msg)
    return stamp.astimezone(UTC)


def _arxiv(element: etree._Element, _: str) -> tuple[Paper, tuple[datetime, ...]]:
    stamps = (_fields.moment(text_of(element, f"{_ARXIV}{name}")) for name in ("created", "updated"))
    versions = tuple(stamp for stamp in stamps if stamp)
    authors = tuple(
        author for entry in element.iterfind(f"{_ARXIV}authors/{_ARXIV}author") if (author := _keyed(entry)).name
    )
    # This format tells that there are later versions, but not how many.
    return _paper(element, _ARXIV, authors, versions, 1 if len(versions) == 1 else None), versions


def _keyed(author: etree._Element) -> Author:
    parts = (text_of(author, f"{_ARXIV}{part}").strip() for part in ("forenames", "keyname", "suffix"))
    places = (_fields.line(text)[0] for text in children(author, f"{_ARXIV}affiliation"))
    return Author(_fields.line(" ".join(part for part in parts if part))[0][:300], "; ".join(places)[:500])


def _paper(
    element: etree._Element,
    space: str,
    authors: tuple[Author, ...],
    versions: Sequence[datetime],
    version: int | None,
) -> Paper:
    paper_id, _ = parse_arxiv_id(text_of(element, f"{space}id"))
    title, raw_title = _fields.line(text_of(element, f"{space}title"))
    abstract, raw_abstract = _fields.body(text_of(element, f"{space}abstract"))
    return Paper(
        id=paper_id,
        version=version,
        title=title,
        raw_title=raw_title,
        abstract=abstract,
        raw_abstract=raw_abstract,
        authors=authors,
        categories=tuple(dict.fromkeys(text_of(element, f"{space}categories")[:2000].split())),
        links=_fields.arxiv_links(paper_id),
        comment=_fields.line(text_of(element, f"{space}comments"))[0],
        doi=text_of(element, f"{space}doi").strip()[:200],
        journal_ref=_fields.line(text_of(element, f"{space}journal-ref"))[0],
        license=_fields.web_address(text_of(element, f"{space}license")),
        submitted=versions[0] if versions else None,
    )


def _dublin_core(element: etree._Element, identifier: str) -> tuple[Paper, tuple[datetime, ...]]:
    """`oai_dc` says the least: names as "Last, First", subjects in words, the comment as a second description."""
    paper_id, _ = parse_arxiv_id(identifier)
    title, raw_title = _fields.line(text_of(element, f"{DC}title"))
    descriptions = children(element, f"{DC}description")
    abstract, raw_abstract = _fields.body(descriptions[0] if descriptions else "")
    comments = [text.removeprefix("Comment:") for text in descriptions[1:] if text.startswith("Comment:")]
    creators = children(element, f"{DC}creator")
    names = (_fields.line(" ".join(reversed(name.split(", ", 1))))[0][:300] for name in creators)
    identifiers = children(element, f"{DC}identifier")
    versions = tuple(stamp for text in children(element, f"{DC}date") if (stamp := _fields.moment(text)))
    paper = Paper(
        id=paper_id,
        version=1 if len(versions) == 1 else None,
        title=title,
        raw_title=raw_title,
        abstract=abstract,
        raw_abstract=raw_abstract,
        authors=tuple(Author(name) for name in names if name),
        links=_fields.arxiv_links(paper_id),
        comment=_fields.line(comments[0])[0] if comments else "",
        doi=next((text[4:204] for text in identifiers if text.startswith("doi:")), ""),
        submitted=versions[0] if versions else None,
    )
    return paper, versions


_FORMATS: Mapping[str, Callable[[etree._Element, str], tuple[Paper, tuple[datetime, ...]]]] = {
    f"{_RAW}arXivRaw": _raw,
    f"{_ARXIV}arXiv": _arxiv,
    f"{_OAI_DC}dc": _dublin_core,
}


@dataclass(frozen=True, kw_only=True)
class ArxivOai(ArxivSource):
    """One feed a set or category: what changed on a day, and of that what was announced on it."""

    kind = KIND
    base_url: str = BASE_URL
    sets: Sequence[str]

    @property
    def feeds(self) -> tuple[str, ...]:
        """The sets, as they were given: `cs.CL` or `cs:cs:CL`."""
        return tuple(dict.fromkeys(self.sets))

    async def _read(self, day: date, feed: str) -> FeedReading:
        expectation = self.calendar.expects(day)
        announcements: dict[str, Announcement] = {}
        problems: list[str] = []
        read = 0
        if expectation:
            async for page in self._pages(day, feed):
                read += len(page.records)
                problems += page.problems
                for record in page.records:
                    if (kind := self._kind(record, feed, day)) is not None:
                        announcements[record.paper.id] = Announcement(
                            source=KIND, feed=feed, day=day, kind=kind, paper=record.paper
                        )
        if not expectation:
            status, note = ListingStatus.NONE_EXPECTED, expectation.reason
        elif announcements:
            status, note = ListingStatus.FRESH, f"{read} records had changed" if read > len(announcements) else ""
        else:
            status, note = ListingStatus.STALE, f"none of {read} changed records was announced on this day"
        return FeedReading(status=status, notes=(note,), announcements=tuple(announcements.values()), problems=problems)

    async def _pages(self, day: date, feed: str) -> AsyncIterator[OaiPage]:
        # Changes of the evening are stamped with the morning, in UTC; a day later is asked for too, because what was
        # changed again since then has moved on.
        last = min(day + timedelta(days=1), max(day, eastern_day(self.now())))
        request = {"verb": "ListRecords", "metadataPrefix": "arXivRaw", "set": set_of(feed)}
        request |= {"from": f"{day}", "until": f"{last}"}
        for _ in range(_PAGES):
            url = f"{self.base_url.rstrip('/')}/oai?{urlencode(request)}"
            # Within a list a page cannot change: a run that was stopped finds the pages it had in the cache.
            keep = _KEPT if "resumptionToken" in request else None
            page = parse(await self._get(url, feed, accept="text/xml, application/xml", keep=keep, check=parse))
            yield page
            if not page.token:
                return
            request = {"verb": "ListRecords", "resumptionToken": page.token}
        msg = f"the list of {feed} goes on after {_PAGES} pages; that is more than a day"
        raise SourceMalformed(msg, source=KIND, feed=feed)

    def _kind(self, record: Record, feed: str, day: date) -> AnnounceType | None:
        """As what the record was announced on this day, None if it was not."""
        if not record.versions:
            return None
        submitted = record.versions[-1]
        announced = self.calendar.announces(submitted)
        held_back = len(record.versions) == 1 and record.changed == day and day - _LATE <= announced < day
        if announced != day and not held_back:
            return None
        primary = record.paper.categories[:1]
        crossed = ":" not in feed and primary and primary[0] != feed
        if len(record.versions) == 1:
            return AnnounceType.CROSS if crossed else AnnounceType.NEW
        return AnnounceType.REPLACE_CROSS if crossed else AnnounceType.REPLACE
