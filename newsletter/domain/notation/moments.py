"""Dates and moments out of foreign text: read within a range that everything can reckon with, or none at all.

Whoever writes a date may write any: a year 0001 in an eastern zone, a year 9999 in a western one, an offset of
centuries. Python reads many of them and fails only where they are moved to another zone or by a day, far from where
they came in. So every date that a stranger wrote is read here and nowhere else.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

__all__ = ["iso_day", "iso_moment", "mail_moment", "retry_after", "within_reason"]

_YEARS = range(1600, 2400)
"""From before the first journal to beyond any plan. A zone or a few days more or less stay far from Python's limits."""

_LONGEST = 100
"""Characters: no date has more, and reading numbers takes longer the longer they are."""

_SECONDS = re.compile(r"(\d{1,9})\d*(\.\d{1,9})?", re.ASCII)


def iso_moment(text: str) -> datetime | None:
    """An ISO 8601 date or moment, in its own offset; in UTC where it names none. None where it cannot be used."""
    try:
        stamp = datetime.fromisoformat(text[:_LONGEST].strip())
    except ValueError:
        return None
    return within_reason(stamp)


def mail_moment(text: str) -> datetime | None:
    """A date of mail, RSS or HTTP, in its own offset. None where it cannot be used.

    RFC 5322 §3.3 with the obsolete forms of §4.3, RFC 9110 §5.6.7 with its obsolete forms.
    """
    try:
        stamp = parsedate_to_datetime(text[:_LONGEST].strip())
    except (ValueError, OverflowError):  # it overflows over an offset of more than 68 years
        return None
    return within_reason(stamp)


def iso_day(text: str) -> date | None:
    """A date as `2026-06-15`, None where it cannot be used."""
    try:
        day = date.fromisoformat(text[:_LONGEST].strip())
    except ValueError:
        return None
    return day if day.year in _YEARS else None


def retry_after(text: str, now: datetime) -> float | None:
    """Seconds that a Retry-After field asks for, None where it cannot be used.

    RFC 9110 §10.2.3: whole seconds or a date; some servers write fractions. `now` is aware.
    """
    text = text[:_LONGEST].strip()
    if match := _SECONDS.fullmatch(text):
        return float(match[1] + (match[2] or ""))
    until = mail_moment(text)
    return max(0.0, until.timestamp() - now.timestamp()) if until else None


def within_reason(stamp: datetime) -> datetime | None:
    """The moment, in UTC where it names no zone; None where it is out of the range that can be reckoned with."""
    if stamp.year not in _YEARS:
        return None
    return stamp if stamp.tzinfo else stamp.replace(tzinfo=UTC)
