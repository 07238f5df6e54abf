"""The command tree, and the one place where an error becomes a message and an exit status."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from newsletter import __version__
from newsletter.cli import daily, editing, interests, sending, serve, setup, showing, status, subscribers
from newsletter.cli.commands import Commands
from newsletter.cli.common import Config
from newsletter.cli.output import Terminal, err
from newsletter.errors import NewsletterError

__all__ = ["app", "run"]

EPILOG = """Exit status: 0 done, 1 failed, 2 wrong usage or configuration, 3 nothing to do (no announcement expected).

Begin with `newsletter send --dry-run`: without a newsletter.toml it shows the bundled sample."""

app = Commands(
    name="newsletter",
    help="The day's research papers as mail, feeds and pages, to everybody by their interests.",
    epilog=EPILOG,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:  # typer calls it with the option's value
    if wanted:
        typer.echo(f"newsletter {__version__}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    config: Config = None,
    version: Annotated[  # noqa: ARG001  # its callback does the work
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Keep what holds for every command."""
    context.obj = Terminal.config = config


daily.register(app)
editing.register(app)
app.add_typer(subscribers.app, name="subscribers")
app.add_typer(interests.app, name="interests")
status.register(app)
showing.register(app)
serve.register(app)
sending.register(app)
setup.register(app)


def run() -> None:
    """Parse, run, and end with the right status. Errors of ours are a message; others keep their traceback."""
    try:
        app()
    except NewsletterError as error:
        err.print(f"[bold red]{'Nothing to do' if error.exit_status == 3 else 'Error'}:[/] ", end="")
        err.print(str(error), markup=False, highlight=False)
        sys.exit(error.exit_status)
    except KeyboardInterrupt:
        err.print("Stopped. What was done is kept; the same command goes on from here.")
        sys.exit(130)
    except BrokenPipeError:
        # the reader of a pipe (`| head`) has gone: Python would complain once more while it shuts down
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
