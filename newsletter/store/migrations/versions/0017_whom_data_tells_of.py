"""Issues whose deliveries tell of nobody any more; and files that may hold remains of what was deleted before."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("dispatch", sa.Column("is_emptied", sa.Boolean(), server_default="0", nullable=False))
    if op.get_bind().dialect.name == "sqlite":
        # until now SQLite left in its file what was deleted from it
        op.execute(
            "INSERT INTO meta (name, value) SELECT 'remains', 'yes' "
            "WHERE EXISTS (SELECT 1 FROM subscriber) OR EXISTS (SELECT 1 FROM delivery)"
        )


def downgrade() -> None:
    """Take back."""
    op.execute("DELETE FROM meta WHERE name = 'remains'")
    with op.batch_alter_table("dispatch", schema=None) as batch_op:
        batch_op.drop_column("is_emptied")
