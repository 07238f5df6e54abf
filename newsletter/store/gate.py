"""The gate in front of each host, for workers on several machines that share a database."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from sqlalchemy import func, select, update
from sqlalchemy.sql import ColumnElement

from newsletter.store.database import Database
from newsletter.store.statements import table_of, upsert
from newsletter.store.tables import HostGateRow

__all__ = ["DatabaseGate"]

_GATE = table_of(HostGateRow)
_POLL = 0.25
_LEASE = 600.0
"""Seconds after which a turn is taken from who did not end it: a process that was killed. Longer than any request."""


class DatabaseGate:
    """Implements `domain.ports.HostGate` with a row a host.

    Moments are the database's own (seconds since the epoch), so that the clocks of machines need not agree.
    """

    def __init__(self, database: Database, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._database = database
        self._sleep = sleep

    @asynccontextmanager
    async def turn(self, host: str, spacing: float) -> AsyncIterator[None]:
        """Wait until it is this caller's turn; the next one begins `spacing` seconds after this one ends."""
        holder = secrets.token_hex(8)
        while (wait := await asyncio.to_thread(self._take, host, holder)) > 0:
            await self._sleep(wait)
        try:
            yield
        finally:
            await asyncio.to_thread(self._give_back, host, holder, spacing)

    async def hold(self, host: str, seconds: float) -> None:
        """Let nobody through for this long: the host asked for it."""
        await asyncio.to_thread(self._hold, host, seconds)

    def _take(self, host: str, holder: str) -> float:
        """Take the turn: 0; else how many seconds to wait before asking again."""
        with self._database.write() as connection:
            upsert(
                connection, HostGateRow, [{"host": host, "next_at": 0.0, "holder": "", "until": 0.0}], keys=("host",)
            )
            now = float(connection.execute(select(self._now())).scalar_one())
            taken = connection.execute(
                update(_GATE)
                .where(_GATE.c.host == host, _GATE.c.until <= now, _GATE.c.next_at <= now)
                .values(holder=holder, until=now + _LEASE)
            )
            if taken.rowcount:
                return 0.0
            row = connection.execute(select(_GATE.c.next_at, _GATE.c.until).where(_GATE.c.host == host)).one()
        wait = min(float(row.next_at) - now, _LEASE)
        return max(_POLL if row.until > now else 0.0, wait, 0.001)

    def _give_back(self, host: str, holder: str, spacing: float) -> None:
        with self._database.write() as connection:
            now = connection.execute(select(self._now())).scalar_one()
            later = func.greatest if not self._database.is_sqlite else func.max
            connection.execute(
                update(_GATE)
                .where(_GATE.c.host == host, _GATE.c.holder == holder)
                .values(holder="", until=0.0, next_at=later(_GATE.c.next_at, now + spacing))
            )

    def _hold(self, host: str, seconds: float) -> None:
        with self._database.write() as connection:
            now = connection.execute(select(self._now())).scalar_one()
            row = {"host": host, "next_at": now + seconds, "holder": "", "until": 0.0}
            upsert(connection, HostGateRow, [row], keys=("host",))
            connection.execute(
                update(_GATE).where(_GATE.c.host == host, _GATE.c.next_at < now + seconds).values(next_at=now + seconds)
            )

    def _now(self) -> ColumnElement[float]:
        if self._database.is_sqlite:
            # SQLite is a file of this machine, whose processes share one clock.
            return func.coalesce(time.time(), 0.0)
        return func.extract("epoch", func.clock_timestamp()).cast(_GATE.c.next_at.type)
