"""What summaries cost, one row an expense; and who writes one at this moment."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. What the summaries there are say that they cost becomes the first expenses."""
    op.create_table(
        "summary_claim",
        sa.Column("paper_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("prompt", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("until", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint(
            "paper_id", "version", "language", "engine", "model", "prompt", name=op.f("pk_summary_claim")
        ),
    )
    op.create_index("ix_summary_claim_holder", "summary_claim", ["holder"])
    expense = op.create_table(
        "expense",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("tokens_in", sa.Integer(), nullable=False),
        sa.Column("tokens_out", sa.Integer(), nullable=False),
        sa.Column("cost", sa.Float(), nullable=False),
        sa.Column("is_estimate", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expense")),
    )
    op.create_index("ix_expense_paper_id", "expense", ["paper_id"])
    summary = sa.table(
        "summary", *(sa.column(name) for name in ("id", "paper_id", "language", "engine", "model", "record"))
    )
    connection = op.get_bind()
    last = 0
    while rows := connection.execute(
        sa.select(summary).where(summary.c.id > last).order_by(summary.c.id).limit(500)
    ).all():
        last = rows[-1].id
        spent = [(row, json.loads(row.record).get("provenance", {})) for row in rows]
        expenses = [
            {"paper_id": row.paper_id, "language": row.language, "engine": row.engine, "model": row.model,
             "tokens_in": 0, "tokens_out": by.get("tokens", 0), "cost": by.get("cost", 0.0), "is_estimate": False}
            for row, by in spent if by.get("tokens") or by.get("cost")
        ]  # fmt: skip
        if expenses:
            connection.execute(expense.insert(), expenses)


def downgrade() -> None:
    """Take back."""
    op.drop_table("expense")
    op.drop_table("summary_claim")
