"""Values that the site's pages are made from: places by language, topics, archive lines, calendars."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from babel import Locale, UnknownLocaleError

from newsletter.domain.issues import Edition, Issue, IssueStatus
from newsletter.domain.text import clean_line
from newsletter.render.issue_view import IssueView, view_issue

__all__ = [
    "ArchiveLine",
    "Place",
    "ShownIssue",
    "SiteTopic",
    "archive_lines",
    "language_links",
    "moment_of",
    "month_tables",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteTopic:
    """A topic that has feeds and a page: its slug, its names by language, and which papers of an issue it holds.

    `papers` gives places in the issue (from 0), best first.
    """

    slug: str
    names: Mapping[str, str]
    papers: Callable[[Issue], Sequence[int]]

    def name(self, language: str) -> str:
        """The topic's name in this language, in English, or its slug."""
        return clean_line(self.names.get(language) or self.names.get("en") or self.slug, 200)


@dataclass(frozen=True, slots=True)
class ShownIssue:
    """An issue, and what templates see of it in one language: topics choose from the one, pages show the other."""

    issue: Issue
    view: IssueView

    @classmethod
    def of(cls, issue: Issue, language: str) -> ShownIssue:
        """The issue in this language."""
        return cls(issue, view_issue(issue, language))


@dataclass(frozen=True, slots=True)
class Place:
    """The part of the site in one language: the newsletter's own at the top, the others in a folder each."""

    language: str
    folder: str


@dataclass(frozen=True, slots=True)
class ArchiveLine:
    """One issue as the archive lists it."""

    day: date
    path: str
    papers: int
    weekly: bool


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One day of a month's table: where its issue is, empty where there is none."""

    date: date
    path: str
    papers: int


@dataclass(frozen=True, slots=True)
class MonthTable:
    """One month: its first day, a date for each weekday in order, and its weeks."""

    first: date
    weekdays: tuple[date, ...]
    weeks: tuple[tuple[CalendarDay, ...], ...]


@dataclass(frozen=True, slots=True)
class LanguageLink:
    """The same page in another language."""

    language: str
    name: str
    href: str


def archive_lines(archive: Sequence[IssueStatus], place: Place) -> list[ArchiveLine]:
    """The archive, newest first as given."""
    return [
        ArchiveLine(
            status.key.day,
            f"issues/{status.key.slug}/{place.folder}index.html",
            status.papers,
            status.key.edition is Edition.WEEKLY,
        )
        for status in archive
    ]


def month_tables(lines: Sequence[ArchiveLine], first_weekday: int) -> list[MonthTable]:
    """A table for each month that has an issue, newest first."""
    by_day = {line.day: line for line in lines}
    months = sorted({(line.day.year, line.day.month) for line in lines}, reverse=True)
    weeks_of = calendar.Calendar(first_weekday).monthdatescalendar
    monday = date(2024, 1, 1)
    return [
        MonthTable(
            first=date(year, month, 1),
            weekdays=tuple(monday + timedelta(days=(first_weekday + n) % 7) for n in range(7)),
            weeks=tuple(
                tuple(
                    CalendarDay(day, by_day[day].path, by_day[day].papers) if day in by_day else CalendarDay(day, "", 0)
                    for day in week
                )
                for week in weeks_of(year, month)
            ),
        )
        for year, month in months
    ]


def language_links(
    languages: Sequence[str], place: Place, *, after: str = "", last: bool = False
) -> tuple[LanguageLink, ...]:
    """Links from the page at `after` to the same page in the other languages.

    A language's folder stands before the page's path, or behind it (`last`) for an issue's pages.
    """
    links = []
    for at, language in enumerate(languages):
        if language == place.language:
            continue
        folder = f"{language}/" if at else ""
        up = "../" * (0 if last else after.count("/"))
        back = "../" if place.folder else ""
        links.append(
            LanguageLink(language, _own_name(language), f"{back}{up}{folder}{'' if last else after}index.html")
        )
    return tuple(links)


def _own_name(language: str) -> str:
    try:
        locale = Locale.parse(language.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return language
    return locale.get_display_name(locale) or language


def moment_of(issue: Issue) -> datetime:
    """When the issue was frozen (UTC, whole seconds); its day's beginning where nobody froze it."""
    return (issue.frozen_at or datetime.combine(issue.day, time(), UTC)).astimezone(UTC).replace(microsecond=0)
