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
    " there. We propose Patchcast, a light graph model that fuses soil sensors with public radar. Specifically, it"
    " trains one encoder per plot and combines them by attention (see Fig. 2). Experiments on forty allotments show"
    " that Patchcast reduces frost errors by 31% compared with strong baselines. Code is available at"
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
    assert "encoder" in summary.method or "propose" in summary.method
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
        " Results. Their pulse at rest fell by four beats.",
    )
    assert "Forty nurses" in roles.method
    assert "pulse at rest fell" in roles.result


@given(st.lists(st.sampled_from([*split_sentences(ABSTRACT), "However, $x$ is open.", "Why?", "a b c d"]), max_size=12))
@settings(max_examples=60, deadline=None)
def test_every_role_is_made_of_the_abstracts_own_sentences_and_none_serves_two(sentences):
    abstract = " ".join(sentences)
    roles = find_roles(TITLE, abstract)
    for text in (roles.tldr, roles.motivation, roles.method, roles.result):
        assert text.removesuffix("…") in abstract
    stated = [r for r in (roles.motivation, roles.method, roles.result) if r]
    assert sum(map(len, stated)) <= len(abstract)


async def test_a_very_long_sentence_is_cut_before_it_becomes_a_one_liner():
    (summary,) = await summaries(ExtractiveEngine(), [paper("We propose " + "a thing and " * 400 + "stop.")])
    assert len(summary.tldr) <= 401
    assert summary.tldr.endswith("…")
