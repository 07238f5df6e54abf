"""What a citation says of a paper, whatever the format it is written in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from newsletter.domain.issues import Issue, IssuePaper
from newsletter.domain.papers import PaperId, arxiv_number
from newsletter.domain.text import clean_line
from newsletter.render.citations.keys import citation_key, unique_keys
from newsletter.render.citations.names import Name, read_name
from newsletter.render.paper_links import view_address

__all__ = ["Citation", "citations"]

_DOI = re.compile(r"10\.\d{4,9}/[^\s{}\\]{1,200}")
_NUMBER = re.compile(r"(?:.*/)?(\d{2})(\d{2})[\d.]*")
_FIRST_YEAR = 91
"""arXiv began in 1991; two digits below that are of this century."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """One paper. Texts are one clean line in the paper's own language; `title` and `abstract` may hold TeX formulas.

    `issued` is year, month and day as far as they are known. `number` is arXiv's, empty for what it does not hold.
    """

    paper_id: PaperId
    key: str
    title: str
    authors: tuple[Name, ...]
    issued: tuple[int, ...]
    number: str
    category: str
    version: int | None
    doi: str
    url: str
    journal: str
    abstract: str


def citations(issue: Issue) -> tuple[Citation, ...]:
    """A citation for each paper of an issue, in its order. Keys are unique in the issue, and so in any part of it."""
    named = [[read_name(clean_line(author.name, 300)) for author in entry.paper.authors] for entry in issue.papers]
    names = [tuple(name for name in own if name.family) for own in named]
    dates = [_issued(entry, issue.day) for entry in issue.papers]
    keys = unique_keys(
        (entry.id, citation_key(own, when[0], entry.paper.title))
        for entry, own, when in zip(issue.papers, names, dates, strict=True)
    )
    return tuple(
        _cite(entry, keys[entry.id], own, when) for entry, own, when in zip(issue.papers, names, dates, strict=True)
    )


def _cite(entry: IssuePaper, key: str, authors: tuple[Name, ...], issued: tuple[int, ...]) -> Citation:
    paper = entry.paper
    doi = clean_line(paper.doi, 300).removeprefix("https://doi.org/")
    return Citation(
        paper_id=paper.id,
        key=key,
        title=clean_line(paper.title, 1_000) or paper.id,
        authors=authors,
        issued=issued,
        number=clean_line(arxiv_number(paper.id) or "", 40),
        category=clean_line(paper.categories[0], 40) if paper.categories else "",
        version=paper.version,
        doi=doi if _DOI.fullmatch(doi) else "",
        url=view_address(paper),
        journal=clean_line(paper.journal_ref, 500),
        abstract=clean_line(paper.abstract, 6_000),
    )


def _issued(entry: IssuePaper, day: date) -> tuple[int, ...]:
    """When it appeared: as its source says, else the month that its arXiv number names, else when it was announced."""
    paper = entry.paper
    if paper.submitted is not None:
        return paper.submitted.year, paper.submitted.month, paper.submitted.day
    if (number := arxiv_number(paper.id)) and (match := _NUMBER.fullmatch(number)):
        short = int(match[1])
        return (1900 if short >= _FIRST_YEAR else 2000) + short, int(match[2])
    first = min((notice.day for notice in entry.notices), default=day)
    return first.year, first.month, first.day
