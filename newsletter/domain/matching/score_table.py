"""The scores of many interests side by side, and the best papers of many subscribers at once, as array work.

An interest becomes a row of (paper, score) pairs. A block of subscribers becomes one matrix, subscribers by papers,
into which the rows of their interests are added; the best of each line are found by a partial sort. Nothing is done in
Python for each pair of subscriber and paper, and memory is that of a block.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import chain

import numpy as np
import numpy.typing as npt

__all__ = ["Cells", "ScoreTable", "best_papers", "in_order", "of_lines"]

Ints = npt.NDArray[np.int64]
Cells = tuple[Ints, Ints]
"""Places in a matrix of subscribers by papers: their lines and their papers, (n,) each."""
NO_CELLS: Cells = (np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))

_DOC_BITS = 20
_DOC_MASK = (1 << _DOC_BITS) - 1
MAX_INDEXED_PAPERS = 1 << _DOC_BITS
MOST_PAIRS = 500_000
"""Pairs of paper and score that are summed up together, of one subscriber at least: some 30 MB."""
_MOST_SCORE = (1 << 20) - 1
"""Above it scores are equal where another order comes first: score, rank and place have room in 62 bits."""


class ScoreTable:
    """Rows of scores over the papers of one issue, in one growing array."""

    def __init__(self, papers: int) -> None:
        if papers > MAX_INDEXED_PAPERS:
            msg = f"an issue has at most {MAX_INDEXED_PAPERS:,} papers, got {papers:,}"
            raise ValueError(msg)
        self._papers = papers
        self._packed = np.empty(1 << 12, dtype=np.int64)
        self._used = 0
        self._starts = array("q")
        self._sizes = array("q")

    def __len__(self) -> int:
        return len(self._starts)

    @property
    def cells(self) -> int:
        """How many scores are kept."""
        return self._used

    def add(self, docs: Ints, scores: Ints) -> int:
        """Keep a row: papers, ascending, and their whole scores, at least 1, both (n,) int64. Returns its number."""
        size = len(docs)
        while self._used + size > len(self._packed):
            self._packed = np.concatenate([self._packed, np.empty_like(self._packed)])
        self._packed[self._used : self._used + size] = scores << _DOC_BITS | docs
        self._starts.append(self._used)
        self._sizes.append(size)
        self._used += size
        return len(self._starts) - 1

    def row(self, number: int) -> tuple[Ints, Ints]:
        """The papers of a row, ascending, and their scores: (n,) int64 each."""
        start = self._starts[number]
        packed = self._packed[start : start + self._sizes[number]]
        return packed & _DOC_MASK, packed >> _DOC_BITS

    def line(self, rows: Sequence[int]) -> Ints:
        """The sums of some rows: (papers,) int64, 0 where no row has the paper."""
        line: Ints = self.matrix([rows])[0]
        return line

    def matrix(self, subscribers: Sequence[Sequence[int]]) -> Ints:
        """The sums of each subscriber's rows: (subscribers, papers) int64."""
        return self.sums(subscribers, 0)[0]

    def sums(self, subscribers: Sequence[Sequence[int]], small: int) -> tuple[Ints, Cells]:
        """The matrix, and the cells in it that a row of fewer than `small` papers has part in."""
        flat = np.fromiter(chain.from_iterable(subscribers), dtype=np.int64)
        sizes = np.array(self._sizes, dtype=np.int64)[flat]
        if len(subscribers) > 1 and int(sizes.sum()) > MOST_PAIRS:
            half = len(subscribers) // 2
            above, (lines_above, papers_above) = self.sums(subscribers[:half], small)
            below, (lines_below, papers_below) = self.sums(subscribers[half:], small)
            few_cells = np.concatenate([lines_above, lines_below + half]), np.concatenate([papers_above, papers_below])
            return np.concatenate([above, below]), few_cells
        counts = np.fromiter(map(len, subscribers), dtype=np.int64, count=len(subscribers))
        where = np.repeat(np.arange(len(subscribers), dtype=np.int64), counts)
        starts = np.array(self._starts, dtype=np.int64)[flat]
        packed = self._pairs(starts, sizes)
        cells = np.repeat(where * self._papers, sizes) + (packed & _DOC_MASK)
        summed = np.bincount(cells, weights=packed >> _DOC_BITS, minlength=len(subscribers) * self._papers)
        lines: Ints = summed.astype(np.int64).reshape(len(subscribers), self._papers)
        few = np.flatnonzero(sizes < small)
        papers = self._pairs(starts[few], sizes[few]) & _DOC_MASK
        return lines, (np.repeat(where[few], sizes[few]), papers)

    def _pairs(self, starts: Ints, sizes: Ints) -> Ints:
        """The pairs of these rows, one row after the other."""
        ends = np.cumsum(sizes)
        total = int(ends[-1]) if len(ends) else 0
        # For each pair its place in the packed array: the start of its row, and how far into the row it is.
        pairs: Ints = self._packed[np.arange(total, dtype=np.int64) + np.repeat(starts - (ends - sizes), sizes)]
        return pairs


def best_papers(matrix: Ints, limit: int, first: Cells = NO_CELLS) -> tuple[Ints, Ints, Ints]:
    """The best papers of each line: (papers, scores, how many papers have a score at all).

    `matrix` is (subscribers, papers) int64; the first two results are (subscribers, at most `limit`) int64, the third
    is (subscribers,) int64.

    Papers are ordered by score, then by place; lines with fewer than `limit` papers are filled up with score 0. Where
    there are more than `limit`, those of `first` that have a score are chosen before all others.
    """
    papers = matrix.shape[1]
    counts = np.count_nonzero(matrix, axis=1)
    bits = max(1, (papers - 1).bit_length())
    limit = min(limit, papers)
    cuts = 0 < limit < papers
    highest = int(matrix.max(initial=0))
    ahead = 1 << highest.bit_length() if cuts and len(first[0]) else 0
    # Score and place in one number: a plain sort of it is the order wanted, and the place is read back from it.
    keys = (matrix << bits) | np.arange((1 << bits) - 1, (1 << bits) - 1 - papers, -1)
    if papers and max(highest, 2 * ahead - 1) < 1 << (31 - bits):
        keys = keys.astype(np.int32)
    if ahead:
        # a bit above all scores while papers are chosen, not while they are ordered
        lines, docs = first
        scored = matrix[lines, docs] > 0
        keys[lines[scored], docs[scored]] |= keys.dtype.type(ahead << bits)
    if cuts:
        keys = np.partition(keys, papers - limit, axis=1)
    keys = keys[:, papers - limit :]
    if ahead:
        keys = keys & keys.dtype.type((ahead << bits) - 1)
    keys = np.sort(keys, axis=1)[:, ::-1].astype(np.int64)
    mask = (1 << bits) - 1
    return mask - (keys & mask), keys >> bits, counts


def in_order(matrix: Ints, ranks: Ints) -> Ints:
    """Scores that put papers in another order: by their ranks, (papers,) from 1, the greatest first, then by score.

    `matrix` is (subscribers, papers) int64, and so is the result; what has no score there has none here.
    """
    scores = np.minimum(matrix, _MOST_SCORE)
    highest = int(scores.max(initial=0))
    ordered: Ints = np.where(matrix > 0, (ranks << highest.bit_length()) | scores, 0)
    return ordered


def of_lines(cells: Cells, lines: Ints, size: int) -> Cells:
    """The cells in some lines of a matrix of `size` lines, numbered as in the matrix of those lines alone."""
    number = np.full(size, -1, dtype=np.int64)
    number[lines] = np.arange(len(lines), dtype=np.int64)
    there = number[cells[0]]
    return there[there >= 0], cells[1][there >= 0]
