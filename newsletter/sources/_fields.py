"""Fields of papers out of foreign text: bounded, readable, addresses that are http(s)."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit

from newsletter.domain.notation import iso_moment
from newsletter.domain.papers import PaperId, arxiv_number
from newsletter.domain.text import clean, readable

__all__ = ["arxiv_links", "body", "line", "moment", "raw_body", "web_address"]

_LINE = 2_000
_BODY = 60_000  # the longest abstracts ever announced have about 6,000 characters


def line(text: str) -> tuple[str, str]:
    """A title or a name: (readable, as it came)."""
    raw = clean(text[:_LINE]).strip()
    return readable(raw), raw


def body(text: str) -> tuple[str, str]:
    """An abstract: (readable, as it came)."""
    raw = raw_body(text)
    return readable(raw), raw


def raw_body(text: str) -> str:
    """An abstract as it came, without what cannot be stored."""
    return clean(text[:_BODY]).strip()


def web_address(text: str) -> str:
    """The address if it is an absolute http(s) one without spaces, a user or a password, else empty."""
    address = text.strip()
    if not 0 < len(address) <= _LINE or not address.isprintable() or " " in address or '"' in address:
        return ""
    try:
        parts = urlsplit(address)
        host, user = parts.hostname, parts.username
    except ValueError:
        return ""
    return address if parts.scheme in ("http", "https") and host and user is None else ""


def arxiv_links(paper_id: PaperId) -> dict[str, str]:
    """Abstract page and PDF, built from the id: the links inside answers come and go."""
    number = arxiv_number(paper_id)
    return {"abs": f"https://arxiv.org/abs/{number}", "pdf": f"https://arxiv.org/pdf/{number}"} if number else {}


def moment(text: str) -> datetime | None:
    """An ISO 8601 date or moment in UTC, None where it is none."""
    stamp = iso_moment(text)
    return stamp.astimezone(UTC) if stamp else None
