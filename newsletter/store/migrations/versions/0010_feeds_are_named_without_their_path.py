"""Feeds are named by host and a hash: the path of an address may hold a token, and a feed's name is published."""

import hashlib
import json
import re

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_ADDRESS = re.compile(r"(https?://)(?:[^\s/@]*@)?([^\s/?#@]+)[^\s]*")


def upgrade() -> None:
    """Apply: listings and announcements keep their feed under its new name, and notes tell no address."""
    connection = op.get_bind()
    for name in ("listing", "announcement"):
        table = sa.table(name, sa.column("source"), sa.column("feed"))
        ours = table.c.source == "feed"
        for old in connection.execute(sa.select(table.c.feed).where(ours).distinct()).scalars().all():
            if "/" in old:
                connection.execute(sa.update(table).where(ours, table.c.feed == old).values(feed=_named(old)))
    _rewrite_notes(connection)
    _rewrite_records(connection)


def downgrade() -> None:
    """Take back: what a path was cannot be told from its hash, so feeds are asked again."""


def _named(place: str) -> str:
    host = place.partition("/")[0]
    return f"{host[:180]}-{hashlib.sha256(place.encode()).hexdigest()[:8]}"


def _rewrite_notes(connection: sa.Connection) -> None:
    rows = connection.execute(
        sa.text("SELECT day, source, feed, note FROM listing WHERE note LIKE '%://%'").columns(day=sa.Date())
    ).all()
    table = sa.table("listing", sa.column("day", sa.Date()), *map(sa.column, ("source", "feed", "note")))
    for row in rows:
        key = (table.c.day == row.day) & (table.c.source == row.source) & (table.c.feed == row.feed)
        connection.execute(sa.update(table).where(key).values(note=_ADDRESS.sub(r"\1\2", row.note)))


def _rewrite_records(connection: sa.Connection) -> None:
    """An announcement's record names its feed too, and is what issues are made from."""
    read = sa.text(
        "SELECT id, feed, record FROM announcement WHERE source = 'feed' AND id > :id ORDER BY id LIMIT 1000"
    )
    last = 0
    while rows := connection.execute(read, {"id": last}).all():
        changed = [
            {"id": row.id, "record": json.dumps(record | {"feed": row.feed}, ensure_ascii=False, separators=(",", ":"))}
            for row in rows
            if (record := json.loads(row.record)).get("feed") != row.feed
        ]
        if changed:
            connection.execute(sa.text("UPDATE announcement SET record = :record WHERE id = :id"), changed)
        last = rows[-1].id
