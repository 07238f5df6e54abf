"""Run by Alembic: the connection comes from `migrations.make_config`, and its transaction is the caller's."""

from typing import Literal

from alembic import context
from sqlmodel.sql.sqltypes import AutoString

from newsletter.store.tables import metadata
from newsletter.store.types import UtcDateTime


def render_item(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Write our own column types as the plain ones they are, so that a migration needs nothing of this program."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, AutoString):
        return "sa.String()"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    compare_type=True,
    render_item=render_item,
    render_as_batch=connection.dialect.name == "sqlite",
)
context.run_migrations()
