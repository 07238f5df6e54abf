"""Selects the papers of one issue for anybody: the `Selector` that the services use.

Selection is a function of the issue, the topic catalogue and the request alone. The order of its rules stands in
`domain.selection`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import numpy.typing as npt

from newsletter.domain.evaluation import Evaluator
from newsletter.domain.interest_parser import parse
from newsletter.domain.interests import Expression, Interest, Topic, leaves
from newsletter.domain.issues import Issue
from newsletter.domain.ranking import SCALE, whole_score
from newsletter.domain.score_table import ScoreTable, best_papers
from newsletter.domain.selection import Match, Pick, Selection, SelectionRequest
from newsletter.errors import InterestError

__all__ = ["IssueSelector"]

MAX_ROWS = 200_000
"""Distinct interests kept; beyond that the table begins anew, so that memory stays bounded."""
MAX_MATCHES = 200_000
BLOCK_CELLS = 2_000_000
"""Subscribers times papers that are scored at once: about 40 MB of arrays."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """One interest, read and looked up: its row in the table; `problem` is set where it cannot be read."""

    text: str
    row: int
    interest: Interest | None
    problem: str = ""


class IssueSelector:
    """The selector of one issue. Each distinct interest is read and looked up once, however many ask for it.

    `topics` map slugs to expressions of the topic catalogue.
    """

    def __init__(self, issue: Issue, *, topics: Mapping[str, str] | None = None) -> None:
        self._ids = tuple(entry.id for entry in issue.papers)
        self._evaluator = Evaluator(issue, _read_topics(topics or {}))
        self._topics = frozenset(topics or ())
        self._forget()

    def _forget(self) -> None:
        self._table = ScoreTable(len(self._ids))
        self._readings: dict[str, _Reading] = {}
        self._plain: dict[str, int] = {}
        self._matches: dict[tuple[str, int], Match] = {}

    # --- the Selector port ------------------------------------------------------------------------------------------

    def select(self, request: SelectionRequest) -> Selection:
        """The digest of one subscriber."""
        self._make_room()
        line = self._line(request)
        limit = len(self._ids) if request.max_papers is None else max(0, request.max_papers)
        papers, scores, found = best_papers(line[np.newaxis, :], limit)
        return self._selection(request, papers[0], scores[0], int(found[0]), limit)

    def select_many(self, requests: Iterable[SelectionRequest]) -> Iterator[Selection]:
        """The digests of many, in the order asked, in bounded memory. Picks are explained when they are looked at."""
        size = max(1, min(4096, BLOCK_CELLS // max(1, len(self._ids))))
        pending = iter(requests)
        while block := list(islice(pending, size)):
            self._make_room()
            yield from self._select_block(block)

    def problems(self, interests: Sequence[str]) -> tuple[str, ...]:
        """What is wrong with these interests, a plain sentence each."""
        self._make_room()
        found = []
        for text in interests:
            if problem := self._read(text).problem:
                shown = text if len(text) <= 60 else text[:59] + "…"
                found.append(f"“{shown}”: {problem}")
        return tuple(found)

    # --- scoring ----------------------------------------------------------------------------------------------------

    def _select_block(self, block: list[SelectionRequest]) -> Iterator[Selection]:
        plain = self._plain
        rows: list[list[int]] = []
        special: list[int] = []
        for number, request in enumerate(block):
            interests = request.interests
            try:
                # A list with an interest twice counts it once.
                rows.append([plain[text] for text in dict.fromkeys(interests)])
            except KeyError:
                readings = [self._read(text) for text in dict.fromkeys(interests)]
                if all(reading.text in plain for reading in readings):
                    rows.append([reading.row for reading in readings])
                    continue
                rows.append([])
                special.append(number)
            else:
                if not interests:
                    special.append(number)
        matrix = self._table.matrix(rows)
        for number in special:
            matrix[number] = self._line(block[number])
        limits = [len(self._ids) if request.max_papers is None else max(0, request.max_papers) for request in block]
        for limit in sorted(set(limits)):
            # Lines of one limit together: the partial sort then takes the same number from each.
            lines = [number for number, own in enumerate(limits) if own == limit]
            part = best_papers(matrix if len(lines) == len(block) else matrix[lines], limit)
            if len(lines) == len(block):
                papers, scores, found = part
                break
        else:
            yield from self._select_mixed(block, matrix, limits)
            return
        counts = found.tolist()
        for number, request in enumerate(block):
            yield self._selection(request, papers[number], scores[number], counts[number], limits[number])

    def _select_mixed(
        self, block: list[SelectionRequest], matrix: npt.NDArray[np.int64], limits: list[int]
    ) -> Iterator[Selection]:
        made: dict[int, Selection] = {}
        for limit in sorted(set(limits)):
            lines = [number for number, own in enumerate(limits) if own == limit]
            papers, scores, found = best_papers(matrix[lines], limit)
            for at, number in enumerate(lines):
                made[number] = self._selection(block[number], papers[at], scores[at], int(found[at]), limit)
        yield from (made[number] for number in range(len(block)))

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
            kept = np.zeros_like(line)
            kept[docs] = line[docs] + (scores if wanted else 0) * (line[docs] > 0)
            line = kept
        for reading in readings:
            if reading.interest is not None and reading.interest.excludes:
                line[self._table.row(reading.row)[0]] = 0
        return line

    def _read(self, text: str) -> _Reading:
        reading = self._readings.get(text)
        if reading is None:
            reading = self._readings[text] = self._look_up(text)
            if reading.interest is None or not (reading.interest.excludes or reading.interest.must):
                self._plain[text] = reading.row
        return reading

    def _look_up(self, text: str) -> _Reading:
        try:
            interest = parse(text)
        except InterestError as error:
            return _Reading(text, self._table.add({}), None, str(error))
        standing = self._evaluator.standing
        scores = self._evaluator.scores(interest.expression)
        row = self._table.add({doc: whole_score(score * standing[doc]) for doc, score in scores.items()})
        unknown = [leaf.slug for leaf in leaves(interest.expression) if isinstance(leaf, Topic)]
        missing = [slug for slug in unknown if slug not in self._topics]
        problem = f"there is no topic “{missing[0]}”" if missing else ""
        return _Reading(text, row, interest, problem)

    def _make_room(self) -> None:
        if len(self._table) >= MAX_ROWS:
            self._forget()

    # --- explaining -------------------------------------------------------------------------------------------------

    def _selection(
        self,
        request: SelectionRequest,
        papers: npt.NDArray[np.int64],
        scores: npt.NDArray[np.int64],
        found: int,
        limit: int,
    ) -> Selection:
        count = min(found, limit)
        return Selection.later(lambda: self._picks(request, papers[:count], scores[:count]), count, found)

    def _picks(
        self, request: SelectionRequest, papers: npt.NDArray[np.int64], scores: npt.NDArray[np.int64]
    ) -> tuple[Pick, ...]:
        self._make_room()
        why: dict[int, list[tuple[int, Match]]] = {doc: [] for doc in papers.tolist()}
        explained = False
        for text in dict.fromkeys(request.interests):
            reading = self._read(text)
            if reading.interest is None or reading.interest.excludes:
                continue
            explained = True
            docs, values = self._table.row(reading.row)
            both = np.isin(docs, papers, assume_unique=True)
            for doc, value in zip(docs[both].tolist(), values[both].tolist(), strict=True):
                why[doc].append((value, self._match(reading.interest.expression, text, doc)))
        for matches in why.values():
            matches.sort(key=lambda pair: -pair[0])
        return tuple(
            Pick(doc, self._ids[doc], score / SCALE if explained else 0.0, tuple(match for _, match in why[doc]))
            for doc, score in zip(papers.tolist(), scores.tolist(), strict=True)
        )

    def _match(self, expression: Expression, text: str, doc: int) -> Match:
        match = self._matches.get((text, doc))
        if match is None:
            if len(self._matches) >= MAX_MATCHES:
                self._matches.clear()
            match = self._matches[text, doc] = self._evaluator.explain(doc, text, expression)
        return match


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
