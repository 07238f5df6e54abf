"""The command tree, and the one place where an error becomes a message and an exit status."""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import Annotated

import typer
from rich.markup import escape

from newsletter import __version__
from newsletter.cli import (
    bounces,
    daily,
    editing,
    interests,
    letters,
    retention,
    sending,
    serve,
    setup,
    showing,
    status,
    subscribers,
    suppressions,
)
from newsletter.cli.commands import Commands
from newsletter.cli.common import Config
from newsletter.cli.logs import shorten_logs
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
app.add_typer(suppressions.app, name="suppressions")
app.add_typer(bounces.app, name="bounces")
app.add_typer(interests.app, name="interests")
status.register(app)
showing.register(app)
serve.register(app)
letters.register(app)
sending.register(app)
setup.register(app)
retention.register(app)


_MACHINE = {
    *(errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS, errno.EACCES, errno.EPERM),
    *(errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENAMETOOLONG, errno.ELOOP, errno.EMFILE, errno.ENFILE),
}
"""What a file or a folder of the operator's can be wrong with; any other OSError is a mistake of ours."""


def run() -> None:
    """Parse, run, and end with the right status. Errors of ours are a message; others keep their traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal that has no Chinese still gets the rest of a line
            stream.reconfigure(errors="backslashreplace")
    shorten_logs()
    try:
        try:
            app()
        finally:
            sys.stdout.flush()  # here, where an error of it is still told, not while Python shuts down
    except NewsletterError as error:
        err.print(f"[bold red]{'Nothing to do' if error.exit_status == 3 else 'Error'}:[/] ", end="")
        err.print(str(error), markup=False, highlight=False)
        sys.exit(error.exit_status)
    except KeyboardInterrupt:
        err.print("Stopped. What was done is kept; the same command goes on from here.")
        sys.exit(130)
    except BrokenPipeError:
        _leave_output()
        sys.exit(1)  # the reader of a pipe (`| head`) has gone
    except OSError as error:
        if error.errno not in _MACHINE:
            raise
        _leave_output()
        what = f"{error.filename!s} cannot be used" if error.filename else "Something could not be written"
        advice = "Check its folder, its rights and the disk's space, then run the command again."
        err.print(f"[bold red]Error:[/] {escape(f'{what}: {error.strerror}. {advice}')}", highlight=False)
        sys.exit(1)


def _leave_output() -> None:
    """Give up standard output, which Python would otherwise try again, and complain of, while it shuts down."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
