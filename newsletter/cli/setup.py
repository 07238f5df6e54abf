"""Setting up: `init` writes newsletter.toml, `db upgrade` brings the database up."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from newsletter.cli.commands import Commands
from newsletter.cli.common import CONFIG_FILE, Config, open_application
from newsletter.cli.output import out
from newsletter.errors import UsageError

__all__ = ["register"]

database = Commands(help="The database.")


def register(app: typer.Typer) -> None:
    """Put these commands on the command line."""
    app.command()(init)
    app.add_typer(database, name="db")


def init(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where; this folder by default.")] = Path(),
    force: Annotated[bool, typer.Option("--force", help="Replace a newsletter.toml that is there.")] = False,
) -> None:
    """Write a commented newsletter.toml to start from.

    Example: `newsletter init`
    """
    from newsletter.services.files import write_atomically

    target = folder / CONFIG_FILE
    if target.exists() and not force:
        msg = f"{target} exists already. Edit it, or replace it with --force."
        raise UsageError(msg)
    example = Path(__file__).with_name("newsletter.example.toml").read_bytes()
    write_atomically(target, example, private=True)
    out.print(f"Wrote {target}. Set [bold]from[/] and the categories you read, then:")
    out.print('  newsletter subscribers add you@example.org -i "large language models"', highlight=False)
    out.print("  newsletter send --dry-run")


@database.command()
def upgrade(context: typer.Context, config: Config = None) -> None:
    """Bring the database up to this version. Make a backup first.

    Example: `newsletter db upgrade`
    """
    application = open_application(context, config)
    before, after = application.upgrade_database()
    out.print(f"The database was at {before or 'nothing'} and is at {after}.", markup=False)
