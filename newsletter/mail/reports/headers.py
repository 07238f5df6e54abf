"""Fields: of a message's header, and of the machine-readable parts of reports, written alike (RFC 5322 §2.2)."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.header import decode_header, make_header

from newsletter.mail.reports.limits import LONGEST_FIELD, MOST_FIELDS

__all__ = ["ADDRESS", "Header", "addresses_in", "fields_of", "message_id_in"]

_FIELD = re.compile(r"([!-9;-~]{1,76})[ \t]*:[ \t]*(.*)", re.DOTALL)
_PARAMETER = re.compile(r";\s*([\w\-*]{1,40})\s*=\s*(?:\"([^\"]{0,300})\"|([^\s;\"]{1,300}))")
_ENDS = r"\s<>()\[\]\\,;:\"'@"
# begins where a word does: so each is tried once, and a long line takes time in proportion
ADDRESS = (
    rf"(?<![^{_ENDS}=])(?:\"[^\"\s]{{1,64}}\"|[^{_ENDS}=]{{1,256}}(?:=[^{_ENDS}=]{{1,100}}){{0,4}})"
    rf"@[^{_ENDS}/=?]{{1,255}}"
)
_ADDRESS = re.compile(ADDRESS)
_IN_ANGLES = re.compile(r"<\s*([^<>\s]{1,320}@[^<>\s]{1,255})\s*>")
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,500}>")


@dataclass(frozen=True, slots=True)
class Header:
    """The fields of a header in their order, names in lower case."""

    fields: tuple[tuple[str, str], ...] = field(repr=False)

    @classmethod
    def read(cls, raw: bytes) -> Header:
        """From its bytes, which are UTF-8 (RFC 6532) or nobody knows what."""
        return cls(tuple(fields_of(raw.decode("utf-8", "surrogateescape").encode("utf-8", "replace").decode())))

    def all(self, name: str) -> list[str]:
        """Every value of a field, unfolded."""
        return [value for key, value in self.fields if key == name]

    def first(self, name: str) -> str:
        """The first value of a field; empty where there is none."""
        return next((value for key, value in self.fields if key == name), "")

    def decoded(self, name: str) -> str:
        """The first value, its encoded words read (RFC 2047)."""
        value = self.first(name)
        if "=?" not in value:
            return value
        try:
            return str(make_header(decode_header(value[:1000])))
        except (HeaderParseError, LookupError, UnicodeError, ValueError, binascii.Error):
            return value

    @property
    def media_type(self) -> str:
        """`text/plain` and the like, in lower case."""
        return self.first("content-type").split(";", 1)[0].strip().lower() or "text/plain"

    def parameter(self, name: str) -> str:
        """A parameter of the content type; empty where there is none."""
        for match in _PARAMETER.finditer(self.first("content-type")):
            if match[1].lower() == name:
                return match[2] or match[3] or ""
        return ""


def fields_of(text: str) -> Iterator[tuple[str, str]]:
    """Name in lower case and unfolded value of each field of a text; lines that belong to none are passed over."""
    current: list[str] = []
    count = 0
    for line in [*text.split("\n"), "end:"]:
        if line[:1] in {" ", "\t"} and current:
            current.append(line.strip())
            continue
        match = _FIELD.match(" ".join(current)[:LONGEST_FIELD]) if current else None
        if match:
            yield match[1].lower(), match[2].strip()
            count += 1
            if count == MOST_FIELDS:
                return
        current = [line] if ":" in line else []


def addresses_in(value: str) -> list[str]:
    """The addresses of a field in their order, once each; those in angle brackets where there are any."""
    value = value[:LONGEST_FIELD]
    found = _IN_ANGLES.findall(value) or _ADDRESS.findall(value)
    return list(dict.fromkeys(address.strip(".") for address in found))


def message_id_in(value: str) -> str:
    """The id of a `Message-ID` field, in its brackets; some write none."""
    match = _MESSAGE_ID.search(value[:LONGEST_FIELD])
    if match:
        return match[0]
    word = value.split(maxsplit=1)[0] if value.split() else ""
    return f"<{word}>" if "@" in word and len(word) <= 500 else ""
