"""Rosters in and out: `subscribers sync`, `import` and `export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from newsletter.cli.common import Config, open_application
from newsletter.cli.reports import show_roster
from newsletter.cli.suppressions import Csv, Output, write_out
from newsletter.errors import UsageError

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Put these commands among those about subscribers."""
    app.command()(sync)
    app.command("import")(import_)
    app.command()(export)


def sync(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder of rosters (.toml, .csv), or one roster.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
    config: Config = None,
) -> None:
    """Keep the subscribers equal to the rosters of a folder.

    Who stands in no roster any more is removed, but nobody whose row may be one that cannot be read. `example.toml` is
    left out.

    Example: `newsletter subscribers sync subscribers/`
    """
    report = open_application(context, config).subscribing.sync_from(folder, dry_run=dry_run)
    show_roster(report)
    if report.problems:
        raise typer.Exit(1)


def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A roster or an export (.toml or .csv).")],
    state: Annotated[
        str, typer.Option("--state", help="Of rows that do not say it: confirmed, unconfirmed or unsubscribed.")
    ] = "confirmed",
    config: Config = None,
) -> None:
    """Add the subscribers of a roster or an export once, with its suppressions; nobody is removed.

    They belong to no roster: a later sync leaves them alone, unless a roster names them too.

    Example: `newsletter subscribers import people.csv`
    """
    from newsletter.domain.subscribers import SubscriptionState

    states = [known.value for known in SubscriptionState if known is not SubscriptionState.FEED]
    if state not in states:
        msg = f"--state: expected {', '.join(states)}, got {state[:80]!r}."
        raise UsageError(msg)
    report = open_application(context, config).subscribing.sync_from(file, once=True, state=SubscriptionState(state))
    show_roster(report)
    if report.problems:
        raise typer.Exit(1)


def export(
    context: typer.Context,
    csv: Csv = False,
    output: Output = None,
    config: Config = None,
) -> None:
    """Write every subscriber with their state, and every suppression, as a roster: what `import` reads elsewhere.

    Who reads by a private feed alone has no address, and is not in it.

    Example: `newsletter subscribers export --output people.toml`
    """
    from newsletter.formats import write_roster

    store = open_application(context, config, quiet=True).store
    suppressions = store.suppressions
    pieces = write_roster(
        store.subscribers.stream(),
        ".csv" if csv else ".toml",
        suppressions=suppressions.stream(),
        keys=suppressions.keys() if suppressions.count() else (),
    )
    write_out(pieces, output)
