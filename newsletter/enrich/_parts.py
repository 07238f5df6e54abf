"""What of an abstract may stand on a card: a sentence, two that follow each other, a beginning of one, or its rest.

A long sentence often says what a work is and how it goes about it. Its beginning up to a clause's end may then be the
one-liner, and what follows the method, so that neither says the other again. Every part is the abstract's own words,
without the opener by which it leaned on the sentence before it (`without_opener`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from newsletter.domain.text import clause, without_opener

__all__ = ["Part", "parts"]

ROOM = 160
"""Columns of a beginning: what a one-liner takes where its sentence is longer."""
_FEWEST_WORDS = 8
"""A rest of fewer words says nothing by itself."""
# A rest goes on with what the work does: after "which", "that" and the like, or with a participle.
_GOES_ON = re.compile(
    r"[\s,;:—–-]*(?:(?:which|that)\s(?=[a-z]+s\s)|(?:and\s|then\s)?(?=(?:by\s|thereby\s)?[a-z]{3,}ing\s"
    r"|(?:by|using|via|through|where|in which|to|based on|whose|which|that|we|while|when|an?|the)\s))"
)
_ENDS_OPEN = re.compile("…\\Z")


@dataclass(frozen=True, slots=True)
class Part:
    """Sentences `first` to `last` (both included), of which it has the halves `begins` to `ends` (both included).

    Halves are counted through the abstract, two a sentence; `kind` is empty for whole sentences, else `head` or `rest`.
    """

    text: str
    first: int
    last: int
    begins: int
    ends: int
    kind: str = ""

    @property
    def words(self) -> int:
        """About how many words it has."""
        return self.text.count(" ") + 1

    def overlaps(self, other: Part) -> bool:
        """Whether something would be said twice."""
        return self.begins <= other.ends and other.begins <= self.ends


def parts(sentences: Sequence[str], divisible: Sequence[bool]) -> tuple[Part, ...]:
    """Every part of the sentences, in order; of those that are divisible also beginnings and rests."""
    result = []
    for at, sentence in enumerate(sentences):
        text = without_opener(sentence)
        following = sentences[at + 1] if at + 1 < len(sentences) else ""
        result.append(Part(text, at, at, 2 * at, 2 * at + 1))
        if following:
            result.append(Part(without_opener(f"{sentence} {following}"), at, at + 1, 2 * at, 2 * at + 3))
        head = clause(text, ROOM) if divisible[at] else text
        if head == text or _ENDS_OPEN.search(head):
            continue
        result.append(Part(head, at, at, 2 * at, 2 * at, "head"))
        going_on = _GOES_ON.match(text, len(head) - 1)
        rest = text[going_on.end() :] if going_on else ""
        if rest.count(" ") >= _FEWEST_WORDS:
            result.append(Part(f"… {rest}", at, at, 2 * at + 1, 2 * at + 1, "rest"))
            if following:
                result.append(Part(f"… {rest} {following}", at, at + 1, 2 * at + 1, 2 * at + 3, "rest"))
    return tuple(result)
