"""Reads the `arxiv-daily` profile: a summary table, then one footnoted entry a paper.

Nothing an entry holds is trimmed or unescaped when the document is of the published kind, so that writing it again
gives the same bytes: the feed's title stands in `Paper.raw_title`, the cut description in `Paper.raw_abstract`
(announce prefix, trailing space and all), the address in `Paper.links["abs"]`.

An entry is read from its own paragraphs. The table holds nothing that the entries do not; a row without an entry, or
an entry that reads otherwise than its row, is a problem that is told.
"""

from __future__ import annotations

import re
from datetime import date

from newsletter.archives._markdown import checked_lines, day_of, language_of, paper_of_link
from newsletter.domain.announcements import Announcement, AnnounceType
from newsletter.domain.archives import ARCHIVE_ENGINE, ARCHIVE_SOURCE, BackIssue
from newsletter.domain.papers import Paper
from newsletter.domain.summaries import Provenance, Summary
from newsletter.domain.texts import readable
from newsletter.errors import SourceMalformed

__all__ = ["clean_title", "parse_announce_prefix", "read_arxiv_daily"]

PROFILE = "arxiv-daily"

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
    if not blocks:
        msg = "no entry of the form `[^1]: title`; is this an arxiv-daily document?"
        raise SourceMalformed(msg, source=ARCHIVE_SOURCE, feed=PROFILE)
    issue_day = day_of(lines, day, PROFILE)
    announcements: list[Announcement] = []
    problems: list[str] = []
    for number, ref, block in blocks:
        try:
            announcements.append(_announcement(block, issue_day))
        except ValueError as error:
            problems.append(f"line {number}: entry {ref} cannot be read: {error}")
            continue
        row = rows.pop(ref, None)
        if row is None or row["tldr"] != announcements[-1].summaries[0].tldr:
            problems.append(f"line {number}: entry {ref} has no row in the table that says the same")
    problems += [f"row {ref} ({row['title'][:60]}) has no entry" for ref, row in rows.items()]
    return BackIssue(day=issue_day, announcements=tuple(announcements), problems=tuple(problems))


def _announcement(block: list[str], day: date) -> Announcement:
    translated, raw_title, link, tldr, tldr_en, translation, raw_abstract = _fields(block)
    found = _LINK.match(link)
    if found is None:
        msg = f"expected a link `[address](address)` as its third paragraph, got {link[:80]!r}"
        raise ValueError(msg)
    paper_id, version = paper_of_link(found["link"])
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
            links={"abs": found["link"]},
        ),
        summaries=(
            Summary(
                paper_id=paper_id,
                version=version,
                language=language,
                provenance=Provenance(engine=ARCHIVE_ENGINE),
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
