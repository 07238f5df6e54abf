"""Options that several commands share, and the way from them to an application."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.output import ConsoleProgress, Terminal, err
from newsletter.domain.notation import iso_day
from newsletter.errors import UsageError

if TYPE_CHECKING:
    from newsletter.bootstrap import Application
    from newsletter.domain.issues import IssueKey

__all__ = [
    "Again",
    "Config",
    "Day",
    "Json",
    "Unnamed",
    "Wait",
    "Weekly",
    "chosen_day",
    "chosen_issue",
    "open_application",
    "parse_day",
    "past_day",
    "today",
]

CONFIG_FILE = Path("newsletter.toml")

Config = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="Settings; newsletter.toml of this folder by default.")
]
Day = Annotated[
    str | None,
    typer.Option("--date", metavar="YYYY-MM-DD", help="The issue's day; today by default."),
]
Unnamed = Annotated[str | None, typer.Argument(metavar="DATE", hidden=True)]
"""The same day without the option's name, as in `newsletter export 2026-06-02`; both may be given if they agree."""
Weekly = Annotated[bool, typer.Option("--weekly", help="The weekly issue whose last day this is.")]
Wait = Annotated[bool, typer.Option("--wait", help="Go on until nothing is deferred any more.")]
Again = Annotated[bool, typer.Option("--again", help="Do it anew, even where it was done.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document for programs.")]


def parse_day(text: str) -> date:
    """A day as people type it.

    Raises:
        UsageError: it is no day.
    """
    day = iso_day(text)
    if day is None:
        msg = f"expected a day such as 2026-06-02, got {text!r}."
        raise UsageError(msg)
    return day


def today(application: Application) -> date:
    """Today where the newsletter is at home; the sample has a day of its own."""
    return application.today


def chosen_day(application: Application, text: str | None, unnamed: str | None = None) -> date:
    """The day that `--date` names, or the same without its name; today where neither is given.

    Raises:
        UsageError: it names none, or two, or one that has not begun.
    """
    if text is None and unnamed is None:
        return today(application)
    days = {past_day(application, given) for given in (text, unnamed) if given is not None}
    if len(days) > 1:
        msg = f"--date {text} and {unnamed}: expected one day, got two."
        raise UsageError(msg)
    return days.pop()


def chosen_issue(
    application: Application, text: str | None, unnamed: str | None = None, *, weekly: bool = False
) -> IssueKey:
    """The issue that `--date` and `--weekly` name, or its name as messages show it (`2026-06-05-weekly`).

    Raises:
        UsageError: they name none, or two, or one that has not begun.
    """
    from newsletter.domain.issues import Edition, IssueKey

    mark = f"-{Edition.WEEKLY}"
    weekly = weekly or any(given is not None and given.endswith(mark) for given in (text, unnamed))
    days = [given and given.removesuffix(mark) for given in (text, unnamed)]
    return IssueKey(chosen_day(application, *days), Edition.WEEKLY if weekly else Edition.DAILY)


def past_day(application: Application, text: str) -> date:
    """A day that has begun, as people type it: sources announce by other clocks, so it may have begun elsewhere.

    Raises:
        UsageError: it is no day, or one that has begun nowhere.
    """
    day = parse_day(text)
    newest = max(today(application), datetime.now(UTC).date())
    if day > newest:
        msg = f"{day} is still to come: expected a day up to {newest}."
        raise UsageError(msg)
    return day


def open_application(
    context: typer.Context, config: Path | None, *, quiet: bool = False, sample: bool = False
) -> Application:
    """The application of the settings that the options name.

    With `sample`, a folder without newsletter.toml runs on the bundled sample, and says so.

    Raises:
        ConfigError: there are no settings, or they are wrong.
    """
    from newsletter.bootstrap import Application, sample_settings
    from newsletter.services.progress import SilentProgress
    from newsletter.settings import environment, load_settings

    chosen = Terminal.config = config or context.find_root().obj
    progress = SilentProgress() if quiet else ConsoleProgress()
    if sample and chosen is None and not CONFIG_FILE.exists():
        err.print(
            "Using the bundled sample (no newsletter.toml here). For real papers: "
            "`newsletter init`, then edit newsletter.toml."
        )
        settings = sample_settings(Path())
    else:
        settings = load_settings(chosen or CONFIG_FILE, environment())
    application = Application(settings, progress=progress)
    context.call_on_close(application.close)
    return application
