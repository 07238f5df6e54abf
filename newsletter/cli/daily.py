"""The steps of the daily job, each a command of its own."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.common import Config, Day, Json, open_application, parse_day, today
from newsletter.cli.output import print_json
from newsletter.cli.reports import show_collected, show_enriched, show_issue, show_published

if TYPE_CHECKING:
    from newsletter.bootstrap import Application
    from newsletter.domain.issues import IssueKey

__all__ = ["register"]

Again = Annotated[bool, typer.Option("--again", help="Do it anew, even where it was done.")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Write the exact messages to a folder; publish and send nothing.")
]
Weekly = Annotated[bool, typer.Option("--weekly", help="The weekly issue whose last day this is.")]


def register(app: typer.Typer) -> None:
    """Put these commands on the command line."""
    for command in (collect, enrich, compose, publish):
        app.command()(command)


def collect(
    context: typer.Context, config: Config = None, date: Day = None, again: Again = False, json: Json = False
) -> None:
    """Collect the day's announcements from every source.

    Example: `newsletter collect --date 2026-06-02`
    """
    application = open_application(context, config, quiet=json)
    report = asyncio.run(application.collect().run(_day(application, date), again=again))
    if json:
        print_json(asdict(report))
    else:
        show_collected(report)
    if report.failed:
        raise typer.Exit(1)


def enrich(
    context: typer.Context, config: Config = None, date: Day = None, again: Again = False, json: Json = False
) -> None:
    """Summarise the papers of the day that have no summary yet.

    Example: `newsletter enrich --date 2026-06-02`
    """
    application = open_application(context, config, quiet=json)
    papers = [entry.paper for entry in application.compose().candidates(_day(application, date))]
    report = asyncio.run(application.enrich().run(papers, again=again))
    if json:
        print_json(asdict(report))
    else:
        show_enriched(report)


def compose(
    context: typer.Context,
    config: Config = None,
    date: Day = None,
    weekly: Weekly = False,
    revise: Annotated[bool, typer.Option("--revise", help="Make a new revision of an issue that is out.")] = False,
    json: Json = False,
) -> None:
    """Freeze the day's issue: which papers, in which order, with which summaries.

    Example: `newsletter compose --date 2026-06-02`
    """
    application = open_application(context, config, quiet=json)
    day = _day(application, date)
    issue = application.compose().run_weekly(day) if weekly else application.compose().run(day, revise=revise)
    if json:
        print_json(
            {"issue": issue.key.slug, "revision": issue.revision, "hash": issue.hash, "papers": len(issue.papers)}
        )
    else:
        show_issue(issue)


def publish(
    context: typer.Context, config: Config = None, date: Day = None, weekly: Weekly = False, json: Json = False
) -> None:
    """Write the issue's pages, feeds and Markdown into the site folder.

    Example: `newsletter publish --date 2026-06-02`
    """
    application = open_application(context, config, quiet=json, sample=True)
    report = application.publish().run(_key(_day(application, date), weekly=weekly))
    if json:
        print_json({"site": str(report.site), "written": report.written, "unchanged": report.unchanged})
    else:
        show_published(report)


def _day(application: Application, text: str | None) -> dt.date:
    return today(application) if text is None else parse_day(text)


def _key(day: dt.date, *, weekly: bool) -> IssueKey:
    from newsletter.domain.issues import Edition, IssueKey  # noqa: PLC0415  # help needs none of it

    return IssueKey(day, Edition.WEEKLY if weekly else Edition.DAILY)
