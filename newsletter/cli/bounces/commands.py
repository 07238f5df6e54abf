"""Bounces: what came back, read and classified."""

from __future__ import annotations

import json as json_format
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.bounces import intake, records, ways
from newsletter.cli.commands import Commands
from newsletter.cli.common import Config, open_application
from newsletter.cli.output import err, table
from newsletter.domain.notation import counted
from newsletter.errors import UsageError

if TYPE_CHECKING:
    from newsletter.domain.bounces import Event, Report
    from newsletter.mail.reports import BoxMessage, UnreadableBox

__all__ = ["app"]

app = Commands(help="Delivery reports, complaints and automatic answers that come back.")

_PIPE = "-"


@app.command()
def read(
    context: typer.Context,
    path: Annotated[
        str, typer.Argument(metavar="FILE|DIR|-", help="A message, an mbox, a Maildir or a folder; - reads a pipe.")
    ] = _PIPE,
    check: Annotated[bool, typer.Option("--check", help="Only classify and print; nothing is stored.")] = False,
    recipient: Annotated[
        list[str] | None, typer.Option(metavar="ADDRESS", help="To whom your mail server delivered it; for a pipe.")
    ] = None,
    config: Config = None,
    json: Annotated[
        bool, typer.Option("--json", help="For programs; with --check one object a message and line.")
    ] = False,
) -> None:
    """Read what came back, keep it, and do what follows. What is read again is known, and changes nothing.

    Examples: `newsletter bounces read /var/mail/bounces`, `newsletter bounces read --check /var/mail/bounces`,
    `newsletter bounces read - --recipient "$RECIPIENT"`
    """
    from newsletter.mail.reports import UnreadableBox, read_report

    if not check:
        _store(context, config, path, recipient or (), json=json)
        return
    rows: list[tuple[object, ...]] = []
    kinds: Counter[str] = Counter()
    messages = unreadable = 0
    for one in _messages(path):
        if isinstance(one, UnreadableBox):
            unreadable += 1
            err.print(f"{one.file} cannot be read: {one.reason}.", markup=False)
            continue
        messages += 1
        report = read_report(one.raw)
        kinds.update(event.kind.value for event in report.events)
        if json:
            print(json_format.dumps(_as_json(one, report), ensure_ascii=False))
        else:
            rows += _rows(one, report)
    if not json:
        table("What came back", ("File", "Kind", "Recipient", "Status", "Reply", "Why"), rows)
        told = ", ".join(f"{number} {kind}" for kind, number in kinds.most_common())
        err.print(f"{counted(messages, 'message')}: {told or 'no report'}.", markup=False)
    if unreadable:
        raise typer.Exit(1)


def _store(context: typer.Context, config: Path | None, path: str, recipients: Sequence[str], *, json: bool) -> None:
    from newsletter.mail.reports import UnreadableBox

    unreadable: list[UnreadableBox] = []

    def contents() -> Iterator[bytes]:
        for one in _messages(path):
            if isinstance(one, UnreadableBox):
                unreadable.append(one)
                err.print(f"{one.file} cannot be read: {one.reason}.", markup=False)
            else:
                yield one.raw

    source = "pipe" if path == _PIPE else "file"
    application = open_application(context, config, quiet=json)
    intake.store_reports(application, contents(), source, recipients=recipients, json=json)
    if unreadable:
        raise typer.Exit(1)


def _messages(path: str) -> Iterator[BoxMessage | UnreadableBox]:
    from newsletter.mail.reports import messages_in, split_mbox

    if path == _PIPE:
        return split_mbox(sys.stdin.buffer, _PIPE)
    if not Path(path).exists():
        msg = f"{path} is not there: expected a message, an mbox, a Maildir, a folder, or - for a pipe."
        raise UsageError(msg)
    return messages_in(Path(path))


def _rows(message: BoxMessage, report: Report) -> Iterator[tuple[object, ...]]:
    name = message.file if message.number == 1 else f"{message.file} ({message.number})"
    if not report.events:
        yield (name, "–", "", "", "", "no report")
    for event in report.events:
        yield (name, event.kind.value, event.recipient, event.status, event.reply, event.reason)


def _as_json(message: BoxMessage, report: Report) -> dict[str, object]:
    return {
        "file": message.file,
        "events": [_event(event) for event in report.events],
        "number": message.number,
        "message_id": report.message_id,
        "envelope_id": report.envelope_id,
        "delivered_to": list(report.delivered_to),
    }


def _event(event: Event) -> dict[str, object]:
    return {
        "kind": event.kind.value,
        "recipient": event.recipient,
        "status": event.status,
        "reply": event.reply,
        "known_by": event.known_by.value,
        "original_recipient": event.original_recipient,
        "action": event.action.value if event.action else "",
        "feedback": event.feedback,
        "reason": event.reason,
        "said": event.text,
    }


ways.register(app)
records.register(app)
