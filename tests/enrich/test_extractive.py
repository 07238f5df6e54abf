"""The engine without a model: the abstract's own sentences, nothing else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.domain.papers import Paper, PaperId
from newsletter.domain.ports import Engine
from newsletter.domain.text import split_sentences
from newsletter.enrich._roles import find_roles
from newsletter.enrich.extractive import ExtractiveEngine

ABSTRACT = (
    "Gardeners rely on weather forecasts, but existing forecasts ignore the microclimate of small plots and often fail"
    " there. We propose Patchcast, a light graph model that fuses soil sensors with public radar. Specifically,"
    " Patchcast trains one encoder per plot and combines them by attention (see Fig. 2). Experiments"
    " on forty allotments show that Patchcast reduces frost errors by 31% compared with strong baselines. Code is at"
    " https://example.org/patchcast."
)
TITLE = "Patchcast: Microclimate Forecasts for Small Plots"


def paper(abstract=ABSTRACT, title=TITLE):
    return Paper(id=PaperId("sample:1"), version=2, title=title, abstract=abstract)


async def summaries(engine, papers, language="en"):
    return [s async for s in engine.summarise(papers, language)]


async def test_each_role_is_a_sentence_that_the_abstract_says_in_that_role():
    engine: Engine = ExtractiveEngine()
    (summary,) = await summaries(engine, [paper()])
    assert summary.tldr.startswith("We propose Patchcast")
    assert summary.motivation.startswith("Gardeners rely")
    assert "encoder" in summary.method
    assert summary.result.startswith("Experiments on forty allotments")
    assert "Patchcast" in [keyword.term for keyword in summary.keywords]


async def test_nobody_rated_so_there_is_no_rating_and_nothing_is_translated():
    (summary,) = await summaries(ExtractiveEngine(), [paper()])
    assert (summary.ratings, summary.title, summary.abstract, summary.affiliation, summary.code) == ({}, "", "", "", "")
    assert summary.failure is None


async def test_the_summary_is_kept_under_the_key_that_was_asked_for():
    engine = ExtractiveEngine()
    (summary,) = await summaries(engine, [paper()])
    assert summary.key == engine.key(paper(), "en")
    assert summary.key.version == 2
    assert summary.key.prompt


async def test_it_writes_no_other_language_than_the_papers():
    engine = ExtractiveEngine()
    assert (engine.speaks("en"), engine.speaks("en-GB"), engine.speaks("zh-Hans")) == (True, True, False)
    assert await summaries(engine, [paper()], "zh-Hans") == []


@pytest.mark.parametrize("abstract", ["", "   ", "Withdrawn.", "Two words"])
async def test_an_abstract_that_says_nothing_gives_an_empty_summary(abstract):
    (summary,) = await summaries(ExtractiveEngine(), [paper(abstract)])
    assert (summary.tldr, summary.motivation, summary.method, summary.result) == ("", "", "", "")


def test_a_single_sentence_is_the_one_liner_and_claims_no_role():
    roles = find_roles("A", "We prove that every planar graph is four colourable.")
    assert roles.tldr == "We prove that every planar graph is four colourable."
    assert (roles.motivation, roles.method, roles.result) == ("", "", "")


def test_a_role_that_the_abstract_does_not_state_stays_empty():
    roles = find_roles("Zebras", "The zebra has stripes on its coat. The horse has a plain coat with no stripes.")
    assert (roles.motivation, roles.method, roles.result) == ("", "", "")


def test_headings_say_the_role_themselves():
    roles = find_roles(
        "A trial of tea",
        "Background. Tea is drunk by many people daily. Methods. Forty nurses drank green tea for six weeks."
        " Results. The pulse at rest fell by four beats.",
    )
    assert "Forty nurses" in roles.method
    assert "pulse at rest fell" in roles.result


@given(st.lists(st.sampled_from([*split_sentences(ABSTRACT), "However, $x$ is open.", "Why?", "a b c d"]), max_size=12))
@settings(max_examples=60, deadline=None)
def test_every_role_is_made_of_the_abstracts_own_words_and_none_is_said_twice(sentences):
    abstract = " ".join(sentences)
    roles = find_roles(TITLE, abstract)
    texts = [t for t in (roles.tldr, roles.motivation, roles.method, roles.result) if t]
    for text in texts:
        assert text.removeprefix("… ").rstrip("….")[1:] in abstract
    assert sum(map(len, texts)) <= len(abstract) + 3 * len(texts)


def test_a_long_sentence_may_be_one_liner_and_method_without_saying_anything_twice():
    abstract = (
        "Gardeners count tomatoes by hand, which takes a day. In this paper, we propose Patchcast, a light model for"
        " the tomatoes of small plots in wet summers, which fuses the soil sensors of one plot with the public radar of"
        " its region and learns what neighbours have in common by attention. It errs by 31% less."
    )
    roles = find_roles(TITLE, abstract)
    assert roles.tldr.startswith("We propose Patchcast")
    assert not roles.method or not any(sentence in roles.method for sentence in split_sentences(roles.tldr))


def test_a_result_tells_the_number_that_was_measured():
    abstract = (
        "Tomatoes ripen early and counters miss them. We propose Patchcast, a light model of soil and radar. Tests"
        " on allotments show that our results are better than strong baselines. On the largest plot it reduces errors"
        " by 31%. Our findings suggest a promising way for gardens in future work."
    )
    assert "31%" in find_roles(TITLE, abstract).result


def test_a_finding_of_the_second_half_is_no_motivation():
    abstract = (
        "We propose Patchcast, a light graph model of gardens. It fuses soil sensors with public radar. It trains one"
        " encoder per plot. Experiments show that it is best. However, existing forecasts fail in long summers."
    )
    assert "long summers" not in find_roles(TITLE, abstract).motivation


def test_a_motivation_does_not_stop_before_the_gap_that_it_leads_up_to():
    abstract = (
        "Gardens are important to many people. Forecasts of gardens are widely used. However, existing forecasts"
        " fail on small plots. We propose Patchcast, a light graph model. It trains one encoder per plot."
    )
    assert "fail on small plots" in find_roles("Forecasts", abstract).motivation


def test_a_survey_has_no_method_before_it_is_introduced():
    abstract = (
        "Gardens are important. Growing work trains models of plots using radar. Recent advances improve accuracy by"
        " 31%. New frameworks combine soil and wind. This survey reviews forecasts of gardens."
    )
    assert find_roles("Forecasts", abstract).method == ""


def test_what_points_back_is_no_one_liner_where_another_sentence_proposes():
    abstract = (
        "Forecasts of gardens often fail. We bridge this divide in this paper by a new theory. We propose Patchcast, a"
        " light graph model of small plots. It trains one encoder per plot."
    )
    assert find_roles("Forecasts", abstract).tldr.startswith("We propose Patchcast")


def test_what_points_at_another_sentence_stands_for_no_role():
    abstract = (
        "Gardens need forecasts, but existing ones fail. We propose Patchcast, a light graph model. These encoders use"
        " attention over plots. They outperform baselines. Patchcast improves accuracy on forty allotments."
    )
    roles = find_roles(TITLE, abstract)
    assert not any(text.startswith(("These", "They")) for text in (roles.tldr, roles.method, roles.result))


@pytest.mark.parametrize(
    "opening", ["Can gardens be forecast from soil alone?", "This paper aims to forecast gardens."]
)
def test_a_question_or_an_aim_is_the_one_liner_only_where_nothing_is_stated(opening):
    stated = "We propose Patchcast, a light graph model of small plots."
    rest = "It fuses soil sensors with public radar every hour."
    assert find_roles(TITLE, f"{opening} {stated} {rest}").tldr == stated


async def test_a_very_long_sentence_is_cut_before_it_becomes_a_one_liner():
    (summary,) = await summaries(ExtractiveEngine(), [paper("We propose " + "a thing and " * 400 + "stop.")])
    assert len(summary.tldr) <= 401
    assert summary.tldr.endswith("…")
