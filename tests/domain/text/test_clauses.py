"""A row's text ends where a statement ends, not where its column does."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.domain.text.clauses import clause


@pytest.mark.parametrize(
    ("text", "most", "line"),
    [
        ("It is short.", 40, "It is short."),
        ("Tomatoes ripen. They are counted. We count them in rows.", 40, "Tomatoes ripen. They are counted."),
        ("番茄成熟了。我们统计它们。然后再统计一次。", 30, "番茄成熟了。我们统计它们。"),
    ],
)
def test_whole_sentences_are_kept_as_many_as_fit(text, most, line):
    assert clause(text, most) == line


@pytest.mark.parametrize(
    ("text", "most", "line"),
    [
        ("We count tomatoes in rows, which saves a tenth of the water.", 45, "We count tomatoes in rows."),
        ("We count tomatoes in rows; the water is saved by half of them.", 45, "We count tomatoes in rows."),
        ("We count tomatoes in rows -- a new way of saving the water.", 45, "We count tomatoes in rows."),
        ("We count three fruits: tomatoes, which are red, and pears.", 45, "We count three fruits."),
        ("We count tomatoes in rows, saving a tenth of the water used.", 45, "We count tomatoes in rows."),
        ("We count tomatoes, and we save a tenth of the water in rows.", 36, "We count tomatoes."),
        ("We count every tomato from a camera, and to water them all.", 40, "We count every tomato from a camera."),
        ("本文提出番茄统计方法，在三个温室中节省了一半的水。", 40, "本文提出番茄统计方法。"),
    ],
)
def test_a_sentence_that_is_too_long_ends_at_a_clause(text, most, line):
    assert clause(text, most) == line


@pytest.mark.parametrize(
    ("text", "most", "line"),
    [
        ("We count ripe tomatoes in long rows using a camera on rails.", 48, "We count ripe tomatoes in long rows."),
        (
            "We introduce a way of counting tomatoes and water them daily.",
            46,
            "We introduce a way of counting tomatoes.",
        ),
    ],
)
def test_without_a_mark_a_circumstance_is_left_out(text, most, line):
    assert clause(text, most) == line


@pytest.mark.parametrize(
    ("text", "most"),
    [
        ("To count the tomatoes of long rows, we follow rails that nobody has laid before.", 60),
        ("Although tomatoes in rows ripen early, counters often miss those that hang behind leaves.", 60),
        ("Counting tomatoes of long rows, such as those of Kent, remains harder than it looks at first.", 60),
        ("为了在温室里统计番茄的数量并且节省用水，我们提出一种新的方法来跟踪轨道。", 50),
    ],
)
def test_what_only_leads_up_to_a_statement_is_none(text, most):
    assert clause(text, most).endswith("…")


def test_what_waits_for_its_complement_ends_no_clause():
    assert clause("The yield of a field depends on the water, and it relies on the sun of the south.", 60) == (
        "The yield of a field depends on the water."
    )


def test_a_part_without_its_verb_is_left_out_with_its_connective():
    text = "We count tomatoes of long rows, but their leaves, such as those of the south, hide many of them."
    assert clause(text, 60) == "We count tomatoes of long rows."


def test_where_no_clause_fits_words_do_and_none_is_left_waiting():
    assert clause("One two three four of the five six", 22) == "One two three four…"


@pytest.mark.parametrize("most", range(12, 60))
def test_mathematics_parentheses_and_quotations_are_never_cut(most):
    line = clause(
        "We show that $a, which + b: c$ (a tomato, which ripens) is “red, which is good” for every field.", most
    )
    assert line.count("$") % 2 == 0
    assert line.endswith("…") or (line.count("(") == line.count(")") and line.count("“") == line.count("”"))


@given(st.text(alphabet="ab A.,;:!?。，；：…$\\()[]\"' \n1-", max_size=200), st.integers(4, 60))
@settings(max_examples=200, deadline=None)
def test_what_remains_stands_at_the_text_s_beginning(text, most):
    line = clause(text, most)
    spaceless = "".join(text.split())
    assert "".join(line.split()) == spaceless or spaceless.startswith("".join(line[:-1].split()))


def test_a_hostile_text_takes_no_longer_than_its_length_deserves():
    began = time.perf_counter()
    for text in ("(" * 100_000, "$ " * 50_000, "a, which " * 20_000, "{" * 100_000 + "a, by the way " * 1_000):
        clause(text, 140)
    assert time.perf_counter() - began < 5


def test_no_cut_falls_within_a_list_a_number_or_a_name():
    listed = (
        "We present a map of gardens that serves the growers with metric, semantic and seasonal layers of all plots."
    )
    assert clause(listed, 70) == "We present a map of gardens that serves the growers."
    number = "We present a data set of ripe tomatoes that comprises 12,472 photographs of plants in forty allotments."
    assert "12." not in clause(number, 58)
    name = "We tell of a course for young growers titled Ripe Gardens: Theory and Practice, held in forty allotments."
    assert "Ripe Gardens." not in clause(name, 65)


@pytest.mark.parametrize("most", range(40, 100, 5))
def test_a_noun_is_not_left_without_what_it_is_about(most):
    text = "This paper addresses the challenges of counting ripe tomatoes on small plots where their leaves hide them."
    assert clause(text, most) != "This paper addresses the challenges."
