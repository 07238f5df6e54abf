"""When somebody who reads by feed alone read it last."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("subscriber", sa.Column("read_on", sa.Date(), nullable=True))


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("subscriber", schema=None) as batch_op:
        batch_op.drop_column("read_on")
