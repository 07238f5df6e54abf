"""Approval: a person looked at the issue and lets it go out."""

from __future__ import annotations

from newsletter.domain.issues import IssueKey, IssueState, IssueStatus
from newsletter.domain.ports import Clock, IssueStore
from newsletter.errors import IssueMissing

__all__ = ["Approve"]


class Approve:
    """The use case. What is approved is one content: composing another takes the approval away."""

    def __init__(self, issues: IssueStore, *, clock: Clock) -> None:
        self._issues = issues
        self._clock = clock

    def run(self, key: IssueKey) -> IssueStatus:
        """Approve the newest revision of an issue. Approving twice is approving once.

        Raises:
            IssueMissing: there is no such issue.
        """
        status = self._issues.status(key)
        if status is None:
            msg = f"There is no issue {key.slug} yet. Run `newsletter compose {key.options}` first."
            raise IssueMissing(msg)
        if status.state is IssueState.DRAFT:
            self._issues.mark(key, status.revision, IssueState.APPROVED, self._clock())
        approved = self._issues.status(key)
        assert approved is not None  # noqa: S101  # it was there
        return approved
