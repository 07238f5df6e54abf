"""Write the next migration from the difference between the tables and the scripts: `python -m … "What changes"`."""

from __future__ import annotations

import sys

from alembic import command
from sqlalchemy import create_engine

from newsletter.store.migrations import REVISIONS, make_config, upgrade

with create_engine("sqlite://").connect() as connection:
    upgrade(connection)
    number = f"{len(REVISIONS) + 1:04}"
    command.revision(make_config(connection), message=sys.argv[1], autogenerate=True, rev_id=number)
