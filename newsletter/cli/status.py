"""`status`: what came, what went out, and what is wrong, for a person who asks why there is no mail."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from newsletter.cli.common import Config, Json, open_application
from newsletter.cli.output import err, out, print_json, table
from newsletter.cli.reports import told_count, told_reasons
from newsletter.domain.notation import counted

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Put the command on the command line."""
    app.command()(status)


def status(
    context: typer.Context,
    config: Config = None,
    days: Annotated[int, typer.Option(min=1, max=36_500, help="How many days back.")] = 7,
    json: Json = False,
) -> None:
    """Show the last days: what each feed gave, which issues went out, to how many.

    Example: `newsletter status --days 14`
    """
    application = open_application(context, config, quiet=json, sample=True)
    listings, issues = application.records.recent(days)
    dropped = application.records.dropped(days)
    failed = application.records.without_summary(days)
    gaps = application.collecting.open_gaps()
    if json:
        print_json(
            {
                "subscribers": application.store.subscribers.count(),
                "listings": [asdict(x) for x in listings],
                "issues": [
                    {"issue": i.key.slug, "state": i.state, "papers": i.papers, "deliveries": totals}
                    for i, totals in issues
                ],
                "gaps": [asdict(gap) for gap in gaps],
                "dropped": [{"day": day.isoformat(), "papers": count} for day, count in dropped.items()],
                "failed_summaries": [{"day": day.isoformat(), "failures": kinds} for day, kinds in failed.items()],
            }
        )
        return
    columns = ("Day", "Source", "Feed", "Status", "Papers", "Note")
    table("Listings", columns, [(x.day, x.source, x.feed, x.status, told_count(x), x.note) for x in listings])
    today = application.today
    for gap in gaps:
        err.print(f"Missing: {gap.told(today)}", markup=False, soft_wrap=True)
    out.print()
    rows = [
        (
            i.key.slug,
            i.revision,
            i.state,
            "none: a notice" if i.is_silent else i.papers,
            ", ".join(f"{n} {name}" for name, n in totals.items()) or "none yet",
        )
        for i, totals in issues
    ]
    table("Issues", ("Issue", "Revision", "State", "Papers", "Deliveries"), rows, right=("Revision", "Papers"))
    for day, count in dropped.items():
        out.print(f"{day} has no issue: the editor dropped its {counted(count, 'paper')}.")
    for day, kinds in failed.items():
        told = ", ".join(f"{kind}: {sum(whys.values())}{told_reasons(whys)}" for kind, whys in sorted(kinds.items()))
        out.print(f"{day}: summaries that could not be used: {told}.", markup=False, soft_wrap=True)
    if warning := application.collecting.calendar_warning():
        err.print(warning, soft_wrap=True)
    count = application.store.subscribers.count()
    out.print(f"\n{counted(count, 'subscriber')} in {application.store.database.label}", markup=False)
