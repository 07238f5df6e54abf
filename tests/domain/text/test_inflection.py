"""Word forms that a reader takes for one word have one key, and no others do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.domain.text.inflection import base_form, stem_form, verb_form


@pytest.mark.parametrize(
    "forms",
    [
        "model models", "class classes", "bush bushes", "box boxes", "batch batches",
        "quiz quizzes", "study studies", "policy policies", "day days", "query queries", "house houses",
        "behaviour behaviours behavior behaviors", "colour colours color", "neighbour neighbor", "favourite favorite",
        "optimise optimize", "optimises optimizes", "optimised optimized", "optimising optimizing",
        "organisation organization organisations", "analyse analyze", "analysing analyzing", "optimiser optimizer",
        "modelling modeling", "labelled labeled", "travellers travelers", "centre center centres", "fibre fiber fibers",
        "catalogue catalog catalogues", "dialogue dialog", "anaemia anemia", "foetus fetus", "haemato hemato",
        "analysis analyses", "axis axes", "matrix matrices", "index indices", "vertex vertices", "criterion criteria",
        "phenomenon phenomena", "hypothesis hypotheses", "mouse mice", "child children", "person people", "man men",
        "corpus corpora", "basis bases", "bias biases", "tie ties", "movie movies", "cache caches", "niche niches",
        "spectrum spectra", "stimulus stimuli", "formula formulae", "leaf leaves", "life lives", "half halves",
        "grey gray", "defence defense", "programme program programmes", "artefact artifact artefacts",
    ],
)  # fmt: skip
def test_spellings_and_plurals_have_one_base(forms: str) -> None:
    assert len({base_form(word) for word in forms.split()}) == 1


@pytest.mark.parametrize(
    "word",
    [
        "bias", "gas", "lens", "chaos", "always", "physics", "robotics", "analysis", "corpus", "loss", "series",
        "species", "news", "mars", "statistics", "four", "hour", "our", "is", "as", "gpt4s", "naïves",
    ],
)  # fmt: skip
def test_what_merely_looks_like_a_plural_or_a_british_spelling_is_left_alone(word: str) -> None:
    assert base_form(word) == word


@pytest.mark.parametrize(
    ("word", "base"),
    [
        ("models", "model"), ("ties", "tie"), ("pies", "pie"), ("bodies", "body"), ("kisses", "kiss"),
        ("wishes", "wish"),        ("taxes", "tax"), ("buzzes", "buzz"), ("watches", "watch"), ("dogs", "dog"),
        ("has", "has"), ("cars", "car"),
        ("towers", "tower"), ("tours", "tour"), ("harbours", "harbor"),
    ],
)  # fmt: skip
def test_a_base_is_the_singular(word: str, base: str) -> None:
    assert base_form(word) == base


@pytest.mark.parametrize(
    "forms",
    [
        "train training trained trains", "model modeling modeled models", "plan planning planned plans",
        "evaluate evaluation evaluating evaluated", "predict prediction predicting", "align alignment aligned",
        "generate generation generating", "optimize optimization optimizing", "translate translation",
        "study studies studying studied", "robot robotic robots", "learn learning learned",
        "retrieve retrieving retrieved", "classify classifies classifying",
        "detect detection detecting detected", "measure measurement measured", "stop stopping stopped",
    ],
)  # fmt: skip
def test_a_verb_its_forms_and_the_noun_of_its_action_have_one_stem(forms: str) -> None:
    assert len({stem_form(base_form(word)) for word in forms.split()}) == 1


@pytest.mark.parametrize(
    "words",
    [
        "general generate", "universe university", "foundation found", "question quest", "argument argue",
        "information inform", "conversation converse", "application apply", "instrument instruct", "department depart",
        "king k", "string str", "embed emb", "speed spe", "hundred hundr", "morning morn", "something someth",
        "policy police", "statistic statistics", "commission commit", "population populate", "vision visit",
        "nation nat", "new news", "organ organize",
    ],
)  # fmt: skip
def test_words_that_mean_something_else_are_not_united(words: str) -> None:
    """A subscriber pays for each union with papers that nobody asked for."""
    one, other = words.split()
    assert stem_form(base_form(one)) != stem_form(base_form(other))


@pytest.mark.parametrize(
    ("base", "verb", "stem"),
    [
        ("training", "train", "train"),
        ("planning", "plan", "plan"),
        ("used", "used", "used"),
        ("bring", "bring", "bring"),
        ("string", "string", "string"),
        ("bed", "bed", "bed"),
        ("exing", "exing", "exing"),  # two letters are no stem
        ("adding", "ad", "ad"),  # `add`, its consonant once
        ("tskting", "tskting", "tskting"),  # without a vowel before it, -ing is no ending
        ("evaluating", "evaluat", "evalu"),
        ("evaluate", "evaluat", "evalu"),
        ("evaluation", "evaluation", "evalu"),
        ("prediction", "prediction", "predict"),
        ("optimization", "optimization", "optimiz"),
        ("alignment", "alignment", "align"),
        ("moment", "moment", "moment"),
        ("element", "element", "element"),
        ("study", "studi", "studi"),
        ("taxi", "taxi", "taxi"),
        ("rate", "rat", "rat"),
        ("car", "car", "car"),
        ("gpt4", "gpt4", "gpt4"),
        ("café", "café", "café"),
        ("llm", "llm", "llm"),
    ],
)
def test_a_stem_loses_what_a_verb_adds(base: str, verb: str, stem: str) -> None:
    assert (verb_form(base), stem_form(base)) == (verb, stem)


@given(st.text("aeioustrngdl", min_size=1, max_size=12))
def test_a_word_and_its_plural_are_found_by_each_other(word: str) -> None:
    """Whatever follows from the rules, a base is a base of itself up to its spelling."""
    assert stem_form(base_form(word))
    assert verb_form(base_form(word))
    assert len(base_form(word)) <= len(word) + 2
