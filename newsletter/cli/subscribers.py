"""Subscribers: add, list, show, remove, and rosters in and out."""

from __future__ import annotations

import sys
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.commands import Commands
from newsletter.cli.common import Config, Json, open_application
from newsletter.cli.output import err, out, print_json, table
from newsletter.cli.reports import show_roster
from newsletter.errors import AddressInvalid, UsageError

if TYPE_CHECKING:
    from newsletter.domain.subscriptions import Subscriber

__all__ = ["app"]

app = Commands(help="Who gets the newsletter, and what they want to read.")

Email = Annotated[str, typer.Argument(metavar="ADDRESS")]
SHOWN = 200
"""Rows of a list on a terminal; `--all` and `export` give everybody."""


@app.command()
def add(
    context: typer.Context,
    email: Email,
    interest: Annotated[list[str] | None, typer.Option("--interest", "-i", help="May be given several times.")] = None,
    name: Annotated[str, typer.Option(help="How the digest greets them.")] = "",
    language: Annotated[str, typer.Option(help="en, zh-Hans, …; the newsletter's by default.")] = "",
    weekly: Annotated[bool, typer.Option("--weekly", help="One digest a week.")] = False,
    max_papers: Annotated[int | None, typer.Option(min=1, help="At most so many papers in one digest.")] = None,
    resubscribe: Annotated[
        bool, typer.Option("--resubscribe", help="Even if they have unsubscribed: they asked to come back.")
    ] = False,
    config: Config = None,
) -> None:
    """Add a subscriber, or change one.

    Example: `newsletter subscribers add ada@example.org -i "language models" -i -title:survey --max-papers 30`
    """
    from newsletter.domain.addresses import check_address  # noqa: PLC0415  # help needs none of it
    from newsletter.domain.interest_budget import excess  # noqa: PLC0415
    from newsletter.domain.interest_parser import one_line, remarks  # noqa: PLC0415
    from newsletter.domain.subscriptions import Cadence, Subscriber, SubscriptionState  # noqa: PLC0415

    application = open_application(context, config)
    for text in interest or ():
        if problem := application.check_interest(text):
            msg = f"--interest {text!r}: {problem}"
            raise UsageError(msg)
    if reason := excess(interest or ()):
        msg = f"--interest: {reason}."
        raise UsageError(msg)
    try:
        address = check_address(email)
    except AddressInvalid as error:
        raise UsageError(str(error)) from error
    interests = tuple(map(one_line, interest or ()))
    subscriber = Subscriber(
        email=address,
        name=name,
        interests=interests,
        language=language,
        cadence=Cadence.WEEKLY if weekly else Cadence.DAILY,
        max_papers=max_papers,
        origin="cli",
    )
    store = application.store.subscribers
    if resubscribe:
        store.set_state(subscriber.email, SubscriptionState.CONFIRMED)
    added, _ = store.upsert([subscriber])
    kept = store.get(subscriber.email)
    if kept is not None and kept.state is SubscriptionState.UNSUBSCRIBED:
        err.print(f"{subscriber.email} has unsubscribed and stays so. If they asked to come back: --resubscribe.")
        raise typer.Exit(1)
    out.print(f"{'Added' if added else 'Changed'} {subscriber.email}.", markup=False)
    for remark in remarks(interests):
        out.print(f"Note: {remark}", markup=False)


@app.command("list")
def list_(
    context: typer.Context,
    config: Config = None,
    all_: Annotated[bool, typer.Option("--all", help=f"Everybody, not the first {SHOWN}.")] = False,
    json: Json = False,
) -> None:
    """List subscribers.

    Example: `newsletter subscribers list --json`
    """
    store = open_application(context, config, quiet=json).store.subscribers
    shown = store.stream() if all_ or json else islice(store.stream(), SHOWN)
    if json:
        print_json({"subscribers": [_as_json(s) for s in shown]})
        return
    rows = [
        (s.email, s.name, ", ".join(s.interests) or "everything", s.language, s.cadence, s.max_papers or "", s.state)
        for s in shown
    ]
    columns = ("Address", "Name", "Interests", "Language", "Cadence", "Limit", "State")
    table("Subscribers", columns, rows, right=("Limit",))
    count = store.count()
    if count > len(rows):
        err.print(f"The first {len(rows)} of {count}. Everybody: --all, or `newsletter subscribers export`.")


@app.command()
def show(context: typer.Context, email: Email, config: Config = None, json: Json = False) -> None:
    """Show one subscriber.

    Example: `newsletter subscribers show ada@example.org`
    """
    subscriber = open_application(context, config, quiet=json).store.subscribers.get(email)
    if subscriber is None:
        msg = f"Nobody is subscribed as {email}. `newsletter subscribers list` shows who is."
        raise UsageError(msg)
    values = _as_json(subscriber)
    if json:
        print_json(values)
    else:
        rows = [(name, "; ".join(v) if isinstance(v, list) else v) for name, v in values.items()]
        table(email, ("What", "Value"), [(name, value or _UNSET.get(name, "")) for name, value in rows])


@app.command()
def remove(
    context: typer.Context,
    email: Email,
    suppress: Annotated[bool, typer.Option("--suppress", help="And never mail this address again.")] = False,
    config: Config = None,
) -> None:
    """Forget a subscriber.

    Example: `newsletter subscribers remove ada@example.org --suppress`
    """
    store = open_application(context, config).store.subscribers
    if suppress:
        store.suppress(email, "removed by the operator")
    if not store.remove(email) and not suppress:
        msg = f"Nobody is subscribed as {email}."
        raise UsageError(msg)
    out.print(f"Removed {email}{' and suppressed it' if suppress else ''}.", markup=False)


@app.command()
def sync(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder of rosters (.toml, .csv), or one roster.")],
    config: Config = None,
) -> None:
    """Keep the subscribers equal to the rosters of a folder.

    Who stands in no roster any more is removed, unless a roster could not be read whole. `example.toml` is left out.

    Example: `newsletter subscribers sync subscribers/`
    """
    _take_in(context, config, folder, prune=True)


@app.command("import")
def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A roster (.toml or .csv).")],
    config: Config = None,
) -> None:
    """Add the subscribers of a roster once; nobody is removed.

    Example: `newsletter subscribers import people.csv`
    """
    _take_in(context, config, file, prune=False)


@app.command()
def export(
    context: typer.Context,
    csv: Annotated[bool, typer.Option("--csv", help="CSV instead of TOML.")] = False,
    config: Config = None,
) -> None:
    """Write every subscriber to standard output as a roster.

    Example: `newsletter subscribers export > subscribers/everybody.toml`
    """
    from newsletter.domain.rosters import write_roster  # noqa: PLC0415  # help needs none of it

    store = open_application(context, config, quiet=True).store.subscribers
    for piece in write_roster(store.stream(), ".csv" if csv else ".toml"):
        sys.stdout.write(piece)


def _take_in(context: typer.Context, config: Path | None, path: Path, *, prune: bool) -> None:
    report = open_application(context, config).sync_from(path, prune=prune)
    show_roster(report)
    if report.problems:
        raise typer.Exit(1)


_UNSET = {"interests": "everything", "language": "the newsletter's", "max_papers": "no limit"}
"""What it means to have none."""


def _as_json(s: Subscriber) -> dict[str, object]:
    return {
        "email": s.email,
        "name": s.name,
        "interests": list(s.interests),
        "language": s.language,
        "cadence": s.cadence.value,
        "max_papers": s.max_papers,
        "state": s.state.value,
        "origin": s.origin,
        "created_at": s.created_at.isoformat() if s.created_at else None,
    }
