"""A form becomes preferences, or problems that name field and line."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.domain.issues import Edition
from newsletter.domain.subscribers import MAX_INTERESTS, MAX_NAME, MAX_PAPERS
from newsletter.domain.subscribers.preferences import (
    FIELDS,
    ProblemKind,
    asks_for_everything,
    fill_form,
    read_form,
    typed_interests,
)
from newsletter.domain.subscribers.subscriptions import Preferences, Subscriber


def fine(_interest: str) -> str | None:
    return None


def bad(interest: str) -> str | None:
    return "no" if "bad" in interest else None


def test_an_empty_form_names_its_only_duty() -> None:
    chosen, problems = read_form({}, languages=("en",), check_interest=fine)
    assert chosen is None
    assert [p.field for p in problems] == ["cadence"]


def test_lines_are_cleaned_and_each_kept_once() -> None:
    text = "  deep   learning \r\n\r\nagents\rdeep learning\n\x00\nca\x00t\x0cs\n"
    chosen, _ = read_form({"interests": text, "cadence": "daily"}, languages=(), check_interest=fine)
    assert chosen == Preferences(interests=("deep learning", "agents", "cats"))


def test_every_problem_is_reported_at_once() -> None:
    form = {
        "name": "x" * (MAX_NAME + 1),
        "interests": "good\n\nbad one\nbad two",
        "language": "xx",
        "cadence": "x",
        "max_papers": str(MAX_PAPERS + 1),
    }
    chosen, problems = read_form(form, languages=("en",), check_interest=bad)
    assert chosen is None
    assert [(p.field, p.kind, p.line) for p in problems] == [
        ("name", ProblemKind.NAME_TOO_LONG, 0),
        ("interests", ProblemKind.INTEREST_UNREADABLE, 3),
        ("interests", ProblemKind.INTEREST_UNREADABLE, 4),
        ("language", ProblemKind.LANGUAGE_UNKNOWN, 0),
        ("cadence", ProblemKind.CADENCE_UNKNOWN, 0),
        ("max_papers", ProblemKind.NO_NUMBER, 0),
    ]


def test_limits_are_those_of_rosters() -> None:
    form = {"cadence": "daily", "name": "x" * MAX_NAME, "max_papers": str(MAX_PAPERS)}
    form["interests"] = "\n".join(map(str, range(MAX_INTERESTS)))
    chosen, problems = read_form(form, languages=(), check_interest=fine)
    assert not problems
    assert chosen is not None
    assert (len(chosen.interests), chosen.max_papers) == (MAX_INTERESTS, MAX_PAPERS)
    _, problems = read_form(form | {"interests": form["interests"] + "\nmore"}, languages=(), check_interest=fine)
    assert [p.kind for p in problems] == [ProblemKind.TOO_MANY_INTERESTS]


def test_a_list_that_asks_for_too_much_is_refused_with_both_numbers() -> None:
    lines = "\n".join(f"(model{n} OR data) AND mod*" for n in range(60))
    form = {"cadence": "daily", "interests": lines}
    chosen, (problem,) = read_form(form, languages=(), check_interest=fine)
    assert chosen is None
    assert (problem.field, problem.kind) == ("interests", ProblemKind.TOO_MANY_TERMS)
    assert (problem.text, problem.limit) == ("1,320", 1_000)
    # who stored it before there was a limit can still change everything else
    chosen, problems = read_form(form, languages=(), check_interest=fine, before=lines.split("\n"))
    assert not problems
    assert chosen is not None


def test_complaints_are_bounded() -> None:
    text = "\n".join(f"bad {n} {'x' * 100}" for n in range(300))
    _, problems = read_form({"interests": text, "cadence": "daily"}, languages=(), check_interest=bad)
    assert len(problems) == 20
    assert max(len(p.text) for p in problems) == 80


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from(FIELDS), st.text(max_size=40)))
def test_any_text_gives_preferences_or_problems(form: dict[str, str]) -> None:
    chosen, problems = read_form(form, languages=("en",), check_interest=fine)
    assert (chosen is None) == bool(problems)


_LINE = st.text(st.characters(categories=("L", "N", "P")), min_size=1, max_size=20)


@settings(max_examples=60)
@given(st.lists(_LINE, unique=True), st.sampled_from(Edition), st.none() | st.integers(1, MAX_PAPERS))
def test_a_filled_form_reads_back_as_what_was_stored(lines: list[str], cadence: Edition, limit: int | None) -> None:
    stored = Subscriber(email="a@example.org", interests=tuple(lines), language="en", cadence=cadence, max_papers=limit)
    chosen, problems = read_form(fill_form(stored), languages=("en",), check_interest=fine)
    assert not problems
    assert chosen == Preferences(interests=tuple(lines), language="en", cadence=cadence, max_papers=limit)


@pytest.mark.parametrize(
    ("interests", "everything"),
    [
        ((), True),
        (("-survey",), True),
        (("-survey", "!cat:cs.RO"), True),
        (("-survey", "retrieval"), False),
        (("topic:rag",), False),
        (("(never closed",), False),
    ],
)
def test_who_wants_nothing_in_particular_asks_for_everything(interests: tuple[str, ...], *, everything: bool) -> None:
    assert asks_for_everything(interests) is everything


def test_what_a_form_asks_for_is_ticks_and_then_lines_each_once() -> None:
    form = {"topic:rag": "on", "topic:gone": "on", "interests": " b \r\n\r\n(a\nb\ntopic:rag"}
    assert typed_interests(form, ("fish", "rag")) == ("topic:rag", "b", "(a")
