"""Subscribers: add, edit, list, show, remove; with them the commands that take rosters in and write them."""

from __future__ import annotations

from dataclasses import asdict, replace
from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.commands import Commands
from newsletter.cli.common import Config, Json, open_application
from newsletter.cli.output import err, out, print_json, table
from newsletter.cli.subscribers import personal_data, rosters
from newsletter.cli.subscribers.flags import (
    Cadence,
    Hour,
    Interests,
    Language,
    Limit,
    MoreThan,
    Name,
    Order,
    Reads,
    WeeklyOn,
)
from newsletter.cli.subscribers.options import cleared_fields, named_options, with_interests, with_named
from newsletter.cli.subscribers.showing import consent_told, note, plain, show_changes, subscriber_json
from newsletter.cli.suppressions import as_json, checked_address, explained
from newsletter.errors import UsageError

if TYPE_CHECKING:
    from newsletter.domain.subscribers import Subscriber

__all__ = ["app"]

app = Commands(help="Who gets the newsletter, and what they want to read.")

Email = Annotated[str, typer.Argument(metavar="ADDRESS")]
SHOWN = 200
"""Rows of a list on a terminal; `--all` and `export` give everybody."""


@app.command()
def add(
    context: typer.Context,
    email: Email,
    interest: Interests = None,
    name: Name = None,
    language: Language = None,
    weekly: Annotated[bool, typer.Option("--weekly", help="One digest a week.")] = False,
    cadence: Cadence = None,
    weekly_on: WeeklyOn = None,
    more_than: MoreThan = None,
    hour: Hour = None,
    order: Order = None,
    reads: Reads = None,
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
        cadence=cadence or ("weekly" if weekly else None),
        weekly_on=weekly_on,
        more_than=more_than,
        hour=hour,
        order=order,
        reads=reads,
        max_papers=max_papers,
    )
    if address in (suppressed := application.store.suppressions.found([address])):
        msg = (
            f"{address} is suppressed {explained(suppressed[address])} and would get no mail; nothing was changed. If "
            f"they asked for mail again: `newsletter suppressions remove {address}`, then this command."
        )
        raise UsageError(msg)
    store = application.store.subscribers
    if store.add(with_named(Subscriber(email=address, origin=Origin.CLI), named)):
        out.print(f"Added {address}.", markup=False)
        note(named.get("interests", ()))
        return

    def come_back(before: Subscriber) -> Subscriber:
        if before.state is SubscriptionState.CONFIRMED or not resubscribe:
            return before
        return replace(with_named(before, named), state=SubscriptionState.CONFIRMED)

    before, after = store.edit(address, come_back) or (None, None)
    if before is None or after is None:
        msg = f"{address} was removed by somebody else at this moment. Run the command again."
        raise UsageError(msg)
    if after == before:
        raise UsageError(_already(before))
    show_changes(before, after)


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
    cadence: Cadence = None,
    weekly_on: WeeklyOn = None,
    more_than: MoreThan = None,
    hour: Hour = None,
    order: Order = None,
    reads: Reads = None,
    max_papers: Limit = None,
    pause_until: Annotated[
        str | None, typer.Option("--pause-until", metavar="DATE", help="No mail before the issue of this day.")
    ] = None,
    catch_up: Annotated[
        str | None, typer.Option("--catch-up", metavar="NUMBER", help="Then the best so many of what they missed.")
    ] = None,
    clear: Annotated[
        list[str] | None,
        typer.Option("--clear", metavar="FIELD", help="Any of these but --interest, as never chosen; or `pause`."),
    ] = None,
    config: Config = None,
) -> None:
    """Change what is named of a subscriber, and nothing else.

    Example: `newsletter subscribers edit ada@example.org --add-interest "title:benchmark" --clear max-papers`
    """
    from newsletter.domain.subscribers import Origin

    application = open_application(context, config)
    values = {"name": name, "language": language, "cadence": cadence, "max_papers": max_papers}
    values |= {"weekly_on": weekly_on, "more_than": more_than, "hour": hour, "order": order}
    values |= {"pause_until": pause_until, "catch_up": catch_up}
    named = named_options(application, interest=interest, reads=reads, **values)
    named_options(application, interest=add_interest)
    named |= cleared_fields(clear or (), named)
    if not (named or add_interest or drop_interest):
        msg = "Nothing to change was named. `newsletter subscribers edit --help` lists what can be."
        raise UsageError(msg)

    def change(before: Subscriber) -> Subscriber:
        return with_interests(with_named(before, named), add_interest or (), drop_interest or ())

    address = checked_address(email)
    changed = application.store.subscribers.edit(address, change)
    if changed is None:
        msg = f"Nobody is subscribed as {address}. `newsletter subscribers add {address}` adds them."
        raise UsageError(msg)
    show_changes(*changed)
    if changed[1].origin == Origin.ROSTER:
        err.print("They came from a roster: when their entry there is edited, it counts.")


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
    from newsletter.domain.subscribers import cadence_word

    application = open_application(context, config, quiet=json)
    store, today = application.store.subscribers, application.today
    shown = store.stream() if all_ or json else islice(store.stream(), SHOWN)
    if json:
        print_json({"subscribers": [subscriber_json(s) for s in shown]})
        return
    rows = [
        (
            *(s.email or "feed alone", s.name, ", ".join(s.interests) or "everything", s.language),
            *(cadence_word(s.cadence, weekdays_only=s.rhythm.weekdays_only), s.max_papers or ""),
            f"{s.state}, paused" if s.is_paused_on(today) else s.state,
        )
        for s in shown
    ]
    columns = ("Address", "Name", "Interests", "Language", "Cadence", "Limit", "State")
    table("Subscribers", columns, rows, right=("Limit",))
    count = store.count()
    if count > len(rows):
        err.print(f"The first {len(rows)} of {count}. Everybody: --all, or `newsletter subscribers export`.")


@app.command()
def show(context: typer.Context, email: Email, config: Config = None, json: Json = False) -> None:
    """Show one subscriber, what they have confirmed, and whether their address is suppressed.

    Example: `newsletter subscribers show ada@example.org`
    """
    store = open_application(context, config, quiet=json).store
    subscriber = store.subscribers.get(email)
    suppression = store.suppressions.found([email]).get(email)
    if subscriber is None:
        said = f", and the address is suppressed {explained(suppression)}" if suppression else ""
        msg = f"Nobody is subscribed as {email}{said}. `newsletter subscribers list` shows who is."
        raise UsageError(msg)
    values = subscriber_json(subscriber)
    consents = store.joining.consents(subscriber.id)
    if json:
        proof = {"consent": [asdict(consent) for consent in consents]}
        print_json(values | proof | {"suppressed": as_json(suppression) if suppression else None})
        return
    rows = {key: plain(key, value) for key, value in values.items()}
    rows |= {f"consent ({consent.kind})": consent_told(consent) for consent in consents}
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


rosters.register(app)
personal_data.register(app)
