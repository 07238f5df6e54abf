"""Preferences as a subscriber types them into a form: checked field by field, by the rules that rosters keep.

1. every field is read, so that all problems are shown at once;
2. white space at the ends, runs of it and control characters do not count; empty interest lines and repeated ones
   are left out;
3. one problem anywhere and nothing is kept: a half-saved form surprises;
4. a topic of the catalogue is a box to tick, not a line: a line that says `topic:rag` and nothing else becomes one.
   Ticks come before lines, in the catalogue's order; where nothing was ticked or typed anew, the order stays;
5. languages read beside the first are boxes too, in the order in which they are offered; that of the first does not
   count.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import TypeVar

from newsletter.domain.interests import MOST_TERMS, Remark, parse, too_many
from newsletter.domain.subscribers.choices import (
    MAX_INTERESTS,
    MAX_NAME,
    MAX_PAPERS,
    MAX_READS,
    cadence_word,
    choose_cadence,
    choose_hour,
    choose_language,
    choose_limit,
    choose_more_than,
    choose_order,
    choose_reads,
    choose_weekday,
)
from newsletter.domain.subscribers.rhythm import MAX_MORE_THAN, Rhythm
from newsletter.domain.subscribers.subscriptions import Preferences, Subscriber
from newsletter.domain.text import clean_line
from newsletter.errors import InterestError

T = TypeVar("T")

__all__ = [
    "FIELDS",
    "READS",
    "TOPIC",
    "Problem",
    "ProblemKind",
    "asks_for_everything",
    "boxes",
    "fill_form",
    "read_form",
    "surplus",
    "typed_interests",
]

FIELDS = ("name", "interests", "language", "cadence", "max_papers", "weekly_on", "more_than", "hour", "order")
"""The names of the form's fields, but for its boxes."""

TOPIC = "topic:"
"""What the names of boxes begin with, which are the interests that they stand for: `topic:rag`."""

READS = "reads:"
"""What the names of boxes begin with, which are languages that are read beside the first: `reads:zh-Hans`."""

MAX_PROBLEMS = 20
"""Interest lines reported at once; whoever pastes a novel need not read a thousand complaints."""


class ProblemKind(StrEnum):
    """What can be wrong; pages word it in the reader's language."""

    NAME_TOO_LONG = "name-too-long"
    INTEREST_UNREADABLE = "interest-unreadable"
    TOO_MANY_INTERESTS = "too-many-interests"
    TOO_MANY_TERMS = "too-many-terms"
    LANGUAGE_UNKNOWN = "language-unknown"
    CADENCE_UNKNOWN = "cadence-unknown"
    NO_NUMBER = "no-number"
    WEEKDAY_UNKNOWN = "weekday-unknown"
    HOUR_UNKNOWN = "hour-unknown"
    ORDER_UNKNOWN = "order-unknown"
    NO_DATE = "no-date"
    TOPIC_UNKNOWN = "topic-unknown"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with one field.

    `line` counts from 1 (0 for fields of one line), `text` is what stands there, `reason` what the interest language
    says about it, `limit` how much is allowed.
    """

    field: str
    kind: ProblemKind
    line: int = 0
    text: str = ""
    reason: Remark | None = None
    limit: int = 0


def fill_form(subscriber: Subscriber, topics: Collection[str] = ()) -> dict[str, str]:
    """The form as it first appears: what is stored, as text. A box that is not ticked has no field, as in browsers."""
    ticked, lines = _split(subscriber.interests, topics)
    rhythm = subscriber.rhythm
    return {
        "name": subscriber.name,
        "interests": "\n".join(lines),
        "language": subscriber.language,
        "cadence": cadence_word(subscriber.cadence, weekdays_only=rhythm.weekdays_only),
        "max_papers": "" if subscriber.max_papers is None else str(subscriber.max_papers),
        "weekly_on": rhythm.weekly_on or "",
        "more_than": str(rhythm.more_than or ""),
        "hour": "" if rhythm.hour is None else str(rhythm.hour),
        "order": rhythm.order.value,
        **dict.fromkeys(ticked, "on"),
        **{f"{READS}{tag}": "on" for tag in rhythm.reads},
    }


def boxes(topics: Collection[str], languages: Collection[str]) -> tuple[str, ...]:
    """The names of the form's boxes, of topics and of languages."""
    return (*(f"{TOPIC}{slug}" for slug in topics), *(f"{READS}{tag}" for tag in languages))


def read_form(
    form: Mapping[str, str],
    *,
    languages: Collection[str],
    check_interest: Callable[[str], Remark | None],
    topics: Collection[str] = (),
    before: Sequence[str] = (),
) -> tuple[Preferences | None, tuple[Problem, ...]]:
    """The preferences that a form asks for, or None and what is wrong with it.

    Args:
        form: the fields as they came; one that is missing counts as empty.
        languages: the tags that may be chosen, beside none (the newsletter's own).
        check_interest: says what is wrong with an interest, None if it can be read.
        topics: the slugs that may be ticked, in the catalogue's order.
        before: the interests that are stored.
    """
    problems: list[Problem] = []
    name = clean_line(form.get("name", ""), MAX_NAME * 2)
    if len(name) > MAX_NAME:
        problems.append(Problem("name", ProblemKind.NAME_TOO_LONG, limit=MAX_NAME))
    lines = _lines(form.get("interests", ""))
    interests = typed_interests(form, topics)
    if len(interests) > MAX_INTERESTS:
        problems.append(Problem("interests", ProblemKind.TOO_MANY_INTERESTS, limit=MAX_INTERESTS))
    elif _split(interests, topics) == _split(before, topics):
        interests = tuple(before)  # as they are, even where today's limit would refuse them
    else:
        problems += surplus(interests) or _unreadable(interests, lines, check_interest)
    offered = [*languages]
    kind = ProblemKind
    language = _chosen("language", kind.LANGUAGE_UNKNOWN, form, problems, lambda text: choose_language(text, offered))
    cadence = _chosen("cadence", kind.CADENCE_UNKNOWN, form, problems, choose_cadence)
    limit = _chosen("max_papers", kind.NO_NUMBER, form, problems, choose_limit, limit=MAX_PAPERS)
    weekly_on = _chosen("weekly_on", kind.WEEKDAY_UNKNOWN, form, problems, choose_weekday)
    more_than = _chosen("more_than", kind.NO_NUMBER, form, problems, choose_more_than, limit=MAX_MORE_THAN)
    hour = _chosen("hour", kind.HOUR_UNKNOWN, form, problems, choose_hour)
    order = _chosen("order", kind.ORDER_UNKNOWN, form, problems, choose_order)
    if problems or language is None or cadence is None or more_than is None or order is None:
        return None, tuple(problems)
    edition, weekdays_only = cadence
    ticked = [tag for tag in offered if f"{READS}{tag}" in form][:MAX_READS]
    reads = choose_reads(ticked, offered, first=language)
    rhythm = Rhythm(
        weekdays_only=weekdays_only, weekly_on=weekly_on, more_than=more_than, hour=hour, order=order, reads=reads
    )
    chosen = Preferences(
        name=name, interests=interests, language=language, cadence=edition, max_papers=limit, rhythm=rhythm
    )
    return chosen, ()


def typed_interests(form: Mapping[str, str], topics: Collection[str] = ()) -> tuple[str, ...]:
    """The interests that a form asks for, whether they can be read or not: what is ticked, then the lines."""
    ticked = (name for name in (f"{TOPIC}{slug}" for slug in topics) if name in form)
    return tuple(dict.fromkeys((*ticked, *_lines(form.get("interests", "")))))


def asks_for_everything(interests: Iterable[str]) -> bool:
    """Whether nothing is wanted in particular: every paper comes that is not left out."""
    return not any(map(_is_wanted, interests))


def _is_wanted(text: str) -> bool:
    try:
        return parse(text).is_wanted
    except InterestError:
        return True  # somebody wanted something


def surplus(interests: Sequence[str]) -> tuple[Problem, ...]:
    """What is wrong with these interests together: that they ask for more terms than one reader may have."""
    total = too_many(interests)
    if not total:
        return ()
    return (Problem("interests", ProblemKind.TOO_MANY_TERMS, text=f"{total:,}", limit=MOST_TERMS),)


def _split(interests: Iterable[str], topics: Collection[str]) -> tuple[list[str], list[str]]:
    """Interests as the form shows them: the boxes that are ticked, in the catalogue's order, and the lines.

    `topic:rag^2` or `-topic:rag` is more than a tick, and stays a line.
    """
    lines = [" ".join(interest.split()) for interest in interests]
    boxes = dict.fromkeys(f"{TOPIC}{slug}" for slug in topics)
    had = set(lines)
    return [box for box in boxes if box in had], [line for line in lines if line not in boxes]


def _lines(text: str) -> dict[str, int]:
    """The interests of a text, each with the line on which it stands first."""
    lines: dict[str, int] = {}
    # only line ends end a line: U+2028 or a form feed inside of one is white space
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        if interest := clean_line(line, len(line)):
            lines.setdefault(interest, number)
    return lines


def _unreadable(
    interests: Sequence[str], lines: Mapping[str, int], check: Callable[[str], Remark | None]
) -> tuple[Problem, ...]:
    """What is wrong with each of these interests, the first `MAX_PROBLEMS` of them."""
    wrong = ((interest, reason) for interest in interests[:MAX_INTERESTS] if (reason := check(interest)))
    return tuple(
        Problem(
            "interests",
            ProblemKind.INTEREST_UNREADABLE,
            line=lines.get(interest, 0),
            text=interest if len(interest) <= 80 else f"{interest[:79]}…",
            reason=reason,
        )
        for interest, reason in islice(wrong, MAX_PROBLEMS)
    )


def _chosen(
    field: str,
    kind: ProblemKind,
    form: Mapping[str, str],
    problems: list[Problem],
    choose: Callable[[str], T],
    *,
    limit: int = 0,
) -> T | None:
    """What a field of one line asks for; None, and a problem more, where that is nothing that can be chosen."""
    try:
        return choose(form.get(field, ""))
    except ValueError:
        problems.append(Problem(field, kind, text=clean_line(form.get(field, ""), 40), limit=limit))
        return None
