"""The editor's commands: `edit`, `approve`, `import`."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.common import (
    Config,
    Day,
    Json,
    Unnamed,
    Weekly,
    chosen_day,
    chosen_issue,
    open_application,
    parse_day,
)
from newsletter.cli.output import err, out, print_json
from newsletter.domain.notation import counted
from newsletter.errors import NewsletterError

if TYPE_CHECKING:
    from newsletter.services.importing import ImportReport

__all__ = ["register"]

_SHOWN = 10
"""How many problems are printed."""

NoOpen = Annotated[bool, typer.Option("--no-open", help="Only read and write the files; start no editor.")]


def register(app: typer.Typer) -> None:
    """Put these commands on the command line."""
    app.command()(edit)
    app.command()(approve)
    app.command(name="import")(import_)


def edit(
    context: typer.Context,
    unnamed: Unnamed = None,
    config: Config = None,
    date: Day = None,
    no_open: NoOpen = False,
    json: Json = False,
) -> None:
    """Write about an issue and its papers: order, drop, highlight, own words, a preface.

    Lays out a folder of Markdown files, one a paper and one for the issue, and reads back what you wrote in them. On a
    terminal it opens the folder in $VISUAL or $EDITOR in between. Run it again after every change.

    Examples: `newsletter edit --date 2026-06-02`, `newsletter edit --date 2026-06-02 --no-open`
    """
    application = open_application(context, config, quiet=json)
    day = chosen_day(application, date, unnamed)
    report = application.composing.edit().run(day)
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    if editor and out.is_terminal and not (no_open or json):
        _open(editor, report.folder)
        report = application.composing.edit().run(day)
    if json:
        print_json(
            {
                "folder": str(report.folder),
                "papers": report.papers,
                "noted": report.noted,
                "dropped": report.dropped,
                "problems": list(report.problems),
            }
        )
    else:
        _show_problems(report.problems)
        papers = counted(report.papers, "paper")
        from newsletter.domain.issues import IssueKey

        revise = " --revise" if application.composing.compose().is_out(IssueKey(day)) else ""
        none = ", which leaves the day without one: every paper is dropped" if report.dropped == report.papers else ""
        noted = f"{report.noted} {'has' if report.noted == 1 else 'have'}"
        out.print(
            f"{papers} in [bold]{report.folder}[/]; {noted} notes of yours. "
            f"They enter the issue with `newsletter compose --date {day}{revise}`{none}.",
            soft_wrap=True,
        )
    if report.problems:
        raise typer.Exit(1)


def approve(
    context: typer.Context,
    unnamed: Unnamed = None,
    config: Config = None,
    date: Day = None,
    weekly: Weekly = False,
    json: Json = False,
) -> None:
    """Let an issue go out, where `issue.approval` is on.

    Example: `newsletter approve --date 2026-06-02`
    """
    application = open_application(context, config, quiet=json)
    status = application.composing.approve().run(chosen_issue(application, date, unnamed, weekly=weekly))
    if json:
        print_json({"issue": status.key.slug, "revision": status.revision, "state": status.state, "hash": status.hash})
    else:
        out.print(f"Issue [bold]{status.key.slug}[/] is {status.state} ({counted(status.papers, 'paper')}).")


def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A published digest.")],
    profile: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help="arxiv-daily, hf-daily, paper-express or jsonl.")
    ],
    config: Config = None,
    date: Day = None,
    json: Json = False,
) -> None:
    """Take in a back archive: papers, summaries, ratings and an editor's text.

    The issue of its day is then what was published: every paper, in that order and those words.

    Example: `newsletter import 2024-07-16.md --format arxiv-daily --date 2024-07-16`
    """
    application = open_application(context, config, quiet=json)
    report = application.composing.importing().run(file, profile, parse_day(date) if date else None)
    missing = [tag for tag in report.summaries if tag not in application.settings.languages]
    if json:
        print_json(
            {
                "date": report.day.isoformat(),
                "papers": report.papers,
                "new_papers": report.new_papers,
                "summaries": dict(report.summaries),
                "notes": report.notes,
                "replaced": report.replaced,
                "problems": list(report.problems),
                "issue": report.issue.key.slug if report.issue else None,
            }
        )
    else:
        _show_imported(report, missing)
    if report.problems:
        raise typer.Exit(1)


def _show_imported(report: ImportReport, missing: Sequence[str]) -> None:
    """What came in; `missing` are the languages of summaries that nothing shows."""
    _show_problems(report.problems)
    summaries = [f"{counted(count, 'summary', 'summaries')} in {tag}" for tag, count in report.summaries.items()]
    out.print(
        f"{report.day}: {counted(report.papers, 'paper')} ({report.new_papers} new), "
        f"{', '.join(summaries) or 'no summaries'}, {counted(report.notes, 'note')}."
    )
    if report.replaced:
        before = counted(report.replaced, "paper")
        out.print(f"In place of what was imported in this format for that day before ({before}).")
    if report.issue is None:
        out.print(
            f"The issue of that day is published: `newsletter compose --date {report.day} --revise` makes a new one."
        )
    if missing:
        out.print(f"To show them, add {', '.join(missing)} to enrich.languages in newsletter.toml.")


def _show_problems(problems: Sequence[str]) -> None:
    """The first of them, and how many more there are: a thousand lines tell nobody more."""
    for problem in problems[:_SHOWN]:
        err.print(problem, markup=False, soft_wrap=True)
    if len(problems) > _SHOWN:
        err.print(f"and {len(problems) - _SHOWN:,} more; `--json` lists them all", markup=False, soft_wrap=True)


def _open(editor: str, folder: Path) -> None:
    try:
        subprocess.run([*shlex.split(editor), str(folder)], check=False)  # noqa: S603  # the user's own editor
    except (OSError, ValueError) as error:
        msg = f"The editor {editor!r} cannot be started ({error}). Set $EDITOR, or use --no-open."
        raise NewsletterError(msg) from error
