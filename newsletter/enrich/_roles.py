"""Which parts of an abstract are its one-line summary, its motivation, its method and its result.

Every part (`_parts`) gets a score for each role: what its sentences' features (`_cues`) and its length weigh for that
role (`_weights`, learned from summaries that models wrote). The rules, in the order in which they are applied:

1. what points back at something that a card does not have ("These results …", "They …") stands for no role;
2. a role is open only to parts that show a sign of it: nothing is claimed that is not there. The one-liner is at most
   a sentence that says what the work does or finds, and neither a question nor an aim where there is another; a
   motivation begins in the first half; a result tells a measured number, if one stands after the work is introduced;
3. of what is left, the four are chosen that together score best without saying anything twice. A role for which
   nothing is left stays empty.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from newsletter.domain.text import shorten, split_sentences, visible_length
from newsletter.enrich._cues import Sentence, describe, shape
from newsletter.enrich._parts import Part, parts
from newsletter.enrich._weights import ROLES, WEIGHTS

__all__ = ["RULES", "Roles", "find_roles"]

RULES = 2
"""Raised with every change of what the engine says: in this module, `_parts`, `_cues`, openers, clauses or keywords."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


LONGEST_TEXT = 20_000
"""Characters of an abstract that are read; the longest of arXiv has under 4,000."""
LONGEST_TLDR = 400
"""Visible characters of a one-line summary."""
FEWEST_WORDS = 4
"""A sentence of fewer words ("Withdrawn.") says nothing of the work."""
_MOST_TRIED = 8
"""Parts of each role that are tried together with the others."""
_EMPTY = {"tldr": -1000.0, "motivation": -4.0, "method": -6.0, "result": -12.0}
"""What an empty role scores: less than any part that is likely to be right. A card has a one-liner, if nothing else."""
_IMPORTANCE = {"tldr": 1.4, "motivation": 1.0, "method": 1.2, "result": 1.0}
_FIRST_HALF = 0.5

_SIGNS: dict[str, frozenset[str]] = {
    "tldr": _words("propose study paper begins-we find"),
    "motivation": _words(
        "however begins-however lack open need existing aim aims begins-to question asks under-motivation"
        " pivot-1 pivot-2 pivot-3"
    ),
    "method": _words(
        "propose study paper method novel uses steps theory begins-specifically under-method pivot+0 pivot+1 pivot+2"
    ),
    "result": _words(
        "find outperform improve percent begins-results begins-finally under-result under-conclusion theory"
        " implies results"
    ),
}
_TELLING = _SIGNS["tldr"]
_NO_TLDR = _words("asks intends")
_BESIDE = _words("points also begins-results begins-finally")
"""What points back, adds something or sums up is no one-liner where another says what the work is."""
_WORK = _words("propose paper")
_MEASURED = _words("percent")
_GAP = _words("begins-however however open")
_HEADINGS = {
    "motivation": _words("under-motivation"),
    "method": _words("under-method"),
    "result": _words("under-result under-conclusion"),
}


@dataclass(frozen=True, slots=True)
class Roles:
    """Parts of the abstract, as they stand there. What it does not say is empty."""

    tldr: str = ""
    motivation: str = ""
    method: str = ""
    result: str = ""


def find_roles(title: str, abstract: str) -> Roles:
    """Pick the parts. Deterministic; time is linear in the length of the abstract."""
    sentences = split_sentences(abstract[:LONGEST_TEXT])
    seen = describe(title, sentences)
    usable = [len(sentence.split()) >= FEWEST_WORDS for sentence in sentences]
    candidates = [part for part in parts(sentences, divisible(seen)) if all(usable[part.first : part.last + 1])]
    if not candidates:
        return Roles()
    if len(sentences) == 1:
        return Roles(tldr=shorten(candidates[0].text, LONGEST_TLDR))
    open_to = {role: allowed(role, candidates, seen) for role in ROLES}
    chosen = settle(candidates, open_to, _scores(candidates, seen))
    texts = {role: part.text for role, part in zip(ROLES, chosen, strict=True) if part}
    return Roles(**texts | {"tldr": shorten(texts.get("tldr", ""), LONGEST_TLDR)})


def divisible(seen: Sequence[Sentence]) -> list[bool]:
    """Which sentences may be divided into a one-liner and a rest: those that say what the work does."""
    return [not _TELLING.isdisjoint(sentence.features) for sentence in seen]


def allowed(role: str, candidates: Sequence[Part], seen: Sequence[Sentence]) -> list[int]:
    """Which of the candidates may stand for a role, by their place in the list."""
    signed = [
        at
        for at, part in enumerate(candidates)
        if not (seen[part.first].leans and part.kind != "rest")
        and _in_place(role, seen[part.first].away)
        and _shows(_SIGNS[role], part, seen)
    ]
    if role == "tldr":
        return _one_liners(candidates, seen, signed)
    if headed := _HEADINGS.get(role):
        under = [at for at in signed if not headed.isdisjoint(seen[candidates[at].first].features)]
        signed = under or signed
    if role == "motivation":
        early = [at for at in signed if not candidates[at].kind and seen[candidates[at].first].begins < _FIRST_HALF]
        return [at for at in early if not _stops_short(candidates[at], seen)] or early
    if role == "result":
        whole = [at for at in signed if not candidates[at].kind]
        measured = [at for at in whole if _shows(_MEASURED, candidates[at], seen)] or whole
        return [at for at in measured if "propose" not in seen[candidates[at].first].features] or measured
    return signed


def _in_place(role: str, away: int) -> bool:
    """Before the work is introduced stands no method or result of it, and well after it no motivation."""
    return away < 2 if role == "motivation" else away >= 0 or role == "tldr"


def _one_liners(candidates: Sequence[Part], seen: Sequence[Sentence], signed: Sequence[int]) -> list[int]:
    """Single sentences and beginnings; the best kind of them that there is."""
    single = [at for at, part in enumerate(candidates) if part.first == part.last and part.kind != "rest"]
    short = [at for at in single if visible_length(candidates[at].text) <= LONGEST_TLDR] or single
    upright = [at for at in short if not seen[candidates[at].first].leans]
    telling = [at for at in short if at in set(signed)]
    stating = [at for at in telling if _NO_TLDR.isdisjoint(seen[candidates[at].first].features)]
    alone = [at for at in stating if _BESIDE.isdisjoint(seen[candidates[at].first].features)]
    for signs in (_WORK, _SIGNS["tldr"]):
        if any(_shows(signs, candidates[at], seen) for at in stating):
            return alone if any(_shows(signs, candidates[at], seen) for at in alone) else stating
    return stating or telling or upright or short


def _stops_short(part: Part, seen: Sequence[Sentence]) -> bool:
    """Whether a part leads up to a gap that one of the next two sentences tells, and tells none itself."""
    following = [after for after in seen[part.last + 1 : part.last + 3] if after.away < 0]
    return any(not _GAP.isdisjoint(after.features) for after in following) and not _shows(_GAP, part, seen)


def _shows(signs: frozenset[str], part: Part, seen: Sequence[Sentence]) -> bool:
    """Whether a sentence of a part has one of these features."""
    return any(not signs.isdisjoint(sentence.features) for sentence in seen[part.first : part.last + 1])


def _scores(candidates: Sequence[Part], seen: Sequence[Sentence]) -> list[tuple[float, ...]]:
    """What each candidate scores for each role above the others: the mean of its sentences, and its own shape."""
    said = [_weigh(sentence.features) for sentence in seen]
    totals = []
    for part in candidates:
        own = _weigh(shape(part))
        if part.first == part.last:
            totals.append(tuple(map(float.__add__, own, said[part.first])))
        else:
            totals.append(
                tuple(x + (y + z) / 2 for x, y, z in zip(own, said[part.first], said[part.last], strict=True))
            )
    means = [sum(column) / len(totals) for column in zip(*totals, strict=True)]
    return [tuple(map(float.__sub__, total, means)) for total in totals]


def _weigh(features: dict[str, float]) -> tuple[float, ...]:
    totals = [0.0] * len(ROLES)
    for name, value in features.items():
        for role, weight in enumerate(WEIGHTS.get(name, ())):
            totals[role] += weight * value
    return tuple(totals)


def settle(
    candidates: Sequence[Part], open_to: Mapping[str, Sequence[int]], scores: Sequence[Sequence[float]]
) -> tuple[Part | None, ...]:
    """A part for each role, or none, so that together they score best and nothing is said twice."""
    return _together(
        [
            [
                (scores[at][column] * _IMPORTANCE[role], candidates[at])
                for at in sorted(open_to[role], key=lambda at: (-scores[at][column], at))[:_MOST_TRIED]
            ]
            for column, role in enumerate(ROLES)
        ]
    )


def _together(options: Sequence[Sequence[tuple[float, Part]]]) -> tuple[Part | None, ...]:
    """One option of each list, or none, so that the sum is the highest and no two overlap."""
    empty = [_EMPTY[role] for role in ROLES]
    tops = [max([score for score, _ in role] + [none]) for role, none in zip(options, empty, strict=True)]
    bounds = [sum(tops[at:]) for at in range(len(options) + 1)]
    best: tuple[float, tuple[Part | None, ...]] = (float("-inf"), ())

    def extend(at: int, total: float, chosen: tuple[Part | None, ...]) -> None:
        nonlocal best
        if total + bounds[at] <= best[0]:
            return
        if at == len(options):
            best = (total, chosen)
            return
        for score, part in options[at]:
            if not any(other and part.overlaps(other) for other in chosen):
                extend(at + 1, total + score, (*chosen, part))
        extend(at + 1, total + empty[at], (*chosen, None))

    extend(0, 0.0, ())
    return best[1]
