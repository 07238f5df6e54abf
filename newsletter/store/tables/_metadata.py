"""What all tables share."""

from __future__ import annotations

from sqlalchemy import MetaData
from sqlmodel import SQLModel

__all__ = ["NEVER_AGAIN", "metadata"]

NEVER_AGAIN = {"sqlite_autoincrement": True}
"""For tables whose ids are known outside: in a token, in an envelope sender, to a process, in rows of other tables.

Otherwise SQLite gives the id of the newest row, once that is gone, to the next one, and with it all that it stands for.
"""

metadata: MetaData = SQLModel.metadata
# names that migrations can rely on, the same on both databases
metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
