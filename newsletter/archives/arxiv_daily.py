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
from collections.abc import Sequence
from datetime import date

from newsletter.archives._language import in_one_language
from newsletter.archives._markdown import checked_lines, day_of, formulas, language_of, paper_of_link, unescaped
from newsletter.archives._recognition import not_of
from newsletter.domain.issues import ARCHIVE_SOURCE, BackIssue
from newsletter.domain.papers import FILE_ENGINE, Announcement, AnnounceType, Paper, Provenance, Summary
from newsletter.domain.text import plain, readable

__all__ = ["clean_title", "parse_announce_prefix", "read_arxiv_daily"]

PROFILE = "arxiv-daily"
_EXPECTED = "a table of papers, and for each an entry `[^1]: title` with six indented paragraphs below"
_ADDRESS, _TLDR = 2, 3
"""Which paragraphs of an entry are its address and its one-liner."""

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
    rows: dict[str, re.Match[str]] = {}
    blocks: list[tuple[int, str, list[str]]] = []
    for line in lines:
        if row := _ROW.match(line.text):
            rows[row["ref"]] = row
        elif entry := _ENTRY.match(line.text):
            blocks.append((line.number, entry["ref"], [line.text[entry.end() :]]))
        elif blocks:
            blocks[-1][2].append(line.text)
    announcements: list[Announcement] = []
    problems: list[str] = []
    entries: list[tuple[int, str, list[str]]] = []
    for number, ref, block in blocks:
        try:
            entries.append((number, ref, _fields(block)))
        except ValueError as error:
            problems.append(f"line {number}: entry {ref} cannot be read: {error}")
    if not entries:
        raise not_of(PROFILE, text, _EXPECTED, problems)
    issue_day = day_of(lines, day, PROFILE)
    corrected = _is_corrected([fields for _, _, fields in entries])
    make, said = (_corrected, _as_said) if corrected else (_announcement, str)
    for number, ref, fields in entries:
        try:
            announcements.append(make(fields, issue_day))
        except ValueError as error:
            problems.append(f"line {number}: entry {ref} cannot be read: {error}")
            continue
        row = rows.pop(ref, None)
        if row is None or said(row["tldr"]) != said(fields[_TLDR]):
            problems.append(f"line {number}: entry {ref} has no row in the table that says the same")
    if not announcements:
        raise not_of(PROFILE, text, _EXPECTED, problems)
    problems += [f"row {ref} ({row['title'][:60]}) has no entry" for ref, row in rows.items()]
    return in_one_language(
        BackIssue(day=issue_day, profile=PROFILE, announcements=tuple(announcements), problems=tuple(problems))
    )


def _is_corrected(entries: Sequence[Sequence[str]]) -> bool:
    """Whether this is our own corrected form: its announcements, and no sign of Markdown that is not escaped."""
    told = [fields[-1] for fields in entries if fields[-1].startswith("arXiv:")]
    texts = (text for fields in entries for at, text in enumerate(fields) if at != _ADDRESS)
    return (
        bool(told)
        and all(map(_CORRECTED.match, told))
        and not any(_UNESCAPED.search(part) for text in texts for math, part in formulas(text) if not math)
    )


def _corrected(fields: Sequence[str], day: date) -> Announcement:
    """An entry of the corrected form: every text unescaped."""
    translated, title, link, tldr, tldr_en, translation, described = map(unescaped, fields)
    address = _address(link)
    paper_id, version = paper_of_link(address)
    told = _CORRECTED.match(described)
    if told and version is None:
        version = paper_of_link(told["id"])[1]
    language = language_of(translated, tldr, translation)
    return Announcement(
        source=ARCHIVE_SOURCE,
        feed=PROFILE,
        day=day,
        kind=_kind(told),
        paper=Paper(
            id=paper_id,
            version=version,
            title=title,
            abstract=described[told.end() :] if told else described,
            links={"abs": address},
        ),
        summaries=(
            Summary(
                paper_id=paper_id,
                version=version,
                language=language,
                provenance=Provenance(engine=FILE_ENGINE),
                title="" if translated == title else translated,
                tldr=tldr,
                tldr_en=tldr_en,
                abstract=translation,
            ),
        ),
    )


def _as_said(text: str) -> str:
    """A one-liner without marks: a table's cell has formulas as plain text."""
    return plain(unescaped(text))


def _kind(told: re.Match[str] | None) -> AnnounceType:
    """As what it was announced; a paper of arXiv without an announcement was featured elsewhere."""
    if told is None:
        return AnnounceType.NEW
    return AnnounceType(told["kind"]) if told["kind"] else AnnounceType.FEATURED


def _address(link: str) -> str:
    found = _LINK.match(link)
    if found is None:
        msg = f"expected a link `[address](address)` as its third paragraph, got {link[:80]!r}"
        raise ValueError(msg)
    return found["link"]


def _announcement(fields: Sequence[str], day: date) -> Announcement:
    """An entry as the published generator wrote it: nothing is trimmed or unescaped."""
    translated, raw_title, link, tldr, tldr_en, translation, raw_abstract = fields
    address = _address(link)
    paper_id, version = paper_of_link(address)
    suffix = _SUFFIX.search(raw_title)
    abstract, number, kind = parse_announce_prefix(raw_abstract)
    for versioned in (number, suffix["id"] if suffix else ""):
        if version is None and versioned:
            version = paper_of_link(versioned)[1]
    if kind is None:
        kind = _MARKS.get(suffix["mark"] or "", AnnounceType.NEW) if suffix else AnnounceType.NEW
    language = language_of(translated, tldr, translation)
    return Announcement(
        source=ARCHIVE_SOURCE,
        feed=PROFILE,
        day=day,
        kind=kind,
        paper=Paper(
            id=paper_id,
            version=version,
            title=readable(clean_title(raw_title)).removesuffix("." if suffix else ""),
            raw_title=raw_title,
            abstract=readable(abstract),
            raw_abstract=raw_abstract,
            categories=(suffix["category"],) if suffix and suffix["category"] else (),
            links={"abs": address},
        ),
        summaries=(
            Summary(
                paper_id=paper_id,
                version=version,
                language=language,
                provenance=Provenance(engine=FILE_ENGINE),
                title=translated,
                tldr=tldr,
                tldr_en=tldr_en,
                abstract=translation,
            ),
        ),
    )


def _fields(block: list[str]) -> list[str]:
    """The seven paragraphs of an entry. A translation that itself holds paragraphs keeps them."""
    joined = "\n".join(block).rstrip("\n")
    end = "\n    "
    body = joined.removesuffix(end) if joined.endswith(end) else joined
    fields = body.split("\n\n    ")
    if len(fields) < 7:
        msg = f"expected seven paragraphs indented by four spaces, got {len(fields)}"
        raise ValueError(msg)
    return [*fields[:5], "\n\n".join(fields[5:-1]), fields[-1]]
