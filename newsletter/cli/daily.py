"""The daily job: `send`, and each of its steps as a command of its own.

Long because the steps stand side by side: each declares its options, calls its service and prints, and `send` calls
them all.
"""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.collecting import collect
from newsletter.cli.common import (
    Again,
    Config,
    Day,
    Json,
    Wait,
    Weekly,
    chosen_day,
    chosen_issue,
    open_application,
)
from newsletter.cli.dispatching import (
    DispatchOptions,
    DryRun,
    Late,
    dispatch,
    dispatch_issue,
    dry_run_issue,
    end,
    go_on,
)
from newsletter.cli.output import err, out, print_json
from newsletter.cli.reports import (
    dispatched_as_json,
    show_collected,
    show_enriched,
    show_gaps,
    show_issue,
    show_published,
    show_roster,
)
from newsletter.errors import ApprovalMissing, NewsletterError, NothingToDo, UsageError

if TYPE_CHECKING:
    from newsletter.bootstrap import Application
    from newsletter.domain.issues import IssueKey
    from newsletter.services.daily import PreparedDay

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Put these commands on the command line."""
    for command in (send, collect, enrich, compose, publish, dispatch):
        app.command()(command)


def send(
    context: typer.Context,
    config: Config = None,
    date: Day = None,
    dry_run: DryRun = False,
    late: Late = False,
    wait: Wait = False,
    json: Json = False,
) -> None:
    """Run the whole day: collect, enrich, compose, publish, dispatch.

    Safe to repeat: what was done is not done again, and nobody gets an issue twice.

    Examples: `newsletter send --dry-run`, `newsletter send --date 2026-06-02`
    """
    application = open_application(context, config, quiet=json, sample=dry_run)
    day = chosen_day(application, date)
    if not dry_run:
        application.sending.check_relay()
    roster = application.subscribing.sync_roster()
    if not json:
        show_roster(roster)
    try:
        prepared = application.composing.daily().prepare(day)
    except NewsletterError:
        if not dry_run:  # what waits for its hour, or for its relay, goes whether this day has an issue or not
            go_on(application, json=json, quiet=True)
            application.keeping.retention().run_daily()
        raise
    mistakes = [f"roster: {problem}" for problem in roster.problems] if roster else []
    if not json:
        _show_prepared(prepared)
    results: list[dict[str, object]] = []
    waits: list[str] = []
    # a mistake in a roster is told every day, and a gap that the next run tries to close: no reasons to run it again
    complete, interrupted = not prepared.problems, False
    for issue in prepared.issues:
        if not json:
            show_issue(issue)
        if dry_run:
            results.append(dry_run_issue(application, issue.key, json=json))
            continue
        if why := _waits(application, issue.key, json=json):
            waits.append(why)
            results.append({"issue": issue.key.slug, "waiting": why})
            continue
        recent = late or application.sending.is_awaited(issue)
        options = DispatchOptions(wait=wait, processes=application.settings.dispatch.processes)
        report = dispatch_issue(application, issue.key, options, late=recent, json=json)
        complete = complete and report.is_complete
        results.append(dispatched_as_json(report))
        if interrupted := report.is_interrupted:
            break
    done = [issue.key for issue in prepared.issues]
    reports = [] if dry_run or interrupted else go_on(application, json=json, quiet=True, without=done)
    if not dry_run:  # last: readers wait for their issue, and nobody for this
        application.keeping.retention().run_daily()
    complete = complete and all(report.is_complete for report in reports)
    interrupted = interrupted or any(report.is_interrupted for report in reports)
    if json:
        results += map(dispatched_as_json, reports)
        problems = [*mistakes, *prepared.problems, *prepared.gaps.told(day)]
        document = {"date": day.isoformat(), "dry_run": dry_run, "complete": complete, "problems": problems}
        print_json(document | {"gaps": [asdict(gap) for gap in prepared.gaps.open], "issues": results})
    end(complete=complete, interrupted=interrupted, waits=bool(waits))


def _show_prepared(prepared: PreparedDay) -> None:
    """How the day's preparation went."""
    show_collected(prepared.collected)
    show_gaps(prepared.gaps, prepared.day)
    show_enriched(prepared.enriched)
    for why in prepared.missing:
        err.print(why, markup=False)


def enrich(
    context: typer.Context,
    config: Config = None,
    date: Day = None,
    again: Again = False,
    paper: Annotated[
        list[str] | None, typer.Option("--paper", metavar="ID", help="Only this paper; may be given several times.")
    ] = None,
    json: Json = False,
) -> None:
    """Summarise the papers of the day that have no summary yet.

    Examples: `newsletter enrich --date 2026-06-02`, `newsletter enrich --again --paper 2606.00073`
    """
    application = open_application(context, config, quiet=json)
    papers = (
        application.records.papers(paper)
        if paper
        else application.composing.scope().papers(chosen_day(application, date))
    )
    if not papers:
        day = chosen_day(application, date)
        msg = f"No paper of {day} to summarise. `newsletter collect --date {day}` shows what was announced."
        raise NothingToDo(msg)
    report = asyncio.run(application.composing.enrich().run(papers, again=again))
    if json:
        print_json(asdict(report))
    else:
        show_enriched(report)
    if report.stopped:
        raise typer.Exit(1)


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
    day = chosen_day(application, date)
    composing = application.composing.compose()
    from newsletter.domain.issues import IssueKey

    is_out = not revise and not weekly and composing.is_out(IssueKey(day))
    issue = composing.run_weekly(day) if weekly else composing.run(day, revise=revise)
    if json:
        counts = {"revision": issue.revision, "hash": issue.hash, "papers": len(issue.papers)}
        print_json({"issue": issue.key.slug, "kept": is_out, **counts})
        return
    show_issue(issue)
    if is_out:
        out.print(
            f"It is out, and stays as it is. What was edited or collected since enters a new revision: "
            f"`newsletter compose --date {day} --revise`, then publish it.",
            soft_wrap=True,
        )


def publish(
    context: typer.Context,
    config: Config = None,
    date: Day = None,
    weekly: Weekly = False,
    whole: Annotated[
        bool, typer.Option("--all", help="Make the whole site again from all published issues; remove what is stale.")
    ] = False,
    json: Json = False,
) -> None:
    """Write the issue's pages, feeds and Markdown into the site folder.

    After a change of base_url, languages, topics or templates, `--all` makes every page again. Of what lies in the
    folder it removes only files that this program wrote and nobody changed since.

    Examples: `newsletter publish --date 2026-06-02`, `newsletter publish --all`
    """
    if whole and (date or weekly):
        msg = "--all is about all issues: leave out --date and --weekly."
        raise UsageError(msg)
    application = open_application(context, config, quiet=json, sample=True)
    publishing = application.publishing.publish()
    report = publishing.run_all() if whole else publishing.run(chosen_issue(application, date, weekly=weekly))
    if json:
        counts: dict[str, object] = {"written": report.written, "unchanged": report.unchanged}
        of_site = {"issues": report.issues, "removed": report.removed} if whole else {}
        print_json({"site": str(report.site), **counts, **of_site})
    else:
        show_published(report)


def _waits(application: Application, key: IssueKey, *, json: bool) -> str:
    """Publish an issue; returns what it waits for where somebody has to approve it first."""
    try:
        published = application.publishing.publish().run(key)
    except ApprovalMissing as error:
        if not json:
            err.print(str(error), markup=False, soft_wrap=True)
        return str(error)
    if not json:
        show_published(published)
    return ""
