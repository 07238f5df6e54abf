"""What a subscriber may choose: one set of rules for every way in (rosters, imports, commands, the web page)."""

from __future__ import annotations

from collections.abc import Sequence

from newsletter.domain.interests import excess, one_line
from newsletter.domain.issues import Edition
from newsletter.domain.notation import language_tag, nearest_language
from newsletter.domain.text import clean_line

__all__ = [
    "MAX_INTERESTS",
    "MAX_NAME",
    "MAX_PAPERS",
    "choose_cadence",
    "choose_interests",
    "choose_language",
    "choose_limit",
    "choose_name",
]

MAX_NAME = 200
"""Characters of a subscriber's name."""
MAX_INTERESTS = 1000
"""Interests of one subscriber; the longest real list has 203."""
MAX_PAPERS = 10_000
"""What a subscriber's `max_papers` may be; more papers than arXiv announces on a day is no limit at all."""


def choose_name(text: str) -> str:
    """A name as one line.

    Raises:
        ValueError: it is too long.
    """
    name = clean_line(text, MAX_NAME * 2)
    if len(name) > MAX_NAME:
        msg = f"expected at most {MAX_NAME} characters, got {len(text)}"
        raise ValueError(msg)
    return name


def choose_language(text: str, offered: Sequence[str]) -> str:
    """The language of those offered that a tag means: `zh` and `zh-CN` mean `zh-Hans`. Empty for the newsletter's own.

    Where none are offered, the tag itself.

    Raises:
        ValueError: it is no tag, or none of the offered ones is meant.
    """
    if not text.strip():
        return ""
    try:
        tag = language_tag(text)
        chosen = nearest_language(tag, offered) if offered else tag
    except ValueError:
        chosen = None
    if chosen is None:
        expected = f"one of {', '.join(offered)}" if offered else "a language tag, for example en or zh-Hans"
        msg = f"expected {expected}, got {text[:80]!r}"
        raise ValueError(msg)
    return chosen


def choose_cadence(text: str) -> Edition:
    """How often a digest comes.

    Raises:
        ValueError: the text is neither of both.
    """
    try:
        return Edition(text.strip())
    except ValueError:
        msg = f"expected daily or weekly, got {text[:80]!r}"
        raise ValueError(msg) from None


def choose_limit(value: object) -> int | None:
    """The most papers in one digest, as a number or as text; None where nothing is given.

    Raises:
        ValueError: it is no whole number from 1 to `MAX_PAPERS`.
    """
    number = value
    if isinstance(value, str):
        text = value.strip()
        if not text:
            return None
        # at most so many digits before they become a number: converting is quadratic
        number = int(text) if text.isdecimal() and len(text) <= 9 else None
    elif value is None:
        return None
    if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= MAX_PAPERS:
        msg = f"expected a whole number from 1 to {MAX_PAPERS}, got {value!r:.80}"
        raise ValueError(msg)
    return number


def choose_interests(texts: Sequence[str]) -> tuple[str, ...]:
    """Each interest once and on one line, in the order given.

    Raises:
        ValueError: more than one subscriber can have, or more terms (`domain.interests.term_budget`).
    """
    interests = tuple(dict.fromkeys(map(one_line, texts)))
    if len(interests) > MAX_INTERESTS:
        msg = f"{len(interests)} interests; at most {MAX_INTERESTS} can be kept"
        raise ValueError(msg)
    if reason := excess(interests):
        raise ValueError(reason)
    return interests
