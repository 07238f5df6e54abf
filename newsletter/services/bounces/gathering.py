"""Threads that wait for the database's one writer are served together: one transaction for all of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from newsletter.errors import StoreError, StoreUnavailable

__all__ = ["Gathering"]

T = TypeVar("T")
R = TypeVar("R")

_MOST = 100
"""Served at once; as many requests as the server's threads can bring are fewer."""


class _Waiting(Generic[T, R]):
    def __init__(self, item: T) -> None:
        self.item = item
        self.results: list[R] = []
        self.failure: StoreError | None = None
        self.is_done = False


class Gathering(Generic[T, R]):
    """Whoever's turn it is takes along all who wait."""

    def __init__(self, store: Callable[[Sequence[T]], Sequence[R]]) -> None:
        """`store` stores some items for good, and has a result for each."""
        self._store = store
        self._waiting: list[_Waiting[T, R]] = []
        self._lock = threading.Lock()
        self._turn = threading.Lock()

    def put(self, item: T) -> R:
        """Store an item, alone or with others; returns when it is stored.

        Raises:
            StoreError: it could not be stored.
        """
        one: _Waiting[T, R] = _Waiting(item)
        with self._lock:
            self._waiting.append(one)
        with self._turn:
            while not one.is_done:
                with self._lock:
                    group, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
                self._serve(group)
        if one.failure is not None:
            raise one.failure
        return one.results[0]

    def _serve(self, group: Sequence[_Waiting[T, R]]) -> None:
        # what those are told who came along with one at which the program itself failed
        failure: StoreError | None = StoreUnavailable("What came at the same time could not be stored.")
        try:
            results = self._store([one.item for one in group])
            for one, result in zip(group, results, strict=True):
                one.results.append(result)
            failure = None
        except StoreError as error:
            failure = error
        finally:
            for one in group:
                one.failure, one.is_done = failure, True
