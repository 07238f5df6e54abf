"""Names of papers in subject lines: short, whole words, able to stand alone."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.render.short_titles import MOST_COLUMNS, short_name
from newsletter.render.text import columns


@pytest.mark.parametrize(
    ("title", "name"),
    [
        # a name before a colon or a dash
        ("UNIBROWSE: Towards Browsers That Read", "UNIBROWSE"),
        ("DynEval - Judging Models That Move", "DynEval"),
        ("检索：它能带来什么", "检索"),
        # a short title as it is
        ("Retrieval Adds Little", "Retrieval Adds Little"),
        ("On the  Way\nto Rome", "On the Way to Rome"),
        # else its beginning, before a word that adds something
        ("Learning to Count Tomatoes in Greenhouses with Cheap Cameras", "Learning to Count Tomatoes"),
        ("Do Models Know What They Say? A Long Study of Nine Families", "Do Models Know What They Say?"),
        ("面向开放世界机器人操作的层次化视觉语言动作模型在真实环境中的评测研究", None),
        # a hyphen within a word is no dash
        ("Retrieval-Augmented Generation", "Retrieval-Augmented Generation"),
        # mathematics as text
        (r"$\alpha$-Divergence", "α-Divergence"),
        # else the words that fit
        (
            "Supercalifragilistic Expialidocious Antidisestablishmentarianism Again",
            "Supercalifragilistic Expialidocious",
        ),
    ],
)
def test_a_name_is_what_a_reader_would_call_the_paper(title: str, name: str | None) -> None:
    short = short_name(title)
    if name is not None:
        assert short == name
    assert columns(short) <= MOST_COLUMNS


def test_a_first_word_that_is_longer_than_a_name_stays_whole() -> None:
    assert short_name(f"{'x' * 60} and more") == "x" * 60


@given(
    st.lists(
        st.sampled_from("A Study of the Models for and with Retrieval: Agents — in 检索 模型的".split()), min_size=1
    )
)
def test_a_name_ends_with_a_word_and_not_with_one_that_leans_on_the_next(words: list[str]) -> None:
    title = " ".join(words)
    name = short_name(title)
    assert name
    assert "…" not in name
    assert columns(name) <= MOST_COLUMNS
    plain = " ".join(title.split())
    assert plain.startswith(name)
    rest = plain[len(name) :]
    assert not (re.match(r"[a-z]", rest, re.IGNORECASE) and re.search(r"[a-z]\Z", name, re.IGNORECASE))
    if rest and ":" not in title and "—" not in title and len(name.split()) > 1:
        assert name.split()[-1] not in {"of", "the", "for", "and", "with", "in"}
