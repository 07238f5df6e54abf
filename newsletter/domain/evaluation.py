"""What each expression finds in one issue, with a score a paper, and the words that explain it.

Terms are looked up by `domain.matching`; everything else is a walk over the tree. The scores of parts add up; `Not`
finds every paper that its part does not, with no score of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from newsletter.domain.folding import fold, fold_text, tokens
from newsletter.domain.interests import (
    AllOf,
    AnyOf,
    Author,
    Category,
    Expression,
    Near,
    Not,
    Organization,
    Prose,
    Term,
    Topic,
    Weighted,
)
from newsletter.domain.issues import Issue, IssuePaper
from newsletter.domain.lexicon import Lexicon
from newsletter.domain.matching import Hit, TermMatcher
from newsletter.domain.ranking import rarity, standing
from newsletter.domain.selection import Match
from newsletter.domain.text_index import Segment, TextIndex
from newsletter.domain.texts import plain

__all__ = ["Evaluator"]

_HIT = np.dtype([("doc", np.int32), ("score", np.float32), ("first", np.int32), ("end", np.int32), ("via", np.int32)])
MAX_CACHED = 100_000
"""Look-ups kept; beyond that the cache begins anew, so that memory stays bounded whatever subscribers ask for."""
FIELD_SCORE = 1.0
"""The evidence of a category, an author or an organization."""


class Evaluator:
    """Evaluates expressions over one issue. Distinct terms are looked up once."""

    def __init__(self, issue: Issue, topics: Mapping[str, Expression] | None = None) -> None:
        self._papers = issue.papers
        self._topics = topics or {}
        fields = [list(_fields(entry)) for entry in issue.papers]
        self.index = TextIndex(Segment(doc, name, text) for doc, texts in enumerate(fields) for name, text in texts)
        own = [[text for _, text in texts[:2]] for texts in fields]
        self._matcher = TermMatcher(
            self.index,
            Lexicon(own, known=issue.acronyms, bilingual=_bilingual_keywords(issue)),
            [sum(map(len, texts)) for texts in own],
        )
        self.standing = [standing(entry) for entry in issue.papers]
        self._hits: dict[Expression, np.ndarray] = {}
        self._vias: list[str] = [""]
        self._via_numbers: dict[str, int] = {"": 0}

    @property
    def size(self) -> int:
        """How many papers the issue has."""
        return len(self._papers)

    def scores(self, node: Expression) -> dict[int, float]:
        """The papers that this expression finds, each with its score."""
        if isinstance(node, (Term, Near)):
            hits = self._found(node)
            weight = rarity(self.size, len(hits))
            return {
                int(doc): score * weight
                for doc, score in zip(hits["doc"].tolist(), hits["score"].tolist(), strict=True)
            }
        if isinstance(node, Weighted):
            return {doc: score * node.weight for doc, score in self.scores(node.part).items()}
        if isinstance(node, Not):
            found = self.scores(node.part)
            return {doc: 0.0 for doc in range(self.size) if doc not in found}
        if isinstance(node, AnyOf):
            return _sum(self.scores(part) for part in node.parts)
        if isinstance(node, AllOf):
            parts = sorted((self.scores(part) for part in node.parts), key=len)
            return {doc: sum(part[doc] for part in parts) for doc in parts[0] if all(doc in part for part in parts)}
        if isinstance(node, Prose):
            return self._prose(node)
        if isinstance(node, Topic):
            expression = self._topics.get(node.slug)
            return self.scores(expression) if expression is not None else {}
        docs = [doc for doc, entry in enumerate(self._papers) if _field_value(node, entry) is not None]
        weight = rarity(self.size, len(docs)) * FIELD_SCORE
        return dict.fromkeys(docs, weight)

    def _prose(self, node: Prose) -> dict[int, float]:
        found = [self.scores(Term(phrase, exact=True)) for phrase in node.phrases]
        counts: dict[int, int] = {}
        for part in found:
            for doc in part:
                counts[doc] = counts.get(doc, 0) + 1
        return {doc: score for doc, score in _sum(found).items() if counts[doc] >= node.least}

    def _found(self, node: Term | Near) -> np.ndarray:
        hits = self._hits.get(node)
        if hits is None:
            if len(self._hits) >= MAX_CACHED:
                self._hits.clear()
                self.index.forget()
            found = self._matcher.find(node) if isinstance(node, Term) else self._matcher.find_near(node)
            rows = [(doc, *hit[:3], self._via(hit.via)) for doc, hit in sorted(found.items())]
            hits = self._hits[node] = np.array(rows, dtype=_HIT)
        return hits

    def _via(self, text: str) -> int:
        number = self._via_numbers.setdefault(text, len(self._vias))
        if number == len(self._vias):
            self._vias.append(text)
        return number

    # --- explaining -------------------------------------------------------------------------------------------------

    def explain(self, doc: int, interest: str, node: Expression) -> Match:
        """Why this paper, which the expression finds, was found."""
        matches = list(self._matches(doc, interest, node))
        if not matches:
            return Match(interest, "", "")
        _, best = max(matches, key=lambda pair: pair[0])
        marks = tuple(dict.fromkeys(m.found for _, m in matches if m.field in {"title", "abstract"}))
        return Match(best.interest, best.field, best.found, best.via, marks)

    def _matches(self, doc: int, interest: str, node: Expression) -> Iterator[tuple[float, Match]]:
        for leaf in _positive(node, self._topics):
            if isinstance(leaf, (Term, Near)):
                hit = self._hit(leaf, doc)
                if hit is not None:
                    segment = self.index.segments[self.index.segment_at(hit.first)]
                    found = self.index.excerpt(hit.first, hit.end)
                    yield hit.score, Match(interest, segment.field, found, hit.via)
            else:
                value = _field_value(leaf, self._papers[doc])
                if value is not None:
                    name = "author" if isinstance(leaf, Author) else "cat" if isinstance(leaf, Category) else "org"
                    yield 0.0, Match(interest, name, value)

    def _hit(self, leaf: Term | Near, doc: int) -> Hit | None:
        hits = self._found(leaf)
        at = int(np.searchsorted(hits["doc"], doc))
        if at == len(hits) or hits["doc"][at] != doc:
            return None
        _, score, first, end, via = hits[at].item()
        return Hit(score, first, end, self._vias[via])


def _fields(entry: IssuePaper) -> Iterator[tuple[str, str]]:
    """The texts in which terms are looked for: title, abstract, and their translations."""
    yield "title", plain(entry.paper.title)
    yield "abstract", plain(entry.paper.abstract)
    for language in sorted(entry.summaries):
        summary = entry.summaries[language]
        if summary.title:
            yield "title", plain(summary.title)
        if summary.abstract:
            yield "abstract", plain(summary.abstract)


def _bilingual_keywords(issue: Issue) -> Iterator[tuple[str, str]]:
    for entry in issue.papers:
        for language in sorted(entry.summaries):
            for keyword in entry.summaries[language].keywords:
                if keyword.translation:
                    yield keyword.term, keyword.translation


def _sum(parts: Iterable[dict[int, float]]) -> dict[int, float]:
    total: dict[int, float] = {}
    for part in parts:
        for doc, score in part.items():
            total[doc] = total.get(doc, 0.0) + score
    return total


def _positive(node: Expression, topics: Mapping[str, Expression]) -> Iterator[Expression]:
    """The leaves that may be why a paper was found."""
    if isinstance(node, (AllOf, AnyOf)):
        for part in node.parts:
            yield from _positive(part, topics)
    elif isinstance(node, Weighted):
        yield from _positive(node.part, topics)
    elif isinstance(node, Prose):
        yield from (Term(phrase, exact=True) for phrase in node.phrases)
    elif isinstance(node, Topic):
        if node.slug in topics:
            yield from _positive(topics[node.slug], topics)
    elif not isinstance(node, Not):
        yield node


def _field_value(node: Expression, entry: IssuePaper) -> str | None:
    """The category, author or organization of the paper that this leaf finds, None where it finds none."""
    paper = entry.paper
    if isinstance(node, Category):
        return next((name for name in paper.categories if in_category(node.pattern, name)), None)
    if isinstance(node, Author):
        return next((author.name for author in paper.authors if is_named(node.name, author.name)), None)
    if isinstance(node, Organization):
        wanted = f" {fold_text(node.name)} "
        names = dict.fromkeys((paper.organization, *(author.affiliation for author in paper.authors)))
        return next((name for name in names if name and wanted in f" {fold_text(name)} "), None)
    return None


def in_category(pattern: str, category: str) -> bool:
    """Whether a category is the one meant: itself, all of an archive (`cs`), or a family (`cs.*`, `astro-ph*`)."""
    wanted, name = pattern.casefold(), category.casefold()
    if wanted.endswith("*"):
        stem = wanted[:-1]
        return name.startswith(stem) or name == stem.rstrip(".")
    return name == wanted or name.startswith(wanted + ".")


def is_named(wanted: str, name: str) -> bool:
    """Whether every word of `wanted` is one of the name's; an initial stands for any name that begins with it."""
    there = [fold(token.surface).cased.casefold() for token in tokens(name)]
    full = False
    for token in tokens(wanted):
        part = fold(token.surface).cased.casefold()
        for number, other in enumerate(there):
            initial = (len(part) == 1 and other.startswith(part)) or (len(other) == 1 and part.startswith(other))
            if part == other or initial:
                full |= part == other
                del there[number]
                break
        else:
            return False
    return full
