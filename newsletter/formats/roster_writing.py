"""Rosters written: what an export holds, in the same two formats that are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from newsletter.domain.issues import PaperOrder
from newsletter.domain.subscribers import Subscriber, SubscriptionState, Suppression, cadence_word
from newsletter.formats.roster_rows import EXPORTED, SUPPRESSION, csv_line, list_cell, toml_table

__all__ = ["write_roster", "write_suppressions"]


def write_roster(
    subscribers: Iterable[Subscriber],
    suffix: str,
    *,
    suppressions: Iterable[Suppression] = (),
    keys: Iterable[bytes] = (),
) -> Iterator[str]:
    """A roster as text, piece by piece; `suffix` is `.toml` or `.csv`. Reading it back gives the same subscribers.

    Who reads by feed alone has no address that a roster could name, and stands in none.
    """
    known = (s for s in subscribers if s.state is not SubscriptionState.FEED)
    if suffix == ".csv":
        yield csv_line((*EXPORTED, *SUPPRESSION[:3]))
        for s in known:
            yield csv_line((*map(_cell, _said(s).values()), "", "", ""))
        empty = ("",) * (len(EXPORTED) - 1)
        for what, reason, cause, moment in _suppression_cells(suppressions, keys):
            yield csv_line((*empty, moment, what, reason, cause))
        return
    for s in known:
        yield toml_table("subscriber", _said(s))
    yield from write_suppressions(suppressions, suffix, keys=keys)


def _said(s: Subscriber) -> dict[str, object]:
    """What an export says of a subscriber, in the order of its columns; None where they chose nothing."""
    rhythm = s.rhythm
    return {
        "email": s.email,
        "name": s.name,
        "interests": s.interests,
        "language": s.language,
        "reads": rhythm.reads,
        "cadence": cadence_word(s.cadence, weekdays_only=rhythm.weekdays_only),
        "weekly_on": rhythm.weekly_on,
        "more_than": rhythm.more_than or None,
        "hour": rhythm.hour,
        "order": None if rhythm.order is PaperOrder.BEST else rhythm.order,
        "max_papers": s.max_papers,
        "paused_until": s.paused_until,
        "paused_since": s.paused_since,
        "catch_up": s.catch_up or None,
        "state": s.state.value,
        "created_at": s.created_at,
    }


def _cell(value: object) -> str:
    if isinstance(value, tuple):
        return list_cell(value)
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)


def write_suppressions(
    suppressions: Iterable[Suppression], suffix: str, *, keys: Iterable[bytes] = ()
) -> Iterator[str]:
    """Suppressions alone, as they stand in a roster."""
    if suffix == ".csv":
        yield csv_line(SUPPRESSION)
        yield from map(csv_line, _suppression_cells(suppressions, keys))
        return
    for key in keys:
        yield toml_table("suppression_key", {"key": key.hex()})
    for one in suppressions:
        values = {
            "hash": one.digest,
            "reason": one.reason,
            "cause": one.cause.value,
            "created_at": one.created_at,
        }
        yield toml_table("suppression", values)


def _suppression_cells(
    suppressions: Iterable[Suppression], keys: Iterable[bytes]
) -> Iterator[tuple[str, str, str, str]]:
    for key in keys:
        yield f"key:{key.hex()}", "", "", ""
    for one in suppressions:
        yield f"hash:{one.digest}", one.reason, one.cause.value, one.created_at.isoformat() if one.created_at else ""
