r"""Answers are repaired where there is no doubt what was meant, and refused elsewhere."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.domain.papers import FailureKind
from newsletter.enrich.answers import LARGEST, parse_answer, repair_json
from newsletter.errors import AnswerUnusable

ITEM = {"id": "a", "tldr": "It is."}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"papers": [ITEM]}),
        json.dumps([ITEM]),
        json.dumps(ITEM),
        "```json\n" + json.dumps(ITEM) + "\n```",
        "```\n" + json.dumps({"papers": [ITEM]}) + "\n```\nI hope this helps!",
        "Here is the JSON you asked for:\n" + json.dumps(ITEM),
        "<think>\nThe abstract says {nothing}.\n</think>\n" + json.dumps(ITEM),
        '{"papers": [{"id": "a", "tldr": "It is.",},],}',
        '\ufeff{"id": "a", "tldr": "It is."} and so on',
    ],
)
def test_the_object_is_found_in_whatever_wraps_it(text):
    assert parse_answer(text) == [ITEM]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"$\alpha$", r"$\alpha$"),
        (r"$\frac{1}{2}$", r"$\frac{1}{2}$"),
        (r"$\beta + \nabla f$", r"$\beta + \nabla f$"),
        (r"$\theta \times \tau$", r"$\theta \times \tau$"),
        (r"$\rho \neq \nu$", r"$\rho \neq \nu$"),
        (r"12\% of \textbf{it}", r"12\% of \textbf{it}"),
        (r"\(x\)", r"\(x\)"),
        (r"$\upsilon$", r"$\upsilon$"),
        (r"\\alpha", r"\alpha"),
        (r"\\frac{1}{2}", r"\frac{1}{2}"),
        (r"one\nTwo", "one\nTwo"),
        (r"one\ttwo", "one\ttwo"),
        (r"\"quoted\" \/ \u00e9", '"quoted" / é'),
        ("a raw\nline end", "a raw\nline end"),
    ],
)
def test_backslashes_are_tex_where_tex_stands_and_json_elsewhere(written, meant):
    assert parse_answer('{"id": "a", "tldr": "' + written + '"}') == [{"id": "a", "tldr": meant}]


@pytest.mark.parametrize(
    "text", ["", "I am a text.", "{", '{"id": "a", "tldr": "It i', "}{", "[1, 2", '{"a": nul}', "[" * 9999]
)
def test_what_is_no_json_is_unparsable(text):
    with pytest.raises(AnswerUnusable) as caught:
        parse_answer(text)
    assert caught.value.kind == FailureKind.UNPARSABLE


def test_items_that_are_no_objects_are_nobodys():
    assert parse_answer('["x", 3, {"id": "a"}]') == [{"id": "a"}]


def test_an_endless_answer_is_not_read():
    with pytest.raises(AnswerUnusable) as caught:
        parse_answer("{" + "x" * LARGEST)
    assert caught.value.kind == FailureKind.TOO_LONG


def test_repair_takes_linear_time():
    began = time.perf_counter()
    for text in ('"' * 200_000, '"\\' * 100_000, "," * 300_000, '{"a":' * 40_000, "```json\n" * 40_000):
        repair_json(text)
        with pytest.raises(AnswerUnusable):
            parse_answer(text)
    assert time.perf_counter() - began < 5


plain = st.text(alphabet=st.characters(exclude_characters="\\\n\r\t\b\f"), max_size=30)
values = st.dictionaries(plain, plain, max_size=4)


@given(values)
@settings(max_examples=60, deadline=None)
def test_correct_json_is_left_as_it_is(value):
    assert json.loads(repair_json(json.dumps(value, ensure_ascii=False)), strict=False) == value
