"""Pausing: no mail until a day, from which on it comes again by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

__all__ = ["CATCH_UP", "LONGEST_PAUSE", "Pause", "read_pause"]

CATCH_UP = 10
"""How many of the papers that somebody missed they may have sent when their pause ends."""
LONGEST_PAUSE = timedelta(days=366)
"""Who wants no mail for longer than a year has left."""


@dataclass(frozen=True, slots=True)
class Pause:
    """What somebody asks for: no mail until a day, and then the best `catch_up` of what they missed; 0 for none."""

    until: date
    catch_up: int = 0


def read_pause(form: Mapping[str, str], today: date) -> Pause | None:
    """The pause that a form asks for (`paused_until`, as a day; `catch_up`, a box); None for no day that can be used.

    That is one after `today`, and no more than `LONGEST_PAUSE` later.
    """
    try:
        until = date.fromisoformat(form.get("paused_until", "").strip())
    except ValueError:
        return None
    if not today < until <= today + LONGEST_PAUSE:
        return None
    return Pause(until, CATCH_UP if "catch_up" in form else 0)
