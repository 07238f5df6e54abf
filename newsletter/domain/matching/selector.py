"""Selects the papers of one issue for anybody: what the services select with.

Selection is a function of the issue, the topic catalogue and the request alone. The order of its rules stands in
`domain.issues.selection`.

The module is long and has one reason to change: which interests are read and looked up when, and how much is kept
meanwhile. One subscriber, many and the dry question whether anything comes share these rows, so they stand together.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain

import numpy as np
import numpy.typing as npt

from newsletter.domain.interests import (
    MOST_TERMS,
    Expression,
    Interest,
    Remark,
    Topic,
    cause_of,
    excess,
    leaves,
    left_out,
    parse,
    terms_at_most,
)
from newsletter.domain.issues import (
    RARE,
    Explained,
    Issue,
    Match,
    Outline,
    PaperOrder,
    Pick,
    Selection,
    SelectionRequest,
    precedence,
)
from newsletter.domain.matching.evaluation import Evaluator
from newsletter.domain.matching.explanations import Explanations, Reasons
from newsletter.domain.matching.readings import BEST, Finding, InterestReading, missing_topic
from newsletter.domain.matching.score_table import ScoreTable, best_papers, in_order, of_lines
from newsletter.domain.matching.sectioning import by_category, by_interest
from newsletter.errors import InterestError

__all__ = ["IssueSelector"]

MAX_ROWS = 100_000
"""Distinct interests kept; beyond that the table begins anew, so that memory stays bounded."""
MAX_SORTED = 500_000
"""Distinct interests of which is kept only whether they find anything, likewise: about 60 MB."""
MAX_CELLS = 16_000_000
"""Scores of those interests, likewise: 128 MB."""
MAX_EXPLAINED = 1_000
"""Explained digests kept: many readers ask for the same, and get the same objects."""
BLOCK_CELLS = 1_000_000
"""Subscribers times papers that are scored at once: about 40 MB of arrays."""
BLOCK_INTERESTS = 10_000
"""Interests of those subscribers, likewise."""
AHEAD = 50_000
"""Interests read ahead, those of at least one request."""
READ = 10_000
"""Interests read and looked up together."""
_NOTHING = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)


class IssueSelector:
    """The selector of one issue. Each distinct interest is read and looked up once, however many ask for it.

    `topics` map slugs to expressions of the topic catalogue.
    """

    def __init__(self, issue: Issue, *, topics: Mapping[str, str] | None = None) -> None:
        self._issue = issue
        self._ranked: dict[PaperOrder, npt.NDArray[np.int64]] = {}
        self._ids = tuple(entry.id for entry in issue.papers)
        self._categories = tuple(next(iter(entry.paper.categories), "") for entry in issue.papers)
        self._evaluator = Evaluator(issue, _read_topics(topics or {}))
        self._topics = frozenset(topics or ())
        # what `matches_many` has looked up, without what was found: those that find any paper, those that find none,
        # and those that say more than that (exclusions and must-haves)
        self._finding: set[str] = set()
        self._barren: set[str] = set()
        self._special: set[str] = set()
        self._costs: dict[str, int] = {}
        self._forget()

    def _forget(self) -> None:
        self._table = ScoreTable(len(self._ids))
        self._readings: dict[str, InterestReading] = {}
        self._plain: dict[str, int] = {}
        self._explained: dict[SelectionRequest, Explained] = {}
        self._explanations = Explanations(self._ids, self._evaluator.explain, self._reasons)

    def select(self, request: SelectionRequest) -> Selection:
        """The digest of one subscriber. An interest that cannot be read matches nothing; it never raises."""
        return next(self._select_block([self._admit(request)]))

    def select_many(self, requests: Iterable[SelectionRequest]) -> Iterator[Selection]:
        """The digests of many, in the order asked, in bounded memory. Picks are explained when they are looked at."""
        size = max(1, BLOCK_CELLS // max(1, len(self._ids)))
        pending = map(self._admit, requests)
        # Interests are read far ahead, because looking up many new ones together is cheaper.
        while ahead := _some(pending, AHEAD):
            self._read_all(_texts(ahead), as_fits=True)
            blocks = iter(ahead)
            while block := _some(blocks, BLOCK_INTERESTS, size):
                yield from self._select_block(block)

    def matches_many(self, requests: Iterable[SelectionRequest]) -> Iterator[bool]:
        """For each of many whether more papers fit than they wait for, in the order asked: planning asks no more."""
        pending = map(self._admit, requests)
        while ahead := _some(pending, AHEAD):
            self._sort(_texts(ahead))
            yield from map(self._finds_any, ahead)

    def problems(self, interests: Sequence[str]) -> tuple[str, ...]:
        """What is wrong with these interests, a plain sentence each."""
        sentences = []
        for text in interests:
            if problem := self._read(text).problem:
                shown = text if len(text) <= 60 else text[:59] + "…"
                sentences.append(f"“{shown}”: {problem}")
        if surplus := excess(interests):
            beyond = len(left_out(interests))
            sentences.append(f"{surplus}; the last {beyond} of {len(interests)} find nothing")
        return tuple(sentences)

    # --- for those who look at interests one by one -----------------------------------------------------------------

    @property
    def size(self) -> int:
        """How many papers the issue has."""
        return len(self._ids)

    @property
    def words(self) -> int:
        """How many words its papers have."""
        return self._evaluator.index.size

    @property
    def visited(self) -> int:
        """How many places among those words have been looked at so far: what selecting costs on any machine."""
        return self._evaluator.visited

    def read(self, text: str) -> InterestReading:
        """One interest as it was read."""
        return self._read(text)

    def look_up(self, texts: Collection[str]) -> None:
        """Read and look up these interests together, which costs less than one by one."""
        self._read_all(texts)

    def look_up_some(self, interests: Sequence[str], terms: int) -> int:
        """Look up some of these interests, as far as one reader has room for them: no more than so many new terms.

        At least one that is new is looked up. Returns how many terms it were, by the quick count; 0 where none was new.
        """
        new: list[str] = []
        spent = 0
        for text in self._admit(SelectionRequest(tuple(interests))).interests:
            if text not in self._readings:
                cost = terms_at_most(text)
                if new and spent + cost > terms:
                    break
                new.append(text)
                spent += cost
        self._read_all(new)
        return spent

    def has_looked_up(self, interests: Sequence[str]) -> bool:
        """Whether all of these are looked up that one reader has room for."""
        return all(text in self._readings for text in self._admit(SelectionRequest(tuple(interests))).interests)

    @property
    def kept(self) -> int:
        """About how many bytes are kept of what was asked for, beside the index."""
        known = 1_000 * len(self._readings) + 16 * self._table.cells
        return known + self._evaluator.held + self._explanations.size

    def forget(self) -> None:
        """Forget what was asked for, and keep the index; selections that are not looked at yet find it out again."""
        self._evaluator.forget()
        self._costs.clear()
        self._forget()

    def finding(self, text: str) -> Finding:
        """The papers that one interest finds; for an exclusion, those that it rules out."""
        docs, scores = self._table.row(self._read(text).row)
        # of equals the first in the issue
        best = np.argsort(-scores, kind="stable")[:BEST]
        return Finding(docs.astype(np.int32), tuple(docs[best].tolist()))

    def matching(self, text: str) -> int:
        """How many papers one interest matches; for an exclusion, how many it rules out."""
        return len(self._table.row(self._read(text).row)[0])

    def explain(self, place: int, text: str) -> Match | None:
        """By what an interest, an exclusion too, matches the paper at this place; None where it cannot be read."""
        interest = self._read(text).interest
        return None if interest is None else self._evaluator.explain([place], text, interest.expression)[0]

    def marks(self, place: int, text: str) -> tuple[str, ...]:
        """The words by which an interest found the paper at this place, as they stand there, for marking them."""
        interest = self._read(text).interest
        return () if interest is None else self._evaluator.marks(place, interest.expression)

    # --- scoring ----------------------------------------------------------------------------------------------------

    def _admit(self, request: SelectionRequest) -> SelectionRequest:
        """The request, without the interests for which one reader has no room."""
        costs, interests = self._costs, request.interests
        try:
            if sum(map(costs.__getitem__, interests)) <= MOST_TERMS:
                return request
        except KeyError:
            if len(costs) > MAX_SORTED:
                costs.clear()
            costs.update((text, terms_at_most(text)) for text in interests if text not in costs)
            if sum(map(costs.__getitem__, interests)) <= MOST_TERMS:
                return request
        counted: dict[str, int] = {}
        beyond = len(left_out(interests, counted))
        costs.update(counted)
        return replace(request, interests=interests[: len(interests) - beyond]) if beyond else request

    def _select_block(self, block: list[SelectionRequest]) -> Iterator[Selection]:
        self._read_all(_texts(block))
        plain = self._plain
        rows: list[list[int]] = []
        special: list[int] = []
        for number, request in enumerate(block):
            try:
                # An interest that stands twice in a list counts once.
                rows.append([plain[text] for text in dict.fromkeys(request.interests)])
            except KeyError:
                rows.append([])
            if not rows[-1]:
                special.append(number)
                rows[-1] = self._wanted_rows(request)
        matrix, rare = self._table.sums(rows, RARE)
        for number in special:
            matrix[number] = self._line(block[number])
        # Lines of one limit and order together: the partial sort then takes the same number from each.
        alike: dict[tuple[int, PaperOrder], list[int]] = {}
        for number, request in enumerate(block):
            alike.setdefault((self._limit(request), request.order), []).append(number)
        selections: dict[int, Selection] = {}
        for (limit, order), numbers in alike.items():
            if len(numbers) == len(block):
                wanted, first = matrix, rare
            else:
                lines = np.array(numbers, dtype=np.int64)
                wanted, first = matrix[lines], of_lines(rare, lines, len(block))
            if order is PaperOrder.BEST:
                papers, scores, totals = best_papers(wanted, limit, first)
            else:
                papers, _, totals = best_papers(in_order(wanted, self._ranks(order)), limit, first)
                scores = np.take_along_axis(wanted, papers, axis=1)
            for number, own, score, count in zip(numbers, papers, scores, totals.tolist(), strict=True):
                selections[number] = self._selection(block[number], own, score, count, limit)
        yield from (selections[number] for number in range(len(block)))

    def _wanted_rows(self, request: SelectionRequest) -> list[int]:
        """The rows of those interests that bring papers."""
        readings = [self._read(text) for text in dict.fromkeys(request.interests)]
        return [r.row for r in readings if r.interest is not None and not (r.interest.excludes or r.interest.must)]

    def _sort(self, texts: Collection[str]) -> None:
        """Look those interests up that are new, and keep no more of each than whether it finds anything."""
        known = self._finding, self._barren, self._special
        new = [text for text in texts if not any(text in group for group in known)]
        if sum(map(len, known)) + len(new) > MAX_SORTED:
            for group in known:
                group.clear()
            new = [*texts]
        for low in range(0, len(new), READ):
            self._sort_some(new[low : low + READ])

    def _sort_some(self, new: Sequence[str]) -> None:
        read = [(text, _parsed(text)) for text in new]
        plain: list[tuple[str, Expression]] = []
        for text, interest in read:
            if isinstance(interest, Remark):
                self._barren.add(text)
            elif interest.excludes or interest.must:
                self._special.add(text)
            else:
                plain.append((text, interest.expression))
        rows = self._evaluator.rows([expression for _, expression in plain])
        for (text, _), (docs, _) in zip(plain, rows, strict=True):
            (self._finding if len(docs) else self._barren).add(text)

    def _finds_any(self, request: SelectionRequest) -> bool:
        interests = request.interests
        if not self._limit(request):
            return False
        if request.more_than or not interests or not self._special.isdisjoint(interests):
            self._read_all(interests)
            return int(np.count_nonzero(self._line(request))) > request.more_than
        return not self._finding.isdisjoint(interests)

    def _ranks(self, order: PaperOrder) -> npt.NDArray[np.int64]:
        """How far in front each paper stands in an order, from 1."""
        if order not in self._ranked:
            keys = list(map(precedence(order, self._issue), self._issue.papers))
            rank_of = {key: rank for rank, key in enumerate(sorted(set(keys)), 1)}
            self._ranked[order] = np.array([rank_of[key] for key in keys], dtype=np.int64)
        return self._ranked[order]

    def _limit(self, request: SelectionRequest) -> int:
        papers = len(self._ids)
        return papers if request.max_papers is None else min(papers, max(0, request.max_papers))

    def _line(self, request: SelectionRequest) -> npt.NDArray[np.int64]:
        """The score of every paper for one subscriber, 0 for those that are out."""
        readings = [self._read(text) for text in dict.fromkeys(request.interests)]
        wanted = [r.row for r in readings if r.interest is None or not (r.interest.excludes or r.interest.must)]
        musts = [r.row for r in readings if r.interest is not None and r.interest.must]
        line = self._table.line(wanted or musts)
        if not wanted and not musts:
            line[:] = 1
        for row in musts:
            docs, scores = self._table.row(row)
            remaining = np.zeros_like(line)
            remaining[docs] = line[docs] + (scores if wanted else 0) * (line[docs] > 0)
            line = remaining
        for reading in readings:
            if reading.interest is not None and reading.interest.excludes:
                line[self._table.row(reading.row)[0]] = 0
        return line

    def _read(self, text: str) -> InterestReading:
        if text not in self._readings:
            self._read_all((text,))
        return self._readings[text]

    def _read_all(self, texts: Collection[str], *, as_fits: bool = False) -> None:
        """Read and look up those interests that are new; with `as_fits`, no more of them than memory is meant for."""
        new = [text for text in dict.fromkeys(texts) if text not in self._readings]
        if len(self._readings) + len(new) > MAX_ROWS or self._table.cells > MAX_CELLS:
            self._forget()
            new = list(dict.fromkeys(texts))
        for low in range(0, len(new), READ):
            if as_fits and self._table.cells > MAX_CELLS:
                return
            self._read_some(new[low : low + READ])

    def _read_some(self, new: Sequence[str]) -> None:
        known = self._readings
        read = [(text, _parsed(text)) for text in new]
        rows = self._evaluator.rows([i.expression for _, i in read if isinstance(i, Interest)])
        for text, interest in read:
            if isinstance(interest, Remark):
                known[text] = InterestReading(text, None, interest, self._table.add(*_NOTHING))
                self._plain[text] = known[text].row
                continue
            row = self._table.add(*next(rows))
            known[text] = InterestReading(text, interest, missing_topic(interest, self._topics), row)
            if not (interest.excludes or interest.must):
                self._plain[text] = row

    # --- explaining -------------------------------------------------------------------------------------------------

    def _selection(
        self,
        request: SelectionRequest,
        papers: npt.NDArray[np.int64],
        scores: npt.NDArray[np.int64],
        total: int,
        limit: int,
    ) -> Selection:
        count = min(total, limit)
        places, sums = array("q", papers[:count].tobytes()), array("q", scores[:count].tobytes())

        def explain() -> Explained:
            known = self._explained.get(request)
            if known is None:
                if len(self._explained) >= MAX_EXPLAINED:
                    self._explained.clear()
                picks = self._explanations.picks(request.interests, places, sums)
                known = self._explained[request] = picks, self._outline(request, picks)
            return known

        return Selection.later(explain, places, total)

    def _outline(self, request: SelectionRequest, picks: Sequence[Pick]) -> Outline:
        """The sections of a digest; what limits and explanations leave out is counted all the same."""
        readings = [self._read(text) for text in dict.fromkeys(request.interests)]
        wanted = [r.text for r in readings if r.interest is None or not (r.interest.excludes or r.interest.must)]
        if len(wanted) == len(readings) and wanted:
            return by_interest(picks, {text: self._explanations.papers(text) for text in wanted})
        left = self._line(request) > 0
        if not wanted:
            return by_category(picks, self._categories, np.flatnonzero(left).tolist())
        found = {text: self._explanations.papers(text) for text in wanted}
        return by_interest(picks, {text: papers[left[papers]] for text, papers in found.items()})

    def _reasons(self, text: str) -> Reasons | None:
        """What an interest asks for and finds; None where it can be no reason for a paper to come."""
        reading = self._read(text)
        if reading.interest is None or reading.interest.excludes:
            return None
        return Reasons(reading.interest.expression, *self._table.row(reading.row))


def _some(pending: Iterator[SelectionRequest], most: int, requests: int | None = None) -> list[SelectionRequest]:
    """The next requests, until they hold so many interests together, or are so many."""
    taken: list[SelectionRequest] = []
    interests = 0
    for request in pending:
        taken.append(request)
        interests += len(request.interests) + 1
        if interests >= most or len(taken) == requests:
            break
    return taken


def _texts(requests: Iterable[SelectionRequest]) -> Collection[str]:
    """Each interest once."""
    return dict.fromkeys(chain.from_iterable(request.interests for request in requests))


def _parsed(text: str) -> Interest | Remark:
    try:
        return parse(text)
    except InterestError as error:
        return cause_of(error)


def _read_topics(topics: Mapping[str, str]) -> dict[str, Expression]:
    """The expressions of the catalogue; one that cannot be read finds nothing, and topics do not hold topics."""
    read: dict[str, Expression] = {}
    for slug, text in topics.items():
        try:
            expression = parse(text).expression
        except InterestError:
            continue
        if not any(isinstance(leaf, Topic) for leaf in leaves(expression)):
            read[slug] = expression
    return read
