"""Migrations: Alembic's scripts, run on a connection that is handed in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Column, Connection, MetaData, String, Table

if TYPE_CHECKING:
    from alembic.config import Config

__all__ = ["REVISIONS", "VERSION_TABLE", "make_config", "upgrade"]

REVISIONS = (
    "0001",
    "0002",
    "0003",
    "0004",
    "0005",
    "0006",
    "0007",
    "0008",
    "0009",
    "0010",
    "0011",
    "0012",
    "0013",
    "0014",
    "0015",
    "0016",
    "0017",
    "0018",
    "0019",
)
"""Every revision, oldest first; a test holds this equal to the scripts, so that opening needs no Alembic."""

VERSION_TABLE = Table("alembic_version", MetaData(), Column("version_num", String(32), primary_key=True))


def make_config(connection: Connection) -> Config:
    """Alembic's configuration for these scripts on this connection."""
    from alembic.config import Config  # noqa: PLC0415  # slow to import, needed when tables change alone

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config


def upgrade(connection: Connection) -> None:
    """Bring the tables up to the newest revision, within the connection's own transaction."""
    from alembic import command  # noqa: PLC0415  # as above

    command.upgrade(make_config(connection), "head")
