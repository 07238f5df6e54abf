"""Reads ratings out of the ways in which a model writes them.

`- 实用性：4.5/5。reason`, `实用性：4/5 - reason`, `- 实用性：5分。reason`, `practicality: 4/5`, or `- 实用性： 4.5/5分`
with one paragraph of reasons below. A rating outside 0 to 5 or not in halves is not one. A paragraph of reasons for all
three is divided at the sentences that name a rating; together the parts are the whole paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from newsletter.archives._markdown import plain
from newsletter.domain.papers import RATINGS, Rating
from newsletter.domain.text import split_sentences

__all__ = ["read_ratings"]

_NAMES = {
    "practicality": re.compile(r"实用性?|practical(?:ity)?", re.IGNORECASE),
    "novelty": re.compile(r"创新性?|新颖性?|novelty", re.IGNORECASE),
    "recommendation": re.compile(r"推荐(?:程度|指数|度)?|recommendation|recommended", re.IGNORECASE),
}
_LINE = re.compile(
    r"\s*(?:[-*+•]\s+)?(?:\*\*)?(?P<name>[^:：*]{2,20}?)(?:\*\*)?\s*[:：]\s*(?:\*\*)?\s*"
    r"(?P<value>\d(?:\.\d)?)\s*(?:/\s*5)?\s*(?:分|points?)?\s*(?:\*\*)?"
    r"\s*(?:[。．.，,;；:：]|[-–—]+(?=\s))?\s*(?P<reason>.*)\Z"
)


def read_ratings(lines: Iterable[str]) -> dict[str, Rating]:
    """The ratings of a section by name, in the order in which they are shown."""
    values: dict[str, float] = {}
    reasons: dict[str, str] = {}
    rest: list[str] = []
    for line in lines:
        match = _LINE.match(line)
        name = _named(match["name"]) if match else ""
        if match and name and _valid(float(match["value"])):
            values[name] = float(match["value"])
            reasons[name] = plain(match["reason"])
        elif line.strip():
            rest.append(plain(line))
    if rest and values:
        for name, reason in _divide(" ".join(rest), [n for n in RATINGS if n in values]).items():
            reasons[name] = f"{reasons[name]} {reason}".strip()
    return {name: Rating(values[name], reasons[name]) for name in RATINGS if name in values}


def _named(text: str) -> str:
    return next((name for name, words in _NAMES.items() if words.search(text)), "")


def _valid(value: float) -> bool:
    return 0 <= value <= 5 and (value * 2).is_integer()


def _divide(paragraph: str, names: list[str]) -> dict[str, str]:
    """Each sentence to the rating it names; one that names none goes with the next that does, or with the last."""
    parts: dict[str, list[str]] = {}
    waiting: list[str] = []
    last = names[-1]
    for sentence in split_sentences(paragraph):
        waiting.append(sentence)
        name = next((n for n in names if n not in parts and _NAMES[n].search(sentence)), "")
        if name:
            parts[name], waiting, last = waiting, [], name
    if waiting:
        parts.setdefault(last, []).extend(waiting)
    glue = "" if re.search(r"[\u4e00-\u9fff]", paragraph) else " "
    return {name: glue.join(sentences) for name, sentences in parts.items()}
