"""Reads the `arxiv-daily` profile: a summary table, then one footnoted entry a paper.

Nothing an entry holds is trimmed or unescaped when the document is of the published kind, so that writing it again
gives the same bytes: the feed's title stands in `Paper.raw_title`, the cut description in `Paper.raw_abstract`
(announce prefix, trailing space and all), the address in `Paper.links["abs"]`.

What this program wrote itself in its own corrected form is escaped Markdown with the announcement as fields: there the
text is what the escapes stand for, so that writing it again in that form gives the same bytes.

An entry is read from its own paragraphs. The table holds nothing that the entries do not; a row without an entry, or
an entry that reads otherwise than its row, is a problem that is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from newsletter.archives._language import in_one_language
from newsletter.archives._markdown import (
    DocumentLine,
    checked_lines,
    day_of,
    formulas,
    language_of,
    paper_of_link,
    unescaped,
)
from newsletter.archives._recognition import not_of
from newsletter.domain.issues import ARCHIVE_SOURCE, BackIssue
from newsletter.domain.papers import FILE_ENGINE, Announcement, AnnounceType, Paper, Provenance, Summary
from newsletter.domain.text import plain, readable

__all__ = ["clean_title", "parse_announce_prefix", "read_arxiv_daily"]

PROFILE = "arxiv-daily"
_EXPECTED = "a table of papers, and for each an entry `[^1]: title` with six indented paragraphs below"

_ROW = re.compile(r"\| \[\^(?P<ref>\d+)\] \| \[(?P<title>.*)\]\((?P<link>\S+)\) \| (?P<tldr>.*) \|\Z")
_ENTRY = re.compile(r"\[\^(?P<ref>\d+)\]: ?", re.ASCII)
_LINK = re.compile(r"\[.*\]\((?P<link>\S+)\)\Z")
# ` (arXiv:2310.00212v1 [cs.LG] UPDATED)`: what feeds before February 2024 appended to the title.
_SUFFIX = re.compile(
    r"(?: |(?<=\.))\(arXiv:(?P<id>[^\s()]+)(?: \[(?P<category>[^\]]+)\])?(?P<mark> UPDATED| CROSS LISTED)?\).*\Z",
    re.DOTALL,
)
_PREFIX = re.compile(
    r"arXiv:(?P<id>\S+?) Announce Type: (?P<kind>new|cross|replace-cross|replace)\s+(?:Abstract:\s?)?", re.ASCII
)
# The corrected form has one space where the feed has two, and names no type where there was no announcement.
_CORRECTED = re.compile(r"arXiv:(?P<id>\S+) (?:Announce Type: (?P<kind>new|cross|replace-cross|replace) )?Abstract: ")
_UNESCAPED = re.compile(r"(?<!\\)(?:\\\\)*[\[\]<>*`~|]")
_MARKS = {" UPDATED": AnnounceType.REPLACE, " CROSS LISTED": AnnounceType.CROSS}


class _Paragraphs(NamedTuple):
    """The seven paragraphs of an entry, in the order in which they stand there."""

    translated: str
    title: str
    link: str
    tldr: str
    tldr_en: str
    translation: str
    description: str


class _Block(NamedTuple):
    """An entry as it stands in the document: the number of its first line, its footnote, its lines."""

    number: int
    ref: str
    lines: list[str]

    def problem(self, error: ValueError) -> str:
        """Why it cannot be read."""
        return f"line {self.number}: entry {self.ref} cannot be read: {error}"


def clean_title(raw: str) -> str:
    """The title without the parenthesis that old feeds append, and what follows it; a full stop before it stays."""
    return _SUFFIX.sub("", raw)


def parse_announce_prefix(raw: str) -> tuple[str, str, AnnounceType | None]:
    """A description as (abstract, versioned number, announce type); the last two are empty where it begins at once."""
    match = _PREFIX.match(raw)
    if match is None:
        return raw, "", None
    return raw[match.end() :], match["id"], AnnounceType(match["kind"])


def read_arxiv_daily(text: str, day: date | None = None) -> BackIssue:
    """Read a digest of this profile.

    Raises:
        SourceMalformed: there is no entry, or no date.
    """
    lines = checked_lines(text, PROFILE)
    rows, blocks = _parts(lines)
    problems: list[str] = []
    entries: list[tuple[_Block, _Paragraphs]] = []
    for block in blocks:
        try:
            entries.append((block, _paragraphs(block.lines)))
        except ValueError as error:
            problems.append(block.problem(error))
    if not entries:
        raise not_of(PROFILE, text, _EXPECTED, problems)
    issue_day = day_of(lines, day, PROFILE)
    corrected = _is_corrected([entry for _, entry in entries])
    read, as_text = (_corrected, _without_marks) if corrected else (_published, str)
    announcements: list[Announcement] = []
    for block, entry in entries:
        try:
            announcements.append(read(entry, issue_day))
        except ValueError as error:
            problems.append(block.problem(error))
            continue
        row = rows.pop(block.ref, None)
        if row is None or as_text(row["tldr"]) != as_text(entry.tldr):
            problems.append(f"line {block.number}: entry {block.ref} has no row in the table that says the same")
    if not announcements:
        raise not_of(PROFILE, text, _EXPECTED, problems)
    problems += [f"row {ref} ({row['title'][:60]}) has no entry" for ref, row in rows.items()]
    return in_one_language(
        BackIssue(day=issue_day, profile=PROFILE, announcements=tuple(announcements), problems=tuple(problems))
    )


def _parts(lines: Iterable[DocumentLine]) -> tuple[dict[str, re.Match[str]], list[_Block]]:
    """The rows of the table by footnote, and the entries below it."""
    rows: dict[str, re.Match[str]] = {}
    blocks: list[_Block] = []
    for line in lines:
        if row := _ROW.match(line.text):
            rows[row["ref"]] = row
        elif entry := _ENTRY.match(line.text):
            blocks.append(_Block(line.number, entry["ref"], [line.text[entry.end() :]]))
        elif blocks:
            blocks[-1].lines.append(line.text)
    return rows, blocks


def _is_corrected(entries: Sequence[_Paragraphs]) -> bool:
    """Whether this is our own corrected form: its announcements, and no sign of Markdown that is not escaped."""
    announced = [entry.description for entry in entries if entry.description.startswith("arXiv:")]
    texts = (text for entry in entries for name, text in entry._asdict().items() if name != "link")
    return (
        bool(announced)
        and all(map(_CORRECTED.match, announced))
        and not any(_UNESCAPED.search(part) for text in texts for math, part in formulas(text) if not math)
    )


def _corrected(entry: _Paragraphs, day: date) -> Announcement:
    """An entry of the corrected form: every text unescaped."""
    entry = _Paragraphs(*map(unescaped, entry))
    address = _address(entry.link)
    paper_id, version = paper_of_link(address)
    prefix = _CORRECTED.match(entry.description)
    if prefix and version is None:
        version = paper_of_link(prefix["id"])[1]
    paper = Paper(
        id=paper_id,
        version=version,
        title=entry.title,
        abstract=entry.description[prefix.end() :] if prefix else entry.description,
        links={"abs": address},
    )
    return _announcement(
        paper, day, _kind(prefix), entry, title="" if entry.translated == entry.title else entry.translated
    )


def _published(entry: _Paragraphs, day: date) -> Announcement:
    """An entry as the published generator wrote it: nothing is trimmed or unescaped."""
    address = _address(entry.link)
    paper_id, version = paper_of_link(address)
    suffix = _SUFFIX.search(entry.title)
    abstract, number, kind = parse_announce_prefix(entry.description)
    for versioned in (number, suffix["id"] if suffix else ""):
        if version is None and versioned:
            version = paper_of_link(versioned)[1]
    if kind is None:
        kind = _MARKS.get(suffix["mark"] or "", AnnounceType.NEW) if suffix else AnnounceType.NEW
    paper = Paper(
        id=paper_id,
        version=version,
        title=readable(clean_title(entry.title)).removesuffix("." if suffix else ""),
        raw_title=entry.title,
        abstract=readable(abstract),
        raw_abstract=entry.description,
        categories=(suffix["category"],) if suffix and suffix["category"] else (),
        links={"abs": address},
    )
    return _announcement(paper, day, kind, entry, title=entry.translated)


def _announcement(paper: Paper, day: date, kind: AnnounceType, entry: _Paragraphs, *, title: str) -> Announcement:
    """The paper with the summary that stood there; `title` is the translated one."""
    summary = Summary(
        paper_id=paper.id,
        version=paper.version,
        language=language_of(entry.translated, entry.tldr, entry.translation),
        provenance=Provenance(engine=FILE_ENGINE),
        title=title,
        tldr=entry.tldr,
        tldr_en=entry.tldr_en,
        abstract=entry.translation,
    )
    return Announcement(source=ARCHIVE_SOURCE, feed=PROFILE, day=day, kind=kind, paper=paper, summaries=(summary,))


def _without_marks(text: str) -> str:
    """A one-liner without marks: a table's cell has formulas as plain text."""
    return plain(unescaped(text))


def _kind(prefix: re.Match[str] | None) -> AnnounceType:
    """As what it was announced; a paper of arXiv without an announcement was featured elsewhere."""
    if prefix is None:
        return AnnounceType.NEW
    return AnnounceType(prefix["kind"]) if prefix["kind"] else AnnounceType.FEATURED


def _address(link: str) -> str:
    match = _LINK.match(link)
    if match is None:
        msg = f"expected a link `[address](address)` as its third paragraph, got {link[:80]!r}"
        raise ValueError(msg)
    return match["link"]


def _paragraphs(block: list[str]) -> _Paragraphs:
    """The paragraphs of an entry. A translation that itself holds paragraphs keeps them."""
    joined = "\n".join(block).rstrip("\n")
    end = "\n    "
    body = joined.removesuffix(end) if joined.endswith(end) else joined
    fields = body.split("\n\n    ")
    if len(fields) < 7:
        msg = f"expected seven paragraphs indented by four spaces, got {len(fields)}"
        raise ValueError(msg)
    translated, title, link, tldr, tldr_en, *translation, description = fields
    return _Paragraphs(translated, title, link, tldr, tldr_en, "\n\n".join(translation), description)
