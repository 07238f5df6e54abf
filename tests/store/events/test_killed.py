"""A process that takes reports in is killed at every statement it makes: all of a batch is done, or nothing of it."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from multiprocessing.connection import Connection
from typing import Any

import pytest
from sqlalchemy import Engine, event

from newsletter.domain.bounces import BounceRules, EventKind
from newsletter.domain.delivery import DeliveryStatus as S
from newsletter.domain.subscribers import SubscriptionState
from newsletter.store import Database, SqlStore
from tests.store.conftest import NOW
from tests.support.returns import Mailing

K = EventKind
PEOPLE = [f"r{n}@example.org" for n in range(12)]
KINDS = [K.HARD, K.COMPLAINT, K.SOFT, K.POLICY]
State = tuple[int, int, int, int]


def _batches(mailing: Mailing) -> list[list[Any]]:
    arrivals = [mailing.arrival(email, KINDS[n % 4]) for n, email in enumerate(PEOPLE)]
    return [arrivals[:4], arrivals[4:]]


def _take_in(url: str) -> None:
    database = Database(url)
    store = SqlStore(database, clock=lambda: NOW)
    for batch in _batches(Mailing(store, at=NOW)):
        store.events.take_in(batch, BounceRules(policy_least=3))
    database.close()


def _state(url: str) -> State:
    """Events, suppressions, deliveries that came back, subscriptions that ended."""
    database = Database(url)
    store = SqlStore(database, clock=lambda: NOW)
    totals = store.deliveries.totals(Mailing(store, at=NOW).key)
    left = sum(s.state is SubscriptionState.UNSUBSCRIBED for s in store.subscribers.stream())
    state = (store.events.count(), store.suppressions.count(), totals.get(S.BOUNCED, 0), left)
    database.close()
    return state


@contextmanager
def _dying_at(number: int) -> Iterator[None]:
    """This process is killed before its statement (or commit) of this number."""
    numbers = count(1)

    def maybe_die(*_: object) -> None:
        if next(numbers) == number:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", maybe_die)
    event.listen(Engine, "commit", maybe_die)
    yield


def _nurse(url: str, pipe: Connection) -> None:
    """Let one life after another end a statement later than the one before, until one is through."""
    for number in count(1):
        pid = os.fork()
        if pid == 0:
            try:
                with _dying_at(number):
                    _take_in(url)
            except BaseException:  # noqa: BLE001  # a fork must never go on as its parent
                os._exit(1)
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        code = os.waitstatus_to_exitcode(status)
        pipe.send((code, _state(url)))
        if code != -signal.SIGKILL:
            return


def test_a_kill_at_any_statement_leaves_a_batch_done_or_not_begun_and_it_is_done_once(
    store: SqlStore, database: Database
) -> None:
    Mailing(store, at=NOW).send(*PEOPLE)
    url = database.engine.url.render_as_string(hide_password=False)
    ours, theirs = multiprocessing.Pipe()
    nurse = multiprocessing.get_context("spawn").Process(target=_nurse, args=(url, theirs))
    nurse.start()
    theirs.close()
    states: list[State] = []
    codes: list[int] = []
    while not codes or codes[-1] == -signal.SIGKILL:
        if not ours.poll(60):
            pytest.fail("the nurse is silent")
        code, state = ours.recv()
        codes.append(code)
        states.append(state)
    nurse.join(60)
    assert codes[-1] == 0
    assert len(codes) > 30
    # nothing, the first batch, or both: events, suppressed by hard and complaint, back by hard, soft and policy, left
    assert set(states) == {(0, 0, 0, 0), (4, 2, 3, 1), (12, 6, 9, 3)}
    assert states == sorted(states)
    dispatch = store.deliveries.status(Mailing(store, at=NOW).key)
    assert dispatch is not None
    assert dispatch.paused == "3 of 12 mails came back, refused by policy"
