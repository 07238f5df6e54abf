"""The outbox as pages: who gets what and why, and each message as its reader would see it.

The pages work from disk and without their scripts, which add a pane for the message, dark and light at will, and a
search through all recipients. What a message holds stays within a frame in which nothing runs and nothing is fetched.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import Any

from markupsafe import Markup

from newsletter.domain.issues import Issue
from newsletter.domain.ports import OutboxEntry, OutboxListing, OutboxMessage
from newsletter.domain.text import clean_line, plain
from newsletter.render.catalogues import wording
from newsletter.render.environment import Templates
from newsletter.render.labels import Labels

__all__ = ["OutboxRenderer"]

_TITLE = 300
_HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)
_REMOTE_IMAGE = re.compile(r"""<img\b[^>]{0,2000}?\bsrc=["']?(?:https?:)?//""", re.IGNORECASE)


class OutboxRenderer:
    """The pages of one issue's outbox: an `OutboxDesign`."""

    def __init__(self, templates: Templates, issue: Issue, *, language: str = "en") -> None:
        self._templates = templates
        self._language = language
        self._label = Labels(wording(language))
        self._slug = issue.key.slug
        self._titles: dict[str, str] = {
            entry.id: clean_line(plain(entry.paper.title), _TITLE) for entry in issue.papers
        }
        self._places = {paper: at for at, paper in enumerate(self._titles)}
        style = templates.trusted("web/style.css") + templates.trusted("web/outbox.css")
        self._shared = {"slug": self._slug, "style": style}

    def message(self, entry: OutboxEntry, message: OutboxMessage) -> str:
        """The page of one message: both parts, its header, and why each paper came."""
        return self._page(
            "message",
            entry=entry,
            message=message,
            # links open beside the outbox; without this they would lead nowhere, for the frame may load nothing
            html=_HEAD.sub(lambda head: f'{head[0]}<base target="_blank">', message.html, count=1),
            images=len(_REMOTE_IMAGE.findall(message.html)),
            papers=[
                (self._titles.get(paper, paper), ", ".join(entry.matched.get(paper, ()))) for paper in entry.papers
            ],
        )

    def listing(self, listing: OutboxListing) -> str:
        """A page of the list of recipients."""
        return self._page("outbox", listing=listing, rows=[self._row(entry) for entry in listing.entries])

    def search_head(self) -> str:
        """How the script begins in which the list's pages search: all recipients, a line each."""
        return "window.outboxRecipients = ["

    def search_line(self, entry: OutboxEntry) -> str:
        """A recipient's line of it: the row, and what else they are found by."""
        terms = " ".join({term: None for terms in (*entry.matched.values(), entry.interests) for term in terms})
        places = [self._places[paper] for paper in entry.papers if paper in self._places]
        # the comma after the last is no mistake in JavaScript
        return "\n" + _json([*self._row(entry).values(), len(entry.papers), entry.size, places, terms]) + ","

    def search_foot(self) -> str:
        """How it ends: the titles that the lines name by their places."""
        return f"\n];\nwindow.outboxTitles = {_json(list(self._titles.values()))};\n"

    def _row(self, entry: OutboxEntry) -> dict[str, str]:
        """What the list shows of a recipient, in the order in which its script reads it."""
        size = self._label.size(entry.size) if entry.file else ""
        facts = [
            self._label.state(entry.status, entry.reason) if entry.status != "queued" or entry.reason else "",
            self._label.papers(len(entry.papers)) if entry.file else "",
            size if entry.page else f".eml, {size}" if size else "",
        ]
        return {
            "href": entry.page or entry.file,
            "email": entry.email,
            "subject": entry.subject,
            "preheader": entry.preheader,
            "facts": " · ".join(filter(None, facts)),
        }

    def _page(self, name: str, **values: Any) -> str:  # noqa: ANN401  # what a template gets
        script = self._templates.trusted(f"web/{name}.js")
        return self._templates.render(
            f"web/{name}.html", self._language, script=script, script_hash=_hash(script), **self._shared, **values
        )


def _hash(script: Markup) -> str:
    """The script as a content security policy names it (CSP 3 §2.3.1)."""
    return f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
