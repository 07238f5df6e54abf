"""A paper as a line of JSON: what another program writes, into announcements and summaries.

One paper a line; `docs/sources.md` lists the keys. A bad line is reported with its number and the others go on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from newsletter.domain.notation import iso_day, within_reason
from newsletter.domain.papers import (
    FILE_ENGINE,
    RATINGS,
    Announcement,
    AnnounceType,
    Author,
    Keyword,
    Paper,
    PaperId,
    Provenance,
    Rating,
    SourceKind,
    Summary,
    parse_paper_id,
    read_author,
)
from newsletter.domain.text import clean
from newsletter.sources import _fields

__all__ = ["MAX_LINE", "UnreadableLine", "parse", "read_line"]

_KIND = SourceKind.FILES.value
_AUTHORS = 10_000
MAX_LINE = 4 * 1024 * 1024
"""Bytes of one line; of a longer one no more needs to be read."""


def _usable(day: date) -> date:
    if iso_day(day.isoformat()) is None:
        msg = f"expected a day that a paper can be announced on, got {day}"
        raise ValueError(msg)
    return day


_Note = Annotated[str, BeforeValidator(lambda value: "" if value is None else value)]


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Rating(_Lenient):
    value: float
    reason: _Note = ""


class _Keyword(_Lenient):
    model_config = ConfigDict(extra="allow")
    en: _Note = ""


class _Summary(_Lenient):
    title: _Note = ""
    abstract: _Note = ""
    tldr: _Note = ""
    tldr_en: _Note = ""
    main_work: _Note = ""
    motivation: _Note = ""
    method: _Note = ""
    result: _Note = ""
    highlights: list[str] = Field(default_factory=list)
    keywords: list[_Keyword | str] = Field(default_factory=list)
    ratings: dict[str, _Rating] = Field(default_factory=dict)
    affiliation: _Note = ""
    code: _Note = ""


class _Named(_Lenient):
    name: str
    affiliation: _Note = ""


class _Line(_Lenient):
    id: str
    readable: bool = False
    title: str
    raw_title: _Note = ""
    raw_abstract: _Note = ""
    abstract: _Note = Field(default="", validation_alias=AliasChoices("abstract", "summary"))
    authors: list[str | _Named] = Field(default_factory=list, max_length=_AUTHORS)
    categories: list[str] = Field(default_factory=list, max_length=100)
    announce_type: AnnounceType = AnnounceType.NEW
    announced: Annotated[date, AfterValidator(_usable)] | None = None
    version: Annotated[int, Field(ge=1, le=9999)] | None = None
    links: dict[str, str] = Field(default_factory=dict)
    summaries: dict[str, _Summary] = Field(default_factory=dict)
    comment: _Note = ""
    doi: _Note = ""
    journal_ref: _Note = ""
    license: _Note = ""
    submitted: datetime | None = None
    upvotes: Annotated[int, Field(ge=0)] | None = None
    stars: Annotated[int, Field(ge=0)] | None = None
    organization: _Note = ""
    keywords: list[str] = Field(default_factory=list, max_length=200)


@dataclass(frozen=True, slots=True)
class UnreadableLine:
    """A line that could not be read; `line` counts from 1."""

    line: int
    message: str


def parse(lines: Iterator[bytes], *, day: date, feed: str = "") -> Iterator[Announcement | UnreadableLine]:
    """Read lines, in order. `day` is that of papers that do not say when they were announced. Never raises."""
    for number, text in enumerate(lines, start=1):
        line = text.removeprefix(b"\xef\xbb\xbf").strip()
        if not line or line.startswith(b'{"issue":'):
            continue  # an export begins with what was written about its issue, which is no paper
        if line.startswith(b"["):
            yield UnreadableLine(number, "a JSON array; expected one paper a line, each a JSON object")
            return
        try:
            yield read_line(text, day=day, feed=feed)
        except ValueError as error:
            yield UnreadableLine(number, str(error))


def read_line(text: bytes, *, day: date, feed: str = "") -> Announcement:
    """Read one paper.

    Raises:
        ValueError: it cannot be read; the message says which key, and what was expected.
    """
    if len(text) >= MAX_LINE:
        msg = f"longer than {MAX_LINE // 2**20} MB"
        raise ValueError(msg)
    try:
        line = _Line.model_validate_json(text.removeprefix(b"\xef\xbb\xbf"))
    except ValidationError as error:
        raise ValueError(_first(error)) from error
    return _announcement(line, day, feed)


def _first(error: ValidationError) -> str:
    problem = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(map(str, problem["loc"]))
    return f"{where}: {problem['msg']}" if where else problem["msg"]


def _announcement(line: _Line, day: date, feed: str) -> Announcement:
    paper = _paper(line)
    return Announcement(
        source=_KIND,
        feed=feed,
        day=line.announced or day,
        kind=line.announce_type,
        paper=paper,
        summaries=tuple(
            _summary(paper.id, paper.version, language, summary) for language, summary in sorted(line.summaries.items())
        ),
    )


def _paper(line: _Line) -> Paper:
    paper_id, version = parse_paper_id(clean(line.id))
    text = clean if line.readable else _readable_line
    title = text(line.title)
    if not title:
        msg = "title: expected some text, got none"
        raise ValueError(msg)
    abstract, raw_abstract = (clean(line.abstract),) * 2 if line.readable else _fields.body(line.abstract)
    links = {clean(role)[:40]: address for role, url in line.links.items() if (address := _fields.web_address(url))}
    return Paper(
        id=paper_id,
        version=line.version or version,
        title=title,
        raw_title=line.raw_title or (title if line.readable else _fields.line(line.title)[1]),
        abstract=abstract,
        raw_abstract=line.raw_abstract or raw_abstract,
        authors=tuple(author for entry in line.authors if (author := _author(entry, readable=line.readable))),
        categories=tuple(dict.fromkeys(name for one in line.categories if (name := clean(one).strip()[:40]))),
        links=links if line.readable else _fields.arxiv_links(paper_id) | links,
        comment=text(line.comment),
        doi=clean(line.doi).strip()[:200],
        journal_ref=text(line.journal_ref),
        license=_fields.web_address(line.license),
        submitted=_utc(line.submitted) if line.submitted else None,
        upvotes=line.upvotes,
        stars=line.stars,
        organization=text(line.organization),
        keywords=tuple(dict.fromkeys(keyword for word in line.keywords if (keyword := text(word)[:100]))),
    )


def _utc(stamp: datetime) -> datetime | None:
    usable = within_reason(stamp)
    return usable.astimezone(UTC) if usable else None


def _readable_line(text: str) -> str:
    return _fields.line(text)[0]


def _author(entry: str | _Named, *, readable: bool) -> Author | None:
    """An author; where the line is readable a name is one as it stands, with all its parentheses."""
    if isinstance(entry, str):
        entry = _Named(name=entry)
        if not readable:
            return read_author(_fields.line(entry.name)[1])
    text = clean if readable else _readable_line
    return Author(text(entry.name), text(entry.affiliation)) if text(entry.name) else None


def _summary(paper_id: PaperId, version: int | None, language: str, summary: _Summary) -> Summary:
    """Used as it is, but for characters that cannot be stored. A rating that cannot be shown makes the line bad."""
    texts: dict[str, Any] = {
        name: clean(getattr(summary, name)).strip()
        for name in (
            "title", "abstract", "tldr", "tldr_en", "main_work", "motivation", "method", "result", "affiliation",
            "code",
        )
    }  # fmt: skip
    return Summary(
        paper_id=paper_id,
        version=version,
        language=clean(language)[:35],
        provenance=Provenance(engine=FILE_ENGINE),
        highlights=tuple(text for item in summary.highlights if (text := clean(item).strip())),
        keywords=tuple(keyword for item in summary.keywords if (keyword := _keyword(item, language)).term),
        ratings={
            name: Rating(summary.ratings[name].value, clean(summary.ratings[name].reason).strip())
            for name in RATINGS
            if name in summary.ratings
        },
        **texts,
    )


def _keyword(item: _Keyword | str, language: str) -> Keyword:
    """`{"en": …, "zh": …}`, the second key being any tag of the summary's language; or the term alone."""
    if isinstance(item, str):
        return Keyword(clean(item).strip())
    others: dict[str, Any] = item.model_extra or {}
    translated = others.get(language) or others.get(language.partition("-")[0]) or others.get("translation") or ""
    translation = clean(translated).strip() if isinstance(translated, str) else ""
    return Keyword(clean(item.en).strip() or translation, translation if item.en.strip() else "")
