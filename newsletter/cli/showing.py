"""`preview` and `export`: an issue in the browser while templates are written, and as one document."""

from __future__ import annotations

import sys
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsletter.cli.common import Config, Day, Unnamed, Weekly, chosen_issue, open_application
from newsletter.cli.output import out

if TYPE_CHECKING:
    from newsletter.services.preview import Preview

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Put these commands on the command line."""
    app.command()(preview)
    app.command()(export)


def preview(
    context: typer.Context,
    unnamed: Unnamed = None,
    config: Config = None,
    date: Day = None,
    weekly: Weekly = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where to listen; 0 takes any that is free.")] = 8008,
) -> None:
    """Show an issue's mail, feeds and pages in the browser, anew whenever a template changes.

    Example: `newsletter preview --date 2026-06-02`, with `templates = "my-templates"` under `[newsletter]`
    """
    application = open_application(context, config, sample=True)
    key = chosen_issue(application, date, unnamed, weekly=weekly)
    from newsletter.web.serving.server import listen

    shown = application.publishing.preview(key)
    with (
        listen("127.0.0.1", port, advice="Name another by --port; 0 takes any that is free.") as line,
        ThreadingHTTPServer(line.getsockname()[:2], _handler(shown), bind_and_activate=False) as server,
    ):
        server.socket.close()
        server.socket = line
        address = f"http://127.0.0.1:{line.getsockname()[1]}/"
        out.print(f"Preview of {key.slug} at {address} (Ctrl-C ends it)", markup=False)
        with suppress(KeyboardInterrupt):
            server.serve_forever()


def _handler(preview: Preview) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # http.server calls it so
            status, media_type, body = preview.answer(self.path.partition("?")[0])
            self.send_response(status)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.send_header("X-Content-Type-Options", "nosniff")
            self.end_headers()
            with suppress(ConnectionError):
                self.wfile.write(body)

        def log_message(self, *_: Any) -> None:  # noqa: ANN401  # as the base class has it
            """Nothing: the terminal is for the person."""

    return Handler


def export(
    context: typer.Context,
    form: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help="arxiv-daily, hf-daily, paper-express or jsonl.")
    ],
    unnamed: Annotated[str | None, typer.Argument(metavar="DATE", help="The issue's day; today by default.")] = None,
    config: Config = None,
    date: Annotated[str | None, typer.Option("--date", hidden=True)] = None,
    weekly: Weekly = False,
    compat: Annotated[bool, typer.Option("--compat", help="As it was published, faults and all.")] = False,
    language: Annotated[str | None, typer.Option(help="For example zh-Hans; the newsletter's own by default.")] = None,
) -> None:
    """Write an issue as one document to standard output.

    Examples: `newsletter export 2026-06-02 --format hf-daily --language zh-Hans`,
    `newsletter export 2024-07-16 --format arxiv-daily --compat > 2024-07-16.md`
    """
    application = open_application(context, config, quiet=True, sample=True)
    key = chosen_issue(application, date, unnamed, weekly=weekly)
    document = application.publishing.export().run(key, form, language=language, compat=compat)
    # bytes, so that no platform's line ends or encoding change the document
    sys.stdout.buffer.write(document.encode())
    sys.stdout.buffer.flush()
