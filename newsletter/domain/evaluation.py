"""What each expression finds in one issue, with a score a paper, and the words that explain it.

Terms are looked up by `domain.matching`; everything else is a walk over the tree. The scores of parts add up; `Not`
finds every paper that its part does not, with no score of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, pairwise

import numpy as np
import numpy.typing as npt

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
    leaves,
)
from newsletter.domain.issues import Issue, IssuePaper
from newsletter.domain.lexicon import Lexicon
from newsletter.domain.matching import Hits, TermMatcher
from newsletter.domain.ranking import rarity, standing, whole_scores
from newsletter.domain.selection import Match
from newsletter.domain.text_index import Ints, Segment, TextIndex
from newsletter.domain.texts import plain

__all__ = ["Evaluator"]

MAX_CACHED = 50_000
"""Look-ups kept; beyond that the cache begins anew, so that memory stays bounded whatever subscribers ask for."""
BATCH = 4_096
"""Terms looked up together."""
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
        self.lexicon = Lexicon(own, known=issue.acronyms, bilingual=_bilingual_keywords(issue))
        self._matcher = TermMatcher(
            self.index,
            self.lexicon,
            [sum(map(len, texts)) for texts in own],
        )
        self.standing = np.array([standing(entry) for entry in issue.papers], dtype=np.float64)
        self._hits: dict[Expression, Hits] = {}

    @property
    def size(self) -> int:
        """How many papers the issue has."""
        return len(self._papers)

    def rows(self, nodes: Sequence[Expression]) -> list[tuple[Ints, Ints]]:
        """For each expression the papers it finds, ascending, and their whole scores with the papers' standing.

        Terms are looked up together, which is much cheaper than one by one.
        """
        self._prepare(nodes)
        docs: list[Ints] = []
        scores: list[npt.NDArray[np.float64]] = []
        for node in nodes:
            if isinstance(node, Term):
                hits = self._found(node)
                docs.append(hits["doc"])
                scores.append(hits["score"] * rarity(self.size, len(hits)))
            else:
                found = self.scores(node)
                docs.append(np.array(sorted(found), dtype=np.int64))
                scores.append(np.array([found[doc] for doc in docs[-1].tolist()], dtype=np.float64))
        if not nodes:
            return []
        doc = np.concatenate(docs).astype(np.int64)
        whole = whole_scores(np.concatenate(scores).astype(np.float64) * self.standing[doc])
        bounds = [0, *accumulate(map(len, docs))]
        return [(doc[low:high], whole[low:high]) for low, high in pairwise(bounds)]

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
        found = [self.scores(term) for term in _prose_terms(node)]
        counts: dict[int, int] = {}
        for part in found:
            for doc in part:
                counts[doc] = counts.get(doc, 0) + 1
        return {doc: score for doc, score in _sum(found).items() if counts[doc] >= node.least}

    def _prepare(self, nodes: Iterable[Expression]) -> None:
        wanted: dict[Term, None] = {}
        for node in nodes:
            for leaf in leaves(node):
                if isinstance(leaf, Term) and leaf not in self._hits:
                    wanted[leaf] = None
                elif isinstance(leaf, Prose):
                    wanted.update(dict.fromkeys(t for t in _prose_terms(leaf) if t not in self._hits))
        self._look_up(list(wanted))

    def _look_up(self, terms: Sequence[Term]) -> None:
        if len(self._hits) + len(terms) > MAX_CACHED:
            self._hits.clear()
        for low in range(0, len(terms), BATCH):
            part = terms[low : low + BATCH]
            self._hits.update(zip(part, self._matcher.find(part), strict=True))

    def _found(self, node: Term | Near) -> Hits:
        if node not in self._hits:
            if isinstance(node, Term):
                self._look_up([node])
            else:
                self._hits[node] = self._matcher.find_near(node)
        return self._hits[node]

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
                    _, score, first, end, via = hit
                    segment = self.index.segments[self.index.segment_at(first)]
                    yield score, Match(interest, segment.field, self.index.excerpt(first, end), self._matcher.via(via))
            else:
                value = _field_value(leaf, self._papers[doc])
                if value is not None:
                    name = "author" if isinstance(leaf, Author) else "cat" if isinstance(leaf, Category) else "org"
                    yield 0.0, Match(interest, name, value)

    def _hit(self, leaf: Term | Near, doc: int) -> tuple[int, float, int, int, int] | None:
        hits = self._found(leaf)
        at = int(np.searchsorted(hits["doc"], doc))
        if at == len(hits) or hits["doc"][at] != doc:
            return None
        row: tuple[int, float, int, int, int] = hits[at].item()
        return row


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


def _prose_terms(node: Prose) -> list[Term]:
    return [Term(phrase, exact=True) for phrase in node.phrases]


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
        yield from _prose_terms(node)
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
