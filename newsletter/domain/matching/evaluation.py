"""What each expression finds in one issue, with a score a paper, and the words that explain it.

Terms are looked up by `term_lookup`; everything else is a walk over the tree. The scores of parts add up; `Not`
finds every paper that its part does not, with no score of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, islice, pairwise

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
from newsletter.domain.matching.term_lookup import HIT, Hits, TermMatcher
from newsletter.domain.matching.text_index import Flags, Ints, Segment, TextIndex
from newsletter.domain.text import plain

__all__ = ["Evaluator"]

MAX_CACHED = 50_000
"""Look-ups kept; beyond that the cache begins anew, so that memory stays bounded whatever subscribers ask for."""
MAX_HITS = 4_000_000
"""Papers that those found, likewise: 80 MB. A common word finds nearly every paper."""
BATCH = 4_096
"""Terms looked up together."""
ROW_CELLS = 250_000
"""Papers found whose scores are worked out together: some 10 MB."""
FIELD_SCORE = 1.0
"""The evidence of a category, an author or an organization."""
MAX_MARKS = 256
"""Terms of one interest whose words are marked in one paper."""

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
    def held(self) -> int:
        """About how many bytes the look-ups that are kept take."""
        return self._held * HIT.itemsize + 400 * len(self._hits)

    def forget(self) -> None:
        """Forget what was looked up, and keep the index."""
        self._hits.clear()
        self._held = 0

    @property
    def visited(self) -> int:
        """How many places in the text have been looked at so far: what looking up costs, whatever the clock says."""
        return self._matcher.visited

    def rows(self, nodes: Sequence[Expression]) -> Iterator[tuple[Ints, Ints]]:
        """For each expression the papers it finds, ascending, and their whole scores with the papers' standing.

        Both are (papers found,) int64.

        Terms are looked up together, which is much cheaper than one by one; of rows only some are in memory at once.
        """
        for part in self._parts(nodes):
            yield from self._rows(part)

    def _rows(self, nodes: Sequence[Expression]) -> Iterator[tuple[Ints, Ints]]:
        docs: list[Ints] = []
        scores: list[Floats] = []
        cells = 0
        for node in nodes:
            if isinstance(node, Term):
                hits = self._found(node)
                docs.append(hits["doc"])
                scores.append(hits["score"] * rarity(self.size, len(hits)))
            else:
                mask, score = self.scores(node)
                docs.append(np.flatnonzero(mask))
                scores.append(score[docs[-1]])
            cells += len(docs[-1])
            if cells >= ROW_CELLS:
                yield from self._whole(docs, scores)
                docs, scores, cells = [], [], 0
        if docs:
            yield from self._whole(docs, scores)

    def _whole(self, docs: Sequence[Ints], scores: Sequence[Floats]) -> list[tuple[Ints, Ints]]:
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
        wanted: dict[Term | Near, None] = {}
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

    def _terms(self, node: Expression) -> Iterator[Term | Near]:
        for leaf in leaves(node, of_near=False):
            if isinstance(leaf, (Term, Near)):
                yield leaf
            elif isinstance(leaf, Prose):
                yield from _prose_terms(leaf)
            elif isinstance(leaf, Topic) and leaf.slug in self._topics and leaf.slug not in self._topic_scores:
                yield from self._terms(self._topics[leaf.slug])

    def _look_up(self, nodes: Sequence[Term | Near]) -> None:
        new = [node for node in nodes if node not in self._hits]
        if self._make_room(len(new)):
            new = [*nodes]
        terms = [node for node in new if isinstance(node, Term)]
        near = [node for node in new if isinstance(node, Near)]
        self._keep(terms, self._matcher.find(terms))
        self._keep(near, self._matcher.find_near(near))

    def _keep(self, nodes: Sequence[Expression], found: Sequence[Hits]) -> None:
        for node, hits in zip(nodes, found, strict=True):
            self._hits[node] = hits
            self._held += len(hits)

    def _found(self, node: Term | Near) -> Hits:
        if node not in self._hits:
            self._look_up([node])
        return self._hits[node]

    def _make_room(self, new: int) -> bool:
        """Forget what is kept if so many more would be too many; whether it was."""
        if len(self._hits) + new <= MAX_CACHED and self._held <= MAX_HITS:
            return False
        self.forget()
        return True

    # --- explaining -------------------------------------------------------------------------------------------------

    def explain(self, docs: Sequence[int], interest: str, node: Expression) -> list[Match]:
        """Why each of these papers (ascending), which the expression finds, was found: by the best of its places.

        Of places that are as good the first of the expression counts; what a field names counts where no words do.
        """
        wanted = np.array(docs, dtype=np.int64)
        best = np.zeros(len(docs), dtype=HIT)
        fields: list[tuple[str, str] | None] = [None] * len(docs)
        for leaf in _positive(node, self._topics):
            if isinstance(leaf, (Term, Near)):
                hits = self._found(leaf)
                at = np.searchsorted(hits["doc"], wanted)
                at[at == len(hits)] = 0
                if len(hits):
                    better = (hits["doc"][at] == wanted) & (hits["score"][at] > best["score"])
                    best[better] = hits[at[better]]
                continue
            for place, doc in enumerate(docs):
                if fields[place] is None and (value := self._fields.value(leaf, doc)) is not None:
                    fields[place] = _NAMES[type(leaf)], value
        return [self._match(interest, hit, named) for hit, named in zip(best, fields, strict=True)]

    def _match(self, interest: str, hit: np.void, named: tuple[str, str] | None) -> Match:
        _, score, first, end, via = hit.item()
        if score:
            field = self.index.segments[self.index.segment_at(first)].field
            return Match(interest, field, self.index.excerpt(first, end), self._matcher.via(via))
        return Match(interest, *(named or ("", "")))

    def marks(self, doc: int, node: Expression) -> tuple[str, ...]:
        """The words of title and abstract at the best place of each term by which a paper was found, for marking."""
        words: dict[str, None] = {}
        for leaf in islice(_positive(node, self._topics), MAX_MARKS):
            if isinstance(leaf, (Term, Near)):
                hits = self._found(leaf)
                for hit in hits[hits["doc"] == doc]:
                    words[self.index.excerpt(int(hit["first"]), int(hit["end"]))] = None
        return tuple(words)


_NAMES: Mapping[type[Field], str] = {AuthorName: "author", Category: "cat", Organization: "org"}


def _fields(entry: IssuePaper) -> Iterator[tuple[str, str]]:
    """The texts in which terms are looked for: title, abstract, and their translations."""
    yield "title", _plain(entry.paper.title)
    yield "abstract", _plain(entry.paper.abstract)
    for language in sorted(entry.summaries):
        summary = entry.summaries[language]
        if summary.title:
            yield "title", _plain(summary.title)
        if summary.abstract:
            yield "abstract", _plain(summary.abstract)


def _plain(text: str) -> str:
    """`plain`, and the text itself where that changes nothing: an issue and its index share most of their texts."""
    words = plain(text)
    return text if words == text else words


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
