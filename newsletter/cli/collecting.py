"""`collect`: today's announcements, those of past days, and the check against arXiv's own record."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.common import Again, Config, Day, Json, chosen_day, open_application, past_day, today
from newsletter.cli.output import err, print_json
from newsletter.cli.reports import show_collected, show_gaps, show_reconciled
from newsletter.errors import UsageError

if TYPE_CHECKING:
    from newsletter.bootstrap import Application
    from newsletter.services.collect import CollectReport
    from newsletter.services.gaps import GapReport
    from newsletter.services.reconcile import ReconcileReport

__all__ = ["collect"]


def collect(
    context: typer.Context,
    config: Config = None,
    date: Day = None,
    again: Again = False,
    first: Annotated[
        str | None, typer.Option("--from", metavar="YYYY-MM-DD", help="Collect past days, from this one on.")
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", metavar="YYYY-MM-DD", help="The last of the past days; today by default.")
    ] = None,
    reconcile: Annotated[
        bool, typer.Option("--reconcile", help="Compare with arXiv's own record (OAI-PMH) and add what came late.")
    ] = False,
    json: Json = False,
) -> None:
    """Collect the day's announcements from every source, and what its feeds left out on the days before.

    Examples: `newsletter collect --date 2026-06-02`, `newsletter collect --from 2026-06-01 --to 2026-06-12`,
    `newsletter collect --reconcile`
    """
    from newsletter.services.gaps import GapReport

    application = open_application(context, config, quiet=json)
    days = _span(application, date, first, last)
    if reconcile:
        _check_record(application, days, json=json)
        return
    gaps = GapReport()
    if first is None and last is None:
        report, gaps = asyncio.run(_collect(application, days[0], again=again))
        reports: Sequence[CollectReport] = (report,)
        document = asdict(report) | {"gaps": [asdict(gap) for gap in gaps.open]}
    else:
        reports = asyncio.run(application.collecting.backfill().run(days[0], days[-1], again=again))
        document = {"days": [asdict(report) for report in reports]}
    if json:
        print_json(document)
    else:
        for report in reports:
            show_collected(report)
        show_gaps(gaps, days[0])
    if warning := application.collecting.calendar_warning():
        err.print(warning, soft_wrap=True)
    if any(report.failed or report.stale for report in reports):
        raise typer.Exit(1)
    if not any(report.is_fresh for report in reports):
        raise typer.Exit(3)


async def _collect(application: Application, day: dt.date, *, again: bool) -> tuple[CollectReport, GapReport]:
    """The day, and what feeds left out on the days before it."""
    collect = application.collecting.collect()
    report = await collect.run(day, again=again)
    gaps = await application.collecting.fill_gaps().run(day)
    return replace(report, listings=collect.ended(day)), gaps


def _span(application: Application, date: str | None, first: str | None, last: str | None) -> list[dt.date]:
    """The days that the options name.

    Raises:
        UsageError: they contradict each other.
    """
    if first is None and last is None:
        return [chosen_day(application, date)]
    if date is not None or first is None:
        msg = "--from names the first of several days and --to the last; --date names a single one. Use either."
        raise UsageError(msg)
    begin = past_day(application, first)
    end = today(application) if last is None else past_day(application, last)
    if not begin <= end or (end - begin).days > 366:
        msg = f"--from {begin} --to {end}: expected the first day before the last, and at most a year."
        raise UsageError(msg)
    return [begin + dt.timedelta(days=n) for n in range((end - begin).days + 1)]


def _check_record(application: Application, days: Sequence[dt.date], *, json: bool) -> None:
    checked = asyncio.run(_reconcile(application, days))
    if json:
        print_json({"days": [asdict(report) for report in checked]})
    else:
        show_reconciled(checked)
    if any(report.failed for report in checked):
        raise typer.Exit(1)
    if all(report.proves_nothing for report in checked):
        raise typer.Exit(3)


async def _reconcile(application: Application, days: Sequence[dt.date]) -> list[ReconcileReport]:
    service = application.collecting.reconcile()
    return [await service.run(day) for day in days]
