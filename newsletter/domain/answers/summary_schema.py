"""The one schema: what an engine may say of a paper version in a language, and how its answer is read.

`answer_schema` is what a server with structured output is held to, and what the prompt describes to one without.
`read_answer` reads an answer of either: strict about keys and types, lenient about the harmless ways in which models
drift (null for nothing, one string for a list, `4/5` for 4). What it cannot use it counts, so that a misspelt key is
noticed on the first day and not after years.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from newsletter.domain.answers.model_talk import orders_in
from newsletter.domain.notation import is_english
from newsletter.domain.papers import RATINGS, FailureKind, Keyword, Paper, Provenance, Rating, Summary
from newsletter.errors import AnswerUnusable

__all__ = ["CHECK", "TEXTS", "AnswerReading", "answer_schema", "bounded", "read_answer"]

TEXTS = ("title", "abstract", "tldr", "tldr_en", "main_work", "motivation", "method", "result", "affiliation", "code")
"""The fields that are one text."""
_TRANSLATED = ("title", "abstract", "tldr_en")
CHECK = "first_words"
"""Besides its id an answer repeats the first words of the paper's title, so that a swapped id shows."""

_DESCRIPTIONS = {
    "id": "the paper's id, exactly as given",
    CHECK: "the first five words of the paper's title, exactly as given",
    "title": "the title, translated",
    "abstract": "the whole abstract, translated",
    "tldr": "one sentence: what the paper does and finds",
    "tldr_en": "the same sentence in English",
    "main_work": "two or three sentences: the main work",
    "highlights": "two to four points that are new or strong",
    "motivation": "one sentence: the problem; empty if the abstract does not say",
    "method": "one or two sentences: how; empty if the abstract does not say",
    "result": "one sentence: what came out; empty if the abstract does not say",
    "keywords": "four to six technical terms in English",
    "ratings": "0 to 5 in halves, each with a reason in one sentence",
    "affiliation": "the authors' institutions, only if the abstract states them",
    "code": "the address of the code, only if the abstract states it",
}
_BOUNDS = {"id": 120, CHECK: 120, "title": 300, "term": 60, "translation": 60, "reason": 300, "code": 200}
_MOST = {"highlights": 4, "keywords": 6}
_OPTIONAL = {"id", CHECK, "affiliation", "code"}
_NUMBER = re.compile(r"\s*(\d(?:\.\d+)?)(?:\s*/\s*5)?\s*(?:分|points?)?\s*\Z")
_PAIR = re.compile(r"(?P<term>[^(（]+?)\s*[(（](?P<translation>[^()（）]+)[)）]\s*\Z")
_WORD = re.compile(r"\w+")
# What a model likes to write before a text although the key says it: `TL;DR: …`, `**Method:** …`, `摘要：…`.
_LABEL = re.compile(
    r"\A[*_#\s]{0,6}(?:tl;?dr|summary|abstract|main work|motivation|methods?|results?|translation|摘要|总结|概括"
    r"|一句话总结|动机|方法|结果|译文)"
    r"(?:\s?[:：][*_\s]{0,4}|[*_]{1,3}\s?[:：]\s*)(?=\S)",
    re.IGNORECASE,
)
_BLANKS = re.compile(r"[ \t\r\n]+")
_MOST_ITEMS = 12


@dataclass(frozen=True, slots=True)
class AnswerReading:
    """An answer as read. `gaps` are fields that were asked for and are empty; `strangers` keys nobody asked for."""

    summary: Summary
    gaps: tuple[str, ...] = ()
    strangers: tuple[str, ...] = ()


def answer_schema(language: str) -> dict[str, Any]:
    """JSON Schema of an answer about several papers, in the strict dialect of structured output.

    Every key is required and no other allowed; nothing said is an empty text. Translations are asked for only where the
    digest's language is not the papers' own.
    """
    own = is_english(language)
    text = {"type": "string"}
    keyword = {"term": text} if own else {"term": text, "translation": text}
    properties: dict[str, Any] = {}
    for name, description in _DESCRIPTIONS.items():
        if own and name in _TRANSLATED:
            continue
        if name == "highlights":
            shape: dict[str, Any] = {"type": "array", "items": text}
        elif name == "keywords":
            shape = {"type": "array", "items": _object(keyword)}
        elif name == "ratings":
            rating = _object({"value": {"type": "number"}, "reason": text})
            shape = _object(dict.fromkeys(RATINGS, rating))
        else:
            shape = text
        properties[name] = shape | {"description": description}
    return _object({"papers": {"type": "array", "items": _object(properties)}})


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def bounded(schema: Mapping[str, Any], longest: int) -> dict[str, Any]:
    """A schema with a limit on every text and list; only a translated abstract is longer than `longest` characters."""
    if schema.get("type") == "string":
        return dict(schema) | {"maxLength": longest}
    if schema.get("type") == "array":
        return dict(schema) | {"items": bounded(schema["items"], longest)}
    if schema.get("type") == "object":
        properties = {
            name: shape if name == "abstract" else bounded(shape, min(longest, _BOUNDS.get(name, longest)))
            for name, shape in schema["properties"].items()
        }
        for name in _MOST.keys() & properties.keys():
            properties[name] = properties[name] | {"maxItems": _MOST[name]}
        return dict(schema) | {"properties": properties}
    return dict(schema)


def read_answer(answer: Mapping[str, Any], paper: Paper, language: str, provenance: Provenance) -> AnswerReading:
    """Read what an answer says about the paper of its id.

    Claims that the paper does not make itself are left out, and ratings of a paper that gives orders to who rates it.

    Raises:
        AnswerUnusable: a field has an impossible type, or the answer is about another paper than it says.
    """
    own = is_english(language)
    _check(answer.get(CHECK), paper)
    texts = {name: _text(answer.get(name), name) for name in TEXTS}
    if own:
        texts |= dict.fromkeys(_TRANSLATED, "")
    known_text = f"{paper.title} {paper.abstract} {paper.comment}"
    if not _stated(texts["affiliation"], f"{known_text} {' '.join(a.affiliation for a in paper.authors)}"):
        texts["affiliation"] = ""
    if texts["code"] and texts["code"].removeprefix("https://").removeprefix("http://").rstrip("/.") not in known_text:
        texts["code"] = ""
    summary = Summary(
        paper_id=paper.id,
        version=paper.version,
        language=language,
        provenance=provenance,
        highlights=_texts(answer.get("highlights"), "highlights"),
        keywords=_keywords(answer.get("keywords"), language),
        ratings={}
        if orders_in(f"{paper.title}\n{paper.abstract}\n{paper.comment}")
        else _ratings(answer.get("ratings")),
    )
    summary = replace(summary, **texts)  # type: ignore[arg-type]  # every name in TEXTS is a text of it
    asked = (name for name in _DESCRIPTIONS if name not in _OPTIONAL and not (own and name in _TRANSLATED))
    gaps = tuple(name for name in asked if not getattr(summary, name))
    return AnswerReading(summary, gaps, tuple(sorted(str(key)[:40] for key in answer if key not in _DESCRIPTIONS)))


def _check(repeated: object, paper: Paper) -> None:
    """A model that repeats no words is not suspected; one that repeats another title's is."""
    words = set(_WORD.findall(repeated.lower())) if isinstance(repeated, str) else set()
    if words and not words & set(_WORD.findall(paper.title.lower())):
        msg = f"the answer for {paper.id} is about another paper"
        raise AnswerUnusable(msg, kind=FailureKind.MISMATCHED)


def _stated(claim: str, text: str) -> bool:
    """Whether every longer word of a claim stands in the text."""
    known = set(_WORD.findall(text.lower()))
    return all(word in known for word in _WORD.findall(claim.lower()) if len(word) > 2)


def _text(value: object, name: str) -> str:
    if value is None:
        return ""
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        value = " ".join(value)
    if isinstance(value, str):
        # Only white space is folded: control characters stay for the judge to see.
        return _LABEL.sub("", _BLANKS.sub(" ", value).strip())
    msg = f"expected a text for `{name}`, got {type(value).__name__}"
    raise AnswerUnusable(msg, kind=FailureKind.UNPARSABLE)


def _texts(value: object, name: str) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [re.sub(r"\A\s*(?:[-*•]|\d+[.、)])\s*", "", line) for line in value.splitlines()]
    if value is None:
        return ()
    if not isinstance(value, Sequence):
        msg = f"expected a list for `{name}`, got {type(value).__name__}"
        raise AnswerUnusable(msg, kind=FailureKind.UNPARSABLE)
    return tuple(text for item in value[:_MOST_ITEMS] if (text := _text(item, name)))


def _keywords(value: object, language: str) -> tuple[Keyword, ...]:
    """Objects as asked for, `term (translation)`, or bare terms; a pair that changed places is put right."""
    translated = not is_english(language)
    if isinstance(value, str):
        value = re.split(r"[,;，；、\n]\s*", value)
    if not isinstance(value, list):
        return ()
    keywords: dict[str, Keyword] = {}
    for item in value[:_MOST_ITEMS]:
        if isinstance(item, Mapping):
            term = _text(item.get("term") or item.get("en"), "term")
            translation = _text(item.get("translation") or item.get("zh"), "translation")
        else:
            pair = _PAIR.match(text := _text(item, "keywords"))
            term, translation = (pair["term"], pair["translation"]) if pair else (text, "")
        if term:
            keyword = Keyword(term, translation if translated else "")
            if keyword.is_swapped(language):
                keyword = Keyword(keyword.translation, keyword.term)
            keywords.setdefault(keyword.term.lower(), keyword)
    return tuple(keywords.values())


def _ratings(value: object) -> dict[str, Rating]:
    """Ratings between 0 and 5, to the nearest half; others are left out, because guessing one would be inventing it."""
    if not isinstance(value, Mapping):
        return {}
    ratings = {}
    for name in RATINGS:
        given = value.get(name)
        number, reason = (given.get("value"), given.get("reason")) if isinstance(given, Mapping) else (given, "")
        if isinstance(number, str) and (match := _NUMBER.match(number)):
            number = float(match[1])
        if isinstance(number, (int, float)) and not isinstance(number, bool) and 0 <= number <= 5:
            ratings[name] = Rating(round(number * 2) / 2, _text(reason if isinstance(reason, str) else "", "reason"))
    return ratings
