"""Threads that wait for the one writer are served together, and each gets its own result."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from newsletter.errors import StoreUnavailable
from newsletter.services.bounces.gathering import Gathering


class Store:
    """Stores numbers; the first time it waits until it is let go."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.begun, self.may_go = threading.Event(), threading.Event()
        self.failure: Exception | None = None

    def take(self, numbers: Sequence[int]) -> list[int]:
        self.groups.append(list(numbers))
        if len(self.groups) == 1:
            self.begun.set()
            assert self.may_go.wait(10)
        elif self.failure is not None:
            raise self.failure
        return [2 * number for number in numbers]


@pytest.fixture
def store() -> Store:
    return Store()


def waiting(gathering: Gathering[int, int], count: int) -> bool:
    """Whether so many wait."""
    until = threading.Event()
    for _ in range(1000):
        if len(gathering._waiting) == count:
            return True
        until.wait(0.01)
    return False


def test_those_who_wait_are_stored_at_once_and_each_has_its_own_result(store: Store) -> None:
    gathering = Gathering(store.take)
    with ThreadPoolExecutor(150) as pool:
        first = pool.submit(gathering.put, 0)
        assert store.begun.wait(10)
        rest = [pool.submit(gathering.put, number) for number in range(1, 130)]
        assert waiting(gathering, 129)
        store.may_go.set()
        assert [first.result(), *(one.result() for one in rest)] == [2 * number for number in range(130)]
    assert [len(group) for group in store.groups] == [1, 100, 29]
    assert gathering.put(7) == 14


def test_what_cannot_be_stored_is_said_to_all_who_came_along(store: Store) -> None:
    gathering = Gathering(store.take)
    store.failure = StoreUnavailable("the database is locked")
    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(gathering.put, 0)
        assert store.begun.wait(10)
        rest = [pool.submit(gathering.put, number) for number in (1, 2)]
        assert waiting(gathering, 2)
        store.may_go.set()
        assert first.result() == 0
        for one in rest:
            with pytest.raises(StoreUnavailable):
                one.result()
    store.failure = None
    assert gathering.put(3) == 6


def test_a_fault_of_the_program_is_its_own_and_the_others_are_asked_to_come_again(store: Store) -> None:
    gathering = Gathering(store.take)
    store.failure = ZeroDivisionError()
    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(gathering.put, 0)
        assert store.begun.wait(10)
        rest = [pool.submit(gathering.put, number) for number in (1, 2)]
        assert waiting(gathering, 2)
        store.may_go.set()
        first.result()
        assert {type(one.exception()) for one in rest} == {ZeroDivisionError, StoreUnavailable}
