"""Scores worked out by hand from the rules of `ranking`, and the order of papers that a reader would expect.

A **place** in a text counts 1.0 where it says the term verbatim and by itself. n such places count log2(1 + n): one
counts 1, three 2, seven 3. An abstract of 600 characters multiplies that by 1.25, one of 200 by 1.5.
"""

from __future__ import annotations

from datetime import date
from math import e

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.domain.issues import IssuePaper
from newsletter.domain.matching import ranking
from newsletter.domain.matching.ranking import evidence, rarity, standing, whole_scores
from newsletter.domain.papers import AnnounceType, Notice, Paper, PaperId, Provenance, Rating, Summary

PLACE = 100 * 100
"""What one place counts that is verbatim and stands alone: 100 hundredths of 100 hundredths."""


def score(title: int = 0, abstract: int = 0, length: float = 600.0) -> float:
    """The evidence of a term in one paper."""
    (result,) = evidence(np.array([title]), np.array([abstract]), np.array([length]))
    return float(result)


def hundredths(value: float) -> int:
    return int(whole_scores(np.array([value]))[0])


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (ranking.CLOSENESS[3] * ranking.ALONE, 125),  # as the subscriber wrote it: log2(2) = 1, times 1.25
        (ranking.CLOSENESS[2] * ranking.ALONE, 85),  # sim2real for sim-2-real: log2(1.60) = 0.6781
        (ranking.CLOSENESS[1] * ranking.ALONE, 40),  # behaviour for behavior: log2(1.25) = 0.3219
        (ranking.CLOSENESS[0] * ranking.ALONE, 25),  # modelling for models: log2(1.15) = 0.2016
        (ranking.OTHER_NAME * ranking.ALONE, 33),  # LLM for large language model: log2(1.20) = 0.2630
        (ranking.NEAR * ranking.ALONE, 17),  # models of language: log2(1.10) = 0.1375
        (ranking.NEAR_OTHER_NAME * ranking.ALONE, 12),  # the words of another name: log2(1.07) = 0.0976
        (ranking.CLOSENESS[3] * ranking.MODIFYING, 106),  # language model agents: log2(1.80) = 0.8480
        (ranking.CLOSENESS[3] * ranking.MODIFIED, 61),  # video language models: log2(1.40) = 0.4854
    ],
)
def test_the_closer_a_text_says_what_the_subscriber_wrote_the_more_it_counts(place: int, expected: int) -> None:
    """One place in an abstract of 600 characters, in hundredths."""
    assert hundredths(score(abstract=place)) == expected


@pytest.mark.parametrize(("places", "expected"), [(0, 0.0), (1, 1.25), (3, 2.5), (7, 3.75), (15, 5.0)])
def test_many_places_count_less_and_less(places: int, expected: float) -> None:
    assert score(abstract=places * PLACE) == pytest.approx(expected)


@pytest.mark.parametrize(("length", "factor"), [(0, 2.0), (200, 1.5), (600, 1.25), (1_800, 1.1), (19_800, 1.01)])
def test_the_same_words_say_more_in_a_short_abstract(length: int, factor: float) -> None:
    assert score(abstract=PLACE, length=length) == pytest.approx(factor)
    assert score(title=PLACE, length=length) == pytest.approx(1.1 * factor)


@pytest.mark.parametrize(
    ("title", "abstract", "expected"),
    [
        (PLACE, 0, 1.1),  # the title alone says more than one place of an abstract …
        (0, PLACE, 1.0),
        (PLACE, PLACE, 1.5),  # … and with it half a place more
        (PLACE, 3 * PLACE, 2.5),
        (PLACE // 2, 0, 0.55),
        (PLACE // 2, PLACE, 1.25),
        (PLACE, 4142, 1.1),  # 0.5 + log2(1.4142) = 1.0: the title by itself is more
        (PLACE, 6000, 1.1781),  # 0.5 + log2(1.6) = 1.1781: both together are
    ],
)
def test_a_title_counts_by_itself_or_on_top_of_the_abstract(title: int, abstract: int, expected: float) -> None:
    assert score(title, abstract, 600.0) == pytest.approx(1.25 * expected, abs=1e-4)


def test_papers_are_scored_side_by_side() -> None:
    both = evidence(np.array([PLACE, 0]), np.array([0, PLACE]), np.array([200.0, 600.0]))
    assert both.tolist() == pytest.approx([1.65, 1.25])


counts = st.integers(0, 20 * PLACE)


@given(counts, counts, st.integers(1, PLACE), st.floats(1, 10_000))
def test_saying_a_term_more_often_or_in_fewer_words_never_lowers_a_score(
    title: int, abstract: int, more: int, length: float
) -> None:
    assert score(title, abstract + more, length) >= score(title, abstract, length)
    assert score(title + more, abstract, length) > score(title, abstract, length)
    assert score(title, abstract, length) >= score(title, abstract, length + more)


@pytest.mark.parametrize(
    ("papers", "found", "expected"),
    [
        (99, 99, 1.0),  # what every paper says tells nothing
        (99, 9, 1 + 2.302585),  # one in ten: ln 10
        (99, 0, 1 + 4.605170),  # one in a hundred: ln 100
        (19, 9, 1 + 0.693147),  # every second: ln 2
        (0, 0, 1.0),
    ],
)
def test_a_term_counts_more_the_rarer_it_is(papers: int, found: int, expected: float) -> None:
    assert rarity(papers, found) == pytest.approx(expected)


def test_each_time_a_term_is_e_times_as_rare_it_counts_one_more() -> None:
    assert rarity(round(e**3) * 1_000 - 1, 999) == pytest.approx(4, abs=0.01)


def entry(
    announced_as: AnnounceType = AnnounceType.REPLACE, *, upvotes: int | None = None, **ratings: dict[str, float]
) -> IssuePaper:
    """A paper of an issue; ratings are given by language."""
    paper = Paper(id=PaperId("sample:1"), title="Tomatoes", upvotes=upvotes)
    summaries = {
        language: Summary(
            paper_id=paper.id,
            language=language,
            provenance=Provenance("llm"),
            ratings={name: Rating(value) for name, value in values.items()},
        )
        for language, values in ratings.items()
    }
    notice = Notice(date(2026, 6, 2), "arxiv-rss", "cs.CL", announced_as)
    return IssuePaper(paper=paper, notices=(notice,), summaries=summaries)


@pytest.mark.parametrize(
    ("announced_as", "expected"),
    [
        (AnnounceType.NEW, 1.10),
        (AnnounceType.FEATURED, 1.10),
        (AnnounceType.CROSS, 1.05),
        (AnnounceType.REPLACE, 1.00),
        (AnnounceType.REPLACE_CROSS, 1.00),
    ],
)
def test_of_papers_that_fit_alike_the_new_come_before_the_cross_listed_and_those_before_replacements(
    announced_as: AnnounceType, expected: float
) -> None:
    assert standing(entry(announced_as)) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("upvotes", "more"),
    [(None, 0.0), (-7, 0.0), (0, 0.0), (1, 0.1 / 21), (20, 0.05), (180, 0.09), (1_000_000, 0.1)],
)
def test_upvotes_lift_a_paper_and_never_by_more_than_a_tenth(upvotes: int | None, more: float) -> None:
    assert standing(entry(upvotes=upvotes)) == pytest.approx(1.0 + more, abs=1e-5)


def test_a_recommendation_lifts_a_paper_by_a_tenth_at_most() -> None:
    assert standing(entry(en={"recommendation": 5.0})) == pytest.approx(1.1)
    assert standing(entry(en={"recommendation": 2.5})) == pytest.approx(1.05)
    assert standing(entry(en={"recommendation": 0.0})) == 1.0


def test_of_several_recommendations_the_warmest_counts_and_no_other_rating_does() -> None:
    several = entry(en={"recommendation": 1.0, "novelty": 5.0}, zh={"recommendation": 3.0})
    assert standing(several) == pytest.approx(1.06)
    assert standing(entry(en={"novelty": 5.0})) == 1.0


def test_whatever_lifts_a_paper_adds_up_to_three_tenths() -> None:
    best = entry(AnnounceType.NEW, upvotes=10_000_000, en={"recommendation": 5.0})
    assert standing(best) == pytest.approx(1.3, abs=1e-5)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1.0, 100),
        (1.234, 123),
        (1.236, 124),
        (0.004, 1),  # a paper that was found has a score, however faint
        (0.0, 1),
        (0.02, 2),
        (9_999.99, 999_999),
        (10_000.0, 1_000_000),
        (50_000.0, 1_000_000),  # no weight lifts one interest above all others together
    ],
)
def test_a_score_is_a_whole_number_of_hundredths_within_bounds(value: float, expected: int) -> None:
    assert hundredths(value) == expected
