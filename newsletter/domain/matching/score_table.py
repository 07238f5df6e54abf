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

__all__ = ["ScoreTable", "best_papers"]

_DOC_BITS = 20
_DOC_MASK = (1 << _DOC_BITS) - 1
MAX_INDEXED_PAPERS = 1 << _DOC_BITS


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

    def add(self, docs: npt.NDArray[np.int64], scores: npt.NDArray[np.int64]) -> int:
        """Keep a row: papers, ascending, and their whole scores, at least 1, both (n,) int64. Returns its number."""
        size = len(docs)
        while self._used + size > len(self._packed):
            self._packed = np.concatenate([self._packed, np.empty_like(self._packed)])
        self._packed[self._used : self._used + size] = scores << _DOC_BITS | docs
        self._starts.append(self._used)
        self._sizes.append(size)
        self._used += size
        return len(self._starts) - 1

    def row(self, number: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """The papers of a row, ascending, and their scores: (n,) int64 each."""
        start = self._starts[number]
        packed = self._packed[start : start + self._sizes[number]]
        return packed & _DOC_MASK, packed >> _DOC_BITS

    def line(self, rows: Sequence[int]) -> npt.NDArray[np.int64]:
        """The sums of some rows: (papers,) int64, 0 where no row has the paper."""
        line: npt.NDArray[np.int64] = self.matrix([rows])[0]
        return line

    def matrix(self, subscribers: Sequence[Sequence[int]]) -> npt.NDArray[np.int64]:
        """The sums of each subscriber's rows: (subscribers, papers) int64."""
        flat = np.fromiter(chain.from_iterable(subscribers), dtype=np.int64)
        counts = np.fromiter(map(len, subscribers), dtype=np.int64, count=len(subscribers))
        where = np.repeat(np.arange(len(subscribers), dtype=np.int64) * self._papers, counts)
        sizes = np.array(self._sizes, dtype=np.int64)[flat]
        starts = np.array(self._starts, dtype=np.int64)[flat]
        ends = np.cumsum(sizes)
        total = int(ends[-1]) if len(ends) else 0
        # For each pair its place in the packed array: the start of its row, and how far into the row it is.
        place = np.arange(total, dtype=np.int64) + np.repeat(starts - (ends - sizes), sizes)
        packed = self._packed[place]
        cells = np.repeat(where, sizes) + (packed & _DOC_MASK)
        summed = np.bincount(cells, weights=packed >> _DOC_BITS, minlength=len(subscribers) * self._papers)
        lines: npt.NDArray[np.int64] = summed.astype(np.int64).reshape(len(subscribers), self._papers)
        return lines


def best_papers(
    matrix: npt.NDArray[np.int64], limit: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The best papers of each line: (papers, scores, how many papers have a score at all).

    `matrix` is (subscribers, papers) int64; the first two results are (subscribers, at most `limit`) int64, the third
    is (subscribers,) int64.

    Papers are ordered by score, then by place; lines with fewer than `limit` papers are filled up with score 0.
    """
    papers = matrix.shape[1]
    counts = np.count_nonzero(matrix, axis=1)
    bits = max(1, (papers - 1).bit_length())
    # Score and place in one number: a plain sort of it is the order wanted, and the place is read back from it.
    keys = (matrix << bits) | np.arange((1 << bits) - 1, (1 << bits) - 1 - papers, -1)
    if papers and int(matrix.max(initial=0)) < 1 << (31 - bits):
        keys = keys.astype(np.int32)
    limit = min(limit, papers)
    if 0 < limit < papers:
        keys = np.partition(keys, papers - limit, axis=1)
    keys = keys[:, papers - limit :]
    keys = np.sort(keys, axis=1)[:, ::-1].astype(np.int64)
    mask = (1 << bits) - 1
    return mask - (keys & mask), keys >> bits, counts
