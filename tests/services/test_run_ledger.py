"""Groups of changes: few transactions, nobody kept waiting for nothing, and an error for all who wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

import pytest

from newsletter.domain.delivery import Begin, Change, Delivery, Outcome
from newsletter.domain.delivery import DeliveryStatus as S
from newsletter.errors import StoreUnavailable
from newsletter.services.dispatch.run_ledger import RunLedger
from newsletter.store import Database
from newsletter.store.ledger import SqlDeliveryStore
from tests.support.dispatching import Dispatching, subscribers
from tests.support.samples import FROZEN, make_issue


class Watched(SqlDeliveryStore):
    """The ledger, and how large its groups were."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.groups: list[int] = []
        self.broken = False
        self.issue = make_issue(3)

    def record(self, run: int, changes: Sequence[Change], *, at: datetime) -> frozenset[int]:
        """As the ledger does, or as one whose disk is full."""
        if self.broken:
            msg = "the disk is full"
            raise StoreUnavailable(msg)
        self.groups.append(len(changes))
        return super().record(run, changes, at=at)


@pytest.fixture
def store(database: Database) -> Watched:
    store = Watched(database)
    newsletter = Dispatching(database, issue=store.issue)
    newsletter.subscribe(*subscribers(12))
    newsletter.plan()
    return store


def _begun(store: Watched, crowd: Callable[[], int] = lambda: 1) -> tuple[RunLedger, tuple[Delivery, ...]]:
    run = store.open_run(store.issue.key, "here", at=FROZEN, until=FROZEN)
    held = store.claim(run, at=FROZEN, limit=12)
    return RunLedger(store, run, clock=lambda: FROZEN, crash_hook=lambda _: None, crowd=crowd), held


async def test_those_that_wait_together_share_a_transaction(store: Watched) -> None:
    writer, held = _begun(store, lambda: 6)
    assert all(await asyncio.gather(*(writer.begin(Begin(d.id, "<1@x>")) for d in held)))
    writer.close()
    assert store.groups == [6, 6]


async def test_one_alone_is_written_although_no_others_come(store: Watched) -> None:
    writer, held = _begun(store, lambda: 6)
    async with asyncio.timeout(5):
        assert await writer.begin(Begin(held[0].id, "<1@x>"))
    writer.close()
    assert store.groups == [1]


async def test_an_outcome_is_written_no_later_than_what_follows_it(store: Watched) -> None:
    writer, held = _begun(store)
    await writer.begin(Begin(held[0].id, "<1@x>"))
    writer.add(Outcome(held[0].id, S.SENT))
    await writer.begin(Begin(held[1].id, "<2@x>"))
    writer.close()
    assert [d.status for d in store.of_issue(store.issue.key)][:2] == [S.SENT, S.SENDING]


async def test_flushing_writes_what_is_left(store: Watched) -> None:
    writer, held = _begun(store, lambda: 100)
    for delivery in held:
        writer.add(Outcome(delivery.id, S.SKIPPED, "unsubscribed"))
    await writer.flush()
    writer.close()
    assert {d.status for d in store.of_issue(store.issue.key)} == {S.SKIPPED}


async def test_a_ledger_that_cannot_be_written_tells_everybody_who_waits_and_whoever_comes(store: Watched) -> None:
    writer, held = _begun(store, lambda: 2)
    store.broken = True
    waiting = [writer.begin(Begin(d.id, "<1@x>")) for d in held[:3]]
    for answer in await asyncio.gather(*waiting, return_exceptions=True):
        assert isinstance(answer, StoreUnavailable)
    with pytest.raises(StoreUnavailable):
        await writer.begin(Begin(held[4].id, "<1@x>"))
    with pytest.raises(StoreUnavailable):
        await writer.flush()
    writer.close()
    assert {d.status for d in store.of_issue(store.issue.key)} == {S.QUEUED}
