"""Why the papers of a digest came: each one's picks with their matches, worked out for the papers that are shown alone.

An explanation is the same for everybody who asks for the same thing, so it is kept by interest and paper. All that is
kept is bounded: by entries, and by how many papers they hold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from operator import itemgetter
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
"""Papers of those, likewise: about 50 MB."""

_strength = itemgetter(0)
_Why = Mapping[int, Sequence[tuple[int, str]]]


class Reasons(NamedTuple):
    """What an interest asks for, and the papers it finds with their scores."""

    expression: Expression
    papers: npt.NDArray[np.int64]
    scores: npt.NDArray[np.int64]


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
        self._scores: dict[str, dict[int, int] | None] = {}
        self._held = 0
        self._known: dict[tuple[int, ...], Pick] = {}

    def picks(self, interests: Sequence[str], docs: Sequence[int], scores: Sequence[int]) -> tuple[Pick, ...]:
        """The picks of these papers, in their order, each with its strongest reasons."""
        wanted = frozenset(docs)
        why: dict[int, list[tuple[int, str]]] = {}
        explained = False
        for text in dict.fromkeys(interests):
            score_of = self._scores_of(text)
            if score_of is None:
                continue
            explained = True
            for doc in score_of.keys() & wanted:
                why.setdefault(doc, []).append((score_of[doc], text))
        for own in why.values():
            if len(own) > 1:
                own.sort(key=_strength, reverse=True)
                del own[MOST_REASONS:]
        matches = self._explained(why)
        unit = SCALE if explained else 0
        return tuple(
            [
                self._pick(doc, score, unit, tuple([matches[text, doc] for _, text in why.get(doc, ())]))
                for doc, score in zip(docs, scores, strict=True)
            ]
        )

    def papers(self, text: str) -> AbstractSet[int]:
        """The places of the papers that an interest finds; none where it can be no reason for one to come."""
        score_of = self._scores_of(text)
        return score_of.keys() if score_of is not None else frozenset()

    @property
    def held(self) -> tuple[int, int]:
        """How many papers of interests, and how many explanations, are kept."""
        return self._held, len(self._matches)

    def _explained(self, why: _Why) -> dict[tuple[str, int], Match]:
        """Each of these reasons in words, by interest and paper; those of one interest are looked for together."""
        known = self._matches
        matches: dict[tuple[str, int], Match] = {}
        new: dict[str, list[int]] = {}
        for doc in sorted(why):
            for _, text in why[doc]:
                match = known.get((text, doc))
                if match is None:
                    new.setdefault(text, []).append(doc)
                else:
                    matches[text, doc] = match
        if not new:
            return matches
        for text, docs in new.items():
            reasons = self._reasons(text)
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

    def _scores_of(self, text: str) -> dict[int, int] | None:
        """An interest's papers as a dictionary, kept: for so few papers arrays cost far more than what they hold."""
        if text in self._scores:
            return self._scores[text]
        reasons = self._reasons(text)
        score_of = None
        if reasons is not None:
            score_of = dict(zip(reasons.papers.tolist(), reasons.scores.tolist(), strict=True))
            self._held += len(score_of)
        if len(self._scores) >= MAX_INTERESTS or self._held > MAX_SCORES:
            self._scores.clear()
            self._held = len(score_of or ())
        self._scores[text] = score_of
        return score_of
