"""What a subscriber may choose: one set of rules for every way in (rosters, imports, commands, the web page)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from newsletter.domain.interests import excess, one_line
from newsletter.domain.issues import Edition, PaperOrder
from newsletter.domain.notation import Weekday, language_tag, nearest_language
from newsletter.domain.subscribers.rhythm import MAX_MORE_THAN
from newsletter.domain.text import clean_line

__all__ = [
    "CADENCES",
    "MAX_CATCH_UP",
    "MAX_INTERESTS",
    "MAX_NAME",
    "MAX_PAPERS",
    "MAX_READS",
    "cadence_word",
    "choose_cadence",
    "choose_catch_up",
    "choose_hour",
    "choose_interests",
    "choose_language",
    "choose_limit",
    "choose_more_than",
    "choose_name",
    "choose_order",
    "choose_reads",
    "choose_weekday",
]

MAX_NAME = 200
"""Characters of a subscriber's name."""
MAX_INTERESTS = 1000
"""Interests of one subscriber; the longest real list has 203."""
MAX_PAPERS = 10_000
"""What a subscriber's `max_papers` may be; more papers than arXiv announces on a day is no limit at all."""
MAX_CATCH_UP = 30
"""Papers missed that are sent after a pause at most."""
MAX_READS = 10
"""Languages that somebody may name beside their first."""
CADENCES = ("daily", "weekdays", "weekly")
"""How often a digest may come, as rosters, commands and forms say it."""

_HOUR = re.compile(r"([01]?[0-9]|2[0-3])(?::00)?", re.ASCII)


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


def choose_cadence(text: str) -> tuple[Edition, bool]:
    """How often a digest comes (one of `CADENCES`): the issues' rhythm, and whether those of weekends are left out.

    Raises:
        ValueError: the text is none of them.
    """
    cadence = text.strip()
    if cadence not in CADENCES:
        msg = f"expected {', '.join(CADENCES[:-1])} or {CADENCES[-1]}, got {text[:80]!r}"
        raise ValueError(msg)
    return (Edition.DAILY, True) if cadence == "weekdays" else (Edition(cadence), False)


def cadence_word(cadence: Edition, *, weekdays_only: bool) -> str:
    """The word of `CADENCES` that `choose_cadence` reads as these."""
    return "weekdays" if weekdays_only and cadence is Edition.DAILY else cadence.value


def choose_weekday(text: str) -> Weekday | None:
    """A day of the week by its English name; None where nothing is given.

    Raises:
        ValueError: it is none.
    """
    name = text.strip().lower()
    if not name:
        return None
    if name not in set(Weekday):
        msg = f"expected {', '.join(Weekday)}, got {text[:80]!r}"
        raise ValueError(msg)
    return Weekday(name)


def choose_hour(value: object) -> int | None:
    """An hour of the day, as a number or as text (`7`, `07:00`); None where nothing is given.

    Raises:
        ValueError: it is none from 0 to 23.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    text = value.strip() if isinstance(value, str) else str(value)
    if isinstance(value, bool) or not isinstance(value, int | str) or not (read := _HOUR.fullmatch(text)):
        msg = f"expected an hour from 0 to 23, got {value!r:.80}"
        raise ValueError(msg)
    return int(read[1])


def choose_order(text: str) -> PaperOrder:
    """What stands first in a digest; the best where nothing is given.

    Raises:
        ValueError: it is no order.
    """
    name = text.strip() or PaperOrder.BEST
    if name not in set(PaperOrder):
        msg = f"expected {', '.join(PaperOrder)}, got {text[:80]!r}"
        raise ValueError(msg)
    return PaperOrder(name)


def choose_reads(texts: Sequence[str], offered: Sequence[str], *, first: str = "") -> tuple[str, ...]:
    """Further languages that somebody reads, each once, in their order; `first` is the one that they chose.

    Raises:
        ValueError: one is no tag or none of the offered ones, or there are more than `MAX_READS`.
    """
    chosen = dict.fromkeys(filter(None, (choose_language(text, offered) for text in texts[: MAX_READS + 1])))
    if len(texts) > MAX_READS:
        msg = f"expected at most {MAX_READS} languages, got {len(texts)}"
        raise ValueError(msg)
    chosen.pop(first, None)
    return tuple(chosen)


def choose_limit(value: object) -> int | None:
    """The most papers in one digest, as a number or as text; None where nothing is given.

    Raises:
        ValueError: it is no whole number from 1 to `MAX_PAPERS`.
    """
    return _whole(value, 1, MAX_PAPERS)


def choose_more_than(value: object) -> int:
    """How many papers are not enough for a digest, as a number or as text; 0 where nothing is given.

    Raises:
        ValueError: it is no whole number from 0 to `MAX_MORE_THAN`.
    """
    return _whole(value, 0, MAX_MORE_THAN) or 0


def choose_catch_up(value: object) -> int:
    """How many of the papers missed are to be sent after a pause; 0 where nothing is given.

    Raises:
        ValueError: it is no whole number from 0 to `MAX_CATCH_UP`.
    """
    return _whole(value, 0, MAX_CATCH_UP) or 0


def _whole(value: object, least: int, most: int) -> int | None:
    number = value
    if isinstance(value, str):
        text = value.strip()
        if not text:
            return None
        # at most so many digits before they become a number: converting is quadratic
        number = int(text) if text.isdecimal() and len(text) <= 9 else None
    elif value is None:
        return None
    if isinstance(number, bool) or not isinstance(number, int) or not least <= number <= most:
        msg = f"expected a whole number from {least} to {most}, got {value!r:.80}"
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
