"""Every error this product raises on purpose.

A message says what was expected, what came, and what to do. Facts that a caller may need to decide (a file and
line, a reply code, a waiting time) are attributes, not text to be parsed again.

    NewsletterError
    ├── UsageError                  wrong command line                                     exit 2
    ├── ConfigError                 newsletter.toml or the environment is wrong            exit 2
    ├── RosterError                 one row of a roster file is wrong; the others go on
    ├── InterestError               an interest expression cannot be read
    ├── SourceError                 one source (or one feed of it) could not be read
    │   ├── SourceUnavailable       no answer, a refusal, a cut line, a server error
    │   ├── SourceThrottled         the source asked us to slow down
    │   └── SourceMalformed         an answer that is not what the source promises
    ├── EngineError                 an enrichment engine failed for one paper or altogether
    │   ├── EngineUnavailable       the engine cannot be reached
    │   └── AnswerUnusable          one answer that must not be published
    ├── IssueError
    │   ├── IssueMissing            no issue of that date
    │   ├── IssuePublished          a published issue is never edited
    │   ├── IssueLate               too old to be sent without being asked for
    │   ├── IssuePaused             its dispatch is paused
    │   └── ApprovalMissing         `issue.approval` is on and nobody has approved
    ├── TemplateFault               a template is wrong: file, line, variable
    ├── StoreError
    │   ├── StoreOutdated           the database is older than this program
    │   ├── StoreNewer              the database is newer than this program
    │   └── StoreUnavailable        cannot be opened, is full, is locked
    ├── MailError                   something about sending
    │   ├── RelayUnavailable        the relay cannot be reached, secured or logged into
    │   ├── MessageChanged          a message is not the one that a dry run wrote
    │   └── AddressInvalid          an address that cannot be mailed
    └── NothingToDo                 nothing was expected; not a failure                    exit 3
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePath

__all__ = [
    "AddressInvalid",
    "AnswerUnusable",
    "ApprovalMissing",
    "ConfigError",
    "EngineError",
    "EngineUnavailable",
    "InterestError",
    "IssueError",
    "IssueLate",
    "IssueMissing",
    "IssuePaused",
    "IssuePublished",
    "MailError",
    "MailboxUnavailable",
    "MessageChanged",
    "NewsletterError",
    "NothingToDo",
    "RelayUnavailable",
    "RosterError",
    "SourceError",
    "SourceMalformed",
    "SourceThrottled",
    "SourceUnavailable",
    "StoreError",
    "StoreNewer",
    "StoreOutdated",
    "StoreUnavailable",
    "TemplateFault",
    "UsageError",
]


class NewsletterError(Exception):
    """Root of the tree. Its text is fit to be shown to the operator as it is."""

    exit_status = 1


class UsageError(NewsletterError):
    """The command line asks for something that makes no sense."""

    exit_status = 2


class ConfigError(NewsletterError):
    """A setting is missing or wrong. `key` is dotted (`smtp.port`), `path` the file that holds it, if any."""

    exit_status = 2

    def __init__(self, message: str, *, key: str = "", path: Path | None = None) -> None:
        super().__init__(message)
        self.key = key
        self.path = path


class RosterError(NewsletterError):
    """One row of a roster file cannot be used; `line` counts from 1, 0 where no line can be named."""

    def __init__(self, message: str, *, path: PurePath | None = None, line: int = 0) -> None:
        where = f"{path}:{line}: " if path and line else f"{path}: " if path else ""
        super().__init__(f"{where}{message}")
        self.path = path
        self.line = line


class InterestError(NewsletterError):
    """An interest expression cannot be read. `position` is the offset (from 0) in `text` where reading stopped.

    `message` has named places for `values` (`more than %(most)s terms`): pages say it in the reader's language.
    """

    def __init__(
        self, message: str, *, values: Mapping[str, str | int] | None = None, text: str = "", position: int = 0
    ) -> None:
        self.message = message
        self.values = dict(values or {})
        super().__init__(f"{message % self.values} (at character {position + 1})")
        self.text = text
        self.position = position


class SourceError(NewsletterError):
    """A source, or one feed of it, could not be read; the other feeds go on."""

    def __init__(self, message: str, *, source: str = "", feed: str = "") -> None:
        super().__init__(message)
        self.source = source
        self.feed = feed


class SourceUnavailable(SourceError):
    """No answer, a refused or cut connection, or a server error."""


class SourceThrottled(SourceError):
    """The source asked for fewer requests. `retry_after` is in seconds, None where it named no time."""

    def __init__(self, message: str, *, source: str = "", feed: str = "", retry_after: float | None = None) -> None:
        super().__init__(message, source=source, feed=feed)
        self.retry_after = retry_after


class SourceMalformed(SourceError):
    """An answer that is not what the source promises: HTML for a feed, cut off, too large, not text."""


class EngineError(NewsletterError):
    """An enrichment engine failed, for one paper or altogether."""


class EngineUnavailable(EngineError):
    """The engine cannot be reached or refuses the credentials."""


class AnswerUnusable(EngineError):
    """One answer must not be published. `kind` is a `domain.summaries.FailureKind` value."""

    def __init__(self, message: str, *, kind: str) -> None:
        super().__init__(message)
        self.kind = kind


class IssueError(NewsletterError):
    """Something about an issue."""


class IssueMissing(IssueError):
    """There is no issue of that date."""


class IssuePublished(IssueError):
    """A published issue is never edited; a correction is a new revision."""


class IssueLate(IssueError):
    """The issue is older than `dispatch.late_after`; it is sent only when that is asked for."""


class IssuePaused(IssueError):
    """The dispatch of this issue is paused: by too many refusals, or by the operator."""


class ApprovalMissing(IssueError):
    """`issue.approval` is on and nobody has approved this issue yet."""


class TemplateFault(NewsletterError):
    """A template is wrong. Carries the template's `file` and `line` (0 where unknown)."""

    def __init__(self, message: str, *, file: str = "", line: int = 0) -> None:
        super().__init__(message)
        self.file = file
        self.line = line


class StoreError(NewsletterError):
    """Something about the database."""


class StoreOutdated(StoreError):
    """The database is older than this program; `newsletter db upgrade` brings it up."""


class StoreNewer(StoreError):
    """The database was written by a newer version of this program."""


class StoreUnavailable(StoreError):
    """The database cannot be opened, is locked, or its disk is full."""


class MailError(NewsletterError):
    """Something about sending."""


class RelayUnavailable(MailError):
    """The relay cannot be reached, secured as asked, or logged into. `code` is its SMTP reply code, if it gave one."""

    def __init__(self, message: str, *, code: int | None = None) -> None:
        super().__init__(message)
        self.code = code


class MailboxUnavailable(MailError):
    """A mailbox cannot be reached, secured as asked, logged into, or does not do what it is asked."""


class MessageChanged(MailError):
    """A message is not, byte for byte, the one that a dry run wrote and that was to be sent."""


class AddressInvalid(MailError):
    """An address that cannot be mailed (RFC 5321 §4.1.2)."""


class NothingToDo(NewsletterError):
    """Nothing was expected and nothing was done. Not a failure: programs see exit status 3."""

    exit_status = 3
