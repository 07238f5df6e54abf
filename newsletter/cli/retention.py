"""`retention`: let go of what is old; the same beside the pages of `serve`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.common import Config, Json, open_application
from newsletter.cli.output import out, print_json
from newsletter.domain.notation import counted

if TYPE_CHECKING:
    from newsletter.bootstrap import Application
    from newsletter.services.housekeeping import FeedReadings

__all__ = ["housekeeping_beside", "register"]

_GRACE = 5.0
"""Seconds that a transaction of the housekeeping is waited for."""
_NAMES = {
    "unconfirmed": ("person who never confirmed", "people who never confirmed"),
    "feeds": ("feed that nobody reads", "feeds that nobody reads"),
    "requests": ("request", "requests"),
    "letters": ("letter", "letters"),
    "deliveries": ("delivery", "deliveries"),
    "evidence": ("event's evidence", "events' evidence"),
    "events": ("event", "events"),
}


def register(app: typer.Typer) -> None:
    """Put the command on the command line."""
    app.command()(retention)


def retention(
    context: typer.Context,
    config: Config = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say how much it is, and change nothing.")] = False,
    rewrite: Annotated[
        bool, typer.Option("--rewrite", help="And write the database's files anew: nobody can use it meanwhile.")
    ] = False,
    json: Json = False,
) -> None:
    """Let go of what is kept of people when its time is over (`[retention]`). `send` and `serve` do so once a day.

    Example: `newsletter retention --dry-run`
    """
    application = open_application(context, config, quiet=json)
    service = application.keeping.retention()
    counts = service.count() if dry_run else service.run(rewrite=rewrite)
    if json:
        print_json({"dry_run": dry_run, **{what.value: count for what, count in counts.items()}})
        return
    told = [counted(count, *_NAMES[what]) for what, count in counts.items() if count]
    out.print(f"{'Would let go of' if dry_run else 'Let go of'} {', '.join(told) or 'nothing'}.")


@contextmanager
def housekeeping_beside(application: Application, readings: FeedReadings) -> Iterator[None]:
    """Keep house while something else goes on."""
    if application.settings.sample:
        yield
        return
    housekeeper = application.beside().keeping.housekeeper(readings)
    housekeeper.start()
    try:
        yield
    finally:
        housekeeper.end(_GRACE)
