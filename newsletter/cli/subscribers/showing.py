"""A subscriber as commands show one: each field in words, or as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from newsletter.cli.output import out

if TYPE_CHECKING:
    from newsletter.domain.subscribers import Consent, Subscriber

__all__ = ["consent_told", "note", "plain", "show_changes", "subscriber_json"]

_UNSET = {
    "interests": "everything",
    "language": "the newsletter's",
    "weekly_on": "the newsletter's day",
    "more_than": "any number",
    "hour": "as soon as it is ready",
    "max_papers": "no limit",
}
"""What it means to have none."""


def subscriber_json(s: Subscriber) -> dict[str, object]:
    """What is known of a subscriber, for programs."""
    from newsletter.domain.subscribers import cadence_word

    return {
        "email": s.email,
        "name": s.name,
        "interests": list(s.interests),
        "language": s.language,
        "reads": list(s.rhythm.reads),
        "cadence": cadence_word(s.cadence, weekdays_only=s.rhythm.weekdays_only),
        "weekly_on": s.rhythm.weekly_on,
        "more_than": s.rhythm.more_than,
        "hour": s.rhythm.hour,
        "order": s.rhythm.order.value,
        "max_papers": s.max_papers,
        "paused_since": s.paused_since.isoformat() if s.paused_since else None,
        "paused_until": s.paused_until.isoformat() if s.paused_until else None,
        "catch_up": s.catch_up,
        "state": s.state.value,
        "origin": s.origin,
        "created_at": s.created_at.isoformat() if s.created_at else None,
    }


def show_changes(before: Subscriber, after: Subscriber) -> None:
    """What was changed: each field as it was, and as it is."""
    old, new = subscriber_json(before), subscriber_json(after)
    changes = [(key, plain(key, old[key]), plain(key, new[key])) for key in new if old[key] != new[key]]
    if not changes:
        out.print(f"{after.email} is so already; nothing was changed.", markup=False)
        return
    out.print(f"Changed {after.email}:", markup=False)
    for key, was, now in changes:
        out.print(f"  {key}: {was} -> {now}", markup=False)
    if old["interests"] != new["interests"]:
        note(after.interests)


def note(interests: Sequence[str]) -> None:
    """How interests were read where something else may have been meant."""
    from newsletter.domain.interests import remarks

    for remark in remarks(interests):
        out.print(f"Note: {remark}", markup=False)


def plain(key: str, value: object) -> str:
    """A value for a person; none of it in words."""
    if key == "hour" and value is not None:
        return f"{value}:00"
    if value in (None, "", [], 0):
        return _UNSET.get(key, "none")
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)


def consent_told(consent: Consent) -> str:
    """The proof that somebody wanted what they get, in a line."""
    asked, confirmed = (f"{moment:%Y-%m-%d %H:%M} UTC" for moment in (consent.asked_at, consent.confirmed_at))
    places = [f" from {place}" if place else "" for place in (consent.asked_from, consent.confirmed_from)]
    form = f" by {consent.form}" if consent.form else ""
    return f"asked {asked}{places[0]}{form}, confirmed {confirmed}{places[1]}"
