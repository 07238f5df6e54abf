"""Why a paper came: each interest once, the strongest first, a few."""

from __future__ import annotations

from newsletter.domain.issues import Match
from newsletter.render.reasons import shown_terms


def matches(*labels: str) -> list[Match]:
    return [Match(label, "title", "x") for label in labels]


def test_an_interest_that_matched_in_several_places_stands_once_where_it_was_strongest() -> None:
    assert shown_terms(matches("agents", "retrieval", "agents")) == ("agents", "retrieval")


def test_of_many_interests_the_strongest_six_are_shown() -> None:
    assert shown_terms(matches(*"abcdefgh")) == tuple("abcdef")


def test_a_long_or_hostile_interest_is_one_short_line() -> None:
    [term] = shown_terms(matches("a\u202eb\n" + "long " * 100))
    assert "\n" not in term
    assert "\u202e" not in term
    assert len(term) <= 80


def test_a_paper_that_matched_nothing_has_no_reasons() -> None:
    assert shown_terms([]) == ()
