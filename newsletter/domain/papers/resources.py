"""What an abstract or a comment says about where a paper's code, data or pages are.

Each address gets one of a closed list of roles, by its host and by the words before it:

1. hosts of repositories are code, unless the words speak of data or models alone; hosts of data, models, videos and
   project pages are that, unless the words name something else that such a host may hold;
2. any other address counts only after words that say what it is, or that something is available there;
3. places where nothing is (`github.com/`, a made-up user) and other people's papers (arXiv, a DOI) do not count;
4. of several addresses in one role the first wins that is said to be available; one that is merely mentioned
   (a tool the authors build on) comes after.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from newsletter.domain.text import Address, addresses, without_tex_links

__all__ = ["RESOURCES", "find_resources", "resource_addresses"]

RESOURCES: Final = ("code", "project", "data", "model", "demo", "video")
"""The roles, in the order in which they are shown."""

_WORDS: Final = {
    "code": r"\b(?:source[- ])?codes?\b|\bcodebase|\bimplementations?\b|\brepositor|\brepo\b|\bscripts?\b|\bsoftware"
    r"|\blibrary\b|\btoolkit|\bpackage\b|\bpypi\b|\bgithub\b|\bopen[- ]sourced?\b",
    "project": r"\bproject\b|\bweb[- ]?site|\bweb[- ]?page|\bhome[- ]?page|\bpage\b",
    "data": r"\bdata ?sets?\b|\bdata\b|\bbenchmarks?\b|\bcorpus\b|\bcorpora\b|\bannotations?\b|\bleaderboard",
    "model": r"\bmodels?\b|\bweights\b|\bcheckpoints?\b",
    "demo": r"\bdemos?\b|\bdemonstrations?\b|\bplayground|\bweb app|\bsamples\b|\binteractive\b|\bplatform\b",
    "video": r"\bvideos?\b",
}
_PATTERNS: Final = tuple((role, re.compile(words, re.IGNORECASE)) for role, words in _WORDS.items())
_AVAILABLE = re.compile(
    r"available|accessib|released?\b|releasing|found (?:at|on|in|here)|hosted|visit|download|open[- ]sourced?\b|see\b"
    r"|provided? (?:at|in|here|via)",
    re.IGNORECASE,
)
_LEADS = re.compile(
    r"(?:\bat|\bon|\bvia|:)\s{0,3}[\[({<\"“]{0,2}\Z"
    r"|(?:codes?|project|page|site|demo|data|sets?|materials?|url|link|github|repository|models?|videos?)"
    r"\s{0,2}(?::|at\b|is\b|\()",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[.!?;]\s+(?=[\"“(\[]?[A-Z])|\n\s*\n")

_REPOSITORY = re.compile(r"(?:www\.)?(?:github\.com|gitlab\.\w+|gitee\.com|bitbucket\.org|codeberg\.org|sr\.ht)"
                         r"|anonymous\.4open\.science|gist\.github\.com|git(?:lab)?\.[\w.-]+")  # fmt: skip
_PAGES = re.compile(r".+\.(?:github|gitlab)\.io|sites\.google\.com|.+\.(?:netlify|vercel)\.app|.+\.pages\.dev")
_DATA = re.compile(r"(?:www\.)?(?:zenodo\.org|kaggle\.com|osf\.io|figshare\.com|physionet\.org|ieee-dataport\.org"
                   r"|dataverse\.[\w.-]+|data\.mendeley\.com|modelscope\.cn)|[\w-]+\.figshare\.com")  # fmt: skip
_DEPOSIT = re.compile(r"zenodo|osf\.io|figshare|dryad|dataverse|ieee-?dataport")
_VIDEO = re.compile(r"youtu\.be|(?:www\.|m\.)?(?:youtube\.com|vimeo\.com|bilibili\.com)")
_HUGGING_FACE = re.compile(r"(?:www\.)?(?:huggingface\.co|hf\.co)")
_ELSEWHERE = re.compile(r"(?:www\.|export\.)?arxiv\.org|(?:\w+\.)?wikipedia\.org|openreview\.net|creativecommons\.org"
                        r"|aclanthology\.org|(?:www\.)?example\.(?:com|org)|link\.springer\.com|ieeexplore\.ieee\.org|dl\.acm\.org"
                        r"|orcid\.org|overleaf\.com|chatgpt\.com|chat\.openai\.com|.*\.ieee\.org")  # fmt: skip
_MADE_UP = frozenset(
    "anonymous anonymized anonymised username user your-username yourusername user-name xxx xxxx tbd link".split()
)


class _Mention(NamedTuple):
    role: str
    address: Address
    available: bool


def find_resources(texts: Iterable[str]) -> dict[str, str]:
    """Addresses by role (`RESOURCES`) out of raw texts: an abstract, a comment. One address has one role."""
    mentions = [mention for text in texts for mention in _mentions(without_tex_links(text))]
    found: dict[str, str] = {}
    for mention in sorted(mentions, key=lambda mention: not mention.available):
        url = mention.address.url.removesuffix(".git")
        if url not in found.values():
            found.setdefault(mention.role, url)
    return {role: found[role] for role in RESOURCES if role in found}


def resource_addresses(text: str) -> Iterator[Address]:
    """Where in a readable text such addresses stand: what a page may make links of."""
    return (mention.address for mention in _mentions(text))


def _mentions(text: str) -> Iterator[_Mention]:
    end = 0
    for address in addresses(text):
        sentence = _SENTENCE.split(text[max(0, address.start - 240) : address.start])[-1]
        near = _SENTENCE.split(text[max(end, address.start - 240) : address.start])[-1]
        end = address.end
        roles = _roles(near) or _roles(sentence)
        available = any(_AVAILABLE.search(words) or (roles and _LEADS.search(words)) for words in (near, sentence))
        if role := _role(address.url, roles, available=available):
            yield _Mention(role, address, available)


def _roles(words: str) -> list[str]:
    """The roles that the words name, the last named first."""
    places = {role: match.start() for role, pattern in _PATTERNS for match in pattern.finditer(words)}
    return sorted(places, key=lambda role: -places[role])


def _role(url: str, roles: list[str], *, available: bool) -> str:
    parts = urlsplit(url)
    host, path = (parts.hostname or "").lower(), [part for part in parts.path.split("/") if part]
    if host.endswith("doi.org"):
        return "data" if _DEPOSIT.search(parts.path.lower()) else ""
    if _ELSEWHERE.fullmatch(host) or _MADE_UP.intersection(part.lower() for part in path[:2]):
        return ""
    if _REPOSITORY.fullmatch(host):
        if not path:
            return ""
        return "data" if "data" in roles and not {"code", "project"}.intersection(roles) else "code"
    if _HUGGING_FACE.fullmatch(host):
        return _on_hugging_face(path, roles)
    if _VIDEO.fullmatch(host):
        return "video" if path else ""
    if _PAGES.fullmatch(host):
        return roles[0] if roles in (["demo"], ["data"]) else "project"
    if _DATA.fullmatch(host):
        return ("code" if "code" in roles and "data" not in roles else "data") if path else ""
    if not roles:
        return "project" if available else ""
    return roles[0] if available else ""


def _on_hugging_face(path: list[str], roles: list[str]) -> str:
    if not path or path[0] in {"papers", "docs", "blog", "learn"}:
        return ""
    if path[0] in {"datasets", "spaces"}:
        return "data" if path[0] == "datasets" else "demo"
    return roles[0] if roles and len(path) == 1 and roles[0] in {"data", "project"} else "model"
