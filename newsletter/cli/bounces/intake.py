"""`bounces read` without `--check`: what it reads is stored, and what follows is done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import typer

from newsletter.cli.output import err, out, print_json
from newsletter.cli.reports import show_taken_in, taken_as_json
from newsletter.domain.notation import counted
from newsletter.errors import StoreError

if TYPE_CHECKING:
    from newsletter.bootstrap import Application
    from newsletter.domain.bounces import Arrival, TakenIn

__all__ = ["TRY_AGAIN", "show_messages", "store_reports"]

TRY_AGAIN = 75
"""EX_TEMPFAIL of sysexits.h: a mail server that pipes a mail here keeps it, and tries again later."""


def store_reports(
    application: Application, contents: Iterable[bytes], source: str, *, recipients: Sequence[str] = (), json: bool
) -> None:
    """Take these mails in, and say what came of them. A pipe whose mail could not be stored is asked to come again."""
    messages = 0

    def arrivals() -> Iterator[Arrival]:
        nonlocal messages
        for content in contents:
            messages += 1
            arrival = intake.arrival(content, source, recipients=recipients)
            if source == "pipe" and not arrival.is_for_us:
                # a file stays where it is; this is the only copy there is
                application.returning.keep_other(content)
            yield arrival

    try:
        intake = application.returning.intake()
        taken = intake.take(arrivals())
        intake.prune()
    except StoreError as error:
        if source != "pipe":
            raise
        err.print(f"Not stored, to be tried again: {error}", markup=False)
        raise typer.Exit(TRY_AGAIN) from error
    if json:
        print_json({"messages": messages, **taken_as_json(taken)})
    else:
        show_messages(messages, taken)


def show_messages(messages: int, taken: TakenIn) -> None:
    """What some messages were, and what followed."""
    told = ", ".join(f"{count} {kind}" for kind, count in Counter(taken.kinds).most_common()) or "nothing new"
    known = f"; {counted(taken.known, 'event was', 'events were')} stored before" if taken.known else ""
    out.print(f"{counted(messages, 'message')}: {told}{known}.")
    if taken.unproved:
        out.print(
            f"{counted(taken.unproved, 'event')} from which nothing follows, for nothing proves whose mail it was: "
            "`newsletter bounces list` shows them."
        )
    show_taken_in(taken)
