"""`serve`: the pages behind the links of every mail, and the published site."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Annotated

import typer

from newsletter.cli.common import Config, open_application
from newsletter.cli.letters import letters_beside
from newsletter.cli.output import err, out
from newsletter.cli.retention import housekeeping_beside

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Put the command on the command line."""
    app.command()(serve)


def serve(
    context: typer.Context,
    config: Config = None,
    host: Annotated[str | None, typer.Option(help="Where to listen; web.host by default.")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="web.port by default; 0 takes any that is free.")
    ] = None,
) -> None:
    """Serve the readers' pages, the published site, and /health; mail what readers ask for there.

    Put a web server with TLS before it (docs/web.md). Example: `newsletter serve --port 8000`
    """
    application = open_application(context, config, sample=True)
    from newsletter.services.housekeeping import FeedReadings
    from newsletter.web.serving.server import allow_files, listen, make_server
    from newsletter.web.serving.troubles import Troubles
    from newsletter.web.wiring import web_application, web_limits

    settings = application.settings
    with listen(host or settings.web.host, settings.web.port if port is None else port) as line:
        troubles, limits, readings = Troubles(), web_limits(application), FeedReadings()
        possible = allow_files(limits.connections)
        if possible < limits.connections:
            err.print(f"The system allows {possible} connections, fewer than web.connections ({limits.connections}).")
            limits = replace(limits, connections=possible)
        server = make_server(web_application(application, troubles, readings), limits, troubles=troubles)
        where, number = line.getsockname()[:2]
        address = f"http://{f'[{where}]' if ':' in where else where}:{number}/"
        out.print(f"Serving {settings.path(settings.publish.site)} at {address}", markup=False)
        if not settings.newsletter.base_url:
            err.print("newsletter.base_url is not set, so mails carry no links to these pages.")
        # uvicorn has ended every answer by then and raises the signal again
        with letters_beside(application), housekeeping_beside(application, readings), suppress(KeyboardInterrupt):
            server.run(sockets=[line])
