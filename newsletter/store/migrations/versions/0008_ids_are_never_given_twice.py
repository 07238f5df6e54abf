"""Ids are never given twice: on SQLite, subscribers and the ledger count on from the greatest id that is known."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

IDS = {
    "subscriber": "SELECT max(id) AS id FROM subscriber UNION ALL SELECT max(subscriber_id) FROM delivery",
    "dispatch": "SELECT max(id) AS id FROM dispatch UNION ALL SELECT max(dispatch_id) FROM delivery "
    "UNION ALL SELECT max(dispatch_id) FROM dispatch_run",
    "dispatch_run": "SELECT max(id) AS id FROM dispatch_run UNION ALL SELECT max(run_id) FROM delivery",
    "delivery": "SELECT max(id) AS id FROM delivery",
}
"""Of each table the greatest ids that are known, also of rows that are gone: others have kept them."""


def upgrade() -> None:
    """Apply."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return
    for table, ids in IDS.items():
        with op.batch_alter_table(table, recreate="always", table_kwargs={"sqlite_autoincrement": True}):
            pass
        greatest = max(known or 0 for known in connection.execute(sa.text(ids)).scalars())
        connection.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table})
        counted = sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :seq)")
        connection.execute(counted, {"name": table, "seq": greatest})


def downgrade() -> None:
    """Take back."""
    if op.get_bind().dialect.name != "sqlite":
        return
    for table in IDS:
        with op.batch_alter_table(table, recreate="always"):
            pass
