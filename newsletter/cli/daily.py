"""The daily job: `send`, and each of its steps as a command of its own.

Long because the steps stand side by side: each declares its options, calls its service and prints, and `send` calls
them all.
"""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from json import loads
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

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
from newsletter.cli.output import err, out, print_json
from newsletter.cli.reports import (
    dispatched_as_json,
    show_collected,
    show_dispatched,
    show_dry_run,
    show_enriched,
    show_gaps,
    show_issue,
    show_published,
    show_roster,
    show_taken_in,
)
from newsletter.errors import ApprovalMissing, NothingToDo, UsageError

if TYPE_CHECKING:
    from newsletter.bootstrap import Application
    from newsletter.domain.issues import IssueKey
    from newsletter.services.dispatch import DispatchReport

__all__ = ["register"]

DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Write the exact messages to a folder; publish and send nothing.")
]
Late = Annotated[bool, typer.Option("--late", help="Send it although it is older than dispatch.late_after.")]


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
    prepared = application.composing.daily().prepare(day)
    mistakes = [f"roster: {problem}" for problem in roster.problems] if roster else []
    if not json:
        show_collected(prepared.collected)
        show_gaps(prepared.gaps, day)
        show_enriched(prepared.enriched)
        for why in prepared.missing:
            err.print(why, markup=False)
    results: list[dict[str, object]] = []
    waits: list[str] = []
    # a mistake in a roster is told every day, and a gap that the next run tries to close: no reasons to run it again
    complete, interrupted = not prepared.problems, False
    for issue in prepared.issues:
        if not json:
            show_issue(issue)
        if dry_run:
            results.append(_dry_run(application, issue.key, json=json))
            continue
        if why := _waits(application, issue.key, json=json):
            waits.append(why)
            results.append({"issue": issue.key.slug, "waiting": why})
            continue
        recent = late or application.sending.is_awaited(issue)
        options = _Options(wait=wait, processes=application.settings.dispatch.processes)
        report = _dispatch(application, issue.key, options, late=recent, json=json)
        complete = complete and report.is_complete
        results.append(dispatched_as_json(report))
        if interrupted := report.is_interrupted:
            break
    if json:
        problems = [*mistakes, *prepared.problems, *prepared.gaps.told(day)]
        document = {"date": day.isoformat(), "dry_run": dry_run, "complete": complete, "problems": problems}
        print_json(document | {"gaps": [asdict(gap) for gap in prepared.gaps.open], "issues": results})
    _end(complete=complete, interrupted=interrupted, waits=bool(waits))


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
    is_out = not revise and not weekly and composing.is_out(day)
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


def dispatch(
    context: typer.Context,
    config: Config = None,
    date: Day = None,
    weekly: Weekly = False,
    dry_run: DryRun = False,
    late: Late = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on although the issue is paused.")] = False,
    wait: Wait = False,
    manifest: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Send exactly what this dry run wrote, and stop if it differs.")
    ] = None,
    processes: Annotated[
        int | None, typer.Option(min=1, max=64, help="How many processes send; dispatch.processes by default.")
    ] = None,
    json: Json = False,
) -> None:
    """Send the day's issue to every subscriber whose interests it meets.

    Safe to interrupt and to repeat: nobody gets it twice. Ctrl-C finishes what is open and leaves the rest queued.

    Examples: `newsletter dispatch --date 2026-06-02`, `newsletter dispatch --manifest outbox/2026-06-02`
    """
    application = open_application(context, config, quiet=json, sample=dry_run)
    key = chosen_issue(application, date, weekly=weekly)
    if dry_run:
        result = _dry_run(application, key, json=json)
        if json:
            print_json(result)
        return
    application.records.check_published(key)
    options = _Options(resume, wait, manifest, processes or application.settings.dispatch.processes)
    report = _dispatch(application, key, options, late=late, json=json)
    if json:
        print_json(dispatched_as_json(report))
    _end(complete=report.is_complete, interrupted=report.is_interrupted)


def _end(*, complete: bool, interrupted: bool, waits: bool = False) -> None:
    """The exit status: Ctrl-C during a dispatch ends it in good order, and is Ctrl-C all the same.

    Until somebody approves there is nothing to do: no reason for a timer to call it a failure.
    """
    if interrupted:
        raise typer.Exit(130)
    if not complete:
        raise typer.Exit(1)
    if waits:
        raise typer.Exit(NothingToDo.exit_status)


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


class _Options(NamedTuple):
    """What `dispatch` may be told beyond the issue."""

    resume: bool = False
    wait: bool = False
    manifest: Path | None = None
    processes: int = 1


def _dispatch(application: Application, key: IssueKey, options: _Options, *, late: bool, json: bool) -> DispatchReport:
    from newsletter.services.dispatch import Manifest

    intake = application.returning.intake()
    # before the plan: an address that was refused for good gets nothing more, though the last dispatch was killed
    intake.refusals()
    planned = application.sending.plan().run(key, late=late)
    if options.processes > 1 and options.manifest is None:
        report = application.sending.send_in_processes(key, options.processes, resume=options.resume, wait=options.wait)
    else:
        with application.sending.watching(f"Sending {key.slug}", planned) as watch:
            report = application.sending.send().run(
                planned.issue,
                manifest=Manifest.read(options.manifest) if options.manifest else None,
                resume=options.resume,
                wait=options.wait,
                watch=watch,
            )
    taken = intake.refusals()
    intake.prune()
    if not json:
        show_dispatched(report)
        show_taken_in(taken)
    return report


def _dry_run(application: Application, key: IssueKey, *, json: bool) -> dict[str, object]:
    report = application.sending.dry_run().run(key)
    if not json:
        show_dry_run(report, key, sample=application.settings.sample)
        return {}
    deliveries = loads((report.folder / "manifest.json").read_bytes())["deliveries"]
    return {"issue": key.slug, "outbox": str(report.folder), "totals": dict(report.totals), "deliveries": deliveries}
