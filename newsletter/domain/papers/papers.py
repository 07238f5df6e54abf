"""Papers: one work, identified across sources, with its version kept apart from its id."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NewType

__all__ = [
    "Author",
    "Paper",
    "PaperId",
    "arxiv_number",
    "parse_arxiv_id",
    "parse_paper_id",
]

PaperId = NewType("PaperId", str)
"""`scheme:identifier`: `arxiv:2403.18684`, `arxiv:hep-ex/0307015`, `doi:10.1000/182`, `url:https://…`, `sample:…`."""

# https://info.arxiv.org/help/arxiv_identifier.html: YYMM.NNNNN since 2015, YYMM.NNNN from April 2007,
# archive(.SUBJECT)/YYMMNNN before that. The subject class is not part of the identity.
_NEW = re.compile(r"(?P<id>\d{2}(?:0[1-9]|1[0-2])\.\d{4,5})(?:v(?P<v>[1-9]\d{0,3}))?", re.ASCII)
_OLD = re.compile(
    r"(?P<archive>[a-z]+(?:-[a-z]+)?)(?:\.[A-Z]{2})?/(?P<n>\d{2}(?:0[1-9]|1[0-2])\d{3})(?:v(?P<v>[1-9]\d{0,3}))?",
    re.ASCII,
)
_PREFIX = re.compile(
    r"(?:oai:arXiv\.org:|arxiv:|https?://(?:www\.|export\.)?arxiv\.org/(?:abs|pdf|html)/)", re.IGNORECASE
)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:\S", re.ASCII)


def parse_arxiv_id(text: str) -> tuple[PaperId, int | None]:
    """Read an arXiv identifier in any of its forms and keep the version apart.

    Accepts bare ids, `arXiv:` and `oai:arXiv.org:` prefixes, and abstract, PDF and HTML addresses.

    Returns:
        The id (`arxiv:2403.18684`) and the version, None where the text names none.

    Raises:
        ValueError: the text is no arXiv identifier.
    """
    bare = _PREFIX.sub("", text.strip(), count=1).removesuffix(".pdf")
    if match := _NEW.fullmatch(bare):
        number = match["id"]
    elif match := _OLD.fullmatch(bare):
        number = f"{match['archive']}/{match['n']}"
    else:
        msg = f"not an arXiv identifier: {text[:80]!r} (expected for example 2403.18684v2 or hep-ex/0307015)"
        raise ValueError(msg)
    return PaperId(f"arxiv:{number}"), int(match["v"]) if match["v"] else None


def parse_paper_id(text: str) -> tuple[PaperId, int | None]:
    """Read the id of any paper: an arXiv identifier in any form, or `scheme:identifier` taken as it is.

    Raises:
        ValueError: the text is neither.
    """
    try:
        return parse_arxiv_id(text)
    except ValueError:
        stripped = text.strip()
        if _SCHEME.match(stripped) and len(stripped) <= 500 and stripped.isprintable():
            return PaperId(stripped), None
        raise


def arxiv_number(paper_id: PaperId) -> str | None:
    """The bare arXiv number (`2403.18684`), or None for a paper that arXiv does not hold."""
    return paper_id.removeprefix("arxiv:") if paper_id.startswith("arxiv:") else None


@dataclass(frozen=True, slots=True)
class Author:
    """One author as the source names them. A team is an author too."""

    name: str
    affiliation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One work as known today. Text is readable (TeX accents resolved, lines joined); the original stands in `raw_*`.

    `categories` begin with the primary one. `links` map a role (`abs`, `pdf`, `html`, `code`, `project`, `hf`) to an
    absolute http(s) address. `version` is None where no source has told one.
    """

    id: PaperId
    title: str
    abstract: str = ""
    version: int | None = None
    authors: tuple[Author, ...] = ()
    categories: tuple[str, ...] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    comment: str = ""
    doi: str = ""
    journal_ref: str = ""
    license: str = ""
    submitted: datetime | None = None
    upvotes: int | None = None
    stars: int | None = None
    organization: str = ""
    keywords: tuple[str, ...] = ()
    raw_title: str = ""
    raw_abstract: str = ""
