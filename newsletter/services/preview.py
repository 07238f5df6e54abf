"""Show an issue as mail, feeds and pages while templates are written: rendered anew whenever a template changes."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Callable, Mapping, Sequence
from email.message import EmailMessage
from pathlib import Path

from newsletter.domain.delivery import Recipient
from newsletter.domain.issues import Edition, Issue, IssueStatus, Pick, Selection
from newsletter.domain.ports import MailFactory, SiteRenderer
from newsletter.errors import TemplateFault

__all__ = ["Preview"]

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".md": "text/plain; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    # as XML a browser shows a feed with its style sheet
    ".atom": "application/xml",
    ".rss": "application/xml",
    ".xml": "application/xml",
}
_READER = "reader@example.org"

Index = Callable[[Sequence[str]], str]
"""Renders the page that lists these paths and shows one of them."""


class Preview:
    """Answers for paths.

    `mails` and `site` make renderers afresh; `folders` hold the templates that are watched, `forget` makes them be read
    again.
    """

    def __init__(
        self,
        issue: Issue,
        status: IssueStatus,
        *,
        mails: Callable[[], MailFactory],
        site: Callable[[], SiteRenderer],
        index: Index,
        forget: Callable[[], None],
        folders: Sequence[Path],
    ) -> None:
        self._issue = issue
        self._status = status
        self._mails = mails
        self._site = site
        self._index = index
        self._forget = forget
        self._folders = folders
        self._version = ""
        self._files: Mapping[str, bytes] = {}

    def version(self) -> str:
        """Changes whenever a template does."""
        newest = max(
            (path.stat().st_mtime_ns for folder in self._folders for path in folder.rglob("*") if path.is_file()),
            default=0,
        )
        return str(newest)

    def answer(self, path: str) -> tuple[int, str, bytes]:
        """Status, media type and body for a path. A template that is wrong is told as its file, line and variable."""
        if path == "/version":
            return 200, "text/plain; charset=utf-8", self.version().encode()
        try:
            files = self._rendered()
        except TemplateFault as fault:
            return 500, "text/plain; charset=utf-8", f"{fault}\n".encode()
        name = path.removeprefix("/") or "preview.html"
        content = files.get(name if not name.endswith("/") else f"{name}index.html")
        if content is None:
            return 404, "text/plain; charset=utf-8", f"There is no {path} in this preview.\n".encode()
        return 200, _TYPES.get(Path(name).suffix or ".html", "application/octet-stream"), content

    def _rendered(self) -> Mapping[str, bytes]:
        version = self.version()
        if version != self._version or not self._files:
            self._forget()
            files = dict(self._mail_files())
            if self._issue.silence is None:
                recent = [self._issue] if self._issue.key.edition is Edition.DAILY else []
                for file in self._site().render(self._issue, recent, [self._status]):
                    files[f"site/{file.path}"] = file.content
            shown = [
                name for name in files if name.endswith((".html", ".txt", ".atom", ".md")) and "papers/" not in name
            ]
            files["preview.html"] = self._index(shown).encode()
            self._files, self._version = files, version
        return self._files

    def _mail_files(self) -> Mapping[str, bytes]:
        """The mail that somebody without interests would get, in every language of the issue."""
        factory = self._mails()
        papers = self._issue.papers
        selection = Selection(tuple(Pick(at, entry.id, 0.0) for at, entry in enumerate(papers)), len(papers))
        files: dict[str, bytes] = {}
        for language in self._issue.languages:
            recipient = Recipient(subscriber_id=0, email=_READER, language=language)
            raw = bytes(factory.in_language(self._issue, language).build(recipient, selection))
            message = email.message_from_bytes(raw, EmailMessage, policy=email.policy.default)
            for kind, suffix in (("html", "html"), ("plain", "txt")):
                part = message.get_body((kind,))
                if part is not None:
                    files[f"mail/{language}.{suffix}"] = part.get_content().encode()
        return files
