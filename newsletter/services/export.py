"""Write one issue as one document: a published digest format, or JSON Lines for another program."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from newsletter.domain.issues import Issue, IssueKey, is_from, published_text
from newsletter.domain.ports import ArchiveStore, IssueStore
from newsletter.errors import IssueMissing, UsageError

__all__ = ["DocumentWriter", "Export"]

DocumentWriter = Callable[[Issue, str, bool], str]
"""Writes an issue in a language; the last argument asks for the published form to the letter."""


class Export:
    """The use case."""

    def __init__(self, issues: IssueStore, archives: ArchiveStore, writers: Mapping[str, DocumentWriter]) -> None:
        self._issues = issues
        self._archives = archives
        self._writers = writers

    def run(self, key: IssueKey, form: str, *, language: str | None = None, compat: bool = False) -> str:
        """The document of an issue's newest revision, in its own first language by default.

        `compat` asks for the published form to the letter. Of a digest that was imported in this format and not
        changed here that is the digest itself; of a day on which several were, the one of this format.

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
        if compat and any(is_from(entry, form) for entry in issue.papers):
            published = published_text(issue, self._archives.on(key.day), form, chosen)
            if published is not None:
                return published
            issue = replace(issue, papers=tuple(entry for entry in issue.papers if is_from(entry, form)))
        return writer(issue, chosen, compat)
