"""What came back, and which of it suppressed an address."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reply", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("proof", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dispatch_id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("domain", sa.String(), nullable=False),
        sa.Column("is_believed", sa.Boolean(), nullable=False),
        sa.Column("is_spent", sa.Boolean(), nullable=False),
        sa.Column("waits", sa.Boolean(), nullable=False),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.Column("state_before", sa.String(), nullable=False),
        sa.Column("changes_after", sa.Integer(), nullable=False),
        sa.Column("evidence", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("key", name=op.f("uq_event_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_delivery_id"), ["delivery_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_event_digest"), ["digest"], unique=False)
        batch_op.create_index("ix_event_issue", ["dispatch_id", "kind", "domain"], unique=False)
        batch_op.create_index(batch_op.f("ix_event_stored_at"), ["stored_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_event_subscriber_id"), ["subscriber_id"], unique=False)
        batch_op.create_index(
            "ix_event_waits", ["id"], unique=False, sqlite_where=sa.text("waits"), postgresql_where=sa.text("waits")
        )

    with op.batch_alter_table("suppression", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cause", sa.String(), server_default="operator", nullable=False))
        batch_op.add_column(sa.Column("event_id", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("delivery_id", sa.Integer(), server_default="0", nullable=False))

    op.create_index(
        "ix_delivery_failed",
        "delivery",
        ["id"],
        unique=False,
        sqlite_where=sa.text("status = 'failed'"),
        postgresql_where=sa.text("status = 'failed'"),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_delivery_failed", "delivery")
    with op.batch_alter_table("suppression", schema=None) as batch_op:
        batch_op.drop_column("delivery_id")
        batch_op.drop_column("event_id")
        batch_op.drop_column("cause")

    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index("ix_event_waits", sqlite_where=sa.text("waits"), postgresql_where=sa.text("waits"))
        batch_op.drop_index(batch_op.f("ix_event_subscriber_id"))
        batch_op.drop_index(batch_op.f("ix_event_stored_at"))
        batch_op.drop_index("ix_event_issue")
        batch_op.drop_index(batch_op.f("ix_event_digest"))
        batch_op.drop_index(batch_op.f("ix_event_delivery_id"))

    op.drop_table("event")
