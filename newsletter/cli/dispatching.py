"""Sending: `dispatch`, and what `send` shares with it."""

from __future__ import annotations

from collections.abc import Collection
from json import loads
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from newsletter.cli.common import Config, Day, Json, Wait, Weekly, chosen_issue, open_application
from newsletter.cli.output import err, out, print_json
from newsletter.cli.reports import dispatched_as_json, show_dispatched, show_dry_run, show_taken_in
from newsletter.domain.notation import counted
from newsletter.errors import IssuePaused, NothingToDo, UsageError

if TYPE_CHECKING:
    from newsletter.bootstrap import Application
    from newsletter.domain.issues import IssueKey
    from newsletter.services.dispatch import DispatchReport

__all__ = ["DispatchOptions", "DryRun", "Late", "dispatch", "dispatch_issue", "dry_run_issue", "end", "go_on"]

DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Write the exact messages to a folder; publish and send nothing.")
]
Late = Annotated[bool, typer.Option("--late", help="Send it although it is older than dispatch.late_after.")]


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
    due: Annotated[
        bool, typer.Option("--due", help="Go on with whatever issue has mail that is due by now: run it every hour.")
    ] = False,
    json: Json = False,
) -> None:
    """Send the day's issue to every subscriber whose interests it meets.

    Safe to interrupt and to repeat: nobody gets it twice. Ctrl-C finishes what is open and leaves the rest queued.

    With `--due` nobody is added to an audience. It sends what waited for its reader's hour, what the relay put off, and
    what a dispatch that was killed has left, of the issues of the last days (dispatch.late_after).

    Examples: `newsletter dispatch --date 2026-06-02`, `newsletter dispatch --manifest outbox/2026-06-02`
    """
    if due:
        if date or weekly or dry_run or late or resume or wait or manifest:
            msg = "--due is about all issues: of the other options it takes --processes, --config and --json alone."
            raise UsageError(msg)
        application = open_application(context, config, quiet=json)
        reports = go_on(application, json=json, processes=processes)
        if json:
            print_json({"issues": [dispatched_as_json(report) for report in reports]})
        end(
            complete=all(report.is_complete for report in reports),
            interrupted=any(report.is_interrupted for report in reports),
        )
        return
    application = open_application(context, config, quiet=json, sample=dry_run)
    key = chosen_issue(application, date, weekly=weekly)
    if dry_run:
        result = dry_run_issue(application, key, json=json)
        if json:
            print_json(result)
        return
    application.records.check_published(key)
    options = DispatchOptions(resume, wait, manifest, processes or application.settings.dispatch.processes)
    report = dispatch_issue(application, key, options, late=late, json=json)
    if json:
        print_json(dispatched_as_json(report))
    end(complete=report.is_complete, interrupted=report.is_interrupted)


def end(*, complete: bool, interrupted: bool, waits: bool = False) -> None:
    """The exit status: Ctrl-C during a dispatch ends it in good order, and is Ctrl-C all the same.

    Until somebody approves there is nothing to do: no reason for a timer to call it a failure.
    """
    if interrupted:
        raise typer.Exit(130)
    if not complete:
        raise typer.Exit(1)
    if waits:
        raise typer.Exit(NothingToDo.exit_status)


def go_on(
    application: Application,
    *,
    json: bool,
    quiet: bool = False,
    processes: int | None = None,
    without: Collection[IssueKey] = (),
) -> list[DispatchReport]:
    """Send what is due by now of the last days' issues, adding nobody; returns how each ended.

    Pauses that have ended get their letter planned.

    `quiet` says nothing where there is nothing to do; `without` are issues that were sent just now.
    """
    planned = application.joining.plan_catch_ups().run(application.today)
    if planned and not json:
        letters = counted(planned, "letter waits", "letters wait")
        out.print(f"{letters} for `newsletter serve`: the best of what was missed during a pause.")
    reports: list[DispatchReport] = []
    options = DispatchOptions(processes=processes or application.settings.dispatch.processes, as_planned=True)
    keys = [key for key in application.sending.unfinished() if key not in without]
    if not (keys or planned or json or quiet):
        out.print("Nothing is due.")
    for key in keys:
        try:
            reports.append(dispatch_issue(application, key, options, late=False, json=json))
        except IssuePaused as error:  # by somebody else, at this moment
            err.print(str(error), markup=False, soft_wrap=True)
        if reports and reports[-1].is_interrupted:
            break
    return reports


class DispatchOptions(NamedTuple):
    """What `dispatch` may be told beyond the issue; `as_planned` adds nobody to its audience."""

    resume: bool = False
    wait: bool = False
    manifest: Path | None = None
    processes: int = 1
    as_planned: bool = False


def dispatch_issue(
    application: Application, key: IssueKey, options: DispatchOptions, *, late: bool, json: bool
) -> DispatchReport:
    """Plan an issue and send what is due of it."""
    from newsletter.services.dispatch import Manifest

    intake = application.returning.intake()
    # before the plan: an address that was refused for good gets nothing more, though the last dispatch was killed
    intake.refusals()
    plan = application.sending.plan()
    planned = plan.again(key) if options.as_planned else plan.run(key, late=late)
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


def dry_run_issue(application: Application, key: IssueKey, *, json: bool) -> dict[str, object]:
    """Write an issue's messages to the outbox; returns what is said of it to programs, nothing without `json`."""
    report = application.sending.dry_run().run(key)
    if not json:
        show_dry_run(report, key, sample=application.settings.sample)
        return {}
    deliveries = loads((report.folder / "manifest.json").read_bytes())["deliveries"]
    return {"issue": key.slug, "outbox": str(report.folder), "totals": dict(report.totals), "deliveries": deliveries}
