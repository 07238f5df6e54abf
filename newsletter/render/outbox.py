"""The page that shows what a dry run wrote: every message, who gets it and why, and who gets none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from newsletter.domain.text import clean_line
from newsletter.render.environment import Templates

__all__ = ["render_outbox"]


def render_outbox(
    templates: Templates,
    manifest: Mapping[str, Any],
    *,
    language: str = "en",
    titles: Mapping[str, str] | None = None,
    html: Mapping[str, str] | None = None,
) -> str:
    """The page of a manifest (`{"date", "issue_hash", "deliveries": […], "totals"}`).

    `titles` name papers by id, `html` holds the HTML part of messages by recipient; each is shown in a frame in which
    nothing runs. Without them the page shows ids and links to the `.eml` files.
    """
    shown = html or {}
    deliveries = [
        {"reason": "", "file": "", "bytes": 0, "papers": [], "matched": {}, **one, "html": shown.get(one["email"], "")}
        for one in manifest["deliveries"]
    ]
    return templates.render(
        "web/outbox.html",
        language,
        manifest={**manifest, "deliveries": deliveries},
        titles={paper_id: clean_line(title, 300) for paper_id, title in (titles or {}).items()},
        style=Markup(templates.source("web/style.css")),  # noqa: S704 - a file of the template set
    )
