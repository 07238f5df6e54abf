"""What readers choose of when and how."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rhythm", sa.Text(), server_default="", nullable=False))

    with op.batch_alter_table("subscriber", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rhythm", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("paused_since", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("paused_until", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("catch_up", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("subscriber", schema=None) as batch_op:
        batch_op.drop_column("catch_up")
        batch_op.drop_column("paused_until")
        batch_op.drop_column("paused_since")
        batch_op.drop_column("rhythm")

    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_column("rhythm")
