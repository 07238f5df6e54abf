"""Selects the papers of one issue for anybody: the `Selector` that the services use.

Selection is a function of the issue and the request alone. The order of its rules stands in `domain.selection`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from newsletter.domain.folding import fold, fold_text, tokens
from newsletter.domain.interest_parser import parse
from newsletter.domain.interests import (
    AllOf,
    AnyOf,
    Author,
    Category,
    Expression,
    Interest,
    Near,
    Not,
    Organization,
    Prose,
    Term,
    Topic,
    Weighted,
)
from newsletter.domain.issues import Issue
from newsletter.domain.matching import Hit, TermMatcher
from newsletter.domain.ranking import rarity
from newsletter.domain.selection import Match, Pick, Selection, SelectionRequest
from newsletter.domain.text_index import Segment, TextIndex
from newsletter.domain.texts import plain
from newsletter.errors import InterestError

__all__ = ["IssueSelector"]


class IssueSelector:
    """The selector of one issue. Each distinct interest is read and looked up once, however many ask for it."""

    def __init__(self, issue: Issue, *, topics: Mapping[str, str] | None = None) -> None:
        self._issue = issue
        self._topics = dict(topics or {})
        self._ids = tuple(entry.id for entry in issue.papers)
        self._index = TextIndex(
            segment
            for number, entry in enumerate(issue.papers)
            for segment in (
                Segment(number, "title", plain(entry.paper.title)),
                Segment(number, "abstract", plain(entry.paper.abstract)),
            )
        )
        self._matcher = TermMatcher(self._index)
        self._readings: dict[str, Interest | str] = {}
        self._results: dict[Expression, dict[int, float]] = {}
        self._terms: dict[Term, dict[int, Hit]] = {}

    def select(self, request: SelectionRequest) -> Selection:
        """The digest of one subscriber."""
        readings = [(text, self._read(text)) for text in dict.fromkeys(request.interests)]
        interests = [(text, reading) for text, reading in readings if isinstance(reading, Interest)]
        out: set[int] = set()
        scores: dict[int, float] = {}
        musts: list[dict[int, float]] = []
        positive = any(not i.excludes and not i.must for _, i in interests) or (len(interests) < len(readings))
        for _, interest in interests:
            found = self._find(interest.expression)
            if interest.excludes:
                out |= found.keys()
                continue
            if interest.must:
                musts.append(found)
            for doc, score in found.items():
                if not interest.must or not positive:
                    scores[doc] = scores.get(doc, 0.0) + score
        if not positive and not musts:
            scores = dict.fromkeys(range(len(self._ids)), 0.0)
        for found in musts:
            scores = {doc: score + found[doc] * bool(positive) for doc, score in scores.items() if doc in found}
        kept = sorted((doc for doc in scores if doc not in out), key=lambda doc: (-scores[doc], doc))
        shown = kept if request.max_papers is None else kept[: request.max_papers]
        picks = tuple(Pick(doc, self._ids[doc], round(scores[doc], 3), self._matches(doc, interests)) for doc in shown)
        return Selection(picks, len(kept))

    def select_many(self, requests: Iterable[SelectionRequest]) -> Iterator[Selection]:
        """The digests of many, in the order asked."""
        for request in requests:
            yield self.select(request)

    def problems(self, interests: Sequence[str]) -> tuple[str, ...]:
        """What is wrong with these interests, a plain sentence each."""
        found = []
        for text in interests:
            reading = self._read(text)
            if isinstance(reading, str):
                shown = text if len(text) <= 60 else text[:59] + "…"
                found.append(f"“{shown}”: {reading}")
        return tuple(found)

    def _read(self, text: str) -> Interest | str:
        reading = self._readings.get(text)
        if reading is None:
            try:
                reading = parse(text)
            except InterestError as error:
                reading = str(error)
            self._readings[text] = reading
        return reading

    # --- evaluating -------------------------------------------------------------------------------------------------

    def _find(self, expression: Expression) -> dict[int, float]:
        found = self._results.get(expression)
        if found is None:
            found = self._results[expression] = self._evaluate(expression)
        return found

    def _evaluate(self, node: Expression) -> dict[int, float]:  # noqa: PLR0912
        if isinstance(node, Term):
            hits = self._term(node)
            weight = rarity(len(self._ids), len(hits))
            return {doc: hit.score * weight for doc, hit in hits.items()}
        if isinstance(node, Weighted):
            return {doc: score * node.weight for doc, score in self._find(node.part).items()}
        if isinstance(node, Not):
            found = self._find(node.part)
            return {doc: 0.0 for doc in range(len(self._ids)) if doc not in found}
        if isinstance(node, AnyOf):
            total: dict[int, float] = {}
            for part in node.parts:
                for doc, score in self._find(part).items():
                    total[doc] = total.get(doc, 0.0) + score
            return total
        if isinstance(node, AllOf):
            parts = [self._find(part) for part in node.parts]
            return {doc: sum(part[doc] for part in parts) for doc in parts[0] if all(doc in part for part in parts)}
        if isinstance(node, Category):
            return {n: 1.0 for n, e in enumerate(self._issue.papers) if _in_category(node.pattern, e.paper.categories)}
        if isinstance(node, Author):
            return {
                n: 1.0
                for n, e in enumerate(self._issue.papers)
                if any(_is_named(node.name, author.name) for author in e.paper.authors)
            }
        if isinstance(node, Organization):
            wanted = f" {fold_text(node.name)} "
            return {
                n: 1.0
                for n, e in enumerate(self._issue.papers)
                if any(
                    wanted in f" {fold_text(name)} "
                    for name in (e.paper.organization, *(author.affiliation for author in e.paper.authors))
                )
            }
        if isinstance(node, Near):
            return self._find(AllOf(node.parts))
        if isinstance(node, Prose):
            counts: dict[int, list[float]] = {}
            for phrase in node.phrases:
                for doc, score in self._find(Term(phrase, exact=True)).items():
                    counts.setdefault(doc, []).append(score)
            return {doc: sum(scores) for doc, scores in counts.items() if len(scores) >= node.least}
        return self._topic(node)

    def _topic(self, node: Topic) -> dict[int, float]:
        reading = self._read(self._topics.get(node.slug, ""))
        return self._find(reading.expression) if isinstance(reading, Interest) else {}

    def _term(self, term: Term) -> dict[int, Hit]:
        hits = self._terms.get(term)
        if hits is None:
            hits = self._terms[term] = self._matcher.find(term)
        return hits

    # --- explaining -------------------------------------------------------------------------------------------------

    def _matches(self, doc: int, interests: Sequence[tuple[str, Interest]]) -> tuple[Match, ...]:
        found: list[tuple[float, Match]] = []
        for text, interest in interests:
            if interest.excludes:
                continue
            score = self._find(interest.expression).get(doc)
            if score is not None:
                found.append((score, self._explain(doc, text, interest.expression)))
        found.sort(key=lambda pair: -pair[0])
        return tuple(match for _, match in found)

    def _explain(self, doc: int, text: str, node: Expression) -> Match:
        best: tuple[float, Hit] | None = None
        for term in _positive_terms(node):
            hit = self._term(term).get(doc)
            if hit and (best is None or hit.score > best[0]):
                best = hit.score, hit
        if best:
            hit = best[1]
            segment = self._index.segments[self._index.segment_at(hit.first)]
            return Match(text, segment.field, self._index.excerpt(hit.first, hit.end), hit.via)
        paper = self._issue.papers[doc].paper
        for leaf in _positive(node):
            if isinstance(leaf, Category):
                for category in paper.categories:
                    if _in_category(leaf.pattern, (category,)):
                        return Match(text, "cat", category)
            if isinstance(leaf, Author):
                for author in paper.authors:
                    if _is_named(leaf.name, author.name):
                        return Match(text, "author", author.name)
        return Match(text, "", "")


def _positive(node: Expression) -> Iterator[Expression]:
    if isinstance(node, (AllOf, AnyOf, Near)):
        for part in node.parts:
            yield from _positive(part)
    elif isinstance(node, Weighted):
        yield from _positive(node.part)
    elif not isinstance(node, Not):
        yield node


def _positive_terms(node: Expression) -> Iterator[Term]:
    for leaf in _positive(node):
        if isinstance(leaf, Term):
            yield leaf
        elif isinstance(leaf, Prose):
            yield from (Term(phrase, exact=True) for phrase in leaf.phrases)


def _in_category(pattern: str, categories: Iterable[str]) -> bool:
    wanted = pattern.casefold()
    if wanted.endswith("*"):
        stem = wanted[:-1]
        return any(c.casefold().startswith(stem) or c.casefold() == stem.rstrip(".") for c in categories)
    return any(c.casefold() == wanted or c.casefold().startswith(wanted + ".") for c in categories)


def _is_named(wanted: str, name: str) -> bool:
    """Whether every word of `wanted` is one of the name's, an initial standing for a name that begins with it."""
    there = [fold(token.surface).cased.casefold() for token in tokens(name)]
    for token in tokens(wanted):
        part = fold(token.surface).cased.casefold()
        for number, other in enumerate(there):
            if (
                part == other
                or (len(part) == 1 and other.startswith(part))
                or (len(other) == 1 and part.startswith(other))
            ):
                del there[number]
                break
        else:
            return False
    return True
