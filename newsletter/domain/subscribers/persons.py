"""A person whose data is kept: the number and the addresses by which it is found, and texts that name them."""

from __future__ import annotations

import binascii
import quopri
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import quote

from newsletter.domain.subscribers.addresses import address_key, ascii_domain
from newsletter.errors import AddressInvalid

__all__ = ["Mentions", "Person"]

_BASE64_LINES = re.compile(rb"(?:[A-Za-z0-9+/]{4}[\r\n]{0,2}){6,}(?:[A-Za-z0-9+/]{2,3}={0,2})?")
_LONGEST = 1024 * 1024
"""Octets of one text that are looked through."""


@dataclass(frozen=True, slots=True)
class Person:
    """Whose data it is: the subscriber's number, 0 where there is none (any more), and all addresses they had here."""

    subscriber_id: int = 0
    emails: tuple[str, ...] = field(default=(), repr=False)

    @property
    def keys(self) -> tuple[str, ...]:
        """The addresses as they are compared."""
        return tuple(dict.fromkeys(address_key(email) for email in self.emails if email))


class Mentions:
    """Finds a person's addresses in texts: in any case, with the domain in either form, and as mails encode them."""

    def __init__(self, emails: Iterable[str]) -> None:
        forms = tuple(dict.fromkeys(form for email in emails if email for form in _forms(email)))
        octets = [re.escape(form.encode()) for form in forms]
        # what is part of a longer address is somebody else's
        self._pattern = re.compile(rb"(?<![\w.+-])(?:" + b"|".join(octets) + rb")(?![\w-]|\.\w)") if octets else None
        text = "|".join(re.escape(form) for form in forms)
        self._text = re.compile(rf"(?<![\w.+-])(?:{text})(?![\w-]|\.\w)", re.IGNORECASE) if text else None

    def in_text(self, text: str) -> bool:
        """Whether a text names one of them."""
        return self._text is not None and self._text.search(text[:_LONGEST]) is not None

    def without(self, text: str) -> str:
        """The text with "(an address)" wherever it names one."""
        return text if self._text is None else self._text.sub("(an address)", text)

    def in_mail(self, content: bytes) -> bool:
        """Whether a mail, or a piece of one, names one of them, be it in quoted-printable or base64."""
        content = content[:_LONGEST]
        return any(self._in(text) for text in _readings(content))

    def _in(self, content: bytes) -> bool:
        if self._pattern is None:
            return False
        # by octets: nobody knows in which charset the rest is
        lowered = content.decode("utf-8", "surrogateescape").lower().encode("utf-8", "surrogateescape")
        return self._pattern.search(lowered) is not None


def _forms(email: str) -> Iterator[str]:
    key = address_key(email)
    local, at, domain = key.rpartition("@")
    domains = [domain]
    with suppress(AddressInvalid):
        domains.append(ascii_domain(domain))
    for host in dict.fromkeys(domains):
        yield f"{local}{at}{host}"
        yield f"{local}={host}"  # as envelope senders of others hold it
        yield f"{quote(local)}%40{quote(host)}".lower()


def _readings(content: bytes) -> Iterator[bytes]:
    """A mail as it stands, and what its encodings stand for."""
    yield content
    if b"=" in content:
        yield quopri.decodestring(content)
    for match in _BASE64_LINES.finditer(content):
        octets = re.sub(rb"[\r\n]", b"", match[0])
        try:
            yield binascii.a2b_base64(octets[: len(octets) // 4 * 4])
        except binascii.Error:
            continue
