"""A message as a list of its parts, in one pass a level: bounded in size, depth and number, whatever the bytes are.

Written instead of `email.parser`, whose time grows with the square of what a hostile sender chooses (nested parts, long
headers), and which knows neither bare CR nor a boundary that a mail program has indented. What is no MIME is one text.
"""

from __future__ import annotations

import binascii
import codecs
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from newsletter.mail.reports.headers import Header
from newsletter.mail.reports.limits import LONGEST_HEADER, LONGEST_MESSAGE, LONGEST_NOTICE, MOST_LEVELS, MOST_PARTS

__all__ = ["Part", "split_message"]

_MBOX_LINE = re.compile(rb">?From [^\n]*\n")
_TAG = re.compile(r"<[^<>]*>")
_BLOCK = re.compile(r"<(?:br|p|div|tr|li|h\d)\b[^<>]*>", re.IGNORECASE)
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&nbsp;": " ", "&#39;": "'", "&amp;": "&"}

_CHARSETS = frozenset(
    "utf-8 ascii cp1250 cp1251 cp1252 cp1254 cp1256 cp932 cp936 cp949 cp950 koi8-r koi8-u shift_jis euc_jp euc_kr "
    "gb2312 gbk gb18030 big5 iso2022_jp iso2022_jp_1 iso2022_jp_2 iso2022_jp_3 iso2022_kr utf-16 utf-16-le "
    "utf-16-be".split()
) | {f"iso8859-{number}" for number in range(1, 17)}
"""Encodings that mail is written in. Python has others, whose time is out of proportion to the text (punycode)."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a message that has no parts itself, and returned mails, which are not taken apart."""

    header: Header
    body: bytes = field(repr=False)
    level: int = 0

    @property
    def type(self) -> str:
        """The media type in lower case; text/plain where none is told."""
        return self.header.media_type

    def octets(self) -> bytes:
        """The content without its transfer encoding, shortened."""
        encoding = self.header.first("content-transfer-encoding").strip().lower()
        if encoding == "base64":
            return _from_base64(self.body[: LONGEST_NOTICE * 4])
        body = self.body[:LONGEST_NOTICE]
        return quopri.decodestring(body) if encoding == "quoted-printable" else body

    def text(self) -> str:
        """The content as text, shortened; HTML without its tags. A wrong or unknown charset costs letters, no more."""
        text = _decoded(self.octets()[:LONGEST_NOTICE], self.header.parameter("charset"))
        return _without_tags(text) if self.type == "text/html" else text


def split_message(raw: bytes) -> tuple[Header, list[Part]]:
    """The header of a message and its parts in their order, at any level."""
    raw = raw[:LONGEST_MESSAGE].replace(b"\r\n", b"\n").replace(b"\r", b"\n").lstrip(b"\n")
    mbox = _MBOX_LINE.match(raw)
    header, body = _header_and_body(raw[mbox.end() :] if mbox else raw)
    parts: list[Part] = []
    for part in _parts(header, body, 0):
        parts.append(part)
        if len(parts) == MOST_PARTS:
            break
    return header, parts


def _parts(header: Header, body: bytes, level: int) -> Iterator[Part]:
    boundary = header.parameter("boundary")
    if not boundary or level == MOST_LEVELS:
        yield Part(header, body, level)
        return
    pieces = _pieces(body, boundary)
    if len(pieces) < 2:  # its parts are missing, or bounded by something else: what is there is text
        yield Part(Header.read(b""), body, level)
        return
    for piece in pieces[1:]:
        yield from _parts(*_header_and_body(piece), level + 1)
    if pieces[0].strip() and level == 0 and header.media_type == "multipart/report":
        yield Part(Header.read(b""), pieces[0], level)  # some write their words before the first part


def _pieces(body: bytes, boundary: str) -> list[bytes]:
    """What stands between the lines that are the boundary, blanks around it allowed; first what is before them."""
    mark = b"--" + boundary.encode("utf-8", "replace")
    pieces: list[bytes] = []
    begin, at = 0, body.find(mark)
    while at >= 0 and len(pieces) < MOST_PARTS:
        line = body.rfind(b"\n", 0, at) + 1
        end = body.find(b"\n", at)
        end = len(body) if end < 0 else end
        if end - line < len(mark) + 80 and body[line:end].strip(b" \t-") == mark.strip(b"-"):
            pieces.append(body[begin:line])
            begin = end + 1
        at = body.find(mark, end)
    return [*pieces, body[begin:]] if len(pieces) < MOST_PARTS else pieces


def _header_and_body(raw: bytes) -> tuple[Header, bytes]:
    if raw.startswith(b"\n"):
        return Header.read(b""), raw[1:]
    end = raw.find(b"\n\n", 0, LONGEST_HEADER)
    if end < 0 and len(raw) <= LONGEST_HEADER:
        return Header.read(raw), b""
    return Header.read(raw[: end if end >= 0 else LONGEST_HEADER]), raw[end + 2 :] if end >= 0 else b""


def _from_base64(body: bytes) -> bytes:
    letters = body.translate(None, b" \t\n-")
    try:
        return binascii.a2b_base64(letters[: len(letters) // 4 * 4])
    except binascii.Error:
        return body


def _decoded(octets: bytes, charset: str) -> str:
    try:
        return octets.decode("utf-8" if b"\x1b" not in octets else "iso2022_jp")
    except UnicodeDecodeError:
        pass
    try:
        name = codecs.lookup(charset.strip()[:40] or "latin-1").name
    except (LookupError, ValueError):
        name = ""
    return octets.decode(name if name in _CHARSETS else "latin-1", "replace")


def _without_tags(text: str) -> str:
    text = _TAG.sub(" ", _BLOCK.sub("\n", text))
    for entity, letter in _ENTITIES.items():
        text = text.replace(entity, letter)
    return "\n".join(line for line in map(str.strip, text.split("\n")) if line)
