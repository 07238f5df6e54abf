"""Issues that readers ask about, in memory with their index: read and indexed once for all who ask.

What is kept is bounded, whatever the number of readers and the size of issues. Everything is done by one thread at a
time: readers' documents are made one at a time anyway.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsletter.domain.interests import terms_at_most, terms_in
from newsletter.domain.issues import Issue, IssueStatus, Selection, SelectionRequest
from newsletter.domain.ports import IssueStore, SelectorFactory
from newsletter.errors import StoreError

if TYPE_CHECKING:
    from newsletter.domain.matching import IssueSelector

__all__ = ["HeldIssues", "asks_for_much", "step_terms"]

MOST_PAPERS = 4000
"""How many papers the issues may have together: some 40 KB of memory each while they are indexed."""
MOST_KEPT = 32_000_000
"""Bytes that all issues may keep of what they were asked for, beside their indexes: one list is far from it alone."""


LONG_TERMS = 250
"""Terms from which on a list asks for much; the longest of 97 real ones has 203."""


_STEP_TERMS, _LONG_STEP_TERMS = 1_500, 300
_LONG_COUNT = 2_000


def step_terms(interests: Sequence[str]) -> int:
    """How many terms, by the quick count, one step looks up: few of a long list, so that others wait little for it."""
    return _STEP_TERMS if sum(map(terms_at_most, interests)) <= _LONG_COUNT else _LONG_STEP_TERMS


def asks_for_much(interests: Sequence[str]) -> bool:
    """Whether looking these interests up takes long, beside what others ask for."""
    if sum(map(terms_at_most, interests)) <= LONG_TERMS:
        return False
    total = 0
    for text in interests:
        total += terms_in(text)
        if total > LONG_TERMS:
            return True
    return False


@dataclass(slots=True)
class _Held:
    """An issue in memory; its selector is made when it is first needed."""

    issue: Issue
    selector: IssueSelector | None = None


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
        selection = self.selector(status).select(request)
        self.make_room()
        return selection

    def make_room(self) -> None:
        """Forget what was asked for, where that is much by now; the indexes stay. To be called after each step.

        What others have begun is forgotten, too: they find it out again.
        """
        selectors = [one.selector for one in self._held.values() if one.selector is not None]
        if sum(one.kept for one in selectors) > MOST_KEPT:
            for one in selectors:
                one.forget()

    def selector(self, status: IssueStatus) -> IssueSelector:
        """The issue's selector.

        Raises:
            StoreError: it is gone.
        """
        held = self._hold(status)
        if held.selector is None:
            held.selector = self._select(held.issue)
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
