"""The database: tables, one repository a concept, migrations."""

from newsletter.store.database import Database
from newsletter.store.store import SqlStore

__all__ = ["Database", "SqlStore"]
