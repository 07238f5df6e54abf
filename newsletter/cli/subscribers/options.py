"""What the options of a command say of a subscriber, by the same rules as rosters and the preferences page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from newsletter.domain.notation import iso_day
from newsletter.errors import UsageError

if TYPE_CHECKING:
    from newsletter.bootstrap import Application
    from newsletter.domain.subscribers import Subscriber

__all__ = ["cleared_fields", "named_options", "with_interests", "with_named"]

_CLEARABLE = (
    *("name", "interests", "language", "cadence", "max_papers"),
    *("weekly_on", "more_than", "hour", "order", "reads", "pause"),
)
_RHYTHM = ("weekdays_only", "weekly_on", "more_than", "hour", "order", "reads")


def cleared_fields(fields: Sequence[str], named: Mapping[str, object]) -> dict[str, Any]:
    """These fields as they are of somebody who chose nothing, as `with_named` takes them.

    Raises:
        UsageError: there is no such field, or the same command sets it.
    """
    from newsletter.domain.subscribers import AT_ONCE, Subscriber

    blank = Subscriber(email="")
    cleared: dict[str, Any] = {}
    for field in fields:
        key = field.replace("-", "_")
        if key not in _CLEARABLE:
            known = ", ".join(name.replace("_", "-") for name in _CLEARABLE)
            msg = f"--clear: expected one of {known}, got {field[:80]!r}."
            raise UsageError(msg)
        if key in named or key in cleared or (key == "pause" and "paused_until" in named):
            msg = f"--clear {field}: the same command sets it. Leave one of them out."
            raise UsageError(msg)
        if key == "pause":
            cleared |= {"paused_since": None, "paused_until": None, "catch_up": 0}
        elif key == "cadence":
            cleared |= {"cadence": blank.cadence, "weekdays_only": False}
        else:
            cleared[key] = getattr(AT_ONCE if key in _RHYTHM else blank, key)
    return cleared


def with_named(subscriber: Subscriber, named: Mapping[str, Any]) -> Subscriber:
    """The subscriber with these fields, those of their rhythm among them."""
    rhythm = replace(subscriber.rhythm, **{name: value for name, value in named.items() if name in _RHYTHM})
    return replace(subscriber, rhythm=rhythm, **{name: named[name] for name in named if name not in _RHYTHM})


def with_interests(subscriber: Subscriber, add: Sequence[str], drop: Sequence[str]) -> Subscriber:
    """With these interests more, and those less.

    Raises:
        UsageError: they do not have what is to be dropped, or cannot have as many.
    """
    from newsletter.domain.subscribers import choose_interests

    if missing := [text for text in drop if text not in subscriber.interests]:
        msg = f"--drop-interest {missing[0]!r}: they have {', '.join(map(repr, subscriber.interests)) or 'none'}."
        raise UsageError(msg)
    left = [text for text in subscriber.interests if text not in drop]
    try:
        return replace(subscriber, interests=choose_interests([*left, *add]))
    except ValueError as error:
        msg = f"--add-interest: {error}."
        raise UsageError(msg) from None


def named_options(
    application: Application,
    *,
    interest: list[str] | None = None,
    reads: list[str] | None = None,
    cadence: str | None = None,
    **others: str | None,
) -> dict[str, Any]:
    """What these options say of a subscriber, checked, as `with_named` takes it; what is not named is not in it.

    Raises:
        UsageError: one says something that cannot be chosen.
    """
    from newsletter.domain.subscribers import (
        choose_cadence,
        choose_catch_up,
        choose_hour,
        choose_interests,
        choose_language,
        choose_limit,
        choose_more_than,
        choose_name,
        choose_order,
        choose_reads,
        choose_weekday,
    )

    for text in interest or ():
        if problem := application.check_interest(text):
            msg = f"--interest {text!r}: {problem}"
            raise UsageError(msg)
    languages = application.settings.languages
    rules: dict[str, tuple[str, object, Callable[[Any], object]]] = {
        "interests": ("--interest", interest, choose_interests),
        "name": ("--name", others.get("name"), choose_name),
        "language": ("--language", others.get("language"), lambda text: choose_language(text, languages)),
        "cadence": ("--cadence", cadence, choose_cadence),
        "max_papers": ("--max-papers", others.get("max_papers"), choose_limit),
        "weekly_on": ("--weekly-on", others.get("weekly_on"), choose_weekday),
        "more_than": ("--more-than", others.get("more_than"), choose_more_than),
        "hour": ("--hour", others.get("hour"), choose_hour),
        "order": ("--order", others.get("order"), choose_order),
        "reads": ("--reads", reads, lambda texts: choose_reads(texts, languages)),
        "paused_until": ("--pause-until", others.get("pause_until"), _day),
        "catch_up": ("--catch-up", others.get("catch_up"), choose_catch_up),
    }
    named: dict[str, Any] = {}
    for field, (option, value, choose) in rules.items():
        if value is not None:
            try:
                named[field] = choose(value)
            except ValueError as error:
                msg = f"{option}: {error}."
                raise UsageError(msg) from None
    if "cadence" in named:
        named["cadence"], named["weekdays_only"] = named["cadence"]
    if "paused_until" in named:
        if named["paused_until"] <= application.today:
            msg = f"--pause-until: {named['paused_until']} is not to come; `--clear pause` ends a pause."
            raise UsageError(msg)
        named = {"paused_since": application.today, "catch_up": 0, **named}
    elif "catch_up" in named:
        msg = "--catch-up: it is sent after a pause. Say until when by --pause-until."
        raise UsageError(msg)
    return named


def _day(text: str) -> date:
    day = iso_day(text)
    if day is None:
        msg = f"expected a day such as 2026-06-02, got {text[:80]!r}"
        raise ValueError(msg)
    return day
