"""Where a paper leads: its page, its other addresses, its code and an editor's figures, each checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, urlsplit

from newsletter.domain.issues import IssuePaper
from newsletter.domain.papers import Paper, Summary, arxiv_number, find_resources
from newsletter.domain.text import clean_line, safe_url

__all__ = [
    "CodeView",
    "LinkView",
    "view_address",
    "view_code",
    "view_figures",
    "view_links",
    "view_resources",
    "view_thumbnail",
]

_ROLES = ("abs", "pdf", "html", "code", "project", "data", "model", "demo", "video", "hf")
_THUMBNAIL = "thumbnail"
"""The role of a paper's picture, which is an address but no link."""
_PICTURES = frozenset({"cdn-thumbnails.huggingface.co"})
"""Whose pictures are shown, if any: those of the source that names them."""


@dataclass(frozen=True, slots=True)
class LinkView:
    """A link: its role (`pdf`, `code`, …; empty where an editor named it), its label there, its checked address.

    `written` is an editor's address as it was written, which may lack `https://`.
    """

    role: str
    label: str
    url: str
    written: str = ""


@dataclass(frozen=True, slots=True)
class CodeView:
    """Where a paper's code is: a checked address, or an editor's word that there is none (`absent`)."""

    url: str
    absent: str


def view_address(paper: Paper) -> str:
    """The page that a paper's title leads to; empty where none is known."""
    for role in ("abs", "html", "project", "pdf"):
        if url := safe_url(paper.links.get(role, "")):
            return url
    number = arxiv_number(paper.id)
    if number:
        return safe_url(f"https://arxiv.org/abs/{number}")
    if paper.doi:
        return safe_url(f"https://doi.org/{paper.doi}")
    return ""


def view_resources(paper: Paper) -> Mapping[str, str]:
    """What the abstract and the comment say about where code, data and pages are, by role."""
    # As it came: what is readable has lost the addresses behind words (`\\href`).
    return _resources(paper.raw_abstract or paper.abstract, paper.comment)


@lru_cache(maxsize=2048)
def _resources(abstract: str, comment: str) -> Mapping[str, str]:
    return find_resources((abstract, comment))


def view_code(entry: IssuePaper, summary: Summary | None, resources: Mapping[str, str]) -> CodeView:
    """The code of a paper: as its editor says, else its summary, else a source, else its own abstract."""
    edited = entry.note.code if entry.note else ""
    given = (summary.code if summary else "") or entry.paper.links.get("code", "")
    known = edited or given or resources.get("code", "")
    # an editor's word that is no address says that there is none
    return CodeView(safe_url(known), clean_line(edited, 100) if edited and not safe_url(edited) else "")


def view_links(entry: IssuePaper, code: str, resources: Mapping[str, str]) -> tuple[LinkView, ...]:
    """The paper's links in a fixed order of roles, then the editor's, then its code; each address once.

    `resources` are what its abstract says; a role that a source gave wins over it.
    """
    links = {role: url for role, url in resources.items() if role != "code"} | dict(entry.paper.links)
    given = [(role, "", links[role]) for role in _ROLES if role in links]
    given += [(role, "", url) for role, url in sorted(links.items()) if role not in _ROLES and role != _THUMBNAIL]
    if entry.note:
        given += [("", label, url) for label, url in entry.note.links]
    seen: dict[str, LinkView] = {}
    for role, label, url in given:
        checked = safe_url(url if role or "://" in url else f"https://{url}")
        if checked and checked not in seen and role != "code":
            name = clean_line(label, 80) or clean_line(role, 40)
            seen[checked] = LinkView(clean_line(role, 40), name, checked, "" if role else clean_line(url, 2000))
    if code:
        seen.pop(code, None)
        seen[code] = LinkView("code", "", code)
    return tuple(seen.values())


def view_thumbnail(paper: Paper) -> str:
    """The paper's picture at the one host that gives such pictures; empty where there is none."""
    url = safe_url(paper.links.get(_THUMBNAIL, ""))
    parts = urlsplit(url)
    return url if parts.scheme == "https" and parts.netloc in _PICTURES else ""


def view_figures(figures: Iterable[tuple[str, str]]) -> tuple[LinkView, ...]:
    """An editor's figures: caption and address. A path within the site is kept, another scheme is not."""
    shown = []
    for caption, address in figures:
        local = clean_line(address, 500) if address.startswith("/") and not address.startswith("//") else ""
        if checked := safe_url(address) or quote(local):
            shown.append(LinkView("", clean_line(caption, 500), checked))
    return tuple(shown)
