"""Subscribers: add, edit, list, show, remove; with them the commands that take rosters in and write them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli import personal_data, rosters
from newsletter.cli.commands import Commands
from newsletter.cli.common import Config, Json, open_application
from newsletter.cli.output import err, out, print_json, table
from newsletter.cli.subscriber_options import cleared_fields, named_options, with_interests
from newsletter.cli.suppressions import as_json, checked_address, explained
from newsletter.errors import UsageError

if TYPE_CHECKING:
    from newsletter.domain.subscribers import Subscriber

__all__ = ["app"]

app = Commands(help="Who gets the newsletter, and what they want to read.")

Email = Annotated[str, typer.Argument(metavar="ADDRESS")]
SHOWN = 200
"""Rows of a list on a terminal; `--all` and `export` give everybody."""


Interests = Annotated[list[str] | None, typer.Option("--interest", "-i", help="May be given several times.")]
Name = Annotated[str | None, typer.Option("--name", help="How the digest greets them.")]
Language = Annotated[str | None, typer.Option("--language", help="en, zh-Hans, …; the newsletter's by default.")]
Limit = Annotated[
    str | None, typer.Option("--max-papers", metavar="NUMBER", help="At most so many papers in one digest.")
]


@app.command()
def add(
    context: typer.Context,
    email: Email,
    interest: Interests = None,
    name: Name = None,
    language: Language = None,
    weekly: Annotated[bool, typer.Option("--weekly", help="One digest a week.")] = False,
    max_papers: Limit = None,
    resubscribe: Annotated[
        bool, typer.Option("--resubscribe", help="Even if they have unsubscribed: they asked to come back.")
    ] = False,
    config: Config = None,
) -> None:
    """Add a subscriber. One who is there already is changed by `newsletter subscribers edit`.

    Example: `newsletter subscribers add ada@example.org -i "language models" -i -title:survey --max-papers 30`
    """
    from newsletter.domain.subscribers import Origin, Subscriber, SubscriptionState

    application = open_application(context, config)
    address = checked_address(email)
    named = named_options(
        application,
        interest=interest,
        name=name,
        language=language,
        cadence="weekly" if weekly else None,
        max_papers=max_papers,
    )
    if address in (suppressed := application.store.suppressions.found([address])):
        msg = (
            f"{address} is suppressed {explained(suppressed[address])} and would get no mail; nothing was changed. If "
            f"they asked for mail again: `newsletter suppressions remove {address}`, then this command."
        )
        raise UsageError(msg)
    store = application.store.subscribers
    if store.add(replace(Subscriber(email=address, origin=Origin.CLI), **named)):
        out.print(f"Added {address}.", markup=False)
        _note(named.get("interests", ()))
        return

    def come_back(before: Subscriber) -> Subscriber:
        if before.state is SubscriptionState.CONFIRMED or not resubscribe:
            return before
        return replace(before, **named, state=SubscriptionState.CONFIRMED)

    before, after = store.edit(address, come_back) or (None, None)
    if before is None or after is None:
        msg = f"{address} was removed by somebody else at this moment. Run the command again."
        raise UsageError(msg)
    if after == before:
        raise UsageError(_already(before))
    _show_changes(before, after)


def _already(known: Subscriber) -> str:
    """Why somebody cannot be added, and what can be done instead."""
    if known.state == "unsubscribed":
        return (
            f"{known.email} has unsubscribed; nothing was changed. If they asked to come back: "
            f"`newsletter subscribers add {known.email} --resubscribe`."
        )
    return (
        f"{known.email} is a subscriber already ({known.state}); nothing was changed. To change something: "
        f"`newsletter subscribers edit {known.email}`."
    )


@app.command()
def edit(
    context: typer.Context,
    email: Email,
    interest: Annotated[
        list[str] | None, typer.Option("--interest", "-i", help="These instead of all they have; several times.")
    ] = None,
    add_interest: Annotated[list[str] | None, typer.Option("--add-interest", help="One more; several times.")] = None,
    drop_interest: Annotated[
        list[str] | None, typer.Option("--drop-interest", help="One less, as `show` writes it; several times.")
    ] = None,
    name: Name = None,
    language: Language = None,
    cadence: Annotated[str | None, typer.Option("--cadence", metavar="daily|weekly", help="How often.")] = None,
    max_papers: Limit = None,
    clear: Annotated[
        list[str] | None,
        typer.Option("--clear", metavar="FIELD", help="name, interests, language, cadence or max-papers: none."),
    ] = None,
    config: Config = None,
) -> None:
    """Change what is named of a subscriber, and nothing else.

    Example: `newsletter subscribers edit ada@example.org --add-interest "title:benchmark" --clear max-papers`
    """
    from newsletter.domain.subscribers import Origin

    application = open_application(context, config)
    values = {"name": name, "language": language, "cadence": cadence, "max_papers": max_papers}
    named = named_options(application, interest=interest, **values)
    named_options(application, interest=add_interest)
    named |= cleared_fields(clear or (), named)
    if not (named or add_interest or drop_interest):
        msg = "Nothing to change was named. `newsletter subscribers edit --help` lists what can be."
        raise UsageError(msg)

    def change(before: Subscriber) -> Subscriber:
        return with_interests(replace(before, **named), add_interest or (), drop_interest or ())

    address = checked_address(email)
    changed = application.store.subscribers.edit(address, change)
    if changed is None:
        msg = f"Nobody is subscribed as {address}. `newsletter subscribers add {address}` adds them."
        raise UsageError(msg)
    _show_changes(*changed)
    if changed[1].origin == Origin.ROSTER:
        err.print("They came from a roster: when their entry there is edited, it counts.")


def _show_changes(before: Subscriber, after: Subscriber) -> None:
    """What was changed: each field as it was, and as it is."""
    old, new = _as_json(before), _as_json(after)
    changes = [(key, _plain(key, old[key]), _plain(key, new[key])) for key in new if old[key] != new[key]]
    if not changes:
        out.print(f"{after.email} is so already; nothing was changed.", markup=False)
        return
    out.print(f"Changed {after.email}:", markup=False)
    for key, was, now in changes:
        out.print(f"  {key}: {was} -> {now}", markup=False)
    if old["interests"] != new["interests"]:
        _note(after.interests)


def _note(interests: Sequence[str]) -> None:
    """How interests were read where something else may have been meant."""
    from newsletter.domain.interests import remarks

    for remark in remarks(interests):
        out.print(f"Note: {remark}", markup=False)


def _plain(key: str, value: object) -> str:
    """A value for a person; none of it in words."""
    if value in (None, "", []):
        return _UNSET.get(key, "none")
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)


@app.command("list")
def list_(
    context: typer.Context,
    config: Config = None,
    all_: Annotated[bool, typer.Option("--all", help=f"Everybody, not the first {SHOWN}.")] = False,
    json: Json = False,
) -> None:
    """List subscribers.

    Example: `newsletter subscribers list --json`
    """
    store = open_application(context, config, quiet=json).store.subscribers
    shown = store.stream() if all_ or json else islice(store.stream(), SHOWN)
    if json:
        print_json({"subscribers": [_as_json(s) for s in shown]})
        return
    rows = [
        (s.email, s.name, ", ".join(s.interests) or "everything", s.language, s.cadence, s.max_papers or "", s.state)
        for s in shown
    ]
    columns = ("Address", "Name", "Interests", "Language", "Cadence", "Limit", "State")
    table("Subscribers", columns, rows, right=("Limit",))
    count = store.count()
    if count > len(rows):
        err.print(f"The first {len(rows)} of {count}. Everybody: --all, or `newsletter subscribers export`.")


@app.command()
def show(context: typer.Context, email: Email, config: Config = None, json: Json = False) -> None:
    """Show one subscriber, and whether their address is suppressed.

    Example: `newsletter subscribers show ada@example.org`
    """
    store = open_application(context, config, quiet=json).store
    subscriber = store.subscribers.get(email)
    suppression = store.suppressions.found([email]).get(email)
    if subscriber is None:
        said = f", and the address is suppressed {explained(suppression)}" if suppression else ""
        msg = f"Nobody is subscribed as {email}{said}. `newsletter subscribers list` shows who is."
        raise UsageError(msg)
    values = _as_json(subscriber)
    if json:
        print_json(values | {"suppressed": as_json(suppression) if suppression else None})
        return
    rows = {key: _plain(key, value) for key, value in values.items()}
    if suppression:
        rows["suppressed"] = f"{explained(suppression)}; `newsletter suppressions remove {email}` lifts it"
    table(email, ("What", "Value"), [*rows.items()])


@app.command()
def remove(
    context: typer.Context,
    email: Email,
    suppress: Annotated[bool, typer.Option("--suppress", help="And never mail this address again.")] = False,
    config: Config = None,
) -> None:
    """Forget a subscriber. One that a roster names is to be taken out of it, for the next sync would add them again.

    What was sent to them stays on record, and goes with time (`retention.deliveries`); `erase` takes that away, too.
    Example: `newsletter subscribers remove ada@example.org --suppress`
    """
    from newsletter.domain.subscribers import Origin

    application = open_application(context, config)
    store = application.store
    roster = application.subscribing.roster_of(email)
    if roster is not None and not suppress:
        msg = (
            f"{email} stands in {roster}, and the next sync would add them again; nothing was changed. Take them out "
            "of that file: the next sync removes them. To never mail them again, whatever a roster says: --suppress."
        )
        raise UsageError(msg)
    if suppress:
        store.suppressions.suppress(email, "removed by the operator")
    known = store.subscribers.get(email)
    if not store.subscribers.remove(email) and not suppress:
        msg = f"Nobody is subscribed as {email}."
        raise UsageError(msg)
    out.print(f"Removed {email}{' and suppressed it' if suppress else ''}.", markup=False)
    if roster is not None:
        err.print(f"{roster} still names them: the next sync adds them again, and they get no mail.", markup=False)
    elif known is not None and known.origin == Origin.ROSTER:
        err.print("They came from a roster: as long as it names them, the next sync of it adds them again.")


_UNSET = {"interests": "everything", "language": "the newsletter's", "max_papers": "no limit"}
"""What it means to have none."""


def _as_json(s: Subscriber) -> dict[str, object]:
    return {
        "email": s.email,
        "name": s.name,
        "interests": list(s.interests),
        "language": s.language,
        "cadence": s.cadence.value,
        "max_papers": s.max_papers,
        "state": s.state.value,
        "origin": s.origin,
        "created_at": s.created_at.isoformat() if s.created_at else None,
    }


rosters.register(app)
personal_data.register(app)
