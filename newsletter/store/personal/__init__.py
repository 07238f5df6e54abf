"""What is kept of one person, in whatever table: told to them, and erased."""

from newsletter.store.personal.personal import SqlPersonalStore

__all__ = [
    "SqlPersonalStore",
]
