"""What came back: stored once, decided in the same transaction, shown, judged again, forgotten in time."""

from newsletter.store.events.erasing import forget_subscribers, spend
from newsletter.store.events.events import SqlEventStore

__all__ = [
    "SqlEventStore",
    "forget_subscribers",
    "spend",
]
