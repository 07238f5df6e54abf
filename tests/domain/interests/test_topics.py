"""The topic catalogue: names by language, English where a language is missing."""

from __future__ import annotations

from newsletter.domain.interests.topics import Catalogue, CatalogueTopic

RAG = CatalogueTopic(
    slug="rag",
    expression="retrieval-augmented generation",
    names={"en": "Retrieval", "zh-Hans": "检索"},
    descriptions={"en": "Looking things up."},
)


def test_a_name_is_in_the_language_asked_for_or_in_english() -> None:
    assert [RAG.name(language) for language in ("en", "zh-Hans", "de")] == ["Retrieval", "检索", "Retrieval"]
    assert CatalogueTopic("x", "x", {"en": "X", "de": ""}).name("de") == "X"


def test_a_description_is_in_the_language_asked_for_or_left_out() -> None:
    assert [RAG.description(language) for language in ("en", "zh-Hans")] == ["Looking things up.", ""]
    assert CatalogueTopic("x", "x", {"en": "X"}).description("en") == ""


def test_expressions_are_found_by_their_slugs_in_the_order_of_the_file() -> None:
    other = CatalogueTopic("agents", "llm agents", {"en": "Agents"})
    assert [*Catalogue((RAG, other)).expressions.items()] == [
        ("rag", "retrieval-augmented generation"),
        ("agents", "llm agents"),
    ]
    assert Catalogue().expressions == {}
