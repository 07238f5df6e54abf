"""One schema: strict about what it means, lenient about how models spell it."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.domain.answers.summary_schema import TEXTS, answer_schema, bounded, read_answer
from newsletter.domain.papers import Author, FailureKind, Keyword, Paper, PaperId, Provenance, Rating
from newsletter.errors import AnswerUnusable

PAPER = Paper(
    id=PaperId("sample:1"),
    version=3,
    title="Counting Tomatoes in Greenhouses with Small Cameras",
    abstract="We count tomatoes at Garden University. Code: https://example.org/tomato.",
    authors=(Author("Ada", "Bean Institute"),),
)
BY = Provenance("llm", "m", "p")


def read(answer, language="zh-Hans"):
    return read_answer(answer, PAPER, language, BY)


def test_a_whole_answer_is_read():
    summary = read(
        {
            "id": "sample:1",
            "first_words": " ".join(PAPER.title.split()[:5]),
            "title": " 统计\n番茄 ",
            "tldr": "一句话",
            "highlights": ["甲", "乙"],
            "keywords": [{"term": "tomato", "translation": "番茄"}],
            "ratings": {"novelty": {"value": 4.5, "reason": "新"}},
        }
    ).summary
    assert (summary.paper_id, summary.version, summary.language, summary.provenance) == ("sample:1", 3, "zh-Hans", BY)
    assert (summary.title, summary.highlights) == ("统计 番茄", ("甲", "乙"))
    assert summary.keywords == (Keyword("tomato", "番茄"),)
    assert summary.ratings == {"novelty": Rating(4.5, "新")}


@pytest.mark.parametrize(
    ("drifted", "field", "meant"),
    [
        ({"tldr": None}, "tldr", ""),
        ({"tldr": ["one", "two"]}, "tldr", "one two"),
        ({"highlights": "- one\n- two\n"}, "highlights", ("one", "two")),
        ({"highlights": None}, "highlights", ()),
        ({"keywords": ["tomato (番茄)", "bean"]}, "keywords", (Keyword("tomato", "番茄"), Keyword("bean"))),
        ({"keywords": "tomato, bean"}, "keywords", (Keyword("tomato"), Keyword("bean"))),
        ({"keywords": [{"en": "tomato", "zh": "番茄"}]}, "keywords", (Keyword("tomato", "番茄"),)),
        ({"keywords": ["Tomato", "tomato"]}, "keywords", (Keyword("Tomato"),)),
        ({"ratings": {"novelty": 4}}, "ratings", {"novelty": Rating(4.0)}),
        ({"ratings": {"novelty": "4.5/5分"}}, "ratings", {"novelty": Rating(4.5)}),
        ({"ratings": {"novelty": {"value": 4.3, "reason": None}}}, "ratings", {"novelty": Rating(4.5)}),
        ({"ratings": {"novelty": 6, "practicality": -1, "fun": 3}}, "ratings", {}),
        ({"ratings": {"novelty": True}}, "ratings", {}),
        ({"ratings": {"novelty": float("nan")}}, "ratings", {}),
        ({"ratings": "4/5"}, "ratings", {}),
    ],
)
def test_harmless_drift_is_read_as_it_was_meant(drifted, field, meant):
    assert getattr(read(drifted).summary, field) == meant


@pytest.mark.parametrize(
    "answer", [{"tldr": {"text": "x"}}, {"tldr": 3}, {"highlights": 3}, {"highlights": [{"a": 1}]}]
)
def test_an_impossible_type_makes_the_answer_unusable(answer):
    with pytest.raises(AnswerUnusable) as caught:
        read(answer)
    assert caught.value.kind == FailureKind.UNPARSABLE


@pytest.mark.parametrize(
    ("field", "claim", "kept"),
    [
        ("affiliation", "Garden University", "Garden University"),
        ("affiliation", "Bean Institute", "Bean Institute"),
        ("affiliation", "Moon University", ""),
        ("code", "https://example.org/tomato", "https://example.org/tomato"),
        ("code", "https://github.com/invented/tomato", ""),
    ],
)
def test_affiliation_and_code_are_kept_only_where_the_paper_states_them(field, claim, kept):
    assert getattr(read({field: claim}).summary, field) == kept


def test_an_answer_that_repeats_another_title_is_about_another_paper():
    with pytest.raises(AnswerUnusable) as caught:
        read({"first_words": "Violin varnish resonance", "tldr": "x"})
    assert caught.value.kind == FailureKind.MISMATCHED


def test_english_papers_are_not_translated_into_english():
    summary = read(
        {"title": "T", "abstract": "A", "tldr_en": "E", "keywords": [{"term": "t", "translation": "x"}]}, "en"
    )
    assert (summary.summary.title, summary.summary.abstract, summary.summary.tldr_en) == ("", "", "")
    assert summary.summary.keywords == (Keyword("t"),)


def test_gaps_and_strangers_are_told():
    reading = read({"tldr": "一", "en_tdlr": "one", "motivation": ""})
    assert "tldr_en" in reading.gaps
    assert "motivation" in reading.gaps
    assert "tldr" not in reading.gaps
    assert reading.strangers == ("en_tdlr",)


def test_the_schema_is_of_the_strict_dialect():
    def check(shape):
        if shape.get("type") == "object":
            assert shape["additionalProperties"] is False
            assert shape["required"] == list(shape["properties"])
            for inner in shape["properties"].values():
                check(inner)
        elif shape.get("type") == "array":
            check(shape["items"])

    for language in ("en", "zh-Hans"):
        schema = answer_schema(language)
        check(schema)
        fields = schema["properties"]["papers"]["items"]["properties"]
        assert ("title" in fields) == (language != "en")
        assert set(TEXTS) - set(fields) == (set() if language != "en" else {"title", "abstract", "tldr_en"})


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(["id", "first_words", "highlights", "keywords", "ratings", *TEXTS]), anything))
@settings(max_examples=150, deadline=None)
def test_whatever_json_a_model_writes_is_read_or_unusable(answer):
    json.dumps(answer)
    try:
        summary = read(answer).summary
    except AnswerUnusable:
        return
    assert all(isinstance(getattr(summary, name), str) for name in TEXTS)


def test_a_bounded_schema_limits_every_text_but_a_translated_abstract():
    fields = bounded(answer_schema("zh-Hans"), 400)["properties"]["papers"]["items"]["properties"]
    assert fields["tldr"]["maxLength"] == 400
    assert fields["title"]["maxLength"] == 300
    assert "maxLength" not in fields["abstract"]
    assert (fields["keywords"]["maxItems"], fields["highlights"]["items"]["maxLength"]) == (6, 400)
    assert fields["ratings"]["properties"]["novelty"]["properties"]["reason"]["maxLength"] == 300
    assert "maxLength" not in str(answer_schema("zh-Hans")), "the schema itself is not changed"
