"""Web addresses that may hold a secret: what of them may be shown, and how the rest is kept out of texts and links.

A feed that is meant for one reader has a token in its address: as a user name or password, in the query, or in the
path. Which part of an address that is cannot be told, so only scheme and host are ever shown.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

__all__ = ["Secrets", "feed_name", "site_of"]

_SHORTEST = 4
_HIDDEN = "***"
_SECRET_KEY = re.compile(
    r"(?:^|[_-])(?:token|(?:api)?key|auth|secret|sig(?:nature)?|pass(?:word)?|pwd)$", re.IGNORECASE
)


def site_of(url: str) -> str:
    """The scheme, host and port of an address: all that messages show of it."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "an address"
    if not parts.scheme or not host:
        return "an address"
    name = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{name}{f':{port}' if port else ''}"[:200]


def feed_name(url: str) -> str:
    """The public name of the feed at this address: its host, and of its path a hash (8 hex digits).

    The query is no part of it, so that a new token is not a new feed. Two feeds that differ in it alone have the same
    name.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    place = f"{host}{parts.path.rstrip('/')}"[:200]
    return host[:200] if place == host else f"{host[:180]}-{hashlib.sha256(place.encode()).hexdigest()[:8]}"


@dataclass(frozen=True)
class Secrets:
    """What of an address may be secret, for foreign texts and links that repeat it."""

    url: str = field(repr=False)

    def hide(self, text: str) -> str:
        """The text with everything of the address but its host hidden."""
        for part in self._parts():
            text = text.replace(part, _HIDDEN)
        return text

    def strip(self, link: str) -> str:
        """The link without what it shares of the address's query, and empty where its path shares a token."""
        parts = urlsplit(link)
        given = set(parse_qsl(urlsplit(self.url).query))
        shared = {pair for pair in given if len(pair[1]) >= 2 * _SHORTEST or _SECRET_KEY.search(pair[0])}
        every = parts.query.split("&")
        fields = [one for one in every if not shared.intersection(parse_qsl(one))]
        stripped = link if fields == every else urlunsplit(parts._replace(query="&".join(fields)))
        return "" if any(token in unquote(stripped) for token in self._tokens()) else stripped

    def _parts(self) -> list[str]:
        parts = urlsplit(self.url)
        whole = [f"{parts.path}?{parts.query}" if parts.query else parts.path, parts.query, parts.username or ""]
        whole += [parts.password or "", *(value for _, value in parse_qsl(parts.query)), *parts.path.split("/")]
        forms = {form for text in whole for form in (text, unquote(text)) if len(form) >= _SHORTEST}
        return sorted(forms, key=len, reverse=True)

    def _tokens(self) -> list[str]:
        """Parts that no name is likely to be, so that a link with one of them tells a secret."""
        parts = urlsplit(self.url)
        given = [*parts.path.split("/"), parts.username or "", parts.password or ""]
        given += [value for _, value in parse_qsl(parts.query)]
        return [text for one in given if _is_random(text := unquote(one))]


def _is_random(text: str) -> bool:
    mixed = re.search(r"\d", text) and re.search(r"[A-Za-z]", text)
    return len(text) >= 4 * _SHORTEST and bool(mixed or (text != text.lower() and " " not in text))
