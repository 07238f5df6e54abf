"""Acronyms."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "acronym",
        sa.Column("paper_id", sa.String(), nullable=False),
        sa.Column("short", sa.String(), nullable=False),
        sa.Column("long", sa.String(), nullable=False),
        sa.Column("shown", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("paper_id", "short", "long", name=op.f("pk_acronym")),
    )
    with op.batch_alter_table("acronym", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_acronym_day"), ["day"], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_table("acronym")
