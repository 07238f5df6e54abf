"""`bounces list|show|reclassify`: what came back, looked at, and judged again."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.common import Config, Day, Json, Weekly, chosen_issue, open_application
from newsletter.cli.output import err, out, print_json, table
from newsletter.cli.reports import show_taken_in, taken_as_json
from newsletter.domain.notation import counted
from newsletter.errors import UsageError

if TYPE_CHECKING:
    from newsletter.domain.bounces import EventKind, StoredEvent
    from newsletter.services.bounces import Reclassified

__all__ = ["register"]

Number = Annotated[int, typer.Argument(metavar="NUMBER", min=1, help="As `newsletter bounces list` shows it.")]


def register(app: typer.Typer) -> None:
    """Put these commands into the group."""
    app.command("list")(list_)
    app.command()(show)
    app.command()(reclassify)


def list_(
    context: typer.Context,
    config: Config = None,
    kind: Annotated[list[str] | None, typer.Option(metavar="KIND", help="Only these; several times.")] = None,
    date: Day = None,
    weekly: Weekly = False,
    days: Annotated[int | None, typer.Option(min=1, max=36_500, help="Only what came in so many days.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000_000, help="At most so many, the newest.")] = 40,
    addresses: Annotated[bool, typer.Option("--addresses", help="Show to whom the mail went.")] = False,
    json: Json = False,
) -> None:
    """List what came back, the newest first.

    Examples: `newsletter bounces list --kind policy --days 7`, `newsletter bounces list --date 2026-06-02 --addresses`
    """
    application = open_application(context, config, quiet=json)
    events = islice(
        application.store.events.stream(
            kinds=[_kind(one) for one in kind or ()],
            issue=chosen_issue(application, date, weekly=weekly) if date else None,
            since=application.clock() - timedelta(days=days) if days else None,
        ),
        limit,
    )
    if json:
        print_json({"events": [_as_json(event, addresses=addresses) for event in events]})
        return
    rows = [
        (
            event.id,
            f"{event.at:%Y-%m-%d %H:%M}",
            event.kind,
            event.issue.slug if event.issue else "",
            event.email if addresses else event.domain,
            event.status or event.reply,
            event.reason,
            event.source,
            _standing(event),
        )
        for event in events
    ]
    who = "Address" if addresses else "Domain"
    table("What came back", ("Number", "When", "Kind", "Issue", who, "Status", "Why", "From", "Counts"), rows)
    if not rows:
        err.print("Nothing came back.")


def show(
    context: typer.Context,
    number: Number,
    config: Config = None,
    evidence: Annotated[bool, typer.Option("--evidence", help="And the mail that told of it, as far as kept.")] = False,
    json: Json = False,
) -> None:
    """Show all that is known of one event: whose it is, what was said, what proves it.

    Example: `newsletter bounces show 17 --evidence`
    """
    from newsletter.services.bounces import told_event

    event = open_application(context, config, quiet=json).store.events.get(number)
    if event is None:
        msg = f"There is no event {number}; `newsletter bounces list` shows their numbers."
        raise UsageError(msg)
    kept = event.evidence.decode("utf-8", "replace")
    if json:
        shown = {"evidence": kept} if evidence else {}
        print_json({**_as_json(event, addresses=True), "text": event.text, **shown})
        return
    lines = {
        "When": f"{event.at:%Y-%m-%d %H:%M:%S} UTC",
        "What": told_event(event),
        "To": event.email or "nobody knows (any more)",
        "Said": event.text or "nothing that is kept",
    }
    for name, text in lines.items():
        out.print(f"{name + ':':<6}{_printable(text)}", markup=False, soft_wrap=True)
    if evidence:
        out.print(f"\n{_printable(kept)}" if kept else "Its evidence is not kept (any more).", markup=False)


def reclassify(
    context: typer.Context,
    number: Annotated[int | None, typer.Argument(metavar="[NUMBER]", min=1, help="Of which event.")] = None,
    kind: Annotated[
        str | None, typer.Argument(metavar="[KIND]", help="What it is; by today's rules where this is not said.")
    ] = None,
    config: Config = None,
    every: Annotated[
        bool, typer.Option("--all", help="Judge every event again, but those judged by a person.")
    ] = False,
    reason: Annotated[str, typer.Option("--reason", help="Why, for whoever looks at it later.")] = "",
    json: Json = False,
) -> None:
    """Judge again what came back, by today's rules or by hand; what had followed from it is undone or done.

    Examples: `newsletter bounces reclassify --all`, `newsletter bounces reclassify 17 policy --reason "our own fault"`
    """
    service = open_application(context, config, quiet=json).returning.reclassify()
    if (number is None) is not every or (every and kind):
        msg = "expected the NUMBER of an event, or --all for every one of them."
        raise UsageError(msg)
    if number is None:
        changed = list(service.all_by_rules())
    elif kind is None:
        changed = [service.by_rules(number)]
    else:
        changed = [service.by_hand(number, _kind(kind), " ".join(reason.split())[:200])]
    if json:
        print_json({"reclassified": [_change_as_json(one) for one in changed]})
        return
    for one in changed:
        same = " as before" if one.before is one.after else f", and was {one.before}"
        out.print(f"Event {one.event} is {one.after}{same} ({one.reason or 'no reason known'}).", markup=False)
        show_taken_in(one.followed)
    if every:
        out.print(f"{counted(len(changed), 'event is', 'events are')} of another kind now.")


def _kind(text: str) -> EventKind:
    from newsletter.domain.bounces import EventKind

    try:
        return EventKind(text.lower())
    except ValueError:
        msg = f"{text!r} is no kind of event; expected {', '.join(EventKind)}."
        raise UsageError(msg) from None


def _standing(event: StoredEvent) -> str:
    if not event.is_believed:
        return "no: nothing proves whose it is" if event.proof else "no: nobody knows whose it is"
    if event.is_spent:
        return "no more"
    return "yes" if event.proof else "no: nobody knows whose it is"


def _printable(text: str) -> str:
    """Foreign text for a terminal: no character that it would obey."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)


def _as_json(event: StoredEvent, *, addresses: bool) -> dict[str, object]:
    shown: dict[str, object] = {
        "number": event.id,
        "at": event.at.isoformat(),
        "stored_at": event.stored_at.isoformat(),
        "kind": event.kind.value,
        "status": event.status,
        "reply": event.reply,
        "reason": event.reason,
        "issue": event.issue.slug if event.issue else None,
        "domain": event.domain,
        "source": event.source,
        "proof": event.proof.value,
        "counts": event.counts,
        "believed": event.is_believed,
        "spent": event.is_spent,
        "by_hand": event.by_hand,
    }
    return shown | ({"email": event.email} if addresses else {})


def _change_as_json(one: Reclassified) -> dict[str, object]:
    return {
        "number": one.event,
        "before": one.before.value,
        "kind": one.after.value,
        "reason": one.reason,
        **taken_as_json(one.followed, events=False),
    }
