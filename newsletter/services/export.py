"""Write one issue as one document: a published digest format, or JSON Lines for another program."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from newsletter.domain.issues import Issue, IssueKey
from newsletter.domain.ports import IssueStore
from newsletter.errors import IssueMissing, UsageError

__all__ = ["DocumentWriter", "Export"]

DocumentWriter = Callable[[Issue, str, bool], str]
"""Writes an issue in a language; the last argument asks for the published form to the letter."""


class Export:
    """The use case."""

    def __init__(self, issues: IssueStore, writers: Mapping[str, DocumentWriter]) -> None:
        self._issues = issues
        self._writers = writers

    def run(self, key: IssueKey, form: str, *, language: str | None = None, compat: bool = False) -> str:
        """The document of an issue's newest revision, in the newsletter's own language by default.

        Raises:
            IssueMissing: there is no such issue.
            UsageError: an unknown format, or a language that the issue does not have.
        """
        writer = self._writers.get(form)
        if writer is None:
            msg = f"--format: expected one of {', '.join(self._writers)}, got {form!r}."
            raise UsageError(msg)
        issue = self._issues.get(key)
        if issue is None:
            msg = f"There is no issue {key.slug}. `newsletter status` lists the newest ones."
            raise IssueMissing(msg)
        chosen = language or issue.languages[0]
        if chosen not in issue.languages:
            msg = f"--language: issue {key.slug} is in {', '.join(issue.languages)}, not in {chosen!r}."
            raise UsageError(msg)
        return writer(issue, chosen, compat)
