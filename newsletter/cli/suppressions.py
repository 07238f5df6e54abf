"""Suppressions: the addresses never to be mailed again, listed, added, lifted, taken in and given away."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.commands import Commands
from newsletter.cli.common import Config, Json, open_application
from newsletter.cli.output import err, out, print_json, table
from newsletter.domain.notation import counted
from newsletter.errors import AddressInvalid, UsageError

if TYPE_CHECKING:
    from newsletter.domain.subscribers import Cause, Suppression

__all__ = ["Csv", "Output", "app", "as_json", "checked_address", "explained", "write_out"]

app = Commands(help="Addresses never to be mailed again, kept as keyed hashes.")

Email = Annotated[str, typer.Argument(metavar="ADDRESS")]
Csv = Annotated[bool, typer.Option("--csv", help="CSV instead of TOML.")]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write to this file, which only you can read then."),
]


@app.command("list")
def list_(context: typer.Context, config: Config = None, json: Json = False) -> None:
    """List suppressions. Whose they are is not known here: `newsletter subscribers show ADDRESS` tells of an address.

    Example: `newsletter suppressions list`
    """
    store = open_application(context, config, quiet=json).store.suppressions
    if json:
        print_json({"suppressions": [as_json(one) for one in store.stream()]})
        return
    rows = [
        (one.digest[:12], f"{one.created_at:%Y-%m-%d}", one.cause, one.reason, one.event or "")
        for one in store.stream()
    ]
    table("Suppressions", ("Hash", "Since", "Cause", "Why", "Event"), rows)
    if not rows:
        err.print("No address is suppressed.")


@app.command()
def add(
    context: typer.Context,
    email: Email,
    reason: Annotated[str, typer.Option("--reason", help="Why, for whoever looks at it later.")] = "by the operator",
    config: Config = None,
) -> None:
    """Never mail an address again. A subscriber who has it stays, and gets nothing.

    Example: `newsletter suppressions add ada@example.org --reason "asked by letter"`
    """
    address = checked_address(email)
    if open_application(context, config).store.suppressions.suppress(address, " ".join(reason.split())[:200]):
        out.print(f"Suppressed {address}.", markup=False)
    else:
        out.print(f"{address} is suppressed already.", markup=False)


@app.command()
def remove(context: typer.Context, email: Email, config: Config = None) -> None:
    """Lift a suppression: let an address be mailed again. It subscribes nobody.

    Example: `newsletter suppressions remove ada@example.org`
    """
    store = open_application(context, config).store
    if not store.suppressions.lift(email):
        msg = f"{email} is not suppressed."
        raise UsageError(msg)
    known = store.subscribers.get(email)
    who = f"{email}, a subscriber ({known.state})" if known else f"{email}, who is no subscriber"
    out.print(f"No longer suppressed: {who}.", markup=False)


@app.command("import")
def import_(
    context: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="An export, a list of SES, SendGrid, Mailgun or Postmark, or addresses."),
    ],
    cause: Annotated[
        str, typer.Option(metavar="CAUSE", help="What suppresses them: hard, complaint or operator.")
    ] = "",
    config: Config = None,
    json: Json = False,
) -> None:
    """Take in suppressions: an export of ours (.toml or .csv), a sending service's list (.csv), addresses (.txt).

    Of a service's bounces those are passed over that say nothing against an address: full mailboxes, refused content.

    Examples: `newsletter suppressions import suppressions.toml`, `newsletter suppressions import bounces.csv`,
    `newsletter suppressions import spam-reports.csv --cause complaint`
    """
    application = open_application(context, config, quiet=json)
    taken = application.subscribing.take_in_suppressions(file, _cause(cause) if cause else None)
    for problem in taken.problems:
        err.print(str(problem), markup=False)
    if json:
        print_json(
            {
                "added": taken.added,
                "service": taken.service or None,
                "passed_over": taken.passed_over,
                "problems": [str(problem) for problem in taken.problems],
            }
        )
    else:
        were = "was" if taken.added == 1 else "were"
        out.print(f"{counted(taken.added, 'address', 'addresses')} suppressed that {were} not before.")
        if taken.passed_over:
            out.print(f"Passed over, for they say nothing against the address: {counted(taken.passed_over, 'bounce')}.")
    if taken.problems:
        raise typer.Exit(1)


@app.command()
def export(
    context: typer.Context,
    csv: Csv = False,
    service: Annotated[
        str,
        typer.Option(
            "--for",
            metavar="SERVICE",
            help="The addresses of suppressed subscribers, as ses, sendgrid, mailgun or postmark takes them in.",
        ),
    ] = "",
    output: Output = None,
    config: Config = None,
) -> None:
    """Write every suppression as its hash, and the keys: another newsletter that takes them in honours them.

    Whoever has the file can find out whether an address that they know is in it. A sending service needs the addresses
    themselves, which are known only of who is a subscriber.

    Examples: `newsletter suppressions export --output suppressions.toml`,
    `newsletter suppressions export --for ses --output ses.csv`
    """
    from newsletter.formats import SERVICES, write_service_list, write_suppressions

    application = open_application(context, config, quiet=True)
    if service:
        if service not in SERVICES:
            msg = f"--for {service}: expected {', '.join(SERVICES)}."
            raise UsageError(msg)
        write_out(write_service_list(service, application.subscribing.suppressed_subscribers()), output)
        return
    store = application.store.suppressions
    keys = store.keys() if store.count() else ()
    write_out(write_suppressions(store.stream(), ".csv" if csv else ".toml", keys=keys), output)


def _cause(text: str) -> Cause:
    from newsletter.domain.subscribers import Cause

    try:
        return Cause(text)
    except ValueError:
        msg = f"--cause {text}: expected {', '.join(Cause)}."
        raise UsageError(msg) from None


def write_out(pieces: Iterable[str], output: Path | None) -> None:
    """To a file of its owner alone, or to standard output; a file there that others can read is told of."""
    from newsletter.services.files import write_atomically

    if output is not None:
        write_atomically(output, "".join(pieces).encode(), private=True)
        err.print(f"Wrote {output}.", markup=False)
        return
    try:
        status = os.fstat(sys.stdout.fileno())
        if stat.S_ISREG(status.st_mode) and status.st_mode & 0o077:
            err.print("Others on this machine can read the file that this goes to; --output FILE writes a private one.")
    except (OSError, ValueError):  # standard output is no file at all
        pass
    for piece in pieces:
        sys.stdout.write(piece)


def checked_address(email: str) -> str:
    """An address as it is mailed to.

    Raises:
        UsageError: it is none.
    """
    from newsletter.domain.subscribers import check_address

    try:
        return check_address(email)
    except AddressInvalid as error:
        raise UsageError(str(error)) from error


def explained(suppression: Suppression) -> str:
    """Since when, and why."""
    return f"since {suppression.created_at:%Y-%m-%d} ({suppression.reason or 'no reason is kept'})"


def as_json(suppression: Suppression) -> dict[str, object]:
    """A suppression for programs."""
    since = suppression.created_at.isoformat() if suppression.created_at else None
    return {
        "hash": suppression.digest,
        "reason": suppression.reason,
        "created_at": since,
        "cause": suppression.cause.value,
        "event": suppression.event or None,
    }
