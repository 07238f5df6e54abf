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
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from newsletter.domain.folding import SCAN, SCAN_ASCII, STOP_WORDS, Form, fold, tokens
from newsletter.domain.inflection import verb_form

__all__ = ["SEGMENT_GAP", "SENTENCE_GAP", "Group", "Segment", "TextIndex", "Word", "Written"]

SEGMENT_GAP = 32
"""Empty positions between two segments: more than any phrase or near match spans."""
SENTENCE_GAP = 12
"""Empty positions between two sentences: more than may stand among the words of a near match."""

_JOIN = "[-_\u2010\u2011\u2212](?=[^\\W_])"
_STOP = "[.!?](?=\\s)|[。！？；]"
_SCAN = re.compile(rf"{SCAN}|{_JOIN}|{_STOP}|,(?=\s)")
_SCAN_ASCII = re.compile(rf"{SCAN_ASCII}|[-_](?=[A-Za-z0-9])|[.!?,](?=\s)")
_SEGMENT_ID, _JOIN_ID, _SENTENCE_ID, _COMMA_ID = 0, 1, 2, 3
_LAST_MARK = 3
_STOPS = ".!?。！？；"
_JOINS = frozenset("-_\u2010\u2011\u2212")


class Segment(NamedTuple):
    """One field of one paper (`doc` counts from 0)."""

    doc: int
    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a term: the stem to find, all its inflected forms.

    `literal` finds its spellings and its plural alone, `narrow` its verb forms too but not the noun of its action;
    `cased` is set where its capitals matter, `prefix` where `*` follows.
    """

    stem: str
    base: str
    cased: Form | None = None
    literal: bool = False
    narrow: bool = False
    prefix: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether any word of its stem will do."""
        return self.cased is None and not (self.literal or self.narrow or self.prefix)


Group = tuple[Word, ...]
"""Words that stand side by side, in this order."""


class Written(NamedTuple):
    """A term as it was written: its tokens in lower case, which of them a hyphen joins to the next, their bases."""

    surfaces: list[str]
    links: list[bool]
    bases: list[str]

    @classmethod
    def of(cls, text: str) -> Written:
        """Read a term."""
        cut = tokens(text)
        links = [text[here.end : there.start] in _JOINS for here, there in pairwise(cut)]
        return cls([t.surface.casefold() for t in cut], links, [fold(t.surface).base for t in cut])


class _Surfaces(dict[str, int]):
    """Numbers each distinct token as it is first seen."""

    def __init__(self) -> None:
        super().__init__()
        self.known: list[str] = ["", "-", ".", ","]

    def __missing__(self, surface: str) -> int:
        if surface in _JOINS:
            number = _JOIN_ID
        elif surface == ",":
            number = _COMMA_ID
        elif surface[0] in _STOPS:
            number = _SENTENCE_ID
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
        for segment in self.segments:
            rows.append(_SEGMENT_ID)
            first_raw.append(len(rows))
            pattern = _SCAN_ASCII if segment.text.isascii() else _SCAN
            rows += map(number, pattern.findall(segment.text))
        rows.append(_SEGMENT_ID)
        raw = np.array(rows, dtype=np.int32)
        steps = np.ones(len(raw), dtype=np.int64)
        steps[(raw == _JOIN_ID) | (raw == _COMMA_ID)] = 0
        steps[raw == _SENTENCE_ID] = SENTENCE_GAP
        steps[raw == _SEGMENT_ID] = SEGMENT_GAP
        # Of each entry: a join and a comma have the position of the word before them, a gap its last one.
        position = np.cumsum(steps) - 1
        words = raw > _LAST_MARK
        self._type_at = np.zeros(int(position[-1]) + 1, dtype=np.int32)
        self._type_at[position[words]] = raw[words]
        joins = np.flatnonzero(raw == _JOIN_ID)
        self._commas = set(position[raw == _COMMA_ID].tolist())
        self._linked = set(position[joins].tolist())
        self._first = (position[np.array(first_raw, dtype=np.int64) - 1] + 1).tolist()
        self.forms: list[Form] = [fold(surface) for surface in surfaces.known]
        self._is_stop = [form.base in STOP_WORDS for form in self.forms]
        self._lower = [surface.casefold() for surface in surfaces.known]

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
        return int(np.count_nonzero(self._type_at > _LAST_MARK))

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
            and (not word.narrow or verb_form(self.forms[number].base) == verb_form(word.base))
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
        accepted = {number for number, base in enumerate(self._base_of) if base in wanted and number > _LAST_MARK}
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

    def near(self, groups: Sequence[Group], window: int, *, across_commas: bool = True) -> list[tuple[int, int]]:
        """Where the groups stand in this order within `window` positions: one (first, end) a segment.

        It is the tightest one of the segment, of those the first. A group that a hyphen joins to a word in between does
        not count: *vision-language-action models* are no vision-language models.
        """
        starts = [self.phrase(group) for group in groups]
        if not all(starts):
            return []
        sizes = [len(group) for group in groups]
        rarest = min(starts, key=len)
        first_row = starts[0]
        best: dict[int, tuple[int, int]] = {}
        tried = -1
        for at in rarest:
            low = bisect_left(first_row, at - window + 1)
            for index in range(max(low, tried + 1), bisect_right(first_row, at)):
                tried = index
                end = self._follow(first_row[index], starts, sizes, window, across_commas=across_commas)
                if not end:
                    continue
                span = first_row[index], end
                segment = self.segment_at(span[0])
                known = best.get(segment)
                if known is None or (end - span[0], span[0]) < (known[1] - known[0], known[0]):
                    best[segment] = span
        return sorted(best.values())

    def _follow(
        self, first: int, starts: list[list[int]], sizes: list[int], window: int, *, across_commas: bool
    ) -> int:
        """The end of the shortest span from `first` that holds all groups in order, 0 where it is too long."""
        end = first + sizes[0]
        for row, size in zip(starts[1:], sizes[1:], strict=True):
            found = bisect_left(row, end)
            if found == len(row):
                return 0
            begin = row[found]
            if begin + size - first > window or (begin > end and end - 1 in self._linked):
                return 0
            if not across_commas and any(at in self._commas for at in range(end - 1, begin)):
                return 0
            end = begin + size
        return end

    def forget(self) -> None:
        """Drop what look-ups have cached."""
        self._groups.clear()
        self._postings.clear()

    def segment_at(self, position: int) -> int:
        """The number of the segment that holds this position."""
        return bisect_right(self._first, position) - 1

    def closeness(self, first: int, wanted: Written) -> int:
        """How closely the words from this position on are the wanted ones.

        3: written alike but for capitals; 2: but for hyphens, accents and compatibility forms; 1: another spelling, or
        singular for plural; 0: another inflection.
        """
        types = self._types[first : first + len(wanted.surfaces)]
        if [self._lower[number] for number in types] == wanted.surfaces:
            links = [at in self._linked for at in range(first, first + len(types) - 1)]
            return 3 if links == wanted.links else 2
        return 1 if [self.forms[number].base for number in types] == wanted.bases else 0

    def ends_phrase(self, position: int) -> bool:
        """Whether a phrase may begin after this position: a gap, a comma or a stop word stands there."""
        number = self._types[position]
        return number <= _LAST_MARK or self._is_stop[number] or position in self._commas

    def begins_phrase(self, position: int) -> bool:
        """Whether a phrase may end before this position."""
        number = self._types[position]
        return number <= _LAST_MARK or self._is_stop[number] or position - 1 in self._commas

    def excerpt(self, first: int, end: int) -> str:
        """The text from one position to another (not included), as it stands."""
        segment = self.segment_at(first)
        start, stop = self.span(first, end)
        return self.segments[segment].text[start:stop]

    def span(self, first: int, end: int) -> tuple[int, int]:
        """The same as offsets into the segment's text."""
        number = self.segment_at(first)
        text = self.segments[number].text
        # Cut again, which is cheap for the few texts that are shown.
        pattern = _SCAN_ASCII if text.isascii() else _SCAN
        at, start = self._first[number], 0
        for match in pattern.finditer(text):
            found = match.group()
            if found in _JOINS or found == ",":
                continue
            if found[0] in _STOPS:
                at += SENTENCE_GAP
                continue
            if at == first:
                start = match.start()
            if at == end - 1:
                return start, match.end()
            at += 1
        msg = f"no words at positions {first} to {end}"
        raise IndexError(msg)
