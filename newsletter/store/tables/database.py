"""The database itself, and the hosts that processes share."""

from __future__ import annotations

from sqlmodel import Field, SQLModel

__all__ = ["HostGateRow", "MetaRow"]


class MetaRow(SQLModel, table=True):
    """Facts about the database itself, its secret and its keys among them."""

    __tablename__ = "meta"

    name: str = Field(primary_key=True)
    value: str


class HostGateRow(SQLModel, table=True):
    """Whose turn it is to ask a host, and when the next may begin; moments in seconds since the epoch."""

    __tablename__ = "host_gate"

    host: str = Field(primary_key=True)
    next_at: float = 0.0
    holder: str = ""
    until: float = 0.0
