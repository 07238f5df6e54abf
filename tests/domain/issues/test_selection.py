"""Digests: what a selection says before and after it was asked why."""

from __future__ import annotations

from newsletter.domain.issues.picks import Match, Pick
from newsletter.domain.issues.sections import NO_OUTLINE, Outline, Section
from newsletter.domain.issues.selection import Explained, Selection
from newsletter.domain.papers import PaperId

PICKS = (Pick(4, PaperId("sample:4"), 2.5), Pick(1, PaperId("sample:1"), 1.0))

OUTLINE = Outline((Section("agents", 7, PICKS, ("agents",)),), ("lutes",), frozenset({4}))


def test_a_match_is_shown_with_the_expansion_that_led_there() -> None:
    assert (
        Match("LLM", "title", "large language models", "large language model").label == "LLM, by large language model"
    )
    assert Match("LLM", "title", "LLM").label == "LLM"
    assert Match("LLM (Large Language Model)", "title", "LLMs", "large language model").label == (
        "LLM (Large Language Model)"
    )


def test_a_section_is_rare_where_its_interest_finds_fewer_than_ten_papers() -> None:
    assert Section("agents", 9, (), ("agents",)).is_rare
    assert not Section("agents", 10, (), ("agents",)).is_rare
    assert not Section("cs.CV", 1, ()).is_rare, "a category is nobody's interest"


def test_a_selection_that_is_explained_later_is_the_one_that_was_explained_at_once() -> None:
    asked: list[int] = []

    def explain() -> Explained:
        asked.append(1)
        return PICKS, OUTLINE

    later, now = Selection.later(explain, [4, 1], 7), Selection(PICKS, 7, OUTLINE)
    assert (later.places, len(later), bool(later), later.found) == (now.places, len(now), bool(now), now.found)
    assert now.places == (4, 1)
    assert asked == [], "nobody has asked why"
    assert later == now
    assert later.picks == PICKS
    assert later.outline == OUTLINE
    assert hash(later) == hash(now)
    assert repr(later) == repr(now)
    assert asked == [1], "and it is worked out once"


def test_selections_differ_by_what_they_hold_and_by_how_many_there_were() -> None:
    assert Selection(PICKS, 7) != Selection(PICKS, 8)
    assert Selection(PICKS, 7) != Selection(PICKS[:1], 7)
    assert Selection(PICKS, 7) != Selection(PICKS, 7, OUTLINE)
    assert Selection(PICKS, 7).outline == NO_OUTLINE
    assert Selection(PICKS, 7) != PICKS
    assert repr(Selection((), 0)) == "Selection(picks=(), found=0)"
    assert not Selection((), 3)
    assert Selection(PICKS[:1], 3)
