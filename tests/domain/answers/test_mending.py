"""What may be published is shown without saying anything twice and without openers that lean on nothing."""

import pytest

from newsletter.domain.answers.mending import mended
from newsletter.domain.papers import PaperId, Provenance, Summary


def summary(**texts):
    return Summary(paper_id=PaperId("sample:1"), version=1, language="en", provenance=Provenance("llm"), **texts)


def test_a_field_that_says_again_what_an_earlier_one_says_is_left_out():
    said = "We count the tomatoes of long rows."
    result = mended(summary(tldr=said, motivation="Nobody counted them before.", method=f"However, {said}"))
    assert (result.tldr, result.motivation, result.method) == (said, "Nobody counted them before.", "")


def test_of_several_sentences_only_those_go_that_repeat():
    said = "We count the tomatoes of long rows."
    assert mended(summary(tldr=said, method=f"{said} A camera follows rails.")).method == "A camera follows rails."


def test_short_texts_may_agree_by_accident():
    assert mended(summary(tldr="It works.", result="It works.")).result == "It works."


@pytest.mark.parametrize("opener", ["However, ", "To address this issue, "])
def test_an_opener_that_leans_is_trimmed(opener):
    assert mended(summary(tldr=f"{opener}we count the tomatoes.")).tldr == "We count the tomatoes."


def test_an_answer_without_oddities_is_the_same_object():
    answer = summary(tldr="We count the tomatoes of long rows.", result="A tenth more are found.")
    assert mended(answer) is answer
