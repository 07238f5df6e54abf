"""The days of the week, as settings, rosters and forms name them."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

__all__ = ["Weekday"]


class Weekday(StrEnum):
    """A day of the week, Monday first (ISO 8601)."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"

    @classmethod
    def of(cls, day: date) -> Weekday:
        """That of a date."""
        return _WEEK[day.weekday()]

    @property
    def is_weekend(self) -> bool:
        """Whether it is Saturday or Sunday."""
        return self in (Weekday.SATURDAY, Weekday.SUNDAY)


_WEEK = tuple(Weekday)
