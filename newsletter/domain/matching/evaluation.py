"""What each expression finds in one issue, with a score a paper, and the words that explain it.

Terms are looked up by `term_lookup`; everything else is a walk over the tree. The scores of parts add up; `Not`
finds every paper that its part does not, with no score of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from newsletter.domain.interests import (
    AllOf,
    AnyOf,
    AuthorName,
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
from newsletter.domain.issues import Issue, IssuePaper, Match
from newsletter.domain.matching.field_index import Field, FieldIndex
from newsletter.domain.matching.lexicon import Lexicon
from newsletter.domain.matching.ranking import rarity, standing, whole_scores
from newsletter.domain.matching.term_lookup import Hits, TermMatcher
from newsletter.domain.matching.text_index import Flags, Ints, Segment, TextIndex
from newsletter.domain.text import plain

__all__ = ["Evaluator"]

MAX_CACHED = 50_000
"""Look-ups kept; beyond that the cache begins anew, so that memory stays bounded whatever subscribers ask for."""
MAX_HITS = 4_000_000
"""Papers that those found, likewise: 80 MB. A common word finds nearly every paper."""
BATCH = 4_096
"""Terms looked up together."""
FIELD_SCORE = 1.0
"""The evidence of a category, an author or an organization."""
MAX_MARKS = 32
"""Words marked for one interest in one paper."""

Floats = npt.NDArray[np.float64]


class Evaluator:
    """Evaluates expressions over one issue. Distinct terms are looked up once."""

    def __init__(self, issue: Issue, topics: Mapping[str, Expression] | None = None) -> None:
        self._papers = issue.papers
        self._topics = topics or {}
        self._topic_scores: dict[str, tuple[Flags, Floats]] = {}
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
        self._fields = FieldIndex(issue.papers)
        self._hits: dict[Expression, Hits] = {}
        self._held = 0

    @property
    def size(self) -> int:
        """How many papers the issue has."""
        return len(self._papers)

    @property
    def kept(self) -> Collection[Hits]:
        """The look-ups that are kept."""
        return self._hits.values()

    @property
    def visited(self) -> int:
        """How many places in the text have been looked at so far: what looking up costs, whatever the clock says."""
        return self._matcher.visited

    def rows(self, nodes: Sequence[Expression]) -> list[tuple[Ints, Ints]]:
        """For each expression the papers it finds, ascending, and their whole scores with the papers' standing.

        Both are (papers found,) int64.

        Terms are looked up together, which is much cheaper than one by one.
        """
        return [row for part in self._parts(nodes) for row in self._rows(part)]

    def _rows(self, nodes: Sequence[Expression]) -> list[tuple[Ints, Ints]]:
        docs: list[Ints] = []
        scores: list[Floats] = []
        for node in nodes:
            if isinstance(node, Term):
                hits = self._found(node)
                docs.append(hits["doc"])
                scores.append(hits["score"] * rarity(self.size, len(hits)))
            else:
                mask, score = self.scores(node)
                docs.append(np.flatnonzero(mask))
                scores.append(score[docs[-1]])
        doc = np.concatenate(docs).astype(np.int64)
        whole = whole_scores(np.concatenate(scores).astype(np.float64) * self.standing[doc])
        bounds = [0, *accumulate(map(len, docs))]
        return [(doc[low:high], whole[low:high]) for low, high in pairwise(bounds)]

    def scores(self, node: Expression) -> tuple[Flags, Floats]:
        """Which papers this expression finds, (papers,) bool, and each one's score, (papers,) float64; 0 where not."""
        if isinstance(node, (Term, Near)):
            hits = self._found(node)
            return self._spread(hits["doc"], hits["score"].astype(np.float64) * rarity(self.size, len(hits)))
        if isinstance(node, Weighted):
            mask, score = self.scores(node.part)
            return mask, score * node.weight
        if isinstance(node, Not):
            return ~self.scores(node.part)[0], np.zeros(self.size)
        if isinstance(node, AnyOf):
            return self._any(node.parts)
        if isinstance(node, AllOf):
            parts = sorted(map(self.scores, node.parts), key=lambda part: np.count_nonzero(part[0]))
            mask = np.logical_and.reduce([part[0] for part in parts])
            return mask, np.where(mask, sum((part[1] for part in parts), np.zeros(self.size)), 0.0)
        if isinstance(node, Prose):
            return self._any(_prose_terms(node), least=node.least)
        if isinstance(node, Topic):
            if node.slug not in self._topic_scores:
                expression = self._topics.get(node.slug)
                self._topic_scores[node.slug] = self._any([expression] if expression is not None else [])
            return self._topic_scores[node.slug]
        docs = self._fields.docs(node)
        return self._spread(np.array(docs, dtype=np.int64), np.float64(rarity(self.size, len(docs)) * FIELD_SCORE))

    def _any(self, parts: Iterable[Expression], *, least: int = 1) -> tuple[Flags, Floats]:
        """The papers that at least so many of the parts find."""
        count, total = np.zeros(self.size, dtype=np.int64), np.zeros(self.size)
        for part in parts:
            mask, score = self.scores(part)
            count += mask
            total += score
        mask = count >= least
        return mask, np.where(mask, total, 0.0)

    def _spread(self, docs: Ints, scores: Floats | np.float64) -> tuple[Flags, Floats]:
        mask, score = np.zeros(self.size, dtype=np.bool_), np.zeros(self.size)
        mask[docs], score[docs] = True, scores
        return mask, score

    def _parts(self, nodes: Iterable[Expression]) -> Iterator[list[Expression]]:
        """The expressions, so many at a time as have `BATCH` terms together; those terms are looked up then."""
        part: list[Expression] = []
        wanted: dict[Term, None] = {}
        for node in nodes:
            part.append(node)
            wanted.update(dict.fromkeys(self._terms(node)))
            if len(wanted) >= BATCH:
                self._look_up([*wanted])
                yield part
                part, wanted = [], {}
        if part:
            self._look_up([*wanted])
            yield part

    def _terms(self, node: Expression) -> Iterator[Term]:
        for leaf in leaves(node):
            if isinstance(leaf, Term):
                yield leaf
            elif isinstance(leaf, Prose):
                yield from _prose_terms(leaf)
            elif isinstance(leaf, Topic) and leaf.slug in self._topics and leaf.slug not in self._topic_scores:
                yield from self._terms(self._topics[leaf.slug])

    def _look_up(self, terms: Sequence[Term]) -> None:
        new = [term for term in terms if term not in self._hits]
        if self._make_room(len(new)):
            new = [*terms]
        for term, hits in zip(new, self._matcher.find(new), strict=True):
            self._hits[term] = hits
            self._held += len(hits)

    def _found(self, node: Term | Near) -> Hits:
        if node not in self._hits:
            if isinstance(node, Term):
                self._look_up([node])
            else:
                self._make_room(1)
                self._hits[node] = hits = self._matcher.find_near(node)
                self._held += len(hits)
        return self._hits[node]

    def _make_room(self, new: int) -> bool:
        """Forget what is kept if so many more would be too many; whether it was."""
        if len(self._hits) + new <= MAX_CACHED and self._held <= MAX_HITS:
            return False
        self._hits.clear()
        self._held = 0
        return True

    # --- explaining -------------------------------------------------------------------------------------------------

    def explain(self, docs: Sequence[int], interest: str, node: Expression) -> list[Match]:
        """Why each of these papers (ascending), which the expression finds, was found."""
        wanted = np.array(docs, dtype=np.int64)
        reasons: list[list[_Reason]] = [[] for _ in docs]
        for leaf in _positive(node, self._topics):
            if isinstance(leaf, (Term, Near)):
                hits = self._found(leaf)
                at = np.searchsorted(hits["doc"], wanted)
                there = np.flatnonzero(np.isin(wanted, hits["doc"]))
                for place, row in zip(there.tolist(), hits[at[there]].tolist(), strict=True):
                    reasons[place].append(_Reason(*row[1:]))
            else:
                for place, doc in enumerate(docs):
                    if (value := self._fields.value(leaf, doc)) is not None:
                        reasons[place].append(_Reason(0.0, value=value, field=_NAMES[type(leaf)]))
        return [self._match(interest, own) for own in reasons]

    def _match(self, interest: str, reasons: list[_Reason]) -> Match:
        if not reasons:
            return Match(interest, "", "")
        best = max(reasons, key=lambda reason: reason.score)
        marks = tuple(dict.fromkeys(self._words(reason) for reason in reasons[:MAX_MARKS] if not reason.field))
        if best.field:
            return Match(interest, best.field, best.value, marks=marks)
        field = self.index.segments[self.index.segment_at(best.first)].field
        return Match(interest, field, self._words(best), self._matcher.via(best.via), marks)

    def _words(self, reason: _Reason) -> str:
        return self.index.excerpt(reason.first, reason.end)


class _Reason(NamedTuple):
    """Why one paper was found: the place of words, or the value of a field."""

    score: float
    first: int = 0
    end: int = 0
    via: int = 0
    value: str = ""
    field: str = ""


_NAMES: Mapping[type[Field], str] = {AuthorName: "author", Category: "cat", Organization: "org"}


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


def _positive(node: Expression, topics: Mapping[str, Expression]) -> Iterator[Term | Near | Field]:
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
