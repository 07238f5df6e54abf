"""`letters`: the mails that answer who asks to join, to move or for a link; and what sends them beside the pages."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.commands import Commands
from newsletter.cli.common import Config, Json, open_application
from newsletter.cli.output import err, out, print_json, table
from newsletter.domain.notation import counted
from newsletter.errors import ConfigError

if TYPE_CHECKING:
    from newsletter.bootstrap import Application
    from newsletter.services.letters import LetterWorker

__all__ = ["letters_beside", "register"]


def register(app: typer.Typer) -> None:
    """Put the group on the command line."""
    group = Commands(help="Mails to single readers: confirmations, links, first digests.")
    group.command("list")(list_letters)
    group.command()(send)
    app.add_typer(group, name="letters")


def list_letters(
    context: typer.Context,
    config: Config = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many of the newest.")] = 50,
    json: Json = False,
) -> None:
    """Show the newest letters: what each is, to whom, and what became of it.

    Example: `newsletter letters list --limit 10`
    """
    application = open_application(context, config, quiet=True, sample=True)
    store = application.store
    letters = store.letters.newest(limit)
    if json:
        print_json(
            {
                "waiting_requests": store.joining.counts(application.clock()).waiting,
                "letters": [
                    {
                        "id": letter.id,
                        "kind": letter.kind,
                        "email": letter.email,
                        "status": letter.status,
                        "reason": letter.reason,
                        "reply": letter.reply,
                        "attempts": letter.attempts,
                        "created_at": letter.created_at,
                        "due_at": letter.due_at,
                    }
                    for letter in letters
                ],
            }
        )
        return
    rows = [
        (
            letter.id,
            f"{letter.created_at:%Y-%m-%d %H:%M}",
            letter.kind,
            letter.email,
            letter.status,
            letter.attempts,
            "; ".join(filter(None, (letter.reason, letter.reply))),
        )
        for letter in letters
    ]
    table("Letters", ("Letter", "Since (UTC)", "Kind", "Address", "Status", "Tries", "Note"), rows, right=("Letter",))
    if waiting := store.joining.counts(application.clock()).waiting:
        out.print(f"{counted(waiting, 'request')} {'waits' if waiting == 1 else 'wait'} to be looked at.")


def send(context: typer.Context, config: Config = None) -> None:
    """Look at the requests that wait and send the letters that are due, once.

    `newsletter serve` does so by itself every few seconds. Example: `newsletter letters send`
    """
    application = open_application(context, config)
    if why := application.joining.can_send():
        msg = f"No letter can go: {why}."
        raise ConfigError(msg, key=why.split()[0])
    settled = application.joining.settle().run()
    sender, counts = application.joining.send(), Counter[str]()
    one = sender.run()
    while one.taken and not one.trouble:
        counts.update(one.counts)
        one = sender.run()
    counts.update(one.counts)
    told = ", ".join(f"{count} {status}" for status, count in sorted(counts.items())) or "none was due"
    out.print(f"{counted(settled.decided, 'request')} looked at. Letters: {told}.", markup=False)
    if settled.put_off:
        out.print(f"{counted(settled.put_off, 'request')} beyond the hour's budget (signup.budget) go on waiting.")
    if one.trouble:
        err.print(f"The rest waits: {one.trouble}", markup=False, soft_wrap=True)
        raise typer.Exit(1)
    application.store.joining.note_answered(application.clock())


@contextmanager
def letters_beside(application: Application) -> Iterator[None]:
    """Send letters while something else goes on, where there is a relay; what is being handed over is finished."""
    settings = application.settings
    worker = _worker(application)
    if worker is None:
        yield
        return
    terminated: list[int] = []
    # who stops the server by it has to wait for a letter that is on its way
    before = signal.signal(signal.SIGTERM, lambda number, _frame: terminated.append(number))
    worker.start()
    try:
        yield
    finally:
        if not worker.end(settings.web.grace.total_seconds()):
            err.print("A letter was being handed over; whether it was accepted nobody can know.")
        signal.signal(signal.SIGTERM, before)
        if terminated:
            signal.raise_signal(signal.SIGTERM)


def _worker(application: Application) -> LetterWorker | None:
    """What sends letters; None where settings keep it from that. The pages are served all the same."""
    why = application.joining.can_send()
    if not why:
        own = application.beside()
        try:
            return own.joining.worker()
        except ConfigError as error:  # a password, say, that only the command that sends issues is given
            own.close()
            why = str(error)
    if application.settings.web.signup or application.settings.smtp.host:
        err.print(f"Readers who ask for something get no letter: {why.rstrip('.')}.", soft_wrap=True, markup=False)
    return None
