"""The parts of a mail, encoded once: what is the same for everybody as octets, what is not as lines with slots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from newsletter.domain.delivery import MailPart, Piece, Region, Slot
from newsletter.mail.encoding import LineCodec, pick_codec

__all__ = ["EncodedPart"]

_LINE_CACHE = 8192
_PERSONAL = frozenset({Slot.EMAIL, Slot.NAME, Slot.INTERESTS, Slot.UNSUBSCRIBE, Slot.PREFERENCES})
"""Values that hardly come twice."""


class _SlottedLine:
    """One line with slots. Its encoded forms are kept where its values come again with other recipients."""

    __slots__ = ("_codec", "_escape", "_known", "_parts", "_slots")

    def __init__(self, parts: Sequence[str | Slot], codec: LineCodec, *, escape: bool) -> None:
        self._parts = tuple(parts)
        self._codec = codec
        self._escape = escape
        self._slots = tuple(part for part in self._parts if isinstance(part, Slot))
        self._known: dict[tuple[str, ...], bytes] | None = None if _PERSONAL.intersection(self._slots) else {}

    def encode(self, values: Mapping[Slot, str]) -> bytes:
        """The line with these values, encoded."""
        known = self._known
        if known is None:
            return self._encode(values)
        key = tuple([values[slot] for slot in self._slots])
        encoded = known.get(key)
        if encoded is None:
            if len(known) >= _LINE_CACHE:
                known.clear()
            encoded = known[key] = self._encode(values)
        return encoded

    def _encode(self, values: Mapping[Slot, str]) -> bytes:
        escape = self._escape
        parts = [
            (_escape(values[part]) if escape else values[part]) if type(part) is Slot else part for part in self._parts
        ]
        return self._codec("".join(parts))


Encoded = tuple[bytes | _SlottedLine | Region, ...]


def _escape(value: str) -> str:
    """As HTML's own serialisation escapes text (WHATWG HTML §13.3)."""
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\u00a0", "&nbsp;")


def _encode_piece(piece: Piece, codec: LineCodec, *, escape: bool) -> Encoded:
    """Encode what is the same for everybody; keep the lines with slots."""
    result: list[bytes | _SlottedLine | Region] = []
    static: list[str] = []
    line: list[str | Slot] = []

    def flush() -> None:
        if static:
            result.append(codec("".join(static)))
            static.clear()

    for part in piece:
        if isinstance(part, Region):
            flush()
            result.append(part)
        elif isinstance(part, Slot):
            line.append(part)
        elif line:
            before, newline, after = part.partition("\n")
            line.append(before + newline)
            if newline:
                flush()
                result.append(_SlottedLine(line, codec, escape=escape))
                line.clear()
                _sort(after, static, line)
        else:
            _sort(part, static, line)
    flush()
    if line:
        result.append(_SlottedLine([*line, "\n"], codec, escape=escape))
    return tuple(result)


def _sort(text: str, static: list[str], line: list[str | Slot]) -> None:
    """Whole lines are static; what follows the last line feed begins the next line, which has a slot."""
    whole, newline, begun = text.rpartition("\n")
    if whole or newline:
        static.append(whole + newline)
    if begun:
        line.append(begun)


class EncodedPart:
    """One encoded part of the mail."""

    def __init__(self, part: MailPart, *, escape: bool) -> None:
        sample = "".join(text for piece in (part.frame, *part.cards[:50]) for text in piece if type(text) is str)
        self.encoding, codec = pick_codec(sample)

        def encode(piece: Piece) -> Encoded:
            return _encode_piece(piece, codec, escape=escape)

        frame = encode(part.frame)
        cards_at = frame.index(Region.CARDS)
        self._head, self._foot = _Frame(frame[:cards_at]), _Frame(frame[cards_at + 1 :])
        self._greeting = _Frame(encode(part.greeting))
        self._interests = _Frame(encode(part.interests))
        self._more = _Frame(encode(part.more))
        self.rows = [b"".join(_static(encode(piece))) for piece in part.rows]
        split = [_split_card(encode(piece)) for piece in part.cards]
        self.cards = [(before, after) for before, _, after in split]
        self._card_lines = _Frame(split[0][1] if split else ())
        self._why = _Frame(encode(part.why))
        self._term = _Frame(encode(part.term))

    def around(self, values: Mapping[Slot, str], rows: Sequence[int], more: str) -> tuple[list[bytes], list[bytes]]:
        """What stands before and after the cards. `more` says how many papers stay on the web, empty for none."""
        regions = {Region.ROWS: b"".join([self.rows[index] for index in rows])}
        if values[Slot.NAME]:
            regions[Region.GREETING] = b"".join(self._greeting.fill(values))
        if values[Slot.INTERESTS]:
            regions[Region.INTERESTS] = b"".join(self._interests.fill(values))
        if more:
            regions[Region.MORE] = b"".join(self._more.fill({Slot.MORE: more}))
        return self._head.fill(values, regions), self._foot.fill(values, regions)

    def dynamic(self, number: int, terms: tuple[str, ...]) -> bytes:
        """What is personal about a card: its number and why it came."""
        values = {Slot.NUMBER: str(number), Slot.TERMS: ", ".join(terms)}
        return b"".join(self._card_lines.fill(values, {Region.WHY: self._reasons(values, terms)}))

    def _reasons(self, values: dict[Slot, str], terms: tuple[str, ...]) -> bytes:
        if not terms:
            return b""
        lines: list[bytes] = []
        for at, term in enumerate(terms, 1):
            values[Slot.TERM], values[Slot.COMMA] = term, "," if at < len(terms) else ""
            lines += self._term.fill(values)
        return b"".join(self._why.fill(values, {Region.TERMS: b"".join(lines)}))


def _split_card(encoded: Encoded) -> tuple[bytes, Encoded, bytes]:
    """A card as what stands before its personal lines, these lines, and what stands after them."""
    personal = [at for at, part in enumerate(encoded) if not isinstance(part, bytes)]
    first, last = (personal[0], personal[-1] + 1) if personal else (len(encoded), len(encoded))
    return b"".join(_static(encoded[:first])), encoded[first:last], b"".join(_static(encoded[last:]))


def _static(encoded: Encoded) -> list[bytes]:
    return [part for part in encoded if isinstance(part, bytes)]


class _Frame:
    """An encoded piece, ready to be filled: what is static stands in its place already."""

    __slots__ = ("_lines", "_parts", "_regions")

    def __init__(self, encoded: Encoded) -> None:
        self._parts = [part if isinstance(part, bytes) else b"" for part in encoded]
        self._lines = [(at, part) for at, part in enumerate(encoded) if isinstance(part, _SlottedLine)]
        self._regions = [(at, part) for at, part in enumerate(encoded) if isinstance(part, Region)]

    def fill(self, values: Mapping[Slot, str], regions: Mapping[Region, bytes] = MappingProxyType({})) -> list[bytes]:
        """Its parts with these values; a region that is not named is left out."""
        parts = self._parts.copy()
        for at, line in self._lines:
            parts[at] = line.encode(values)
        for at, region in self._regions:
            parts[at] = regions.get(region, b"")
        return [part for part in parts if part] if self._regions else parts
