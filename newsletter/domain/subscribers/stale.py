"""What is let go of when its time is over."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Stale"]


class Stale(StrEnum):
    """What tells of people and is not kept for ever, in the order in which it is let go of."""

    UNCONFIRMED = "unconfirmed"
    """Who asked to join by a form and has not confirmed."""
    FEEDS = "feeds"
    """Who reads by feed alone, and has not read it."""
    REQUESTS = "requests"
    LETTERS = "letters"
    DELIVERIES = "deliveries"
    """To whom an issue went: the row stays, and tells of nobody."""
    EVIDENCE = "evidence"
    """The first octets of what told of an event."""
    EVENTS = "events"
