"""The words of an issue laid out once: every term of every subscriber is looked up, the text is never read again.

Text is cut and folded (`domain.text.folding`) into one long row of **positions**. A segment (one field of one paper)
begins after a gap, a sentence after a smaller one, so that neither a phrase nor a near match runs across. What is known
of each position (its stem, spelling, paper, whether a hyphen or comma follows) stands in arrays of that length. Two
indexes lead into them: from a stem to its positions, and from two stems to where they stand close together.

The way back to the text stands here too, although the module is long: all three share one numbering of positions, and a
change of it is a change of all.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from newsletter.domain.text import SCAN, SCAN_ASCII, STOP_WORDS, Form, fold, tokens

__all__ = ["PAIR_REACH", "SEGMENT_GAP", "SENTENCE_GAP", "Segment", "TextIndex", "Written"]

SEGMENT_GAP = 32
"""Empty positions between two segments."""
SENTENCE_GAP = 12
"""Empty positions between two sentences: more than may stand among the words of a near match."""
PAIR_REACH = 5
"""How far apart two words may stand to be in the index of pairs; 1 is side by side."""

_JOINS = "-_\u2010\u2011\u2212"
_STOPS = ".!?;…。！？；"
# a sentence ends at its mark, also where a bracket or a quotation ends with it
_SCAN = re.compile(rf"{SCAN}|[{_JOINS}](?=[^\W_])|[.!?;][\"')\]”’»]*(?=\s)|[…。！？；]|,(?=\s)")
_SCAN_ASCII = re.compile(rf"{SCAN_ASCII}|[-_](?=[A-Za-z0-9])|[.!?;][\"')\]]*(?=\s)|,(?=\s)")
_SEGMENT, _JOIN, _SENTENCE, _COMMA = 0, 1, 2, 3
_LAST_MARK = 3
MAX_CUT = 2_048
"""Segments of which it is kept where their words stand: those that are shown, some 3 MB."""
MAX_POSITIONS = (1 << 31) - 1
"""Positions have room in 32 bits: some five million abstracts."""
NARROW_KEYS = 1 << 32
"""Pairs of fewer kinds have keys of 32 bits."""

Ints = npt.NDArray[np.signedinteger]
Narrow = npt.NDArray[np.int32]
Keys = npt.NDArray[np.unsignedinteger]
Flags = npt.NDArray[np.bool_]


class Segment(NamedTuple):
    """One field of one paper (`doc` counts from 0)."""

    doc: int
    field: str
    text: str


class Written(NamedTuple):
    """A term as it was written: its tokens in lower case, which of them a hyphen joins to the next, their bases."""

    surfaces: tuple[str, ...]
    links: tuple[bool, ...]
    bases: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Written:
        """Read a term."""
        cut = tokens(text)
        return cls(
            tuple(token.surface.casefold() for token in cut),
            tuple(text[here.end : there.start] in _JOINS for here, there in pairwise(cut)),
            tuple(fold(token.surface).base for token in cut),
        )


class _Surfaces(dict[str, int]):
    """Numbers each distinct token as it is first seen."""

    def __init__(self) -> None:
        super().__init__()
        self.known: list[str] = ["", "-", ".", ","]

    def __missing__(self, surface: str) -> int:
        if surface in _JOINS:
            number = _JOIN
        elif surface == ",":
            number = _COMMA
        elif surface[0] in _STOPS:
            number = _SENTENCE
        else:
            number = len(self.known)
            self.known.append(surface)
        self[surface] = number
        return number


class TextIndex:
    """Every word of these segments, findable.

    Attributes:
        type_at: (positions,) int32, the number of the token that stands there; at most `_LAST_MARK` in a gap.
        stem_at: (positions,) int32, the number of its stem; 0 in a gap.
        link_at, comma_at: (positions,) bool, whether a hyphen or a comma follows.
        commas_before: (positions + 1,) int32, how many commas stand before a position.
        ends_phrase, begins_phrase: (positions,) bool, whether a stop word, a gap or a comma parts it from what follows
            or comes before.
        segment_of: (positions,) int32, the number of the segment that holds a position; -1 before the first.
        doc_of, in_title: (segments,) int64 and bool, the paper of a segment, and whether it is a title.
    """

    def __init__(self, segments: Iterable[Segment]) -> None:
        """Lay these segments out.

        Raises:
            ValueError: they have more than `MAX_POSITIONS`.
        """
        self.segments = tuple(segments)
        self._cuts: dict[int, tuple[array[int], array[int]]] = {}
        surfaces = _Surfaces()
        self._lay_out(surfaces)
        self.forms: list[Form] = [fold(surface) for surface in surfaces.known]
        self._stems: dict[str, int] = {"": 0}
        self._bases: dict[str, int] = {"": 0}
        self._lowers: dict[str, int] = {"": 0}
        stem_of, base_of, lower_of = [], [], []
        for surface, form in zip(surfaces.known, self.forms, strict=True):
            stem_of.append(self._stems.setdefault(form.stem, len(self._stems)))
            base_of.append(self._bases.setdefault(form.base, len(self._bases)))
            lower = surface.casefold()
            # forms are shared by all indexes of a process, and so are their strings
            lower = form.cased if form.cased == lower else lower
            lower_of.append(self._lowers.setdefault(lower, len(self._lowers)))
        for marks in (stem_of, base_of, lower_of):
            marks[: _LAST_MARK + 1] = [0] * (_LAST_MARK + 1)
        self._stem_of, self._base_of, self._lower_of = (
            np.array(numbers, dtype=np.int32) for numbers in (stem_of, base_of, lower_of)
        )
        self.stem_at = self._stem_of[self.type_at]
        is_stop = np.array([form.base in STOP_WORDS for form in self.forms])
        is_stop[: _LAST_MARK + 1] = True
        closed = is_stop[self.type_at]
        self.ends_phrase: Flags = closed | self.comma_at
        self.begins_phrase: Flags = closed | np.concatenate([[True], self.comma_at[:-1]])

    def _lay_out(self, surfaces: _Surfaces) -> None:
        number = surfaces.__getitem__
        rows: list[int] = []
        begins: list[int] = []
        for segment in self.segments:
            rows.append(_SEGMENT)
            begins.append(len(rows) - 1)
            pattern = _SCAN_ASCII if segment.text.isascii() else _SCAN
            rows += map(number, pattern.findall(segment.text))
        rows.append(_SEGMENT)
        raw = np.array(rows, dtype=np.int32)
        steps = np.ones(len(raw), dtype=np.int64)
        steps[(raw == _JOIN) | (raw == _COMMA)] = 0
        steps[raw == _SENTENCE] = SENTENCE_GAP
        steps[raw == _SEGMENT] = SEGMENT_GAP
        # Of each entry: a join and a comma have the position of the word before them, a gap its last one.
        position = np.cumsum(steps) - 1
        size = int(position[-1]) + 1
        if size > MAX_POSITIONS:
            msg = f"an index has at most {MAX_POSITIONS:,} positions, got {size:,}"
            raise ValueError(msg)
        words = raw > _LAST_MARK
        self.type_at = np.zeros(size, dtype=np.int32)
        self.type_at[position[words]] = raw[words]
        self.link_at: Flags = np.zeros(size, dtype=np.bool_)
        self.link_at[position[raw == _JOIN]] = True
        self.comma_at: Flags = np.zeros(size, dtype=np.bool_)
        self.comma_at[position[raw == _COMMA]] = True
        self.commas_before = np.concatenate([[0], np.cumsum(self.comma_at)]).astype(np.int32)
        self._first = (position[np.array(begins, dtype=np.int64)] + 1).tolist()
        first = np.array([*self._first, size], dtype=np.int64)
        self.segment_of = np.repeat(np.arange(-1, len(begins), dtype=np.int32), np.diff(first, prepend=0))
        self.doc_of = np.array([segment.doc for segment in self.segments] or [0], dtype=np.int64)
        self.in_title = np.array([segment.field == "title" for segment in self.segments] or [False])

    @property
    def size(self) -> int:
        """How many words there are, gaps not counted."""
        return int(np.count_nonzero(self.type_at > _LAST_MARK))

    # --- numbers of words -------------------------------------------------------------------------------------------

    def stem(self, text: str) -> int:
        """The number of a stem, -1 where no word of the text has it."""
        return self._stems.get(text, -1) if text else -1

    def count(self, text: str) -> int:
        """How many words of the text have this stem."""
        return self._counts[self._stems[text]] if text in self._stems else 0

    def base(self, text: str) -> int:
        """The number of a base, -1 where no word of the text has it."""
        return self._bases.get(text, -1)

    def lower(self, text: str) -> int:
        """The number of a token in lower case, -1 where the text does not hold it."""
        return self._lowers.get(text, -1)

    def types_of(self, stem: int) -> list[int]:
        """The distinct tokens of a stem, by its number; none where it is -1."""
        order, bounds = self._types
        types: list[int] = order[bounds[stem] : bounds[stem + 1]].tolist() if stem >= 0 else []
        return types

    @cached_property
    def _types(self) -> tuple[Narrow, Narrow]:
        """The tokens grouped by stem, and where each stem's group begins."""
        stems = self._stem_of[_LAST_MARK + 1 :]
        order = np.argsort(stems, kind="stable").astype(np.int32)
        bounds = np.searchsorted(stems[order], np.arange(len(self._stems) + 1, dtype=np.int32))
        return order + np.int32(_LAST_MARK + 1), bounds.astype(np.int32)

    def base_at(self, positions: Ints) -> Narrow:
        """The numbers of the bases that stand there, of the shape asked for; 0 in a gap."""
        bases: Narrow = self._base_of[self.type_at[positions]]
        return bases

    def lower_at(self, positions: Ints) -> Narrow:
        """The numbers of the tokens in lower case, likewise."""
        lowers: Narrow = self._lower_of[self.type_at[positions]]
        return lowers

    def bases_with(self, prefix: str, limit: int) -> list[str]:
        """At most `limit` bases that begin so, in alphabetical order."""
        return _beginning(self._sorted_bases, prefix, limit)

    def bases_ending(self, suffix: str, limit: int) -> list[str]:
        """At most `limit` bases that end so."""
        return _beginning(self._reversed_bases, suffix[::-1], limit, _reversed)

    @cached_property
    def _sorted_bases(self) -> list[str]:
        return sorted(base for base in self._bases if base)

    @cached_property
    def _reversed_bases(self) -> list[str]:
        return sorted(self._sorted_bases, key=_reversed)

    # --- indexes ----------------------------------------------------------------------------------------------------

    @cached_property
    def postings(self) -> tuple[Narrow, Ints]:
        """(positions grouped by stem and ascending, where each stem's group begins): two arrays; gaps have none."""
        words = np.flatnonzero(self.stem_at).astype(np.int32)
        order = words[np.argsort(self.stem_at[words], kind="stable")]
        bounds = np.searchsorted(self.stem_at[order], np.arange(len(self._stems) + 1, dtype=np.int32))
        bounds[0] = 0
        return order, bounds

    @cached_property
    def _counts(self) -> list[int]:
        counts: list[int] = np.diff(self.postings[1]).tolist()
        return counts

    @cached_property
    def pairs(self) -> tuple[Keys, Narrow]:
        """(key, first position) of every two words at most `PAIR_REACH` apart, ordered by key, then by position.

        The key is made of both stems and the distance. With fewer than 29,000 stems, some 5,000 papers, it is uint32.
        """
        count = len(self._stems)
        kind = np.dtype(np.uint32 if count * count * PAIR_REACH < NARROW_KEYS else np.uint64)
        keys: list[Keys] = []
        firsts: list[Narrow] = []
        stems: Keys = self.stem_at.astype(kind)
        for distance in range(1, PAIR_REACH + 1):
            here, there = stems[:-distance], stems[distance:]
            both = np.flatnonzero((here > 0) & (there > 0)).astype(np.int32)
            keys.append((here[both] * count + there[both]) * PAIR_REACH + (distance - 1))
            firsts.append(both)
        key, first = np.concatenate(keys), np.concatenate(firsts)
        del keys, firsts
        order = np.argsort(key, kind="stable")
        return key[order], first[order]

    def pair_places(self, first: Ints, second: Ints, reach: int) -> tuple[Ints, Ints]:
        """For pairs of stems where in `pairs` those begin and end that stand at most `reach` apart."""
        keys = self.pairs[0]
        # of one type with the keys: a search among others would copy them all
        key = ((first * len(self._stems) + second) * PAIR_REACH).astype(keys.dtype)
        last = key + (min(reach, PAIR_REACH) - 1)
        return np.searchsorted(keys, key, "left"), np.searchsorted(keys, last, "right")

    def distance(self, place: Ints) -> Ints:
        """How far apart the words of these pairs stand."""
        apart: Ints = self.pairs[0][place].astype(np.int64) % PAIR_REACH + 1
        return apart

    @cached_property
    def compounds(self) -> dict[str, tuple[tuple[str, ...], ...]]:
        """Each hyphenated compound of the text as stems, by the stem of its parts written as one word."""
        seen: set[tuple[int, ...]] = set()
        run: list[int] = []
        types = self.type_at.tolist()
        for at in np.flatnonzero(self.link_at).tolist():
            run = [*run, at + 1] if run and run[-1] == at else [at, at + 1]
            for begin in range(len(run) - 2, max(len(run) - 5, -1), -1):
                seen.add(tuple(types[spot] for spot in run[begin:]))
        by_stem: dict[str, set[tuple[str, ...]]] = {}
        for numbers in seen:
            parts = [self.forms[number] for number in numbers]
            joined = fold("".join(part.base for part in parts)).stem
            by_stem.setdefault(joined, set()).add(tuple(part.stem for part in parts))
        return {joined: tuple(sorted(parts)) for joined, parts in by_stem.items()}

    # --- back to the text -------------------------------------------------------------------------------------------

    def segment_at(self, position: int) -> int:
        """The number of the segment that holds this position."""
        return int(self.segment_of[position])

    def excerpt(self, first: int, end: int) -> str:
        """The text from one position to another (not included), as it stands."""
        start, stop = self.span(first, end)
        return self.segments[self.segment_at(first)].text[start:stop]

    def span(self, first: int, end: int) -> tuple[int, int]:
        """The same as offsets into the segment's text.

        Raises:
            IndexError: no words stand there.
        """
        number = self.segment_at(first)
        if number not in self._cuts:
            if len(self._cuts) >= MAX_CUT:
                self._cuts.clear()
            self._cuts[number] = self._cut(number)
        starts, ends = self._cuts[number]
        low, high = first - self._first[number], end - 1 - self._first[number]
        if not (0 <= low <= high < len(ends) and starts[low] >= 0 and ends[high] >= 0):
            msg = f"no words at positions {first} to {end}"
            raise IndexError(msg)
        return starts[low], ends[high]

    def _cut(self, number: int) -> tuple[array[int], array[int]]:
        """Where the words of a segment begin and end in its text, a place each, -1 in gaps. Cut again when asked."""
        text = self.segments[number].text
        pattern = _SCAN_ASCII if text.isascii() else _SCAN
        starts, ends = array("i"), array("i")
        for match in pattern.finditer(text):
            surface = match.group()
            if surface in _JOINS or surface == ",":
                continue
            gap = surface[0] in _STOPS
            starts.extend([-1] * SENTENCE_GAP if gap else [match.start()])
            ends.extend([-1] * SENTENCE_GAP if gap else [match.end()])
        return starts, ends


def _reversed(word: str) -> str:
    return word[::-1]


def _beginning(words: list[str], prefix: str, limit: int, key: Callable[[str], str] = str) -> list[str]:
    """Of these words, ordered by a key, at most so many whose key begins so."""
    low = bisect_left(words, prefix, key=key)
    high = bisect_left(words, prefix + "\U0010ffff", key=key)
    return words[low : min(high, low + limit)]
