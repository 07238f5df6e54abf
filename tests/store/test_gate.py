"""The gate that workers on several machines share: a row a host, on both databases."""

from __future__ import annotations

import asyncio
import time
from itertools import pairwise

from sqlalchemy import update

from newsletter.store import Database
from newsletter.store.gate import DatabaseGate
from newsletter.store.statements import table_of
from newsletter.store.tables import HostGateRow

GATE = table_of(HostGateRow)


async def test_turns_do_not_overlap_and_keep_their_distance(database: Database) -> None:
    turns: list[tuple[float, float]] = []

    async def worker() -> None:
        gate = DatabaseGate(database)
        for _ in range(2):
            async with gate.turn("arxiv.org", 0.05):
                begun = time.monotonic()
                await asyncio.sleep(0.01)
                turns.append((begun, time.monotonic()))

    async with asyncio.timeout(30):
        await asyncio.gather(*(worker() for _ in range(3)))
    turns.sort()
    assert len(turns) == 6
    assert all(after[0] - before[1] >= 0.049 for before, after in pairwise(turns))


async def test_hosts_do_not_wait_for_each_other(database: Database) -> None:
    gate = DatabaseGate(database)
    async with asyncio.timeout(10), gate.turn("arxiv.org", 3), gate.turn("huggingface.co:443", 1):
        pass


async def test_a_host_that_asked_for_it_is_left_alone(database: Database) -> None:
    gate = DatabaseGate(database)
    # before the first of them: how long a machine takes to write them down is part of the time
    begun = time.monotonic()
    await gate.hold("arxiv.org", 0.4)
    await gate.hold("arxiv.org", 0.1)
    async with asyncio.timeout(10), gate.turn("arxiv.org", 0):
        assert time.monotonic() - begun >= 0.35


async def test_a_failed_turn_is_given_back(database: Database) -> None:
    gate = DatabaseGate(database)
    try:
        async with gate.turn("h", 0):
            raise RuntimeError
    except RuntimeError:
        pass
    async with asyncio.timeout(5), gate.turn("h", 0):
        pass


async def test_a_turn_whose_holder_died_runs_out(database: Database) -> None:
    gate = DatabaseGate(database)
    await asyncio.to_thread(gate._take, "h", "gone")  # and never given back
    begun = time.time()
    with database.write() as connection:
        connection.execute(update(GATE).where(GATE.c.host == "h").values(until=begun + 0.3))
    async with asyncio.timeout(5), gate.turn("h", 0):
        assert time.time() - begun >= 0.25
