"""Single deliveries beyond a plan."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("dispatch", schema=None) as batch_op:
        batch_op.add_column(sa.Column("planned_through", sa.Integer(), server_default="0", nullable=False))
    # of what was planned before, all rows came by planning
    op.execute(
        "UPDATE dispatch SET planned_through = COALESCE("
        "(SELECT MAX(subscriber_id) FROM delivery WHERE delivery.dispatch_id = dispatch.id AND subscriber_id > 0), 0)"
    )


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("dispatch", schema=None) as batch_op:
        batch_op.drop_column("planned_through")
