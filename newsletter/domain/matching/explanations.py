"""Why the papers of a digest came: each one's picks with their matches, worked out for the papers that are shown alone.

An explanation is the same for everybody who asks for the same thing, so it is kept by interest and paper. All that is
kept is bounded: by entries, and by how many papers they hold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from newsletter.domain.interests import Expression
from newsletter.domain.issues import Match, Pick
from newsletter.domain.matching.ranking import SCALE
from newsletter.domain.papers import PaperId

__all__ = ["MOST_REASONS", "Explanations", "Reasons"]

MOST_REASONS = 16
"""Interests by which one paper is explained, the strongest; on two days of 97 real lists none had more than 15."""
MAX_MATCHES = 200_000
"""Explanations kept; beyond that they begin anew."""
MAX_PICKS = 50_000
"""Picks kept, likewise."""
MAX_INTERESTS = 12_500
"""Interests whose papers are kept, likewise."""
MAX_SCORES = 500_000
"""Papers of those, likewise: 8 MB, unless one list has more."""

Ints = npt.NDArray[np.int64]
_NO_PAPERS: Ints = np.zeros(0, dtype=np.int64)
_Why = Mapping[int, Sequence[str]]


class Reasons(NamedTuple):
    """What an interest asks for, and the papers it finds with their scores."""

    expression: Expression
    papers: Ints
    scores: Ints


class Explanations:
    """Explains the picks of one issue."""

    def __init__(
        self,
        ids: Sequence[PaperId],
        explain: Callable[[Sequence[int], str, Expression], list[Match]],
        reasons: Callable[[str], Reasons | None],
    ) -> None:
        """`explain` says why an interest found each of some papers (ascending); `reasons` gives an interest's papers.

        It gives None for one that can be no reason for a paper to come.
        """
        self._ids = ids
        self._explain = explain
        self._reasons = reasons
        self._matches: dict[tuple[str, int], Match] = {}
        self._known_reasons: dict[str, Reasons | None] = {}
        self._held = 0
        self._known: dict[tuple[int, ...], Pick] = {}

    def picks(self, interests: Sequence[str], docs: Sequence[int], scores: Sequence[int]) -> tuple[Pick, ...]:
        """The picks of these papers, in their order, each with its strongest reasons."""
        reasons = [(text, one) for text in dict.fromkeys(interests) if (one := self._reasons_of(text)) is not None]
        why = self._strongest(reasons, docs)
        matches = self._explained(why)
        unit = SCALE if reasons else 0
        return tuple(
            [
                self._pick(doc, score, unit, tuple([matches[text, doc] for text in why.get(doc, ())]))
                for doc, score in zip(docs, scores, strict=True)
            ]
        )

    def papers(self, text: str) -> Ints:
        """The places of the papers that an interest finds, ascending; none where it can be no reason for one."""
        reasons = self._reasons_of(text)
        return reasons.papers if reasons is not None else _NO_PAPERS

    @property
    def size(self) -> int:
        """About how many bytes are kept."""
        return 16 * self._held + 500 * len(self._matches) + 300 * len(self._known)

    @property
    def held(self) -> tuple[int, int]:
        """How many papers of interests, and how many explanations, are kept."""
        return self._held, len(self._matches)

    def _strongest(self, reasons: Sequence[tuple[str, Reasons]], docs: Sequence[int]) -> _Why:
        """For each of these papers the interests that found it, strongest first, of equals the first of the list."""
        if not reasons or not len(docs):
            return {}
        papers = np.concatenate([one.papers for _, one in reasons])
        scores = np.concatenate([one.scores for _, one in reasons])
        which = np.repeat(np.arange(len(reasons)), [len(one.papers) for _, one in reasons])
        shown = np.zeros(len(self._ids), dtype=np.bool_)
        shown[np.asarray(docs, dtype=np.int64)] = True
        there = np.flatnonzero(shown[papers])
        papers, scores, which = papers[there], scores[there], which[there]
        order = np.lexsort((which, -scores, papers))
        papers, which = papers[order], which[order]
        begins = np.flatnonzero(np.diff(papers, prepend=-1))
        rank = np.arange(len(papers)) - np.repeat(begins, np.diff(begins, append=len(papers)))
        few = rank < MOST_REASONS
        why: dict[int, list[str]] = {}
        for doc, number in zip(papers[few].tolist(), which[few].tolist(), strict=True):
            why.setdefault(doc, []).append(reasons[number][0])
        return why

    def _explained(self, why: _Why) -> dict[tuple[str, int], Match]:
        """Each of these reasons in words, by interest and paper; those of one interest are looked for together."""
        known = self._matches
        matches: dict[tuple[str, int], Match] = {}
        new: dict[str, list[int]] = {}
        for doc in sorted(why):
            for text in why[doc]:
                match = known.get((text, doc))
                if match is None:
                    new.setdefault(text, []).append(doc)
                else:
                    matches[text, doc] = match
        if not new:
            return matches
        for text, docs in new.items():
            reasons = self._reasons_of(text)
            assert reasons is not None  # noqa: S101  # it is why these papers were found
            matches.update(
                zip(((text, doc) for doc in docs), self._explain(docs, text, reasons.expression), strict=True)
            )
        if len(known) + len(matches) > MAX_MATCHES:
            known.clear()
        known.update(matches)
        return matches

    def _pick(self, doc: int, score: int, unit: int, matches: tuple[Match, ...]) -> Pick:
        """A pick, the same object whenever the same paper came for the same reasons: what shows it is kept by it."""
        key = (doc, score, unit, *map(id, matches))
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= MAX_PICKS:
                self._known.clear()
            # a pick that is kept keeps its matches, so that none of their ids can become another's
            known = self._known[key] = Pick(doc, self._ids[doc], score / unit if unit else 0.0, matches)
        return known

    def _reasons_of(self, text: str) -> Reasons | None:
        """What an interest finds, kept: it is asked for with every digest."""
        if text in self._known_reasons:
            return self._known_reasons[text]
        reasons = self._reasons(text)
        papers = len(reasons.papers) if reasons is not None else 0
        if len(self._known_reasons) >= MAX_INTERESTS or self._held + papers > MAX_SCORES:
            self._known_reasons.clear()
            self._held = 0
        self._held += papers
        self._known_reasons[text] = reasons
        return reasons
