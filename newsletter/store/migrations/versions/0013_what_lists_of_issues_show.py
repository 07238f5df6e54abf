"""An index that holds all that lists of issues show, so that they need not come past the issues' content."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_SHOWN = ["edition", "day", "revision", "state", "hash", "papers", "frozen_at", "published_at"]


def upgrade() -> None:
    """Apply."""
    op.create_index("ix_issue_shown", "issue", _SHOWN)


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_issue_shown", "issue")
