"""What webhooks know together."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "webhook_refusal",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "service", "reason", name=op.f("pk_webhook_refusal")),
    )
    op.create_table(
        "webhook_ticket",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_webhook_ticket")),
    )
    with op.batch_alter_table("webhook_ticket", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_webhook_ticket_until"), ["until"], unique=False)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("webhook_ticket", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_webhook_ticket_until"))

    op.drop_table("webhook_ticket")
    op.drop_table("webhook_refusal")
