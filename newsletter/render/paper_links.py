"""Where a paper leads: its page, its other addresses, its code and an editor's figures, each checked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from newsletter.domain.issues import IssuePaper
from newsletter.domain.papers import Paper, Summary, arxiv_number
from newsletter.domain.text import clean_line, safe_url

__all__ = ["CodeView", "LinkView", "view_address", "view_code", "view_figures", "view_links"]

_ROLES = ("abs", "pdf", "html", "code", "project", "hf")


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


def view_code(entry: IssuePaper, summary: Summary | None) -> CodeView:
    """The code of a paper: as its editor says, else its summary, else a source."""
    edited = entry.note.code if entry.note else ""
    known = edited or (summary.code if summary else "") or entry.paper.links.get("code", "")
    # an editor's word that is no address says that there is none
    return CodeView(safe_url(known), clean_line(edited, 100) if edited and not safe_url(edited) else "")


def view_links(entry: IssuePaper, code: str) -> tuple[LinkView, ...]:
    """The paper's links in a fixed order of roles, then the editor's, then its code; each address once."""
    given = [(role, "", entry.paper.links[role]) for role in _ROLES if role in entry.paper.links]
    given += [(role, "", url) for role, url in sorted(entry.paper.links.items()) if role not in _ROLES]
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


def view_figures(figures: Iterable[tuple[str, str]]) -> tuple[LinkView, ...]:
    """An editor's figures: caption and address. A path within the site is kept, another scheme is not."""
    shown = []
    for caption, address in figures:
        local = clean_line(address, 500) if address.startswith("/") and not address.startswith("//") else ""
        if checked := safe_url(address) or quote(local):
            shown.append(LinkView("", clean_line(caption, 500), checked))
    return tuple(shown)
