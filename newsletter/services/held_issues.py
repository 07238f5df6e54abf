"""Issues that readers ask about, in memory with their index: read and indexed once for all who ask.

What is kept is bounded, whatever the number of readers and the size of issues. Everything is done by one thread at a
time: readers' documents are made one at a time anyway.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from newsletter.domain.issues import Issue, IssueStatus, Selection, SelectionRequest
from newsletter.domain.ports import IssueStore, SelectorFactory
from newsletter.errors import StoreError

if TYPE_CHECKING:
    from newsletter.domain.matching import IssueSelector

__all__ = ["HeldIssues"]

MOST_PAPERS = 4000
"""How many papers the issues may have together: at most some 50 KB of memory each while they are indexed."""
_LISTS = 250
"""Lists of interests after which an index is made anew: it remembers every interest and match that it was asked for."""


@dataclass(slots=True)
class _Held:
    """An issue in memory; its selector is made when it is first needed, and made anew after `_LISTS`."""

    issue: Issue
    selector: IssueSelector | None = None
    lists: set[tuple[str, ...]] = field(default_factory=set)


class HeldIssues:
    """The issues. Hold `lock` while using what they give."""

    def __init__(self, issues: IssueStore, select: SelectorFactory) -> None:
        """`select` must make a selector of its own for each call: they are kept here."""
        self._issues = issues
        self._select = select
        self._held: OrderedDict[str, _Held] = OrderedDict()
        self.lock = threading.RLock()

    def issue(self, status: IssueStatus) -> Issue:
        """The issue itself.

        Raises:
            StoreError: it is gone: somebody changes the database by hand.
        """
        return self._hold(status).issue

    def has_index(self, status: IssueStatus) -> bool:
        """Whether the next selection costs no more than itself."""
        held = self._held.get(status.hash)
        return held is not None and held.selector is not None

    def select(self, status: IssueStatus, request: SelectionRequest) -> Selection:
        """What somebody gets of the issue.

        Raises:
            StoreError: it is gone.
        """
        return self.selector(status, request.interests).select(request)

    def selector(self, status: IssueStatus, interests: tuple[str, ...] = ()) -> IssueSelector:
        """The issue's selector, for whoever asks about these interests.

        Raises:
            StoreError: it is gone.
        """
        held = self._hold(status)
        if held.selector is None or (len(held.lists) >= _LISTS and interests not in held.lists):
            held.selector, held.lists = self._select(held.issue), set()
        held.lists.add(interests)
        return held.selector

    @property
    def papers(self) -> int:
        """How many papers are in memory."""
        return sum(len(one.issue.papers) for one in self._held.values())

    def _hold(self, status: IssueStatus) -> _Held:
        """An issue, read once; those asked for longest ago make room."""
        held = self._held.get(status.hash)
        if held is None:
            issue = self._issues.get(status.key, status.revision)
            if issue is None:
                msg = f"Issue {status.key.slug} is no longer there."
                raise StoreError(msg)
            held = self._held[status.hash] = _Held(issue)
            while len(self._held) > 1 and self.papers > MOST_PAPERS:
                self._held.popitem(last=False)
        self._held.move_to_end(status.hash)
        return held
