"""What the options of a command say of a subscriber, by the same rules as rosters and the preferences page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from newsletter.errors import UsageError

if TYPE_CHECKING:
    from newsletter.bootstrap import Application
    from newsletter.domain.subscribers import Subscriber

__all__ = ["cleared_fields", "named_options", "with_interests"]

_CLEARABLE = ("name", "interests", "language", "cadence", "max_papers")


def cleared_fields(fields: Sequence[str], named: Mapping[str, object]) -> dict[str, Any]:
    """These fields as they are of somebody who chose nothing.

    Raises:
        UsageError: there is no such field, or the same command sets it.
    """
    from newsletter.domain.subscribers import Subscriber

    blank = Subscriber(email="")
    cleared = {}
    for field in fields:
        key = field.replace("-", "_")
        if key not in _CLEARABLE:
            msg = f"--clear: expected name, interests, language, cadence or max-papers, got {field[:80]!r}."
            raise UsageError(msg)
        if key in named or key in cleared:
            msg = f"--clear {field}: the same command sets it. Leave one of them out."
            raise UsageError(msg)
        cleared[key] = getattr(blank, key)
    return cleared


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
    application: Application, *, interest: list[str] | None = None, cadence: str | None = None, **others: str | None
) -> dict[str, Any]:
    """What these options say of a subscriber, checked; what is not named is not in it.

    Raises:
        UsageError: one says something that cannot be chosen.
    """
    from newsletter.domain.subscribers import (
        choose_cadence,
        choose_interests,
        choose_language,
        choose_limit,
        choose_name,
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
        "cadence": ("--cadence", cadence, lambda text: choose_cadence(text)[0]),
        "max_papers": ("--max-papers", others.get("max_papers"), choose_limit),
    }
    named = {}
    for field, (option, value, choose) in rules.items():
        if value is not None:
            try:
                named[field] = choose(value)
            except ValueError as error:
                msg = f"{option}: {error}."
                raise UsageError(msg) from None
    return named
