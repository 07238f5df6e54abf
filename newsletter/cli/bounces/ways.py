"""`bounces serve` and `bounces poll`: reports that come by themselves."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from newsletter.cli.bounces.intake import show_messages
from newsletter.cli.commands import Commands
from newsletter.cli.common import Config, Json, open_application
from newsletter.cli.output import err, out, print_json
from newsletter.cli.reports import taken_as_json
from newsletter.domain.notation import Endpoint, counted, parse_endpoint
from newsletter.errors import MailboxUnavailable, StoreUnavailable, UsageError
from newsletter.services.bounces import Poll, Polled

__all__ = ["register"]


def register(app: Commands) -> None:
    """Put the commands into their group."""
    app.command()(serve)
    app.command()(poll)


def serve(
    context: typer.Context,
    config: Config = None,
    listen: Annotated[
        str | None,
        typer.Option(metavar="WHERE", help="For example lmtp:127.0.0.1:2424; bounces.listen by default."),
    ] = None,
) -> None:
    """Listen for your mail server, which delivers what comes back by LMTP or SMTP.

    A message is answered by 250 when it is stored. Ends by SIGTERM, when the messages on their way are in.
    Example: `newsletter bounces serve --listen lmtp:127.0.0.1:2424`
    """
    application = open_application(context, config)
    try:
        endpoint = parse_endpoint(listen or application.settings.bounces.listen)
    except ValueError as error:
        msg = f"--listen: {error}, got {listen!r}."
        raise UsageError(msg) from None
    address = application.settings.bounce_address
    application.store  # noqa: B018  # opened now: a database that cannot be used is told before anybody delivers

    def ready(where: Endpoint) -> None:
        out.print(f"Listening at {where} for mail to {address}", markup=False)

    application.returning.listener(endpoint, lambda line: out.print(line, markup=False)).run(ready)


def poll(
    context: typer.Context,
    config: Config = None,
    every: Annotated[
        int, typer.Option(min=0, metavar="SECONDS", help="Go on, and ask again so long after each time; 0 asks once.")
    ] = 0,
    json: Json = False,
) -> None:
    """Read the mailbox that bounces come to, by IMAP, store what it reports, and put the messages away.

    Reports go to `bounces.imap_read`, what is none to `bounces.imap_other` for you to look at. Example:
    `newsletter bounces poll --every 300`
    """
    application = open_application(context, config, quiet=json)
    mailbox = application.returning.poll()
    while every:
        try:
            _round(mailbox, json=json)
        except (MailboxUnavailable, StoreUnavailable) as error:
            err.print(f"To be tried again: {error}", markup=False)
        time.sleep(every)
    _round(mailbox, json=json)


def _round(mailbox: Poll, *, json: bool) -> None:
    polled = mailbox.run()
    if json:
        print_json(
            {
                "messages": polled.messages,
                "others": polled.others,
                "unreadable": polled.unreadable,
                **taken_as_json(polled.taken),
            }
        )
    else:
        _show(polled)


def _show(polled: Polled) -> None:
    show_messages(polled.messages, polled.taken)
    if polled.others:
        are = counted(polled.others, "message is", "messages are")
        out.print(f"{are} no report: look at the folder that bounces.imap_other names.")
    if polled.unreadable:
        err.print(f"{counted(polled.unreadable, 'message')} could not be read, and stayed in the mailbox.")
