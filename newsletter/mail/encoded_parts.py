"""The parts of a mail, encoded once: what is the same for everybody as octets, what is not as lines with slots."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

from newsletter.domain.delivery import Form, MailPart, Piece, Placed, Region, SectionHeading, Slot, UntranslatedHeading
from newsletter.mail.encoding import LineCodec, pick_codec

__all__ = ["Body", "EncodedPart"]

_LINE_CACHE = 8192
_PAPER_CACHE = 16_384
_SAMPLE = 50
"""Rows by which the transfer encoding is chosen."""
_PERSONAL = frozenset({Slot.EMAIL, Slot.NAME, Slot.INTERESTS, Slot.UNSUBSCRIBE, Slot.PREFERENCES, Slot.PAGE, Slot.WEB})
"""Values that hardly come twice."""


class _SlottedLine:
    """One line with slots. Its encoded forms are kept where its values come again with other recipients."""

    __slots__ = ("_codec", "_escape", "_known", "_parts", "_slots", "octets")

    def __init__(self, parts: Sequence[str | Slot], codec: LineCodec, *, escape: bool) -> None:
        self._parts = tuple(parts)
        self._codec = codec
        self._escape = escape
        self._slots = tuple(part for part in self._parts if isinstance(part, Slot))
        self.octets = len(codec("".join([part for part in self._parts if type(part) is str]).rstrip("\n") + "\n"))
        self._known: dict[str | tuple[str, ...], bytes] | None = None if _PERSONAL.intersection(self._slots) else {}

    @property
    def is_own(self) -> bool:
        """Whether it differs from reader to reader."""
        return self._known is None

    def bound(self, values: Mapping[Slot, str]) -> _SlottedLine:
        """The line with these values in their slots, and its reader's own slots still open."""
        escape = self._escape
        if _PERSONAL.issuperset(self._slots):
            return self
        parts = [
            (_escape(values[part]) if escape else values[part])
            if isinstance(part, Slot) and part not in _PERSONAL
            else part
            for part in self._parts
        ]
        return _SlottedLine(parts, self._codec, escape=escape)

    def encode(self, values: Mapping[Slot, str]) -> bytes:
        """The line with these values, encoded."""
        known = self._known
        if known is None:
            return self._encode(values)
        slots = self._slots
        key = values[slots[0]] if len(slots) == 1 else tuple([values[slot] for slot in slots])
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
Body = tuple[bytes | _SlottedLine, ...]
"""What stands between head and foot, for all who have the same papers for the same reasons."""


def _escape(value: str) -> str:
    """As HTML's own serialisation escapes text (WHATWG HTML §13.3)."""
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\u00a0", "&nbsp;")


def _encode_piece(piece: Piece, codec: LineCodec, slotted: Callable[[Sequence[str | Slot]], _SlottedLine]) -> Encoded:
    """Encode what is the same for everybody; keep the lines with slots, which `slotted` makes."""
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
                result.append(slotted(line))
                line.clear()
                _sort(after, static, line)
        else:
            _sort(part, static, line)
    flush()
    if line:
        result.append(slotted([*line, "\n"]))
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
        rows = part.papers[Form.ROW][:_SAMPLE]
        sample = "".join(text for piece in (part.frame, *rows) for text in piece if type(text) is str)
        self.encoding, codec = pick_codec(sample)

        lines: dict[tuple[object, ...], _SlottedLine] = {}

        def slotted(parts: Sequence[str | Slot]) -> _SlottedLine:
            """A line; one that stands in many pieces is one, so that it is encoded once for all of them."""
            # a slot equals the text of its name
            key = (*parts, *map(type, parts))
            line = lines.get(key)
            if line is None:
                line = lines[key] = _SlottedLine(parts, codec, escape=escape)
            return line

        def encode(piece: Piece) -> Encoded:
            return _encode_piece(piece, codec, slotted)

        frame = encode(part.frame)
        papers_at = frame.index(Region.PAPERS)
        self._head, self._foot = _Frame(frame[:papers_at]), _Frame(frame[papers_at + 1 :])
        self.octets_around = self._head.octets + self._foot.octets
        self._greeting = _Frame(encode(part.greeting))
        self._outline = _Frame(encode(part.outline))
        self._interests = _Frame(encode(part.interests))
        self._more = _Frame(encode(part.more))
        self._sections = _Frame(encode(part.section)), _Frame(encode(part.cut_section))
        self._untranslated = b"".join(_Frame(encode(part.untranslated)).fill({}))
        self._papers = part.papers
        self._why = _Frame(encode(part.why)), _Frame(encode(part.also))
        self._term = _Frame(encode(part.term))
        self._placed: dict[Placed, bytes] = {}
        self._frames: dict[tuple[Form, int], _Frame] = {}
        self._encode = encode

    def around(self, values: Mapping[Slot, str], *, more: bool) -> tuple[list[bytes], list[bytes]]:
        """What stands before and after the papers; `more` says whether some of them stand elsewhere."""
        regions = {}
        if values[Slot.NAME]:
            regions[Region.GREETING] = b"".join(self._greeting.fill(values))
        if values[Slot.OUTLINE]:
            regions[Region.OUTLINE] = b"".join(self._outline.fill(values))
        if values[Slot.INTERESTS]:
            regions[Region.INTERESTS] = b"".join(self._interests.fill(values))
        if more:
            regions[Region.MORE] = b"".join(self._more.fill(values))
        return self._head.fill(values, regions), self._foot.fill(values, regions)

    def body(self, items: Iterable[SectionHeading | UntranslatedHeading | Placed]) -> Body:
        """What stands between head and foot: octets, and the lines that are every reader's own."""
        parts: list[bytes | _SlottedLine] = []
        shared: list[bytes] = []
        for item in items:
            if isinstance(item, SectionHeading):
                values = {Slot.SECTION: item.name, Slot.COUNT: item.count}
                for part in self._sections[item.is_cut].fill_shared(values):
                    if isinstance(part, bytes):
                        shared.append(part)
                    else:
                        parts += (b"".join(shared), part)
                        shared = []
            else:
                shared.append(self._paper(item) if isinstance(item, Placed) else self._untranslated)
        return (*parts, b"".join(shared))

    def fill(self, body: Body, values: Mapping[Slot, str]) -> list[bytes]:
        """The octets of a body for one reader."""
        own: dict[_SlottedLine, bytes] = {}
        filled = []
        for part in body:
            if type(part) is bytes:
                filled.append(part)
            else:
                assert isinstance(part, _SlottedLine)  # noqa: S101
                if part not in own:
                    own[part] = part.encode(values)
                filled.append(own[part])
        return filled

    def _paper(self, placed: Placed) -> bytes:
        """A paper in its form, kept: many readers have it at the same place, for the same reasons."""
        known = self._placed.get(placed)
        if known is None:
            if len(self._placed) >= _PAPER_CACHE:
                self._placed.clear()
            known = self._placed[placed] = self._fill_paper(placed)
        return known

    def _fill_paper(self, placed: Placed) -> bytes:
        """A paper in its form, with its number and why it came."""
        frame = self._frame(placed.form, placed.place)
        values = {Slot.NUMBER: str(placed.number), Slot.TERMS: ", ".join(placed.terms)}
        return b"".join(frame.fill(values, {Region.WHY: self._reasons(values, placed)}))

    def octets(self, form: Form, index: int) -> int:
        """About how many octets a paper takes in this form, without what is personal about it."""
        return self._frame(form, index).octets

    def _frame(self, form: Form, index: int) -> _Frame:
        known = self._frames.get((form, index))
        if known is None:
            known = self._frames[form, index] = _Frame(self._encode(self._papers[form][index]))
        return known

    def _reasons(self, values: dict[Slot, str], placed: Placed) -> bytes:
        if not placed.terms:
            return b""
        lines: list[bytes] = []
        for at, term in enumerate(placed.terms, 1):
            values[Slot.TERM], values[Slot.COMMA] = term, "," if at < len(placed.terms) else ""
            lines += self._term.fill(values)
        return b"".join(self._why[placed.is_also].fill(values, {Region.TERMS: b"".join(lines)}))


class _Frame:
    """An encoded piece, ready to be filled: what is static stands in its place already."""

    __slots__ = ("_lines", "_parts", "_regions", "octets")

    def __init__(self, encoded: Encoded) -> None:
        self._parts = [part if isinstance(part, bytes) else b"" for part in encoded]
        self._lines = [(at, part) for at, part in enumerate(encoded) if isinstance(part, _SlottedLine)]
        self._regions = [(at, part) for at, part in enumerate(encoded) if isinstance(part, Region)]
        self.octets = sum(map(len, self._parts)) + sum(line.octets for _, line in self._lines)

    def fill_shared(self, values: Mapping[Slot, str]) -> list[bytes | _SlottedLine]:
        """Its parts with these values, but for the lines that are every reader's own."""
        parts: list[bytes | _SlottedLine] = [*self._parts]
        for at, line in self._lines:
            parts[at] = line.bound(values) if line.is_own else line.encode(values)
        return [part for part in parts if part]

    def fill(self, values: Mapping[Slot, str], regions: Mapping[Region, bytes] = MappingProxyType({})) -> list[bytes]:
        """Its parts with these values; a region that is not named is left out."""
        parts = self._parts.copy()
        for at, line in self._lines:
            parts[at] = line.encode(values)
        for at, region in self._regions:
            parts[at] = regions.get(region, b"")
        return [part for part in parts if part] if self._regions else parts
