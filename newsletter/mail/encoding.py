"""Transfer and header encodings, written so that text may be encoded line by line and joined.

Encoding a whole text equals joining its encoded lines. That is what lets a message be put together from parts that
were encoded once (quoted-printable and base64: RFC 2045 §6.7, 6.8; encoded words: RFC 2047).
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Callable
from email.utils import quote as quote_phrase

__all__ = ["LineCodec", "base64_lines", "encode_address", "encode_header", "pick_codec", "quoted_printable_lines"]

LineCodec = Callable[[str], bytes]
"""Encodes whole lines (each ending in a line feed) for one transfer encoding; the result ends in CRLF."""

_LINE = 76
_BASE64_CHUNK = 57
# A lone full stop ends DATA and needs stuffing (RFC 5321 §4.5.2); mailbox files change a "From " there.
_RISKY = re.compile(rb"^(?:\.|From )[^\r\n]*", re.MULTILINE)
_ENCODED_WORD = 45  # octets of UTF-8 in one encoded word: 60 characters of base64 and 12 around them, under 75
_FOLD = 76
_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*", re.ASCII)


def quoted_printable_lines(text: str) -> bytes:
    """Quoted-printable with CRLF line ends, lines of at most 76 characters, none beginning with a full stop."""
    encoded = binascii.b2a_qp(text.encode(), istext=True).replace(b"\n", b"\r\n")
    # two plain searches cost less than the expression, and hardly any line needs it
    risky = encoded.startswith((b".", b"From ")) or b"\n." in encoded or b"\nFrom " in encoded
    return _RISKY.sub(_defuse, encoded) if risky else encoded


def _defuse(match: re.Match[bytes]) -> bytes:
    """Encode the line's first character, and break the line softly where it gets too long for that."""
    line = match[0]
    line = b"=%02X%b" % (line[0], line[1:])
    if len(line) <= _LINE:
        return line
    cut = _LINE - 1
    while b"=" in line[cut - 2 : cut]:
        cut -= 1
    return b"%b=\r\n%b" % (line[:cut], _RISKY.sub(_defuse, line[cut:]))


def base64_lines(text: str) -> bytes:
    """Base64, each line of text padded with spaces to whole groups of three octets, so that lines can be joined."""
    chunks = []
    for line in text.removesuffix("\n").split("\n") if text else ():
        data = line.encode()
        data += b" " * (-(len(data) + 2) % 3) + b"\r\n"
        chunks += [
            binascii.b2a_base64(data[at : at + _BASE64_CHUNK], newline=False)
            for at in range(0, len(data), _BASE64_CHUNK)
        ]
    return b"\r\n".join(chunks) + b"\r\n" if chunks else b""


def pick_codec(sample: str) -> tuple[str, LineCodec]:
    """The smaller transfer encoding for text like this: its name in `Content-Transfer-Encoding`, and the codec.

    Base64 costs 4 octets for 3, quoted-printable 3 for each octet outside ASCII: base64 wins for Chinese.
    """
    wide = sum(len(character.encode()) for character in sample if character > "\x7f")
    plain = len(sample.encode()) - wide
    if wide * 3 + plain > (wide + plain) * 4 / 3:
        return "base64", base64_lines
    return "quoted-printable", quoted_printable_lines


def encode_header(name: str, value: str) -> bytes:
    """One unstructured header field, folded, ending in CRLF; encoded words of at most 75 characters where needed."""
    flat = " ".join(value.split())
    if flat.isascii() and "=?" not in flat and all(len(word) < _FOLD * 10 for word in flat.split(" ")):
        return _fold(name, flat.split(" "))
    return _fold(name, _encoded_words(flat))


def encode_address(name: str, display: str, address: str) -> bytes:
    """An address field of one mailbox: `To: "Ada Lovelace" <ada@example.org>`."""
    flat = " ".join(display.split())
    if not flat:
        words = [address]
    elif flat.isascii() and "=?" not in flat:
        phrase = flat if _ATOM.fullmatch(flat) else f'"{quote_phrase(flat)}"'
        words = [*phrase.split(" "), f"<{address}>"]
    else:
        words = [*_encoded_words(flat), f"<{address}>"]
    return _fold(name, words)


def _encoded_words(text: str) -> list[str]:
    """RFC 2047 words, none of which splits a character."""
    words, chunk = [], b""
    for character in text:
        data = character.encode(errors="replace")
        if len(chunk) + len(data) > _ENCODED_WORD:
            words.append(chunk)
            chunk = b""
        chunk += data
    words.append(chunk)
    return [f"=?utf-8?b?{binascii.b2a_base64(word, newline=False).decode()}?=" for word in words if word]


def _fold(name: str, words: list[str]) -> bytes:
    lines, line = [], f"{name}:"
    for word in words:
        if len(line) + 1 + len(word) > _FOLD and line != f"{name}:":
            lines.append(line)
            line = f" {word}"
        else:
            line += f" {word}"
    lines.append(line)
    return ("\r\n".join(lines) + "\r\n").encode()
