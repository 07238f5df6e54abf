"""An index over the words of an issue: every term of every subscriber is looked up in it, the text is read once.

Text is cut and folded (`domain.folding`) into one long row of **positions**. A segment (one field of one paper) begins
after a gap, a sentence after a smaller one, so that neither a phrase nor a near match runs across. For each stem the
index keeps the positions where it stands; a phrase is found from its rarest word, a near match from its rarest part.

Hyphenated compounds are cut like other text; the index remembers them, so that `pretraining` finds `pre-training`.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from newsletter.domain.folding import SCAN, SCAN_ASCII, Form, fold, is_unspaced, tokens

__all__ = ["SEGMENT_GAP", "Group", "Segment", "TextIndex", "Word"]

SEGMENT_GAP = 24
"""Empty positions between two segments: more than any near match spans."""

_JOIN = "[-_\u2010\u2011\u2212](?=[^\\W_])"
_STOP = "[.!?](?=\\s)|[。！？；]"
_SCAN = re.compile(rf"{SCAN}|{_JOIN}|{_STOP}")
_SCAN_ASCII = re.compile(rf"{SCAN_ASCII}|[-_](?=[A-Za-z0-9])|[.!?](?=\s)")
_GAP_ID, _JOIN_ID = 0, 1
_JOINS = frozenset("-_\u2010\u2011\u2212")


class Segment(NamedTuple):
    """One field of one paper (`doc` counts from 0)."""

    doc: int
    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a term: the stem to find, all its inflected forms.

    `literal` finds its spellings and its plural alone, `cased` is set where its capitals matter, `prefix` where `*`
    follows.
    """

    stem: str
    base: str
    cased: Form | None = None
    literal: bool = False
    prefix: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether any word of its stem will do."""
        return self.cased is None and not self.literal and not self.prefix


Group = tuple[Word, ...]
"""Words that stand side by side, in this order."""


class _Surfaces(dict[str, int]):
    """Numbers each distinct token as it is first seen."""

    def __init__(self) -> None:
        super().__init__()
        self.known: list[str] = ["", "-"]

    def __missing__(self, surface: str) -> int:
        if surface in _JOINS:
            number = _JOIN_ID
        elif surface[0] in ".!?。！？；":
            number = _GAP_ID
        else:
            number = len(self.known)
            self.known.append(surface)
        self[surface] = number
        return number


class TextIndex:
    """Every word of these segments, findable. Built once; look-ups are cached."""

    def __init__(self, segments: Iterable[Segment]) -> None:
        self.segments = tuple(segments)
        surfaces = _Surfaces()
        number = surfaces.__getitem__
        rows: list[int] = []
        first_raw: list[int] = []
        gap = [_GAP_ID] * SEGMENT_GAP
        for segment in self.segments:
            rows += gap
            first_raw.append(len(rows))
            pattern = _SCAN_ASCII if segment.text.isascii() else _SCAN
            rows += map(number, pattern.findall(segment.text))
        rows += gap
        raw = np.array(rows, dtype=np.int32)
        joins = np.flatnonzero(raw == _JOIN_ID)
        position = np.cumsum(raw != _JOIN_ID) - 1  # of each raw entry; a join has that of the word before it
        self._type_at = raw[raw != _JOIN_ID]
        self._first = [int(position[at]) if at < len(raw) else len(self._type_at) for at in first_raw]
        self.forms: list[Form] = [fold(surface) for surface in surfaces.known]
        self._surfaces = surfaces.known

        stems: dict[str, int] = {}
        bases: dict[str, int] = {}
        stem_of = [stems.setdefault(form.stem, len(stems)) for form in self.forms]
        base_of = [bases.setdefault(form.base, len(bases)) for form in self.forms]
        self._stems, self._bases = stems, bases
        stem_at = np.array(stem_of, dtype=np.int32)[self._type_at]
        self._base_of = base_of
        # Positions grouped by stem: one stable sort, then slices.
        order = np.argsort(stem_at, kind="stable")
        bounds = np.searchsorted(stem_at[order], np.arange(len(stems) + 1))
        self._order, self._bounds = order, bounds.tolist()
        self._types: list[int] = self._type_at.tolist()
        self._stem_at: list[int] = stem_at.tolist()
        self._types_of: dict[int, list[int]] = {}
        for type_id, stem in enumerate(stem_of):
            self._types_of.setdefault(stem, []).append(type_id)
        self._postings: dict[int, list[int]] = {}
        self._groups: dict[Group, list[int]] = {}
        self._sorted_bases: list[str] | None = None
        self.compounds = self._find_compounds(joins, position)

    @property
    def size(self) -> int:
        """How many words there are, gaps not counted."""
        return int(np.count_nonzero(self._type_at != _GAP_ID))

    def _find_compounds(self, joins: np.ndarray, position: np.ndarray) -> dict[str, set[tuple[str, ...]]]:
        """Each hyphenated compound of the text, by the stem of its parts written as one word."""
        seen: set[tuple[int, ...]] = set()
        run: list[int] = []
        for at in position[joins].tolist():
            if run and run[-1] == at:
                run.append(at + 1)
            else:
                run = [at, at + 1]
            for begin in range(len(run) - 2, max(len(run) - 5, -1), -1):
                seen.add(tuple(self._types[spot] for spot in run[begin:]))
        compounds: dict[str, set[tuple[str, ...]]] = {}
        for types in seen:
            parts = [self.forms[number] for number in types]
            joined = fold("".join(part.base for part in parts[:-1]) + parts[-1].base).stem
            compounds.setdefault(joined, set()).add(tuple(part.stem for part in parts))
        return compounds

    # --- looking up -------------------------------------------------------------------------------------------------

    def knows(self, stem: str) -> bool:
        """Whether any word of the text has this stem."""
        return stem in self._stems

    def positions(self, word: Word) -> list[int]:
        """Where this word stands, ascending."""
        if word.prefix:
            return self._prefix_positions(word.base)
        stem = self._stems.get(word.stem)
        if stem is None:
            return []
        found = self._postings.get(stem)
        if found is None:
            found = self._order[self._bounds[stem] : self._bounds[stem + 1]].tolist()
            self._postings[stem] = found
        if word.is_plain:
            return found
        accepted = {
            number
            for number in self._types_of[stem]
            if (not word.literal or self.forms[number].base == word.base)
            and (word.cased is None or word.cased.accepts(self.forms[number]))
        }
        types = self._types
        return [at for at in found if types[at] in accepted]

    def _prefix_positions(self, prefix: str) -> list[int]:
        if self._sorted_bases is None:
            self._sorted_bases = sorted(self._bases)
        low = bisect_left(self._sorted_bases, prefix)
        high = bisect_left(self._sorted_bases, prefix + "\U0010ffff")
        wanted = {self._bases[base] for base in self._sorted_bases[low:high]}
        accepted = {number for number, base in enumerate(self._base_of) if base in wanted and number > _JOIN_ID}
        return np.flatnonzero(np.isin(self._type_at, list(accepted))).tolist() if accepted else []

    def phrase(self, group: Group) -> list[int]:
        """Where these words stand side by side: the positions of the first, ascending."""
        found = self._groups.get(group)
        if found is None:
            found = self._groups[group] = self._find_phrase(group)
        return found

    def _find_phrase(self, group: Group) -> list[int]:
        if len(group) == 1:
            return self.positions(group[0])
        if all(word.is_plain for word in group):
            stems = [self._stems.get(word.stem, -1) for word in group]
            if -1 in stems:
                return []
            rarest = min(range(len(stems)), key=lambda at: self._bounds[stems[at] + 1] - self._bounds[stems[at]])
            size, stem_at = len(stems), self._stem_at
            return [
                at - rarest
                for at in self.positions(group[rarest])
                if stem_at[at - rarest : at - rarest + size] == stems
            ]
        found = self.positions(group[0])
        for offset, word in enumerate(group[1:], 1):
            there = set(self.positions(word))
            found = [at for at in found if at + offset in there]
        return found

    def near(self, groups: Sequence[Group], window: int) -> list[tuple[int, int]]:
        """Where all groups stand within `window` positions, in any order: one (first, end) a segment, the tightest."""
        starts = [self.phrase(group) for group in groups]
        if not all(starts):
            return []
        sizes = [len(group) for group in groups]
        anchor = min(range(len(starts)), key=lambda number: len(starts[number]))
        others = [number for number in range(len(starts)) if number != anchor]
        best: dict[int, tuple[int, int]] = {}
        for at in starts[anchor]:
            span = self._tightest(at, anchor, others, starts, sizes, window)
            if span:
                segment = self.segment_at(at)
                known = best.get(segment)
                if known is None or (span[1] - span[0], span[0]) < (known[1] - known[0], known[0]):
                    best[segment] = span
        return sorted(best.values())

    @staticmethod
    def _tightest(  # noqa: PLR0917
        at: int, anchor: int, others: list[int], starts: list[list[int]], sizes: list[int], window: int
    ) -> tuple[int, int] | None:
        """The shortest span of at most `window` positions that holds the anchor and one start of each other group."""
        events: list[tuple[int, int]] = [(at, anchor)]
        low, high = at + sizes[anchor] - window, at + window
        for number in others:
            row = starts[number]
            left = bisect_left(row, low)
            right = bisect_right(row, high - sizes[number], left)
            if left == right:
                return None
            events.extend((spot, number) for spot in row[left:right])
        best: tuple[int, int] | None = None
        for first in {spot for spot, _ in events if spot <= at}:
            end = at + sizes[anchor]
            for number in others:
                row = starts[number]
                index = bisect_left(row, first)
                if index == len(row):
                    break
                end = max(end, row[index] + sizes[number])
            else:
                if end - first <= window and (best is None or (end - first, first) < (best[1] - best[0], best[0])):
                    best = first, end
        return best

    def segment_at(self, position: int) -> int:
        """The number of the segment that holds this position."""
        return bisect_right(self._first, position) - 1

    def bases_at(self, first: int, size: int) -> list[str]:
        """The bases of these positions."""
        return [self.forms[number].base for number in self._types[first : first + size]]

    def offset(self, position: int, segment: int) -> int:
        """How many positions after its segment's beginning this one stands."""
        return position - self._first[segment]

    def excerpt(self, first: int, end: int) -> str:
        """The text from one position to another (not included), as it stands."""
        segment = self.segment_at(first)
        start, stop = self.span(first, end)
        return self.segments[segment].text[start:stop]

    def span(self, first: int, end: int) -> tuple[int, int]:
        """The same as offsets into the segment's text."""
        number = self.segment_at(first)
        text = self.segments[number].text
        # Positions count words and sentence ends: cut again, which is cheap for the few texts that are shown.
        pattern = _SCAN_ASCII if text.isascii() else _SCAN
        places = [match.span() for match in pattern.finditer(text) if match.group() not in _JOINS]
        low, high = first - self._first[number], end - 1 - self._first[number]
        return places[low][0], places[high][1]

    def has_unspaced(self, word: Word) -> bool:
        """Whether this word is a character of a script without word boundaries."""
        return is_unspaced(word.base)

    def tokens_of(self, text: str) -> list[Form]:
        """The forms of a text, cut as the index cuts."""
        return [fold(token.surface) for token in tokens(text)]
