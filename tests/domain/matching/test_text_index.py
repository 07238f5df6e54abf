"""The words of a text laid out: positions counted by hand on two short papers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.domain.matching import text_index
from newsletter.domain.matching.text_index import PAIR_REACH, SEGMENT_GAP, SENTENCE_GAP, Segment, TextIndex, Written


def index(*texts: str, field: str = "abstract") -> TextIndex:
    """Each text is the one field of a paper."""
    return TextIndex(Segment(doc, field, text) for doc, text in enumerate(texts))


def places(built: TextIndex, word: str) -> list[int]:
    """Where a stem stands."""
    order, bounds = built.postings
    number = built.stem(word)
    return order[bounds[number] : bounds[number + 1]].tolist() if number >= 0 else []


def pairs(built: TextIndex, first: str, second: str, reach: int) -> list[tuple[int, int]]:
    """Where two stems stand at most so far apart: the first one's position and the distance."""
    low, high = built.pair_places(np.array([built.stem(first)]), np.array([built.stem(second)]), reach)
    rows = np.arange(low[0], high[0])
    return sorted(zip(built.pairs[1][rows].tolist(), built.distance(rows).tolist(), strict=True))


def test_words_stand_side_by_side_and_a_sentence_and_a_segment_behind_a_gap() -> None:
    built = index("alpha beta. Gamma delta", "alpha")
    alpha, second = places(built, "alpha")
    assert places(built, "beta") == [alpha + 1]
    assert places(built, "gamma") == [alpha + 1 + SENTENCE_GAP + 1]
    assert second == places(built, "delta")[0] + SEGMENT_GAP + 1
    assert built.size == 5


def test_gaps_are_wider_than_anything_reaches() -> None:
    """A phrase, a near match and words five apart stay within a sentence."""
    assert SENTENCE_GAP > 2 * PAIR_REACH
    assert SEGMENT_GAP > SENTENCE_GAP


@pytest.mark.parametrize(
    "text",
    ["alpha beta. gamma", "alpha beta! gamma", "alpha beta? gamma", "alpha (beta.) gamma", 'alpha "beta." gamma',
     "alpha beta; gamma", "alpha beta。gamma", "alpha beta… gamma"],
)  # fmt: skip
def test_a_sentence_ends_at_its_mark_and_not_within_a_word(text: str) -> None:
    built = index(text)
    assert places(built, "gamma")[0] - places(built, "beta")[0] == SENTENCE_GAP + 1
    assert pairs(built, "beta", "gamma", 5) == []


@pytest.mark.parametrize(
    "text", ["beta.gamma", "beta, gamma", "beta - gamma", "beta-gamma", "beta: gamma", "beta (gamma)"]
)
def test_other_signs_leave_words_side_by_side(text: str) -> None:
    built = index(text)
    assert places(built, "gamma")[0] - places(built, "beta")[0] == 1


def test_commas_and_hyphens_are_known_where_they_stand() -> None:
    built = index("alpha-beta, gamma 1,000 x_y")
    at = {word: places(built, word)[0] for word in ("alpha", "beta", "gamma", "x", "y")}
    assert np.flatnonzero(built.link_at).tolist() == [at["alpha"], at["x"]]
    assert np.flatnonzero(built.comma_at).tolist() == [at["beta"]]
    assert built.commas_before[at["beta"] + 1] - built.commas_before[at["alpha"]] == 1
    assert built.commas_before[at["beta"]] == 0
    assert len(built.commas_before) == len(built.type_at) + 1


def test_a_phrase_ends_where_a_stop_word_a_comma_or_a_gap_parts_it() -> None:
    """`video` belongs to `models` in "video models", not in "video, models" or "the models"."""
    built = index("video models, neural nets of plants")
    at = {word: places(built, word)[0] for word in ("video", "model", "neural", "net", "plant")}
    ends = {word: bool(built.ends_phrase[spot]) for word, spot in at.items()}
    assert ends == {"video": False, "model": True, "neural": False, "net": False, "plant": False}
    begins = {word: bool(built.begins_phrase[spot]) for word, spot in at.items()}
    assert begins == {"video": False, "model": False, "neural": True, "net": False, "plant": False}
    of = at["net"] + 1
    assert built.ends_phrase[of]
    assert built.begins_phrase[of]
    assert built.begins_phrase[at["plant"] + 1], "behind the last word there is a gap"
    assert built.ends_phrase[at["video"] - 1]


def test_words_are_counted_by_their_stems_and_known_by_three_keys() -> None:
    built = index("Models model modelling. Behaviour")
    assert (built.count("model"), built.count("behavior"), built.count("tomato")) == (3, 1, 0)
    assert len({built.base("model"), built.base("modeling")}) == 2
    assert (built.base("tomato"), built.stem("tomato"), built.lower("tomato")) == (-1, -1, -1)
    assert built.stem("") == -1
    assert built.lower("models") != built.lower("model") != -1
    assert built.lower("Models") == -1
    stem = built.stem("model")
    assert sorted(built.forms[number].cased for number in built.types_of(stem)) == ["Models", "model", "modelling"]


def test_pairs_are_found_in_order_up_to_five_apart() -> None:
    built = index("alpha one two three four beta five alpha")
    start = places(built, "alpha")[0]
    assert pairs(built, "alpha", "beta", 5) == [(start, 5)]
    assert pairs(built, "alpha", "beta", 4) == []
    assert pairs(built, "beta", "alpha", 2) == [(start + 5, 2)]
    assert pairs(built, "beta", "alpha", 1) == []
    assert pairs(built, "alpha", "one", 1) == [(start, 1)]
    assert pairs(built, "alpha", "five", 5) == [], "six apart"
    assert pairs(built, "alpha", "tomato", 5) == []


def test_pairs_of_more_stems_than_32_bits_can_hold_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "alpha beta gamma alpha delta beta alpha"
    narrow = index(text).pairs
    monkeypatch.setattr(text_index, "NARROW_KEYS", 0)
    built = index(text)
    assert (narrow[0].dtype, built.pairs[0].dtype) == (np.uint32, np.uint64)
    assert [one.tolist() for one in built.pairs] == [one.tolist() for one in narrow]
    start = places(built, "alpha")[0]
    assert pairs(built, "alpha", "beta", 5) == [(start, 1), (start, 5), (start + 3, 2)]


def test_more_positions_than_32_bits_can_hold_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_index, "MAX_POSITIONS", 2 * SEGMENT_GAP + 1)
    assert index("alpha").count("alpha") == 1
    with pytest.raises(ValueError, match="at most 65 positions, got 66"):
        index("alpha beta")


def test_a_compound_is_known_by_its_parts_written_as_one_word() -> None:
    built = index("pre-training, state-of-the-art and sim-to-real2 x")
    assert built.compounds["pretrain"] == (("pre", "train"),)
    assert built.compounds["stateoftheart"] == (("stat", "of", "the", "art"),)
    assert ("the", "art") in built.compounds["theart"]
    assert "stateof" not in built.compounds or built.compounds["stateof"] == (("stat", "of"),)
    assert index("alpha beta").compounds == {}


def test_words_are_completed_in_the_order_of_the_alphabet() -> None:
    built = index("transformer transform tree bench benchmark workbench 检索")
    assert built.bases_with("tra", 9) == ["transform", "transformer"]
    assert built.bases_with("tra", 1) == ["transform"]
    assert built.bases_with("x", 9) == []
    assert built.bases_ending("bench", 9) == ["bench", "workbench"]
    assert built.bases_ending("bench", 1) == ["bench"]


def test_a_position_leads_back_to_its_paper_and_its_words() -> None:
    built = TextIndex(
        [
            Segment(0, "title", "Big Models"),
            Segment(0, "abstract", "We like (big-models). Yes"),
            Segment(1, "title", ""),
        ]
    )
    title, first, *_ = places(built, "model")
    assert [built.segment_at(title), built.segment_at(first)] == [0, 1]
    assert (built.doc_of.tolist(), built.in_title.tolist()) == ([0, 0, 1], [True, False, True])
    assert built.excerpt(title - 1, title + 1) == "Big Models"
    assert built.excerpt(first - 1, first + 1) == "big-models"
    assert built.span(first - 1, first + 1) == (9, 19)
    assert built.excerpt(first - 3, first + 1) == "We like (big-models"
    for begin, end in ((first + 1, first + 2), (first, first + 2), (first, first), (title + 1, title + 2)):
        with pytest.raises(IndexError, match="no words at positions"):
            built.span(begin, end)


def test_nothing_at_all_can_be_laid_out() -> None:
    built = index()
    assert (built.size, built.stem("x"), built.compounds, built.bases_with("x", 5)) == (0, -1, {}, [])


def test_a_term_as_written_knows_its_hyphens() -> None:
    assert Written.of("Sim-to-real Behaviours") == Written(
        ("sim", "to", "real", "behaviours"), (True, True, False), ("sim", "to", "real", "behavior")
    )
    assert Written.of("a") == Written(("a",), (), ("a",))


words = st.lists(st.sampled_from(["alpha", "beta", "gamma", "alpha-beta", "beta,", "gamma."]), max_size=12)


@given(words)
def test_every_pair_within_reach_is_in_the_index_and_no_other(text: list[str]) -> None:
    """Checked against each word's place, read one by one."""
    built = index(" ".join(text))
    for one in ("alpha", "beta"):
        for other in ("beta", "gamma"):
            expected = [
                (here, there - here)
                for here in places(built, one)
                for there in places(built, other)
                if 0 < there - here <= PAIR_REACH
            ]
            found = pairs(built, one, other, PAIR_REACH) if built.stem(one) >= 0 <= built.stem(other) else []
            assert found == sorted(expected)
