"""Which sentences of an abstract are its one-line summary, its motivation, its method and its result.

Every span (a sentence, or two that follow each other) gets a score for each role: the sum of its features
(`_cues`) times what they weigh for that role (`_weights`, learned from summaries that models wrote). The rules, in the
order in which they are applied:

1. the one-liner is the best single sentence that says what the work does, if one does, and is not too long;
2. of motivation, method and result the pair of span and role that stands out most is settled first, and no sentence
   serves two of these roles;
3. a role whose best span shows none of the signs of that role stays empty: nothing is claimed that is not there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from newsletter.domain.text import shorten, split_sentences, visible_length
from newsletter.enrich._cues import Features, Span, describe, spans
from newsletter.enrich._weights import ROLES, WEIGHTS

__all__ = ["Roles", "find_roles"]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


LONGEST_TEXT = 20_000
"""Characters of an abstract that are read; the longest of arXiv has under 4,000."""
LONGEST_TLDR = 400
"""Visible characters of a one-line summary."""
FEWEST_WORDS = 4
"""A sentence of fewer words ("Withdrawn.") says nothing of the work."""

_SIGNS: dict[str, frozenset[str]] = {
    "tldr": _words("propose study paper begins-we find aim"),
    "motivation": _words("however begins-however lack open need existing aim begins-to question asks under-motivation"),
    "method": _words("propose study paper method novel uses steps theory begins-specifically under-method"),
    "result": _words(
        "find outperform improve percent begins-results begins-finally under-result under-conclusion theory"
        " implies results"
    ),
}


@dataclass(frozen=True, slots=True)
class Roles:
    """Sentences of the abstract, as they stand there. What it does not say is empty."""

    tldr: str = ""
    motivation: str = ""
    method: str = ""
    result: str = ""


def find_roles(title: str, abstract: str) -> Roles:
    """Pick the sentences. Deterministic; time is linear in the length of the abstract."""
    sentences = split_sentences(abstract[:LONGEST_TEXT])
    usable = [len(sentence.split()) >= FEWEST_WORDS for sentence in sentences]
    candidates = tuple(s for s in spans(sentences) if all(usable[s.first : s.last + 1]))
    if not candidates:
        return Roles()
    features = describe(title, sentences, candidates)
    scores = [_scores(f) for f in features]
    tldr = _one_liner(candidates, features, scores)
    if len(sentences) == 1:
        return Roles(tldr=tldr)
    return Roles(tldr=tldr, **_settle(candidates, features, scores))


def _scores(features: Features) -> tuple[float, ...]:
    totals = [0.0] * len(ROLES)
    for name, value in features.items():
        for role, weight in enumerate(WEIGHTS.get(name, ())):
            totals[role] += weight * value
    return tuple(totals)


def _one_liner(candidates: Sequence[Span], features: Sequence[Features], scores: Sequence[tuple[float, ...]]) -> str:
    role = ROLES.index("tldr")
    single = [i for i, span in enumerate(candidates) if span.first == span.last]
    # Left alone, the weights take an opening on the field's state for a summary of the paper in one case of ten.
    telling = [i for i in single if _SIGNS["tldr"] & features[i].keys()]
    short = [i for i in telling or single if visible_length(candidates[i].text) <= LONGEST_TLDR]
    best = max(short or single, key=lambda i: (scores[i][role], -candidates[i].first))
    return shorten(candidates[best].text, LONGEST_TLDR)


def _settle(
    candidates: Sequence[Span], features: Sequence[Features], scores: Sequence[tuple[float, ...]]
) -> dict[str, str]:
    """Motivation, method and result, no sentence twice."""
    open_roles = [role for role in ROLES if role != "tldr"]
    column = {role: ROLES.index(role) for role in open_roles}
    mean = {role: sum(s[column[role]] for s in scores) / len(scores) for role in open_roles}
    chosen: dict[str, Span] = {}
    while open_roles:
        free = [
            (scores[i][column[role]] - mean[role], -candidates[i].first, role, i)
            for role in open_roles
            for i in range(len(candidates))
            if _SIGNS[role] & features[i].keys() and not any(_overlap(candidates[i], span) for span in chosen.values())
        ]
        if not free:
            break
        _, _, role, best = max(free)
        chosen[role] = candidates[best]
        open_roles.remove(role)
    return {role: span.text for role, span in chosen.items()}


def _overlap(one: Span, other: Span) -> bool:
    return one.first <= other.last and other.first <= one.last
