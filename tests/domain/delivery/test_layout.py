"""What of a digest stands in a mail, for any papers, sections and budgets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.domain.delivery.layout import FEW, OVERDRAFT, SURE_CARDS, Form, Room, in_turn, lay_out

WORDS = [[11] * 200, [22] * 200, [35] * 200, [65] * 200]
OCTETS = [[370] * 200, [640] * 200, [1400] * 200, [1900] * 200]
ENOUGH = Room(words=100_000, octets=10_000_000, cards=8)


def sections(*sizes: int) -> list[list[int]]:
    """Sections of these sizes, papers numbered through."""
    numbers = iter(range(sum(sizes)))
    return [[next(numbers) for _ in range(size)] for size in sizes]


def forms(of: list[list[int]], room: Room, sure: frozenset[int] = frozenset()) -> dict[int, Form]:
    return lay_out([*in_turn(of)], [sure], WORDS, OCTETS, room)


def test_papers_take_their_turn_by_section() -> None:
    assert [*in_turn([[1, 2, 3], [4], [5, 6]])] == [1, 4, 5, 2, 6, 3]


def test_a_few_papers_are_full_cards() -> None:
    assert forms(sections(4, 2), ENOUGH) == dict.fromkeys(range(FEW), Form.CARD)


def test_the_best_of_every_section_are_cards_before_the_second_best() -> None:
    made = forms(sections(6, 6, 6), Room(words=None, octets=10_000_000, cards=4))
    assert {place for place, form in made.items() if form >= Form.BRIEF} == {0, 6, 12, 1}
    assert len(made) == 18


def test_cards_shrink_before_rows_go() -> None:
    """All rows and short cards take 8 x 35 + 12 x 22 = 544 words: what is beyond makes cards full, first to last."""
    of = sections(20)
    assert list(forms(of, Room(544, 10_000_000, 8)).values()).count(Form.BRIEF) == 8
    assert list(forms(of, Room(544 + 65, 10_000_000, 8)).values()).count(Form.CARD) == 2
    fewer = forms(of, Room(500, 10_000_000, 8))
    assert list(fewer.values()).count(Form.BRIEF) == 8
    assert len(fewer) == 8 + (500 - 8 * 35) // 22


def test_what_must_be_there_is_whatever_it_costs_and_smaller_the_more_it_is() -> None:
    sure = frozenset(range(50))
    made = forms(sections(100), Room(400, 10_000_000, 8), sure)
    assert set(made) == sure
    assert list(made.values()).count(Form.BRIEF) == SURE_CARDS
    spent = sum(WORDS[form][place] for place, form in made.items() if form < Form.BRIEF)
    assert spent <= (1 + OVERDRAFT) * 400
    assert Form.TITLE in made.values()


def test_without_a_page_words_do_not_count() -> None:
    assert len(forms(sections(150), Room(None, 10_000_000, 8))) == 150


@pytest.mark.parametrize("octets", [0, 369])
def test_where_nothing_fits_nothing_is_shown(octets: int) -> None:
    assert forms(sections(3), Room(None, octets, 8), frozenset({0})) == {}


@given(
    st.lists(st.integers(0, 40), max_size=5),
    st.sets(st.integers(0, 199)),
    st.none() | st.integers(0, 3_000),
    st.integers(0, 150_000),
    st.integers(1, 12),
)
def test_budgets_hold_and_nothing_that_must_be_there_gives_way_to_what_need_not(
    sizes: list[int], sure: set[int], words: int | None, octets: int, cards: int
) -> None:
    of = sections(*sizes)
    every = [place for section in of for place in section]
    needed = sure.intersection(every)
    made = lay_out([*in_turn(of)], [needed], WORDS, OCTETS, Room(words, octets, cards))
    assert set(made) <= set(every)
    assert sum(OCTETS[form][place] for place, form in made.items()) <= octets
    assert sum(form >= Form.BRIEF for form in made.values()) <= max(cards, FEW)
    if len(needed) * 370 <= octets:
        assert needed <= set(made)
    else:
        assert set(made) <= needed
    if words is not None and set(made) > needed and len(every) > FEW:
        beyond = sum(WORDS[form][place] for place, form in made.items()) - words
        assert beyond <= SURE_CARDS * 35 + len(needed) * 22
