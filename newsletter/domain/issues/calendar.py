"""When arXiv announces: the calendar by which silence is explained.

arXiv announces on the evenings of Sunday to Thursday at 20:00 US Eastern, and its feeds change at the midnight after.
So the *day* of an announcement is the date of that morning: Monday to Friday. On the evenings of arXiv's holidays
nothing is announced, and the morning after has no feed of its own; a holiday on a Friday silences Sunday evening.
https://info.arxiv.org/help/availability.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

__all__ = ["EASTERN", "AnnouncementCalendar", "Expectation", "announcement_day", "eastern_day"]

EASTERN = ZoneInfo("America/New_York")
"""The time zone of arXiv's calendar."""

_EVENING = time(20)
_DEADLINE = time(14)
_ONE_DAY = timedelta(days=1)
_SATURDAY, _SUNDAY = 5, 6


@dataclass(frozen=True, slots=True)
class Expectation:
    """Whether a day has an announcement of its own, and if not, why ("it is Sunday").

    `holiday` is the name of the holiday that silences it, None where none does.
    """

    expected: bool
    reason: str = ""
    holiday: str | None = None

    def __bool__(self) -> bool:
        return self.expected


@dataclass(frozen=True, slots=True)
class AnnouncementCalendar:
    """Weekends and arXiv's holidays.

    `holidays` maps a day on which arXiv rests to its name, as arXiv publishes them for each year; `through` is the last
    year they are known for, None where nobody keeps them. A holiday has no announcement on its evening. A Friday has
    none anyway: what its staff would have made ready is missing on the Sunday after it.
    """

    holidays: Mapping[date, str] = field(default_factory=dict)
    through: int | None = None

    def expects(self, day: date) -> Expectation:
        """Whether an announcement of this day (the morning after the evening) is to be expected."""
        if day.weekday() >= _SATURDAY:
            return Expectation(expected=False, reason=f"it is {day:%A}")
        evening = day - _ONE_DAY
        rests = evening if evening in self.holidays or evening.weekday() != _SUNDAY else evening - 2 * _ONE_DAY
        if rests in self.holidays:
            name = self.holidays[rests]
            reason = f"arXiv does not announce on the evening of {evening.day} {evening:%B} ({name})"
            return Expectation(expected=False, reason=reason, holiday=name)
        return Expectation(expected=True)

    def previous(self, day: date) -> date:
        """The last day before this one that had an announcement."""
        day -= _ONE_DAY
        while not self.expects(day):
            day -= _ONE_DAY
        return day

    def next(self, day: date) -> date:
        """The first day after this one that has an announcement."""
        day += _ONE_DAY
        while not self.expects(day):
            day += _ONE_DAY
        return day

    def days(self, first: date, last: date) -> Iterable[date]:
        """The days from `first` to `last`, both included, that have an announcement."""
        span = (first + timedelta(days=n) for n in range((last - first).days + 1))
        return (day for day in span if self.expects(day))

    def submissions(self, day: date) -> tuple[datetime, datetime]:
        """When the papers announced on this day were submitted: from (included) and until (excluded), in UTC.

        Papers that moderators held back were submitted earlier. A day without announcement has an empty window.
        """
        until = _deadline(day - _ONE_DAY)
        since = _deadline(self.previous(day) - _ONE_DAY) if self.expects(day) else until
        return since, until

    def announces(self, submitted: datetime) -> date:
        """The day on which a submission of this moment (aware) is announced, unless moderators hold it back."""
        day = submitted.astimezone(EASTERN).date()
        while not (self.expects(day) and submitted < self.submissions(day)[1]):
            day += _ONE_DAY
        return day

    def warning(self, today: date) -> str:
        """What a person should do about the holidays' data, empty where nothing: it is updated once a year."""
        if self.through is not None and today.year > self.through:
            return (
                f"arXiv's holidays are known up to {self.through} only: a holiday will look like a stale feed. "
                f"Update the file of holidays from https://info.arxiv.org/help/availability.html"
            )
        if self.through is not None and today.year == self.through and today.month == 12:
            return (
                f"arXiv's holidays of {today.year + 1} are not known yet. Update the file of holidays from "
                f"https://info.arxiv.org/help/availability.html before the year ends"
            )
        return ""


def _deadline(evening: date) -> datetime:
    """Until when a paper had to be submitted to be announced on this evening: 14:00, on Sundays that of Friday."""
    if evening.weekday() >= _SATURDAY:
        evening -= timedelta(days=evening.weekday() - 4)
    return datetime.combine(evening, _DEADLINE, EASTERN).astimezone(UTC)


def eastern_day(now: datetime) -> date:
    """The date in US Eastern time: the day whose feed is on show at this moment (aware)."""
    return now.astimezone(EASTERN).date()


def announcement_day(stamp: datetime) -> date:
    """The day an announcement of this moment (aware) belongs to: an evening's belongs to the next morning."""
    local = stamp.astimezone(EASTERN)
    return local.date() + _ONE_DAY if local.time() >= _EVENING else local.date()
