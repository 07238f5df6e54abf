"""Sections: each paper once, what finds little first, and counts that are true whatever is shown."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.domain.issues import Issue, IssueKey, IssuePaper, Outline, SelectionRequest
from newsletter.domain.matching import IssueSelector
from newsletter.domain.papers import Paper, PaperId

TITLES = (
    *(f"Agents that plan, part {n}" for n in range(6)),
    "Diffusion for pictures",
    "Diffusion for sound",
    "Agents and diffusion",
    "A survey of agents",
)
WORDS = ("agents", "diffusion", "pictures", "zebrafish", "Agents", "plan", "-survey", "!title:agents", "(broken")


def selector(titles: tuple[str, ...] = TITLES) -> IssueSelector:
    papers = tuple(
        IssuePaper(
            paper=Paper(
                id=PaperId(f"sample:{n}"), title=title, abstract="", categories=("cs.CV" if n == 6 else "cs.CL",)
            )
        )
        for n, title in enumerate(titles)
    )
    return IssueSelector(Issue(key=IssueKey(date(2026, 6, 2)), title="A day", languages=("en",), papers=papers))


def outline(*interests: str, limit: int | None = None) -> Outline:
    return selector().select(SelectionRequest(interests, limit)).outline


def shown(outline: Outline) -> list[tuple[str, int, list[int]]]:
    return [(s.name, s.found, sorted(pick.index for pick in s.picks)) for s in outline.sections]


def test_the_interest_that_finds_least_comes_first_and_a_paper_stands_under_its_strongest() -> None:
    made = outline("agents", "diffusion")
    assert shown(made) == [("diffusion", 3, [6, 7, 8]), ("agents", 8, [0, 1, 2, 3, 4, 5, 9])]


def test_interests_that_found_nothing_are_named_in_the_order_of_the_list() -> None:
    assert outline("zebrafish", "agents", "lutes").barren == ("zebrafish", "lutes")


def test_what_is_ruled_out_is_not_counted_and_ruling_out_makes_no_section() -> None:
    made = outline("agents", "-survey", "!diffusion")
    assert shown(made) == [("agents", 1, [8])]
    assert made.barren == ()


def test_singular_and_plural_with_and_without_a_hyphen_are_spellings() -> None:
    (section,) = outline("planning agent", "Planning-Agents", "planning agents", "PlanningAgent").sections
    assert section.name == "planning agent"


def test_spellings_of_one_interest_are_one_section() -> None:
    (section,) = outline("Diffusion", "diffusion", " DIFFUSION ").sections
    assert (section.name, section.found) == ("Diffusion", 3)

    assert section.interests == ("Diffusion", "diffusion", " DIFFUSION ")


def test_equally_rare_interests_keep_the_order_of_the_list() -> None:
    assert [s.name for s in outline("sound", "pictures").sections] == ["sound", "pictures"]
    assert [s.name for s in outline("pictures", "sound").sections] == ["pictures", "sound"]


def test_counts_hold_though_a_limit_cuts() -> None:
    made = outline("agents", "diffusion", limit=4)
    assert [(s.name, s.found, len(s.picks)) for s in made.sections] == [("diffusion", 3, 3), ("agents", 8, 1)]


def test_who_names_no_interest_gets_sections_by_category_the_largest_first() -> None:
    assert shown(outline("-survey")) == [("cs.CL", 8, [0, 1, 2, 3, 4, 5, 7, 8]), ("cs.CV", 1, [6])]
    assert outline().rare == frozenset()


def test_a_paper_of_a_rare_interest_is_known_as_such_wherever_it_stands() -> None:
    broad = tuple(f"Agents that plan, part {n}" for n in range(20))
    made = selector((*broad, "Agents of sound")).select(SelectionRequest(("agents^9", "sound"))).outline
    assert [(s.name, s.found, len(s.picks), s.is_rare) for s in made.sections] == [
        ("sound", 1, 0, True),
        ("agents^9", 21, 21, False),
    ]
    assert made.rare == {20}


@pytest.mark.parametrize("weight", ["", "^9"])
def test_a_limit_cuts_broad_interests_before_rare_ones(weight: str) -> None:
    """Even where the broad one counts more; what is left is still ordered by score."""
    broad = tuple(f"Agents that plan, part {n}" for n in range(20))
    rare = ("Some words on sound, among others that tell of nothing much", "Sound")
    selection = selector((*broad, *rare)).select(SelectionRequest((f"agents{weight}", "sound"), 5))
    assert {20, 21} < set(selection.places)
    assert [pick.score for pick in selection.picks] == sorted((p.score for p in selection.picks), reverse=True)
    assert selection.found == 22


@given(st.lists(st.sampled_from(WORDS), max_size=6), st.none() | st.integers(0, 12))
def test_every_paper_stands_once_and_every_interest_is_accounted_for(interests: list[str], limit: int | None) -> None:
    request = SelectionRequest(tuple(interests), limit)
    selection = ALL.select(request)
    outline = selection.outline
    standing = [pick.index for section in outline.sections for pick in section.picks]
    assert sorted(standing) == sorted(selection.places)
    for section in outline.sections:
        order = [selection.places.index(pick.index) for pick in section.picks]
        assert order == sorted(order)
        assert len(section.picks) <= section.found
    wanted = {" ".join(text.split()).casefold() for text in interests if text[0] not in "-!"}
    if wanted:
        named = [s.name.casefold() for s in outline.sections] + [text.casefold() for text in outline.barren]
        assert sorted(named) == sorted(wanted)
        assert [s.found for s in outline.sections] == sorted(s.found for s in outline.sections)


ALL = selector()
