"""Summaries: what an engine wrote about one paper version in one language, with its provenance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from newsletter.domain.papers.papers import PaperId
from newsletter.domain.text import is_in, scripts

__all__ = [
    "FILE_ENGINE",
    "RATINGS",
    "Expense",
    "FailureKind",
    "Keyword",
    "Provenance",
    "Rating",
    "Summary",
    "SummaryKey",
]

RATINGS = ("practicality", "novelty", "recommendation")
"""The names a rating may have, in the order they are shown."""
FILE_ENGINE = "file"
"""The engine of summaries that came with their papers: in a file, or in a back archive."""


class FailureKind(StrEnum):
    """Why an engine's answer is not shown. The paper then appears with its abstract and a label that says so."""

    UNAVAILABLE = "unavailable"
    """The engine gave no answer: no connection, too slow, errors of the server."""
    BUDGET = "budget"
    """The daily budget was spent before this paper's turn."""
    REFUSED = "refused"
    """The model declined."""
    UNPARSABLE = "unparsable"
    """The answer does not have the form that was asked for."""
    INCOMPLETE = "incomplete"
    """The answer does not say what the paper is about, or does not name the paper at all."""
    MISMATCHED = "mismatched"
    """The answer is about another paper than it says."""
    ECHO = "echo"
    """The answer repeats what was asked."""
    ERROR_TEXT = "error-text"
    """A failure message in the place of content."""
    GARBLED = "garbled"
    """Control characters, or the same words over and over."""
    WRONG_LANGUAGE = "wrong-language"
    """The text is in a language that was not asked for."""
    UNTRANSLATED = "untranslated"
    """The original stands where a translation should."""
    UNSUPPORTED = "unsupported"
    """The answer names an address, a contact or a number that the paper does not."""
    OBEYED = "obeyed"
    """The answer follows or repeats an order to the model that was hidden in the paper."""
    TOO_LONG = "too-long"
    """A text far beyond its limit."""

    @property
    def is_passing(self) -> bool:
        """Whether asking again later, the same way, may well succeed; any other failure is kept like a summary."""
        return self in {FailureKind.UNAVAILABLE, FailureKind.BUDGET}


@dataclass(frozen=True, slots=True)
class Keyword:
    """One keyword: the English term and, in a digest of another language, its translation."""

    term: str
    translation: str = ""

    def is_swapped(self, language: str) -> bool:
        """Whether the English term and its translation into this language stand in each other's place."""
        term, translation = scripts(self.term), scripts(self.translation)
        return set(translation) == {"Latin"} and bool(term) and "Latin" not in term and is_in(self.term, language)


@dataclass(frozen=True, slots=True)
class Rating:
    """A rating from 0 to 5 in halves, with the reason for it."""

    value: float
    reason: str = ""

    def __post_init__(self) -> None:
        if not (0 <= self.value <= 5 and float(self.value * 2).is_integer()):
            msg = f"a rating is 0 to 5 in halves, got {self.value!r}"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class Provenance:
    """Who wrote a summary: engine, model, the version of the prompt, and what it cost."""

    engine: str
    model: str = ""
    prompt: str = ""
    tokens: int = 0
    cost: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Expense:
    """What one request to a paid engine cost, or one paper's part of it. Kept for ever: budgets count money, not rows.

    `is_estimate`: the server did not say, because the answer was cut, came too late, or nobody waited for it.
    """

    paper_id: PaperId
    language: str
    engine: str
    model: str = ""
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float = 0.0
    is_estimate: bool = False


@dataclass(frozen=True, slots=True)
class SummaryKey:
    """What makes a summary the same summary: the same text would be asked for again."""

    paper_id: PaperId
    version: int | None
    language: str
    engine: str
    model: str = ""
    prompt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What an engine says about one paper version in one language. What it does not say stays empty.

    `language` is a BCP 47 tag (`en`, `zh-Hans`). `title` and `abstract` are translations, empty in the paper's own
    language. `tldr_en` is the English one-liner of a summary in another language. `failure` is set when the engine's
    answer could not be used; then every text is empty, and `why` tells the operator what the
    server did, where it gave no answer. No issue holds it.
    """

    paper_id: PaperId
    version: int | None = None
    language: str
    provenance: Provenance
    title: str = ""
    abstract: str = ""
    tldr: str = ""
    tldr_en: str = ""
    main_work: str = ""
    motivation: str = ""
    method: str = ""
    result: str = ""
    highlights: tuple[str, ...] = ()
    keywords: tuple[Keyword, ...] = ()
    ratings: Mapping[str, Rating] = field(default_factory=dict)
    affiliation: str = ""
    code: str = ""
    failure: FailureKind | None = None
    why: str = ""

    @property
    def key(self) -> SummaryKey:
        """The identity under which this summary is kept."""
        p = self.provenance
        return SummaryKey(self.paper_id, self.version, self.language, p.engine, p.model, p.prompt)
