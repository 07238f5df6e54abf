"""Digests of three sizes, each a reader's whose interests really find about so many papers of an issue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from newsletter.domain.issues import Issue, Selection, SelectionRequest
from newsletter.domain.matching import IssueSelector

__all__ = ["SIZES", "Digests"]

SIZES = {"few": 3, "some": 20, "many": 219}
"""How many papers a digest of that name should have; where an issue has no such reader, the nearest stands for it."""

Interests = tuple[str, ...]


class Digests:
    """The digests of an issue for readers with these lists of interests, and for some who have several lists."""

    def __init__(self, issue: Issue, lists: Iterable[Sequence[str]]) -> None:
        self._selector = IssueSelector(issue)
        self._lists = [tuple(one) for one in lists]

    def of_size(self, papers: int) -> tuple[Interests, Selection]:
        """The reader whose digest comes nearest to this size, of several the one with most interests."""
        return min(self._all, key=lambda one: (abs(len(one[1]) - papers), -len(one[0])))

    @cached_property
    def _all(self) -> list[tuple[Interests, Selection]]:
        requests = [SelectionRequest(interests) for interests in self._readers()]
        return [
            (one.interests, found) for one, found in zip(requests, self._selector.select_many(requests), strict=True)
        ]

    def _readers(self) -> Iterator[Interests]:
        yield from self._lists
        pooled: Interests = ()
        for one in self._lists:
            pooled += one
            yield pooled
