"""Rows of scores, their sums and the best of them, on tables small enough to add up by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.domain.matching import score_table
from newsletter.domain.matching.score_table import MAX_INDEXED_PAPERS, ScoreTable, best_papers, in_order, of_lines


def table(*rows: dict[int, int], papers: int = 4) -> ScoreTable:
    """Each row gives some papers a score."""
    result = ScoreTable(papers)
    for row in rows:
        result.add(np.array(sorted(row), dtype=np.int64), np.array([row[doc] for doc in sorted(row)], dtype=np.int64))
    return result


def test_a_row_is_kept_as_it_was_given_and_counted() -> None:
    kept = table({0: 5, 3: 1_000_000}, {}, {2: 7})
    assert (len(kept), kept.cells) == (3, 3)
    assert [[column.tolist() for column in kept.row(number)] for number in range(3)] == [
        [[0, 3], [5, 1_000_000]],
        [[], []],
        [[2], [7]],
    ]


def test_rows_are_numbered_as_they_come() -> None:
    kept = ScoreTable(2)
    one = np.array([0], dtype=np.int64)
    assert [kept.add(one, one + 1), kept.add(one, one + 2)] == [0, 1]


def test_a_subscribers_line_is_the_sum_of_their_rows() -> None:
    kept = table({0: 5, 2: 1}, {0: 10}, {1: 3, 2: 2}, {})
    assert kept.line([0, 1, 2]).tolist() == [15, 3, 3, 0]
    assert kept.line([3]).tolist() == [0, 0, 0, 0]
    assert kept.line([]).tolist() == [0, 0, 0, 0]
    assert kept.line([2, 2]).tolist() == [0, 6, 4, 0]


def test_many_subscribers_are_summed_side_by_side() -> None:
    kept = table({0: 5, 2: 1}, {0: 10}, {1: 3})
    assert kept.matrix([[0, 1], [], [2], [0, 2]]).tolist() == [[15, 0, 1, 0], [0, 0, 0, 0], [0, 3, 0, 0], [5, 3, 1, 0]]
    assert kept.matrix([]).shape == (0, 4)


@pytest.mark.parametrize("most", [1, 3, 100])
def test_however_few_are_summed_at_once_the_sums_are_the_same(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr(score_table, "MOST_PAIRS", most)
    kept = table({0: 5, 2: 1}, {0: 10}, {1: 3, 2: 2, 3: 1})
    lines, (who, papers) = kept.sums([[0, 1], [], [2], [0, 2], [1]], 3)
    assert lines.tolist() == [[15, 0, 1, 0], [0] * 4, [0, 3, 2, 1], [5, 3, 3, 1], [10, 0, 0, 0]]
    assert sorted(zip(who.tolist(), papers.tolist(), strict=True)) == [(0, 0), (0, 0), (0, 2), (3, 0), (3, 2), (4, 0)]


def test_a_table_grows_as_far_as_it_must() -> None:
    """It begins with room for 4,096 scores; here come rows of three thousand, one of ten thousand behind them."""
    papers = 10_000
    kept = ScoreTable(papers)
    for size in (3_000, 3_000, 10_000, 1):
        kept.add(np.arange(size, dtype=np.int64), np.full(size, size, dtype=np.int64))
    assert kept.cells == 16_001
    for number, size in enumerate((3_000, 3_000, 10_000, 1)):
        docs, scores = kept.row(number)
        assert (len(docs), docs[-1], set(scores.tolist())) == (size, size - 1, {size})
    assert kept.line([0, 1, 2, 3])[[0, 2_999, 3_000, 9_999]].tolist() == [16_001, 16_000, 10_000, 10_000]


def test_an_issue_has_at_most_a_million_papers_and_some() -> None:
    """2²⁰: a paper's place and its score share one number."""
    assert MAX_INDEXED_PAPERS == 1_048_576
    last = np.array([MAX_INDEXED_PAPERS - 1], dtype=np.int64)
    kept = ScoreTable(MAX_INDEXED_PAPERS)
    kept.add(last, np.array([7], dtype=np.int64))
    assert [column.tolist() for column in kept.row(0)] == [[1_048_575], [7]]
    with pytest.raises(ValueError, match="at most 1,048,576 papers, got 1,048,577"):
        ScoreTable(MAX_INDEXED_PAPERS + 1)


def best(lines: list[list[int]], limit: int) -> list[tuple[list[int], list[int], int]]:
    papers, scores, counts = best_papers(np.array(lines, dtype=np.int64).reshape(len(lines), -1), limit)
    return [*zip(papers.tolist(), scores.tolist(), counts.tolist(), strict=True)]


@pytest.mark.parametrize(
    ("line", "limit", "papers", "scores", "count"),
    [
        ([3, 9, 5], 2, [1, 2], [9, 5], 3),
        ([3, 9, 5], 3, [1, 2, 0], [9, 5, 3], 3),
        ([3, 9, 5], 9, [1, 2, 0], [9, 5, 3], 3),
        ([5, 5, 5], 2, [0, 1], [5, 5], 3),  # equal scores keep the issue's order
        ([0, 5, 0, 5], 3, [1, 3, 0], [5, 5, 0], 2),
        ([0, 0], 1, [0], [0], 0),
        ([4], 1, [0], [4], 1),
        ([4, 8], 0, [], [], 2),
    ],
)
def test_the_best_come_first_and_equals_in_the_issues_order(
    line: list[int], limit: int, papers: list[int], scores: list[int], count: int
) -> None:
    assert best([line], limit) == [(papers, scores, count)]


@pytest.mark.parametrize("highest", [2**28 - 1, 2**28, 2**29, 2**31, 2**40])
def test_scores_of_any_size_are_ordered_alike(highest: int) -> None:
    """Eight papers take three bits of a number: below 2²⁸ score and place fit into 32 bits, above they do not."""
    line = [1, highest, 0, highest - 1, highest, 2, 3, 4]
    assert best([line], 4) == [([1, 4, 3, 7], [highest, highest, highest - 1, 4], 7)]


def test_an_issue_without_papers_has_no_best() -> None:
    papers, scores, counts = best_papers(np.zeros((2, 0), dtype=np.int64), 5)
    assert (papers.shape, scores.shape, counts.tolist()) == ((2, 0), (2, 0), [0, 0])


@given(st.lists(st.lists(st.integers(0, 50), min_size=5, max_size=5), min_size=1, max_size=4), st.integers(1, 6))
def test_a_sort_by_score_and_place_gives_the_same(lines: list[list[int]], limit: int) -> None:
    for line, (papers, scores, count) in zip(lines, best(lines, limit), strict=True):
        ordered = sorted(range(5), key=lambda doc: (-line[doc], doc))[:limit]
        assert (papers, scores, count) == (ordered, [line[doc] for doc in ordered], sum(map(bool, line)))


def test_the_papers_of_small_rows_are_told_by_subscriber() -> None:
    kept = table({0: 5, 2: 1}, {0: 10, 1: 1, 3: 1}, {1: 3}, {})
    lines, papers = kept.sums([[0, 1], [], [1, 2, 3]], 3)[1]
    assert [*zip(lines.tolist(), papers.tolist(), strict=True)] == [(0, 0), (0, 2), (2, 1)]
    lines, papers = of_lines((lines, papers), np.array([2]), 3)
    assert (lines.tolist(), papers.tolist()) == ([0], [1])


@given(
    st.lists(st.integers(0, 2**40) | st.integers(0, 9), min_size=7, max_size=7),
    st.sets(st.integers(0, 6)),
    st.integers(0, 8),
)
def test_the_first_are_chosen_before_the_best_and_all_stand_in_order(
    line: list[int], first: set[int], limit: int
) -> None:
    cells = np.zeros(len(first), dtype=np.int64), np.array(sorted(first), dtype=np.int64)
    papers, scores, counts = best_papers(np.array([line], dtype=np.int64), limit, cells)
    found = [doc for doc in range(7) if line[doc]]
    chosen = sorted(found, key=lambda doc: (doc not in first, -line[doc], doc))[:limit]
    shown = [doc for doc, score in zip(papers[0].tolist(), scores[0].tolist(), strict=True) if score]
    assert shown == sorted(chosen, key=lambda doc: (-line[doc], doc))
    assert counts.tolist() == [len(found)]


@given(
    st.lists(st.integers(0, 9) | st.integers(2**20, 2**40), min_size=6, max_size=6),
    st.lists(st.integers(1, 4) | st.integers(2**19, 2**20), min_size=6, max_size=6),
)
def test_another_order_comes_before_the_score_and_what_has_none_stays_out(line: list[int], ranks: list[int]) -> None:
    ordered = in_order(np.array([line], dtype=np.int64), np.array(ranks, dtype=np.int64))
    papers, keys, counts = best_papers(ordered, 6)
    shown = [doc for doc, key in zip(papers[0].tolist(), keys[0].tolist(), strict=True) if key]
    most = 2**20 - 1
    found = [doc for doc in range(6) if line[doc]]
    assert shown == sorted(found, key=lambda doc: (-ranks[doc], -min(line[doc], most), doc))
    assert counts.tolist() == [len(found)]
