"""What came back: stored once, decided in the same transaction, shown, judged again, forgotten in time."""

from newsletter.store.events.erasing import (
    erase_events,
    events_naming,
    events_of,
    forget_events,
    forget_subscribers,
    spend,
)
from newsletter.store.events.events import SqlEventStore, lock_events

__all__ = [
    "SqlEventStore",
    "erase_events",
    "events_naming",
    "events_of",
    "forget_events",
    "forget_subscribers",
    "lock_events",
    "spend",
]
