"""`subscribers export-data` and `erase`: what is kept of one person."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.commands import Commands
from newsletter.cli.common import Config, Json, open_application
from newsletter.cli.output import err, out, print_json
from newsletter.cli.suppressions import checked_address
from newsletter.domain.notation import counted
from newsletter.errors import UsageError
from newsletter.private import write_private

if TYPE_CHECKING:
    from newsletter.services.personal_data import Erased

__all__ = ["register"]

_ONE = {
    "consents": "consent",
    "deliveries": "delivery",
    "events": "event",
    "letters": "letter",
    "requests": "request",
    "suppressions": "suppression",
}
"""What one row is called of those that a service counts by the name of several."""

Email = Annotated[str, typer.Argument(metavar="ADDRESS")]


def register(app: Commands) -> None:
    """Put the commands into their group."""
    app.command("export-data")(export_data)
    app.command()(erase)


def export_data(
    context: typer.Context,
    email: Email,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Into a file that only you can read.")
    ] = None,
    config: Config = None,
) -> None:
    """Print all that is kept of somebody, as JSON: what they may ask you for.

    It holds no link that acts for them. Example: `newsletter subscribers export-data ada@example.org -o ada.json`
    """
    application = open_application(context, config, quiet=True)
    address = checked_address(email)
    data = application.keeping.personal_data().export(email=address)
    if data is None:
        msg = f"Nothing is kept of {address}."
        raise UsageError(msg)
    if output is None:
        print_json(data)
        return
    write_private(output, json.dumps(data, ensure_ascii=False, indent=2).encode() + b"\n")
    err.print(f"Wrote {output}, which only you can read.", markup=False)


def erase(
    context: typer.Context,
    email: Email,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Without asking.")] = False,
    config: Config = None,
    json: Json = False,
) -> None:
    """Erase somebody: out of the database, the outboxes of dry runs, and mails that were kept for you.

    Unlike `remove`, which ends a subscription and leaves what was sent, this leaves numbers that tell of nobody. It
    cannot be taken back. Example: `newsletter subscribers erase ada@example.org`
    """
    application = open_application(context, config, quiet=json)
    address = checked_address(email)
    roster = application.subscribing.roster_of(address)
    if not yes:
        typer.confirm(f"Erase all that is kept of {address}? It cannot be taken back.", abort=True, err=True)
    personal = application.keeping.personal_data()
    erased = personal.erase(email=address)
    if json:
        print_json(
            {
                "rows": dict(erased.rows),
                "files": erased.files,
                "kept_out": erased.is_kept_out,
                "roster": str(roster) if roster else None,
            }
        )
    else:
        _show(address, erased)
    if roster is not None:
        err.print(
            f"{roster} still names {address}: take them out of that file. Until then every sync adds them again; "
            "they get no mail.",
            markup=False,
        )
    if not erased.is_nothing:  # last: where the disk is too full for it, they are erased all the same
        personal.clear_remains()


def _show(address: str, erased: Erased) -> None:
    if erased.is_nothing:
        out.print(f"Nothing was kept of {address}.", markup=False)
        return
    rows = ", ".join(counted(count, _ONE.get(name, name), name) for name, count in erased.rows.items() if count)
    files = counted(erased.files, "file") if erased.files else ""
    out.print(f"Erased {address}: {', '.join(filter(None, (rows, files)))}.", markup=False)
    if erased.is_kept_out:
        out.print("A hash of the address is kept, so that no file brings them back; joining again lifts it.")
    out.print("Backups, the mail server's logs and mailboxes elsewhere are yours to look after (docs/privacy.md).")
